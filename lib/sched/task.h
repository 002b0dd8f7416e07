/* SPDX-License-Identifier: BSD-2-Clause */
/* Tasks: who runs on a processor, and what NUMA balancing remembers of it. */
#ifndef SCHED_TASK_H
#define SCHED_TASK_H

#include "x86/cpu.h"

#include <bsd/sys/queue.h>

struct mm_struct;

struct gup_hold;
struct mempolicy;

/* What a task is to do before it returns to user mode (sched/task_work.h). */
struct task_work {
	struct task_work *next;
	uint32_t kind; /* what digests call it: the adder's own number */
	void (*fn)(struct task_work *work);
};

enum task_flags {
	TASK_KTHREAD = 1 << 0, /* of the kernel: no address space of its own */
	TASK_IDLE = 1 << 1,    /* a processor's, when nobody else runs there */
	TASK_EXITING = 1 << 2,
	TASK_DEAD = 1 << 3, /* goes with its last switch away */
};

/* Its own fields (NUMA balancing's among them) are written only by the task itself. */
struct task_struct {
	TAILQ_ENTRY(task_struct) link; /* the room's, by name */
	uint32_t pid, tgid;	      /* threads of a process share tgid, the pid of the first */
	uint32_t name;		      /* birth name */
	uint32_t flags;		      /* enum task_flags */
	struct mm_struct *mm;	      /* NULL: a kernel thread, or exiting */
	struct mm_struct *active_mm;  /* while it runs: mm, or whose tables it borrows */
	struct mempolicy *mempolicy;  /* NULL: the default; counted */
	int32_t il_prev;	      /* interleaving: the node of its last page, -1: none yet */
	uint32_t il_weight;	      /* v6.9+: pages that this node still gets */
	struct gup_hold *gup_holds;   /* pages that it keeps (mm/gup.h), last taken first */
	struct task_work *works;      /* to do before it returns to user mode, last added first */
	uint64_t tlb_batch;	      /* v4.3+: processors that owe a flush to its reclaim */
	bool tlb_batch_required, tlb_batch_writable;
	int32_t numa_scan_seq;
	uint32_t numa_migrate_deferred; /* 3.13: refusals left (mm/mempolicy.c) */
	int32_t home_node; /* set-up only: where its faults allocate; -1: where it runs */
	struct task_work numa_work;   /* the scan; fn is NULL unless it is to be done */
	uint64_t numa_scan_period;    /* ms */
	uint64_t node_stamp;	      /* ns of its run time: when the next scan is due */
	uint64_t sum_exec_runtime;    /* ns */
	uint64_t numa_pages_migrated; /* statistics */
	uint64_t numa_faults[2];      /* statistics: remote, local */
	/* What its last fatal page fault died of; neither: it was not allowed to. */
	bool out_of_memory, bus_error;
};

enum task_field { TASK_F_WORKS = 1 };
#define TASK_OBJECT(task, field) OBJECT(OBJ_TASK, (task)->name, (field))

static inline struct task_struct *current_task(void)
{
	return this_cpu()->task;
}

/* A task of @mm; runs nowhere yet. NULL: no memory. (Set-up; a running kernel forks: mm/fork.h.) */
struct task_struct *task_create(struct numasim_machine *m, struct mm_struct *mm, uint32_t pid);

/* The task that runs on @cpu: its idle task, made at first need, if nobody else does. */
struct task_struct *cpu_running_task(struct cpu *cpu);
struct task_struct *cpu_idle_task(struct cpu *cpu);

#endif
