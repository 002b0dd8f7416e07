/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Should the page move, and who faulted? The default policy of NUMA balancing is "the node that
 * runs the task", subject to a two-stage filter (mm/mempolicy.c of v3.8 to v3.13).
 */
#include "mm/page.h"
#include "numa/numa.h"

#define MIGRATE_DEFERRED 16 /* sysctl_numa_balancing_migrate_deferred, 3.13 */

/* v3.8 to v3.12: the last fault must have come from this node too. */
static bool filter_last_nid(struct page *page, uint32_t this_nid)
{
	return page_cpupid_xchg_last(page, this_nid) == this_nid;
}

/* Another task's fault from another node defers this task's migrations for a while. */
static bool filter_cpupid(struct page *page, const struct numasim_machine *m, uint32_t this_nid)
{
	struct task_struct *task = current_task();
	struct cpu *cpu = this_cpu();
	uint32_t last = page_cpupid_xchg_last(page, cpupid_make(cpu->index, task->pid));
	bool mine = (last & 0xff) == (task->pid & 0xff);

	if (!cpupid_unset(last) && m->cpu[last >> 8].node != this_nid) {
		if (!mine)
			task->numa_migrate_deferred = MIGRATE_DEFERRED;
		return false;
	}
	observe(task->numa_migrate_deferred); /* it outlives a rest */
	if (!mine && task->numa_migrate_deferred) {
		task->numa_migrate_deferred--;
		return false;
	}
	return true;
}

static int mpol_misplaced(struct page *page, struct vm_area_struct *vma, uint64_t address)
{
	const struct numasim_machine *m = current_machine();
	uint32_t this_nid = this_cpu()->node;
	bool move = has(ROW_CPUPID) ? filter_cpupid(page, m, this_nid)
				    : filter_last_nid(page, this_nid);

	return move && page->node != this_nid ? (int)this_nid : -1;
}

/* Statistics only: placement and groups belong to the scheduler's side, which is not built here. */
static void task_numa_fault(uint32_t last_cpupid, int nid, unsigned pages, unsigned flags)
{
	struct task_struct *task = current_task();

	task->numa_faults[!!(flags & TNF_FAULT_LOCAL)] += pages;
	if (flags & TNF_MIGRATED)
		task->numa_pages_migrated += pages;
}

const struct numa_hooks numa_balancing = {
	.mpol_misplaced = mpol_misplaced,
	.task_numa_fault = task_numa_fault,
	.vma_accessed = vma_set_access_pid_bit,
};
