/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How address spaces and tasks come and go (kernel/fork.c, kernel/exit.c, fs/exec.c).
 *
 *	mm_users   threads, and others that use the mappings: the last one takes these down
 *	mm_count   those users together, and whoever only needs the structure and the top table, as
 *		   a processor that has them loaded lazily: the last one frees them
 */
#ifndef MM_MM_LIFE_H
#define MM_MM_LIFE_H

#include "mm/mm.h"

/* One user more, one less. */
void mmget(struct mm_struct *mm);
void mmput(struct mm_struct *mm);
/* The structure stays; may go. */
void mmgrab(struct mm_struct *mm);
void mmdrop(struct mm_struct *mm);

/* A running kernel's new address space, empty, one user. NULL: out of memory. */
struct mm_struct *mm_alloc(const char *label);

/* All mappings go, with their pages and tables: the last user has gone (mm/mmap.c, exit_mmap()). */
void exit_mmap(struct mm_struct *mm);

/* A copy of the current task's address space, by its mappings' rules. NULL: out of memory. */
struct mm_struct *dup_mm(struct mm_struct *oldmm, const char *label);

/* What @flags of do_fork() may say; the ABI's numbers. */
#define FORK_VM	    0x00000100 /* CLONE_VM: the child uses the same mm */
#define FORK_THREAD 0x00010000 /* CLONE_THREAD: and is a thread of the same process */

/*
 * A child of the current task, not running anywhere yet; @pid is its number, @label (NULL: as the
 * parent's) names its address space. 0, -EINVAL (FORK_THREAD without FORK_VM), -ENOMEM.
 */
int do_fork(struct task_struct **child, unsigned flags, uint32_t pid, const char *label);

/* A kernel thread; runs nowhere yet. NULL: out of memory. */
struct task_struct *kthread_create(uint32_t pid);

/*
 * The current task gets a new, empty address space and leaves its own. 0, -ENOMEM; -EAGAIN: it has
 * other threads, which a real exec would kill first.
 */
int do_exec(const char *label);

/* The current task ends; its processor goes on, idle. */
void do_exit(void);

/* The structure of a task that runs nowhere any more. */
void task_free(struct task_struct *task);

/* Into the room's list, by name. */
void task_link(struct mm_room *room, struct task_struct *task);

/* Set-up: @task is a thread of @mm, the first or another one. */
void mm_join(struct numasim_machine *m, struct mm_struct *mm, struct task_struct *task);

#endif
