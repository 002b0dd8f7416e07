/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the address spaces, tasks and nodes is state: what a digest sees of lib/mm. */
#include "mm/mm_digest.h"

#include "mm/mm.h"

#include "mm/entry.h"
#include "mm/gup.h"
#include "mm/hooks.h"
#include "mm/file.h"
#include "mm/hugetlb.h"
#include "mm/mempolicy.h"
#include "mm/swap.h"
#include "mm/switch.h"
#include "mm/zone.h"
#include "mm/mmap.h"

#include "sched/task_work.h"

#include <errno.h>
#include <stdio.h>


/* Tables that wait for a split: which one is next. */
static void digest_deposit(const struct table *table, struct digest_sink *sink)
{
	for (; table; table = table->next)
		digest_put(sink, table->ptl.name);
	digest_put(sink, 0);
}

static void digest_numab(const struct vma_numab_state *state, struct digest_sink *sink)
{
	digest_put(sink, state->next_scan);
	digest_put(sink, state->pids_active_reset);
	digest_put(sink, state->pids_active[0]);
	digest_put(sink, state->pids_active[1]);
	digest_put(sink, (uint64_t)(uint32_t)state->start_scan_seq << 32 |
				 (uint32_t)state->prev_scan_seq);
}

static void digest_mm(const struct mm_struct *mm, struct digest_sink *sink)
{
	struct vm_area_struct *vma;

	rwlock_digest(&mm->mmap_sem, sink);
	lock_digest(&mm->page_table_lock, sink);
	digest_put(sink, mm->cpumask);
	digest_put(sink, (uint64_t)(uint32_t)mm->tlb_flush_pending << 32 |
				 (uint32_t)mm->numa_tlb_lazy);
	digest_put(sink, (uint64_t)(uint32_t)mm->mm_users << 32 | (uint32_t)mm->mm_count);
	digest_put(sink, mm->brk);
	digest_put(sink, mm->def_flags);
	digest_put(sink, mm->next_trim_cpumask);
	digest_put(sink, (uint64_t)(uint32_t)mm->tlb_flush_batched << 32 |
				 (uint32_t)mm->write_protect_seq << 1 | !!mm->has_pinned);
	digest_deposit(mm->deposit, sink);
	digest_put(sink, mm->numa_next_scan);
	digest_put(sink, mm->numa_scan_offset);
	digest_put(sink, mm->huge_zero);
	digest_put(sink, (uint64_t)(uint32_t)mm->numa_scan_seq << 32 | (uint32_t)mm->first_nid);
	RB_FOREACH(vma, vma_tree, (struct vma_tree *)&mm->vmas) {
		digest_put(sink, vma->vm_start);
		digest_put(sink, vma->vm_end);
		digest_put(sink, vma->vm_flags);
		digest_put(sink, vma->vm_pgoff);
		digest_put(sink, vma->anon_vma ? vma->anon_vma->lock.name : 0);
		digest_put(sink, vma->vm_file ? vma->vm_file->name : 0);
		rwlock_digest(&vma->vm_lock, sink);
		digest_put(sink, vma->vm_lock_seq == mm->mm_lock_seq);
		mpol_digest(vma->vm_policy, sink);
		digest_put(sink, !!vma->numab_state);
		if (vma->numab_state)
			digest_numab(vma->numab_state, sink);
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
	digest_deposit(table->deposit, sink);
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

static void digest_tables(const struct numasim_machine *m, const struct mm_struct *mm,
			  struct digest_sink *sink)
{
	struct table *table;

	RB_FOREACH(table, table_tree, (struct table_tree *)&mm->tables) {
		digest_put(sink, table->base | table->level);
		digest_table(m, table, phys_to_host(&m->phys, table->pa), sink);
	}
}

/* A family: its place in the tree, and the mappings in the order in which walks meet them. */
static void digest_family(const struct anon_vma *anon_vma, struct digest_sink *sink)
{
	const struct anon_vma_chain *chain;

	rwlock_digest(&anon_vma->lock, sink);
	digest_put(sink, (uint64_t)anon_vma->root->lock.name << 32 | anon_vma->parent->lock.name);
	digest_put(sink, (uint64_t)(uint32_t)anon_vma->refcount << 32 |
				 (uint32_t)anon_vma->degree);
	digest_put(sink, (uint64_t)(uint32_t)anon_vma->num_children << 32 |
				 (uint32_t)anon_vma->num_active_vmas);
	TAILQ_FOREACH(chain, &anon_vma->chains, same_anon_vma) {
		digest_put(sink, chain->vma->vm_mm->name);
		digest_put(sink, chain->vma->vm_start);
	}
	digest_put(sink, 0);
}

static void digest_task(const struct numasim_machine *m, const struct task_struct *task,
			struct digest_sink *sink)
{
	digest_put(sink, (uint64_t)(task->mm ? task->mm->name : 0) << 32 | task->flags);
	digest_put(sink, task->tlb_batch);
	digest_put(sink, task->tlb_batch_required << 1 | task->tlb_batch_writable);
	task_work_digest(task, sink);
	gup_digest(m, task, sink);
	digest_put(sink, (uint64_t)task->numa_migrate_deferred << 32 |
				 (uint32_t)task->numa_scan_seq);
	digest_put(sink, task->numa_scan_period);
	mpol_digest(task->mempolicy, sink);
	digest_put(sink, (uint64_t)(uint32_t)task->il_prev << 32 | task->il_weight);
}

/* By who uses it: which frame it is matters to nobody. */
static void digest_huge_zero(const struct numasim_machine *m, struct digest_sink *sink)
{
	const struct mm_room *room = m->mm;

	digest_put(sink, (uint64_t)(uint32_t)room->huge_zero_users << 32 |
				 (room->huge_zero_users ? pfn_to_page(m, room->huge_zero_pfn)->name
							: 0));
}

static void digest_weights(const struct numasim_machine *m, struct digest_sink *sink)
{
	for (unsigned i = 0; i < m->nr_nodes && m->mm->interleave_weight; i++)
		digest_put(sink, m->mm->interleave_weight[i]);
}

void mm_digest(void *self, struct digest_sink *sink)
{
	struct numasim_machine *m = self;
	struct anon_vma *anon_vma;
	struct task_struct *task;
	struct mm_struct *mm;

	digest_put(sink, *m->clock);
	switch_digest(m, sink);
	digest_huge_zero(m, sink);
	TAILQ_FOREACH(mm, &m->mm->mms, link) {
		digest_mm(mm, sink);
		digest_tables(m, mm, sink);
	}
	TAILQ_FOREACH(anon_vma, &m->mm->anon_vmas, link)
		digest_family(anon_vma, sink);
	TAILQ_FOREACH(task, &m->mm->tasks, link)
		digest_task(m, task, sink);
	digest_weights(m, sink);
	files_digest(m, sink);
	swap_digest(m, sink);
	hugetlb_digest(m, sink);
	for (unsigned i = 0; i < m->nr_nodes; i++) {
		lock_digest(&m->mm->lru_lock[i], sink);
		digest_put(sink, m->mm->migrate_window_pages[i]);
		digest_put(sink, m->mm->migrate_window_end[i]);
	}
	pages_digest(m, sink);
}

/* What a digest calls the mapping of a page: its number tells where it stands in the arena. */
uint32_t mm_mapping_name(const struct numasim_machine *m, const struct page *page)
{
	const struct anon_vma *anon_vma = arena_at(m->arena, page->mapping);

	if (anon_vma && !(page->flags & PAGE_ANON))
		return ((const struct address_space *)anon_vma)->tree_lock.name;
	return anon_vma ? anon_vma->lock.name : 0;
}
