/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The named state of a machine, room by room, always in the same order.
 *
 * Entries and words that are zero are not listed: most are. Then who has them must be known, so
 * there is an item for each table and page:
 *
 *   OBJ_ENTRY, table, FOOTPRINT_OWNER     1
 *   OBJ_ENTRY, table, index               entry, if not 0
 *   OBJ_CONTENT, page, FOOTPRINT_OWNER    1
 *   OBJ_CONTENT, page, word               value, if not 0
 */
#include "check/footprint.h"

#include "mm/api.h"
#include "mm/entry.h"
#include "mm/mm.h"
#include "mm/page.h"

#include <stdlib.h>

void footprint_put(struct footprint_list *list, uint64_t object, uint64_t value)
{
	if (list->nr == list->room) {
		size_t room = list->room ? list->room * 2 : 1024;
		struct footprint_item *more = realloc(list->item, room * sizeof(*more));

		if (!more) {
			list->failed = true;
			return;
		}
		list->item = more;
		list->room = room;
	}
	list->item[list->nr++] = (struct footprint_item){object, value};
}

static void put(struct footprint_list *list, uint64_t object, uint64_t value)
{
	footprint_put(list, object, value);
}

void footprint_lock(struct footprint_list *list, const struct lock *lock)
{
	put(list, OBJECT(OBJ_LOCK, lock->name, lock->class), lock->owner);
}

void footprint_rwlock(struct footprint_list *list, const struct rwlock *lock)
{
	put(list, OBJECT(OBJ_LOCK, lock->name, lock->class),
	    (uint64_t)lock->writer << 16 | lock->readers);
}

/* ---- machine: frames, contents, clock ---- */

/* What the parts of a huge page say for themselves. */
struct parts {
	uint64_t maps, flags, pins;
};

static struct parts parts_of(const struct page *page, const struct page *part)
{
	const struct block *block = page_block(page);
	struct parts p = {.pins = block->pins,
			  .maps = digest_mix(block->part_maps, block->parts_mapped)};

	for (unsigned i = 0; block->parts && i < BLOCK_FRAMES; i++) {
		if (part[i].mapcount)
			p.maps += digest_mix(i, part[i].mapcount);
		if (part[i].flags & PAGE_ANON_EXCLUSIVE)
			p.flags += digest_mix(i, 1);
	}
	return p;
}

/* @part: the records of a huge page's parts. */
static void list_page(struct footprint_list *list, const struct page *page,
		      const struct page *part)
{
	struct parts p = {0};

	if (page->flags & (PAGE_FREE | PAGE_TABLE))
		return;
	if (page->flags & PAGE_HEAD)
		p = parts_of(page, part);
	put(list, OBJECT(OBJ_CONTENT, page->name, FOOTPRINT_OWNER), 1);
	put(list, PAGE_OBJECT(page, PAGE_F_FLAGS),
	    (page->flags & ~(uint32_t)PAGE_LOCKED) + p.flags);
	put(list, PAGE_OBJECT(page, PAGE_F_LOCK), page->flags & PAGE_LOCKED);
	put(list, PAGE_OBJECT(page, PAGE_F_COUNT), (uint32_t)page->count | p.pins << 32);
	put(list, PAGE_OBJECT(page, PAGE_F_MAPCOUNT), (uint32_t)page->mapcount + p.maps);
	put(list, PAGE_OBJECT(page, PAGE_F_MAPPING), (uint64_t)page->mapping << 32 | page->index);
	put(list, PAGE_OBJECT(page, PAGE_F_CPUPID), page->cpupid);
}

static void put_node(struct footprint_list *list, const struct numasim_machine *m, unsigned i)
{
	const struct node_space *space = &m->space[i];
	const struct node *node = &m->node[i];

	put(list, OBJECT(OBJ_ALLOC, i, 0),
	    digest_mix(node->nr_free, node->next_block));
	for (uint32_t at = node->touched; at; at = space->block[at - 1].next) {
		const struct block *block = &space->block[at - 1];
		const struct page *first = &space->page[(uint64_t)(at - 1) * BLOCK_FRAMES];

		if (block->kind == BLOCK_HUGE)
			list_page(list, &block->head, first);
		for (unsigned k = 0; block->kind == BLOCK_BROKEN && k < block->used; k++)
			list_page(list, block_page(space, at - 1, k), NULL);
	}
}

static void put_contents(struct footprint_list *list, const struct numasim_machine *m)
{
	for (unsigned i = 0; i < m->content->nr; i++) {
		const struct content_word *word = &m->content->word[i];
		const struct page *page = pfn_to_page(m, word->pa >> FRAME_SHIFT);
		uint64_t bytes = (uint64_t)page_nr_frames(page) << FRAME_SHIFT;

		put(list, OBJECT(OBJ_CONTENT, page->name, (word->pa & (bytes - 1)) >> 3),
		    word->value);
	}
}

/* ---- processors ---- */

/* The marks of flushes stand above the generation: they are an oracle's (check/check.c). */
static uint64_t tlb_hash(const struct x86_tlbset *tlb)
{
	uint64_t hash = tlb->nr;

	for (uint32_t i = 0; i < tlb->nr; i++) {
		const struct x86_tlb_entry *e = &tlb->entry[i];
		uint64_t rights = (uint64_t)e->rw | e->us << 1 | e->nx << 2 | e->dirty << 3 |
				  e->global << 4 | (uint64_t)e->level << 8;

		hash = digest_mix(hash, e->va | rights);
		hash = digest_mix(hash, e->pfn << 16 | (e->frame_generation & 0xffff));
	}
	return hash;
}

static void put_cpu(struct footprint_list *list, const struct numasim_machine *m,
		    const struct cpu *cpu)
{
	uint64_t calls = 0;

	for (unsigned i = 0; i < m->nr_cpus; i++)
		if (cpu->ipi[i].pending)
			calls += digest_mix(digest_mix(cpu->ipi[i].start, cpu->ipi[i].end), i);
	put(list, CPU_OBJ_TLB(cpu), tlb_hash(cpu->tlb));
	put(list, CPU_OBJ_IPI(cpu), calls);
	put(list, CPU_OBJ_IRQ(cpu), (uint64_t)cpu->irq_off << 1 | cpu->mid_instruction);
	put(list, CPU_OBJ_MM(cpu), cpu->cr3);
}

/* ---- mm ---- */

static void put_table(struct footprint_list *list, const struct numasim_machine *m,
		      const struct table *table)
{
	const uint64_t *entry = phys_to_host(&m->phys, table->pa);
	uint64_t object = OBJECT(OBJ_ENTRY, table->ptl.name, 0);

	footprint_lock(list, &table->ptl);
	put(list, object | FOOTPRINT_OWNER, 1);
	for (unsigned i = 0; i < 512; i++)
		if (entry[i])
			put(list, object | i, entry[i]);
}

static void put_mm_counts(struct footprint_list *list, const struct mm_struct *mm)
{
	put(list, MM_OBJECT(mm, MM_FLUSH_BATCHED), (uint32_t)mm->tlb_flush_batched);
	put(list, MM_OBJECT(mm, MM_HAS_PINNED), !!mm->has_pinned);
	put(list, MM_OBJECT(mm, MM_WRITE_PROTECT_SEQ), (uint32_t)mm->write_protect_seq);
	put(list, MM_OBJECT(mm, MM_HUGE_ZERO), mm->huge_zero);
	put(list, MM_OBJECT(mm, MM_TLB_GEN), mm->tlb_gen);
	put(list, MM_OBJECT(mm, MM_NEXT_TRIM), mm->next_trim_cpumask);
	put(list, MM_OBJECT(mm, MM_USERS), (uint32_t)mm->mm_users);
	put(list, MM_OBJECT(mm, MM_COUNT), (uint32_t)mm->mm_count);
}

static void put_mm(struct footprint_list *list, const struct numasim_machine *m,
		   const struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	struct table *table;
	uint64_t vmas = 0;

	RB_FOREACH(vma, vma_tree, (struct vma_tree *)&mm->vmas) {
		vmas = digest_mix(vmas + vma->vm_flags, vma->vm_start ^ vma->vm_end << 8);
		vmas = digest_mix(vmas + vma->vm_pgoff,
				  vma->anon_vma ? vma->anon_vma->lock.name : 0);
		if (vma->vm_lock.name)
			footprint_rwlock(list, &vma->vm_lock);
		if (vma->anon_vma)
			footprint_rwlock(list, &vma->anon_vma->lock);
	}
	footprint_rwlock(list, &mm->mmap_sem);
	footprint_lock(list, &mm->page_table_lock);
	put(list, MM_OBJECT(mm, MM_VMAS), vmas);
	put(list, MM_OBJECT(mm, MM_CPUMASK), mm->cpumask);
	put(list, MM_OBJECT(mm, MM_FLUSH_PENDING), (uint32_t)mm->tlb_flush_pending);
	put(list, MM_OBJECT(mm, MM_NUMA_TLB_LAZY), (uint32_t)mm->numa_tlb_lazy);
	put(list, MM_OBJECT(mm, MM_NEXT_SCAN), mm->numa_next_scan);
	put(list, MM_OBJECT(mm, MM_SCAN_OFFSET), mm->numa_scan_offset);
	put(list, MM_OBJECT(mm, MM_SCAN_SEQ), (uint32_t)mm->numa_scan_seq);
	put(list, MM_OBJECT(mm, MM_FIRST_NID), (uint32_t)mm->first_nid);
	put_mm_counts(list, mm);
	RB_FOREACH(table, table_tree, (struct table_tree *)&mm->tables)
		put_table(list, m, table);
}

static void put_room(struct footprint_list *list, const struct numasim_machine *m)
{
	const struct mm_struct *mm;

	for (unsigned i = 0; i < m->nr_nodes; i++) {
		footprint_lock(list, &m->mm->lru_lock[i]);
		put(list, OBJECT(OBJ_ALLOC, i, 1),
		    digest_mix(m->mm->migrate_window_pages[i], m->mm->migrate_window_end[i]));
	}
	TAILQ_FOREACH(mm, &m->mm->mms, link)
		put_mm(list, m, mm);
	footprint_backing(list, m);
}

/* ---- what users of the library made ---- */

static void put_item(struct footprint_list *list, const struct api_item *item)
{
	switch (item->kind) {
	case API_ATOMIC:
		return put(list, item->object, ((const struct numasim_atomic *)item)->value);
	case API_GUARDED:
		return put(list, item->object, ((const struct numasim_guarded *)item)->value);
	case API_LOCK:
		return footprint_lock(list, &((const struct api_lock *)item)->lock);
	case API_RWSEM:
		return footprint_rwlock(list, &((const struct api_rwsem *)item)->sem);
	}
}

const struct page *footprint_entry_page(struct numasim_machine *m,
					const struct footprint_item *item)
{
	const struct table *table = m->mm ? table_by_name(m, OBJECT_NAME(item->object)) : NULL;

	return table ? entry_frame_page(m, item->value, table->level) : NULL;
}

void footprint_list(struct footprint_list *list, struct numasim_machine *m)
{
	const struct api_room *room = api_room_of(m);

	list->nr = 0;
	list->failed = false;
	put(list, OBJECT(OBJ_CLOCK, 0, 0), *m->clock);
	for (unsigned i = 0; i < m->nr_nodes; i++)
		put_node(list, m, i);
	put_contents(list, m);
	for (unsigned i = 0; i < m->nr_cpus; i++)
		put_cpu(list, m, &m->cpu[i]);
	if (m->mm)
		put_room(list, m);
	for (const struct api_item *item = room ? room->first : NULL; item; item = item->next)
		put_item(list, item);
}
