/* SPDX-License-Identifier: BSD-2-Clause */
/* Tasks: who runs on a processor, and what NUMA balancing remembers of it. */
#ifndef SCHED_TASK_H
#define SCHED_TASK_H

#include "x86/cpu.h"

#include <bsd/sys/queue.h>

struct mm_struct;

/* Fields of a task that NUMA balancing reads; only the task itself writes them. */
struct task_struct {
	TAILQ_ENTRY(task_struct) link; /* the room's, by name */
	uint32_t pid;
	uint32_t name;		      /* birth name */
	struct mm_struct *mm;
	int32_t numa_scan_seq;
	uint32_t numa_migrate_deferred; /* 3.13: refusals left (mm/mempolicy.c) */
	int32_t home_node; /* set-up only: where its faults allocate; -1: where it runs */
	uint64_t numa_scan_period;    /* ms */
	uint64_t numa_pages_migrated; /* statistics */
	uint64_t numa_faults[2];      /* statistics: remote, local */
};

static inline struct task_struct *current_task(void)
{
	return this_cpu()->task;
}

/* A task of @mm; runs nowhere yet. NULL: no memory. */
struct task_struct *task_create(struct numasim_machine *m, struct mm_struct *mm, uint32_t pid);

/* Put @task on @cpu and load its tables (set-up: no points). */
void task_place(struct task_struct *task, struct cpu *cpu);

#endif
