/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/mmap_lock.h"

#include "exec/point.h"

/* The store to mm_lock_seq comes right before the release: the same step. */
static void end_writes(struct mm_struct *mm)
{
	if (!has(ROW_PER_VMA_LOCK))
		return;
	touch(MM_OBJECT(mm, MM_LOCK_SEQ), ACCESS_WRITE);
	mm->mm_lock_seq++;
}

void mmap_write_unlock(struct mm_struct *mm)
{
	end_writes(mm);
	rwlock_release_write(&mm->mmap_sem);
}

void mmap_write_downgrade(struct mm_struct *mm)
{
	end_writes(mm);
	rwlock_downgrade(&mm->mmap_sem);
}

void vma_start_write(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;

	if (!has(ROW_PER_VMA_LOCK) || vma->vm_lock_seq == mm->mm_lock_seq)
		return;
	rwlock_take_write(&vma->vm_lock);
	touch(MM_OBJECT(mm, MM_LOCK_SEQ), ACCESS_READ);
	vma->vm_lock_seq = mm->mm_lock_seq;
	rwlock_release_write(&vma->vm_lock);
}
