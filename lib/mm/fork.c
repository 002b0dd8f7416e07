/* SPDX-License-Identifier: BSD-2-Clause */
/* New tasks, with a copy of the address space or the same one (kernel/fork.c, v3.8 to v6.12). */
#include "exec/var.h"
#include "mm/hooks.h"
#include "mm/mempolicy.h"
#include "mm/mm_life.h"
#include "mm/table.h"

#include <errno.h>
#include <stdio.h>

#define SCAN_DELAY 1000 /* ms: numa_balancing_scan_delay_ms, where there is no such knob */

struct mm_struct *mm_alloc(const char *label)
{
	struct numasim_machine *m = current_machine();
	struct mm_struct *mm = kmalloc(sizeof(*mm));

	if (!mm)
		return NULL;
	mm_setup(m, mm, birth_name(), label);
	if (pgd_alloc(mm))
		return mm;
	mm_unlink(m, mm);
	birth_dead(mm->name);
	kfree(mm, sizeof(*mm));
	return NULL;
}

/* How long a new task is left alone: v3.8 to v6.12 kernel/sched, the sysctl as it is by then. */
static uint32_t scan_delay(void)
{
	const struct numa_knobs *knobs = current_machine()->mm->numa_knobs;

	return knobs ? knobs->scan_delay : SCAN_DELAY;
}

/* A task that is not in the list yet. */
static struct task_struct *new_task(uint32_t pid)
{
	struct task_struct *task = kmalloc(sizeof(*task));

	if (task)
		*task = (struct task_struct){.pid = pid, .tgid = pid, .name = birth_name(),
					     .home_node = -1, .numa_scan_period = scan_delay()};
	return task;
}

struct task_struct *kthread_create(uint32_t pid)
{
	struct task_struct *task = new_task(pid);

	if (!task)
		return NULL;
	task->flags = TASK_KTHREAD;
	task_link(current_machine()->mm, task);
	return task;
}

/*
 * init_numa_balancing(), which every release calls before the child has its own mm: so of a process
 * with one thread it is the parent's scan that starts over, and the child copies that.
 */
static void fork_numa(struct task_struct *child, const struct task_struct *parent)
{
	struct mm_struct *mm = parent->mm;

	if (mm && mm->mm_users == 1) {
		touch(MM_OBJECT(mm, MM_NEXT_SCAN), ACCESS_WRITE);
		touch(MM_OBJECT(mm, MM_SCAN_SEQ), ACCESS_WRITE);
		mm->numa_next_scan = *current_machine()->clock + scan_delay();
		mm->numa_scan_seq = 0;
	}
	child->numa_scan_seq = mm ? mm->numa_scan_seq : 0;
}

/* copy_mm(): share, or copy. */
static int fork_mm(struct task_struct *child, struct mm_struct *mm, unsigned flags,
		   const char *label)
{
	if (!mm)
		return 0;
	if (flags & FORK_VM) {
		mmget(mm);
		child->mm = mm;
		return 0;
	}
	child->mm = dup_mm(mm, label ? label : mm->label);
	return child->mm ? 0 : -ENOMEM;
}

int do_fork(struct task_struct **out, unsigned flags, uint32_t pid, const char *label)
{
	struct task_struct *parent = current_task(), *child;

	if (flags & FORK_THREAD && !(flags & FORK_VM))
		return -EINVAL;
	child = new_task(pid);
	if (!child)
		return -ENOMEM;
	child->flags = parent->flags & TASK_KTHREAD;
	child->home_node = parent->home_node;
	if (flags & FORK_THREAD)
		child->tgid = parent->tgid;
	if (mpol_copy(&child->mempolicy, parent->mempolicy)) {
		task_free(child);
		return -ENOMEM;
	}
	fork_numa(child, parent);
	if (fork_mm(child, parent->mm, flags, label)) {
		mpol_put(child->mempolicy);
		task_free(child);
		return -ENOMEM;
	}
	child->il_prev = parent->il_prev;
	child->il_weight = parent->il_weight;
	task_link(current_machine()->mm, child);
	note("fork task %u", pid);
	*out = child;
	return 0;
}
