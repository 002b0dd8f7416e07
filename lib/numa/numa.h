/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Automatic NUMA balancing: who is scanned when, which pages are to move. Arming is
 * change_prot_numa() of lib/mm. Not built: where tasks should run (placement, groups), so that
 * periods do not adapt.
 *
 *   tick --> is the task due? --> on its return to user mode: task_numa_work()
 *                                    whose turn, which mappings, how much: scan.c
 *                                    why a mapping is left out: scan_vma.c
 *                                    v6.4+, by the mapping's own record: scan_state.c
 */
#ifndef NUMA_NUMA_H
#define NUMA_NUMA_H

#include "mm/hooks.h"

/* What the mm calls. */
extern const struct numa_hooks numa_balancing;

/* Give the machine balancing with the release's constants, switched off. 0 or -ENOMEM. */
int numa_init(struct numasim_machine *m);

/* The running task's scan, on its return to user mode (kernel/sched/fair.c). */
void task_numa_work(void);

/* A tick of its CPU's clock: once the running task has run long enough it will scan before it
 * returns to user mode (task_tick_numa(), kernel/sched/fair.c). */
void task_tick_numa(void);

/* How long a task waits between scans at least, ms; by what is resident (v3.13+). */
uint64_t task_scan_min(const struct mm_struct *mm);
uint64_t task_scan_max(const struct mm_struct *mm);

/* The time in ms (a point). */
uint64_t numa_now(void);

static inline const struct numa_knobs *numa_knobs(void)
{
	return current_machine()->mm->numa_knobs;
}

/* Why the scanner leaves a mapping out, or VMA_SCAN. */
enum vma_verdict {
	VMA_SCAN,
	VMA_UNMIGRATABLE, /* a device's memory */
	VMA_POLICY,	  /* its policy does not migrate on fault */
	VMA_HUGETLB,
	VMA_MIXEDMAP,
	VMA_SMALL,
	VMA_SHARED_LIBRARY,
	VMA_INACCESSIBLE,
	VMA_NO_MEMORY, /* for its record */
	VMA_DELAYED,
	VMA_DONE,      /* in this pass */
	VMA_NOT_OURS,  /* the task had no fault there */
};

/* By what the mapping is. */
enum vma_verdict scan_judge_vma(struct vm_area_struct *vma);

/* v6.4+: by its record, which is made if need be. @forced: whoever had faults there. */
enum vma_verdict scan_judge_state(struct vm_area_struct *vma, uint64_t now, bool forced);
/* v6.7+: it was scanned to its end. */
void scan_finished_vma(struct vm_area_struct *vma);
/* The running task had a hint fault there. */
void vma_set_access_pid_bit(struct vm_area_struct *vma);

/* Cpu (or node) and pid of a hint fault as a page remembers them (3.13): low 8 bits pid. */
static inline uint32_t cpupid_make(uint32_t cpu, uint32_t pid)
{
	return cpu << 8 | (pid & 0xff);
}

static inline bool cpupid_unset(uint32_t cpupid)
{
	return cpupid == UINT32_MAX;
}

#endif
