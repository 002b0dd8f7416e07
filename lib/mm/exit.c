/* SPDX-License-Identifier: BSD-2-Clause */
/* The ends of address spaces and of tasks (kernel/exit.c, kernel/fork.c, mm/mmap.c). */
#include "exec/var.h"
#include "mm/file.h"
#include "mm/gup.h"
#include "mm/huge_zero.h"
#include "mm/mempolicy.h"
#include "mm/mlock.h"
#include "mm/mm_life.h"
#include "mm/mmap_lock.h"
#include "mm/page.h"
#include "mm/ranges.h"
#include "mm/switch.h"
#include "mm/table.h"
#include "mm/tlb.h"
#include "mm/vma_change.h"
#include "mm/zap.h"
#include "sched/task_work.h"

/*
 * Nobody uses the mappings any more. The locks that v5.19+ takes here keep out reclaim by the
 * out-of-memory killer, which is not modelled: nobody else would wait for them.
 */
void exit_mmap(struct mm_struct *mm)
{
	struct vm_area_struct *vma = vma_first(mm), *next;
	struct mmu_gather tlb;

	for (next = vma; next; next = vma_next(next))
		munlock_vma_pages_all(next);
	if (!vma)
		return;
	lru_add_drain();
	tlb_gather_mmu(&tlb, mm, 0, UINT64_MAX);
	unmap_vmas(&tlb, vma, 0, UINT64_MAX);
	free_pgtables(&tlb, vma, 0, 0);
	tlb_finish_mmu(&tlb, 0, UINT64_MAX);
	for (; vma; vma = next) {
		next = vma_next(vma);
		vma_unlink(mm, vma);
		if (vma->vm_file)
			file_vma_unlink(vma);
		vma_destroy(vma);
	}
}

void mmput(struct mm_struct *mm)
{
	struct observer *o = &current_machine()->observer;

	if (shared_add32(MM_OBJECT(mm, MM_USERS), &mm->mm_users, -1))
		return;
	if (o->mm_gone)
		o->mm_gone(o->self, mm->name);
	exit_mmap(mm);
	mm_put_huge_zero_page(mm);
	mmdrop(mm);
}

/* The task lets go of its mm; its processor keeps the tables, lazily. */
static void exit_mm(struct task_struct *task)
{
	struct mm_struct *mm = task->mm;

	if (!mm)
		return;
	mmap_read_lock(mm);
	mmgrab(mm);
	local_irq_disable();
	task->mm = NULL;
	enter_lazy_tlb(this_cpu());
	local_irq_enable();
	mmap_read_unlock(mm);
	mmput(mm);
}

void do_exit(void)
{
	struct numasim_machine *m = current_machine();
	struct task_struct *task = current_task();

	task->flags |= TASK_EXITING;
	task_work_run();
	exit_mm(task);
	gup_release_all(task);
	if (task->mempolicy)
		mpol_put(task->mempolicy);
	TAILQ_REMOVE(&m->mm->tasks, task, link);
	task->flags |= TASK_DEAD;
	context_switch(cpu_idle_task(this_cpu()));
}
