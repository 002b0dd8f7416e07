/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stack grows down to the page of a fault: expand_downwards(), mm/mmap.c of v3.8 to v6.12.
 *
 *   to v4.11   [ prev ]        [guard|  stack ...     the lowest page is the guard: touching it
 *                        <-- one more                  moves it down by one, never onto prev
 *   v4.12+     [ prev ]<- 256 pages ->[ stack ...     unless prev is a stack, or inaccessible
 *
 * That the address must be near the stack pointer (to v4.20) is not asked: accesses here have none.
 */
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/vma_change.h"

#include <errno.h>

#define MMAP_MIN_ADDR	UINT64_C(65536)
#define STACK_GUARD_GAP (UINT64_C(256) << FRAME_SHIFT)

/* acct_stack_growth(), without overcommit. */
static bool may_grow(const struct vm_area_struct *vma, uint64_t size, uint64_t grow)
{
	const struct mm_struct *mm = vma->vm_mm;

	if ((mm->total_vm + grow) << FRAME_SHIFT > mm->rlimit_as || size > mm->rlimit_stack)
		return false;
	return !(vma->vm_flags & VM_LOCKED) ||
	       (mm->locked_vm + grow) << FRAME_SHIFT <= mm->rlimit_memlock;
}

/* Is there room above the mapping below? */
static bool keeps_apart(struct vm_area_struct *vma, uint64_t address)
{
	struct vm_area_struct *prev = vma_prev(vma);

	if (!prev)
		return true;
	if (!has(ROW_LARGE_STACK_GAP)) /* 09884964335e, v3.9 (from memory) */
		return prev->vm_end != address || prev->vm_flags & VM_GROWSDOWN;
	if (prev->vm_flags & VM_GROWSDOWN || !vma_is_accessible(prev))
		return prev->vm_end <= address;
	return address >= prev->vm_end && address - prev->vm_end >= STACK_GUARD_GAP;
}

/* Under the locks: others grow stacks with mmap_sem held for reading, too (to v6.4). */
static int move_start(struct vm_area_struct *vma, uint64_t address)
{
	struct mm_struct *mm = vma->vm_mm;
	uint64_t grow = (vma->vm_start - address) >> FRAME_SHIFT;

	if (address >= vma->vm_start)
		return 0;
	if (grow > vma->vm_pgoff || !may_grow(vma, vma->vm_end - address, grow))
		return -ENOMEM;
	lock_take(&mm->page_table_lock);
	touch(MM_OBJECT(mm, MM_VMAS), ACCESS_WRITE);
	if (vma->vm_flags & VM_LOCKED)
		mm->locked_vm += grow;
	mm->total_vm += grow;
	mm->stack_vm += grow;
	vma->vm_start = address;
	vma->vm_pgoff -= grow;
	lock_release(&mm->page_table_lock);
	return 0;
}

int expand_stack(struct vm_area_struct *vma, uint64_t address)
{
	struct anon_vma *root;
	int ret;

	if (!(vma->vm_flags & VM_GROWSDOWN))
		return -EFAULT;
	address &= PAGE_MASK_4K;
	if (address < MMAP_MIN_ADDR)
		return -EPERM;
	if (!keeps_apart(vma, address) || vma_tree_full() || anon_vma_prepare(vma))
		return -ENOMEM;
	root = vma->anon_vma->root;
	rwlock_take_write(&root->lock);
	ret = move_start(vma, address);
	rwlock_release_write(&root->lock);
	return ret;
}

bool check_stack_guard_page(struct vm_area_struct *vma, uint64_t address)
{
	struct vm_area_struct *prev;

	if (!(vma->vm_flags & VM_GROWSDOWN) || address != vma->vm_start)
		return true;
	prev = vma_prev(vma);
	if (prev && prev->vm_end == address) /* split from one stack: no guard between the parts */
		return prev->vm_flags & VM_GROWSDOWN;
	return !expand_stack(vma, address - FRAME_SIZE);
}
