/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces: making them, their mappings, and what of them is state. */
#include "mm/mm.h"

#include "mm/entry.h"

#include <errno.h>
#include <stdio.h>

#define MMAP_BASE UINT64_C(0x7f0000000000) /* where set-up mappings start, aligned to 2 MiB */

static void digest_mm(const struct mm_struct *mm, struct digest_sink *sink)
{
	rwlock_digest(&mm->mmap_sem, sink);
	lock_digest(&mm->page_table_lock, sink);
	digest_put(sink, mm->cpumask);
	digest_put(sink, (uint64_t)(uint32_t)mm->tlb_flush_pending << 32 |
				 (uint32_t)mm->numa_tlb_lazy);
	digest_put(sink, mm->numa_next_scan);
	digest_put(sink, mm->numa_scan_offset);
	digest_put(sink, (uint64_t)(uint32_t)mm->numa_scan_seq << 32 | (uint32_t)mm->first_nid);
	for (const struct vm_area_struct *vma = mm->mmap; vma; vma = vma->vm_next) {
		digest_put(sink, vma->vm_start);
		digest_put(sink, vma->vm_end << 8 | vma->vm_flags);
		if (vma->anon_vma)
			rwlock_digest(&vma->anon_vma->lock, sink);
	}
}

static bool line_empty(const uint64_t *entry)
{
	return !(entry[0] | entry[1] | entry[2] | entry[3] | entry[4] | entry[5] | entry[6] |
		 entry[7]);
}

/* Every entry that is not zero, by table; frames by name, so that numbers do not matter. */
static void digest_table(const struct numasim_machine *m, const struct table *table,
			 const uint64_t *entries, struct digest_sink *sink)
{
	lock_digest(&table->ptl, sink);
	for (unsigned i = 0; i < 512; i++) {
		uint64_t entry = entries[i];
		const struct page *page;

		if (i % 8 == 0 && line_empty(&entries[i])) { /* most of a table is */
			i += 7;
			continue;
		}

		if (!entry)
			continue;
		page = entry_frame_page(m, entry, table->level);
		digest_put(sink, (uint64_t)i << 48 | (page ? page->name : 0));
		if (page && page->flags & PAGE_FREE)
			digest_put(sink, frame_free_place(m, page));
		digest_put(sink, entry_bits(m->kernel, entry, page));
	}
}

/* Which of the room's slots a table took says who came first, and nothing else. */
static bool comes_before(const struct table *a, const struct table *b)
{
	if (a->base != b->base)
		return a->base < b->base;
	return a->level != b->level ? a->level < b->level : a->ptl.name < b->ptl.name;
}

static void digest_tables(const struct numasim_machine *m, const struct mm_struct *mm,
			  struct digest_sink *sink)
{
	const struct table *order[TABLE_MAX];
	unsigned nr = 0;

	for (unsigned i = 0; i < TABLE_MAX; i++) {
		const struct table *table = &mm->table[i];
		unsigned at = nr;

		if (!table->used)
			continue;
		for (; at && comes_before(table, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = table;
		nr++;
	}
	for (unsigned i = 0; i < nr; i++) {
		digest_put(sink, order[i]->base | order[i]->level);
		digest_table(m, order[i], phys_to_host(&m->phys, order[i]->pa), sink);
	}
}

static void digest_task(const struct task_struct *task, struct digest_sink *sink)
{
	digest_put(sink, (uint64_t)task->numa_migrate_deferred << 32 |
				 (uint32_t)task->numa_scan_seq);
	digest_put(sink, task->numa_scan_period);
}

static void digest_room(void *self, struct digest_sink *sink)
{
	struct numasim_machine *m = self;

	digest_put(sink, *m->clock);
	for (unsigned i = 0; i < m->mm->nr_mm; i++) {
		digest_mm(m->mm->mm[i], sink);
		digest_tables(m, m->mm->mm[i], sink);
	}
	for (unsigned i = 0; i < m->mm->nr_tasks; i++)
		digest_task(m->mm->task[i], sink);
	for (unsigned i = 0; i < m->nr_nodes; i++) {
		lock_digest(&m->mm->lru_lock[i], sink);
		digest_put(sink, m->mm->migrate_window_pages[i]);
		digest_put(sink, m->mm->migrate_window_end[i]);
	}
}

int mm_init(struct numasim_machine *m)
{
	m->mm = arena_alloc(m->arena, sizeof(*m->mm));
	if (!m->mm)
		return -ENOMEM;
	m->mm->lru_lock = arena_alloc(m->arena, m->nr_nodes * sizeof(struct lock));
	m->mm->migrate_window_pages = arena_alloc(m->arena, m->nr_nodes * sizeof(uint64_t));
	m->mm->migrate_window_end = arena_alloc(m->arena, m->nr_nodes * sizeof(uint64_t));
	if (!m->mm->lru_lock || !m->mm->migrate_window_pages || !m->mm->migrate_window_end)
		return -ENOMEM;
	m->mm->thp = THP_ALWAYS;
	for (unsigned i = 0; i < m->nr_nodes; i++)
		lock_init(&m->mm->lru_lock[i], m->node[i].id, LOCK_LRU);
	return state_register(&m->exec.state, (struct state_part){"mm", NULL, digest_room, m});
}

int mm_create(struct numasim_machine *m, struct mm_struct **out, const char *label)
{
	struct mm_struct *mm;

	if (m->mm->nr_mm == MM_MAX)
		return -ENOSPC;
	mm = arena_alloc(m->arena, sizeof(*mm));
	if (!mm)
		return -ENOMEM;
	mm->name = ++m->exec.setup_births;
	snprintf(mm->label, sizeof(mm->label), "%s", label);
	rwlock_init(&mm->mmap_sem, mm->name, LOCK_MMAP_SEM);
	lock_init(&mm->page_table_lock, mm->name, LOCK_PAGE_TABLE);
	mm->next_address = MMAP_BASE + m->mm->nr_mm * (UINT64_C(1) << 38);
	mm->first_nid = NUMA_SCAN_INIT;
	m->mm->mm[m->mm->nr_mm++] = mm;
	*out = mm;
	return mm_alloc_pgd(m, mm);
}

/* Keep the list in address order. */
static void link_vma(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct **at = &mm->mmap;

	while (*at && (*at)->vm_start < vma->vm_start)
		at = &(*at)->vm_next;
	vma->vm_next = *at;
	*at = vma;
}

int mm_map_anon(struct numasim_machine *m, struct vm_area_struct **out, struct mm_struct *mm,
		uint64_t length, uint32_t vm_flags, bool align_huge)
{
	struct vm_area_struct *vma = arena_alloc(m->arena, sizeof(*vma));
	struct anon_vma *anon_vma = arena_alloc(m->arena, sizeof(*anon_vma));

	if (!vma || !anon_vma || m->mm->nr_anon_vmas == ANON_VMA_MAX)
		return -ENOMEM;
	if (align_huge)
		mm->next_address = (mm->next_address + HPAGE_SIZE - 1) & HPAGE_MASK;
	*vma = (struct vm_area_struct){.vm_start = mm->next_address,
				       .vm_end = mm->next_address + length,
				       .vm_flags = vm_flags, .vm_mm = mm};
	m->mm->anon_vma[m->mm->nr_anon_vmas++] = anon_vma;
	anon_vma->number = m->mm->nr_anon_vmas;
	rwlock_init(&anon_vma->lock, ++m->exec.setup_births, LOCK_ANON_VMA);
	anon_vma->vma = vma;
	vma->anon_vma = anon_vma;
	/* a page apart, so that nothing merges and every mapping keeps its own name */
	mm->next_address = vma->vm_end + FRAME_SIZE;
	link_vma(mm, vma);
	*out = vma;
	return 0;
}

struct vm_area_struct *find_vma(struct mm_struct *mm, uint64_t address)
{
	struct vm_area_struct *vma = mm->mmap;

	touch(MM_OBJECT(mm, MM_VMAS), ACCESS_READ);
	while (vma && vma->vm_end <= address)
		vma = vma->vm_next;
	return vma;
}
