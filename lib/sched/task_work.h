/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work that a task does itself before it returns to user mode (kernel/task_work.c): NUMA
 * balancing's scan, for one.
 *
 *	task_work_add(task, &task->numa_work);	 // from a tick, or from another task
 *	...
 *	return_to_user();			 // the task: runs what is there, last added first
 *
 * Whoever adds keeps the work's memory until it has run. A task that exits runs what it has and
 * takes no more.
 */
#ifndef SCHED_TASK_WORK_H
#define SCHED_TASK_WORK_H

#include "sched/task.h"

/* 0; -ESRCH: the task is exiting and has run its last work. */
int task_work_add(struct task_struct *task, struct task_work *work);

/* Take @work back: true, unless it ran already or was never added. */
bool task_work_cancel(struct task_struct *task, struct task_work *work);

/* The current task runs all of its work, and what that adds. */
void task_work_run(void);

void task_work_digest(const struct task_struct *task, struct digest_sink *sink);

/* The last thing that the kernel does before user mode. */
void return_to_user(void);

#endif
