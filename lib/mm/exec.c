/* SPDX-License-Identifier: BSD-2-Clause */
/* A task gets a new address space (fs/exec.c, exec_mmap()), or lends itself to one. */
#include "exec/var.h"
#include "mm/mm_life.h"
#include "mm/mmap_lock.h"
#include "mm/switch.h"

#include <errno.h>

static bool has_other_threads(const struct task_struct *task)
{
	const struct task_struct *at;

	TAILQ_FOREACH(at, &current_machine()->mm->tasks, link)
		if (at != task && at->tgid == task->tgid)
			return true;
	return false;
}

int do_exec(const char *label)
{
	struct task_struct *task = current_task();
	struct mm_struct *old = task->mm, *mm;

	if (has_other_threads(task))
		return -EAGAIN;
	mm = mm_alloc(label);
	if (!mm)
		return -ENOMEM;
	mmap_read_lock(old);
	local_irq_disable();
	task->mm = task->active_mm = mm;
	switch_mm(this_cpu(), mm);
	local_irq_enable();
	mmap_read_unlock(old);
	mmput(old);
	return 0;
}

void kthread_use_mm(struct mm_struct *mm)
{
	struct task_struct *task = current_task();
	struct mm_struct *active = task->active_mm;

	local_irq_disable();
	if (active != mm) {
		mmgrab(mm);
		task->active_mm = mm;
	}
	task->mm = mm;
	switch_mm(this_cpu(), mm);
	local_irq_enable();
	if (active && active != mm)
		mmdrop(active);
}

void kthread_unuse_mm(void)
{
	struct task_struct *task = current_task();

	local_irq_disable();
	task->mm = NULL;
	enter_lazy_tlb(this_cpu());
	local_irq_enable();
}
