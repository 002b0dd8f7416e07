/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Should the page move, and who faulted? The default policy of NUMA balancing is "the node that
 * runs the task", subject to a two-stage filter (mm/mempolicy.c of v3.8 to v6.12, and
 * should_numa_migrate_memory() of kernel/sched/fair.c since v3.15, for tasks without a group and
 * without a preferred node; slow tiers of memory do not exist here).
 */
#include "exec/point.h"
#include "kernel/built.h"
#include "mm/mempolicy.h"
#include "mm/page.h"
#include "numa/numa.h"

#define MIGRATE_DEFERRED 16 /* sysctl_numa_balancing_migrate_deferred, 3.13 */

/* v3.8 to v3.12: the last fault must have come from this node too. */
static bool filter_last_nid(struct page *page, uint32_t this_nid)
{
	return page_cpupid_xchg_last(page, this_nid) == this_nid;
}

/* Who faults, as the page remembers it: node and pid, from 90572890d202 on cpu and pid. */
static uint32_t own_tag(uint32_t this_nid)
{
	uint32_t where = has(ROW_CPUPID) ? this_cpu()->index : this_nid;

	return cpupid_make(where, current_task()->pid);
}

static uint32_t tag_node(const struct numasim_machine *m, uint32_t tag)
{
	return has(ROW_CPUPID) ? m->cpu[tag >> 8].node : tag >> 8;
}

/* 3.13: from another node not twice in a row, but from anywhere at the first fault. */
static bool filter_pid(struct page *page, const struct numasim_machine *m, uint32_t this_nid)
{
	struct task_struct *task = current_task();
	uint32_t last = page_cpupid_xchg_last(page, own_tag(this_nid));
	bool mine = (last & 0xff) == (task->pid & 0xff);

	if (!cpupid_unset(last) && tag_node(m, last) != this_nid) {
		if (!mine && has(ROW_DEFER_SHARED))
			task->numa_migrate_deferred = MIGRATE_DEFERRED;
		return false;
	}
	if (!has(ROW_DEFER_SHARED))
		return true;
	observe(task->numa_migrate_deferred); /* it outlives a rest */
	if (!mine && task->numa_migrate_deferred) {
		task->numa_migrate_deferred--;
		return false;
	}
	return true;
}

/* v3.15+: the task's own pages follow it at once; others at the second fault from here in a row.
 * The first fault of anybody counts as the task's own early in its life (v4.19+). */
static bool should_migrate(struct page *page, const struct numasim_machine *m, uint32_t this_nid)
{
	uint32_t last;

	if (!m->node[this_nid].nr_frames && has(ROW_NUMA_SKIPS_MEMORYLESS))
		return false;
	last = page_cpupid_xchg_last(page, own_tag(this_nid));
	if (cpupid_unset(last))
		return true;
	if ((last & 0xff) == (current_task()->pid & 0xff) && has(ROW_NUMA_EARLY_MIGRATE))
		return true;
	return tag_node(m, last) == this_nid;
}

static bool passes_filter(struct page *page, const struct numasim_machine *m, uint32_t this_nid)
{
	if (has(ROW_SHOULD_MIGRATE))
		return should_migrate(page, m, this_nid);
	return has(ROW_PID_FILTER) ? filter_pid(page, m, this_nid)
				   : filter_last_nid(page, this_nid);
}

/* The node that the policy wants, or -1: the page may stay. */
static int policy_node(const struct mempolicy *policy, const struct page *page,
		       const struct vm_area_struct *vma, uint64_t address)
{
	unsigned this_nid = this_cpu()->node;
	unsigned order = has(ROW_MEMPOL_ALLOC_MPOL) ? page_order(page) : 0;

	switch (policy->mode) {
	case MPOL_MODE_INTERLEAVE:
	case MPOL_MODE_WEIGHTED_INTERLEAVE:
		return mpol_interleave_node(policy, mpol_interleave_index(vma, address, order));
	case MPOL_MODE_PREFERRED:
		return nodeset_next(&policy->nodes, -1);
	case MPOL_MODE_BIND:
	case MPOL_MODE_PREFERRED_MANY:
		if (policy->moron)
			return nodeset_has(&policy->nodes, this_nid) ? (int)this_nid : -1;
		return nodeset_has(&policy->nodes, page->node) ? -1
			       : (int)mpol_nearest_node(&policy->nodes);
	default:
		return this_nid;
	}
}

static int mpol_misplaced(struct page *page, struct vm_area_struct *vma, uint64_t address)
{
	const struct mempolicy *policy = get_vma_policy(vma, address);
	const struct numasim_machine *m = current_machine();
	uint32_t this_nid = this_cpu()->node;
	int wanted;

	if (!policy->mof)
		return -1;
	wanted = policy_node(policy, page, vma, address);
	if (wanted < 0 || (policy->moron && !passes_filter(page, m, this_nid)))
		return -1;
	if (page->node == wanted)
		return -1;
	if (!direct() && !kernel_hint_migration_built(current_kernel()))
		limit_reached("a page would move to another node at a hint fault, and for this "
			      "release no page moves yet");
	return wanted;
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
