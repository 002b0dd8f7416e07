/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mlock() and its kin: v3.8 to v6.12 mm/mlock.c. VM_LOCKED is set on a range, by cutting and
 * merging mappings, and what is mapped there is locked or unlocked (mlock_range.c); then, without
 * the lock, the pages that are missing are faulted in.
 */
#include "mm/abi.h"
#include "mm/mlock.h"
#include "mm/mm_account.h"
#include "mm/mmap.h"
#include "mm/mmap_lock.h"
#include "mm/syscalls.h"
#include "mm/vma_change.h"

#include <errno.h>

#define LOCKED_MASK ((uint64_t)(VM_LOCKED | VM_LOCKONFAULT))

/* These are never locked, and nobody is told. */
static bool never_locked(uint64_t vm_flags)
{
	return vm_flags & (VM_SPECIAL | VM_HUGETLB | VM_DROPPABLE);
}

/*
 * Set the lock flags of [start, end) of *@vma, which then is the VMA that holds it; @prev as for
 * vma_merge().
 */
static int mlock_fixup(struct vm_area_struct **vma, struct vm_area_struct *prev, uint64_t start,
		       uint64_t end, uint64_t vm_flags)
{
	uint64_t old = (*vma)->vm_flags, pages = (end - start) >> FRAME_SHIFT;
	struct mm_struct *mm = (*vma)->vm_mm;
	int ret;

	if (vm_flags == old || never_locked(old))
		return 0;
	ret = vma_modify(vma, prev, start, end, vm_flags, (*vma)->vm_policy);
	if (ret)
		return ret;
	if (!(vm_flags & VM_LOCKED))
		mm->locked_vm -= old & VM_LOCKED ? pages : 0;
	else if (!(old & VM_LOCKED))
		mm->locked_vm += pages;
	vma_start_write(*vma);
	mlock_vma_pages_range(*vma, start, end, vm_flags);
	return 0;
}

/* The lock flags of everything in [start, start + len) become @flags. -ENOMEM: a hole. */
static int apply_vma_lock_flags(struct mm_struct *mm, uint64_t start, uint64_t len, uint64_t flags)
{
	uint64_t end = start + len, at = start;
	struct vm_area_struct *vma, *prev;

	if (end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	vma = find_vma(mm, start);
	if (!vma || vma->vm_start > start)
		return -ENOMEM;
	prev = start > vma->vm_start ? vma : vma_prev(vma);
	for (;;) {
		uint64_t to = vma->vm_end < end ? vma->vm_end : end;
		int ret = mlock_fixup(&vma, prev, at, to, (vma->vm_flags & ~LOCKED_MASK) | flags);

		if (ret)
			return ret;
		at = to < vma->vm_end ? vma->vm_end : to;
		if (at >= end)
			return 0;
		prev = vma;
		vma = vma_next(vma);
		if (!vma || vma->vm_start != at)
			return -ENOMEM;
	}
}

static uint64_t count_locked_pages(struct mm_struct *mm, uint64_t start, uint64_t len)
{
	uint64_t end = start + len < start ? UINT64_MAX : start + len, pages = 0;
	struct vm_area_struct *vma = find_vma(mm, start);

	for (; vma && vma->vm_start < end; vma = vma_next(vma)) {
		uint64_t from = vma->vm_start < start ? start : vma->vm_start;
		uint64_t to = vma->vm_end > end ? end : vma->vm_end;

		if (vma->vm_flags & VM_LOCKED)
			pages += (to - from) >> FRAME_SHIFT;
	}
	return pages;
}

/* RLIMIT_MEMLOCK; v4.9+: what is locked already is not counted twice. */
static bool limit_ok(struct mm_struct *mm, uint64_t start, uint64_t len)
{
	uint64_t locked = mm->locked_vm + (len >> FRAME_SHIFT);
	uint64_t limit = mm->rlimit_memlock >> FRAME_SHIFT;

	if (!mm->unprivileged || locked <= limit)
		return true;
	if (has(ROW_MLOCK_OVERLAP))
		locked -= count_locked_pages(mm, start, len);
	return locked <= limit;
}

/* POSIX wants other errors than faults give (v3.8: __mlock_posix_error_return()). */
static long posix_error(int ret)
{
	return ret == -EFAULT ? -ENOMEM : ret == -ENOMEM ? -EAGAIN : ret;
}

static long do_mlock(uint64_t start, uint64_t len, uint64_t flags)
{
	struct mm_struct *mm = current_task()->mm;
	long ret = -ENOMEM;

	if (!can_do_mlock(mm))
		return -EPERM;
	len = PAGE_ALIGN(len + OFFSET_IN_PAGE(start));
	start &= PAGE_MASK_4K;
	mmap_write_lock(mm);
	if (limit_ok(mm, start, len))
		ret = apply_vma_lock_flags(mm, start, len, flags);
	mmap_write_unlock(mm);
	return ret ?: posix_error(mm_populate(mm, start, len, false));
}

long sys_mlock(uint64_t start, uint64_t len)
{
	return do_mlock(start, len, VM_LOCKED);
}

long sys_mlock2(uint64_t start, uint64_t len, int flags)
{
	if (!has(ROW_MLOCK2))
		return -ENOSYS;
	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	return do_mlock(start, len, VM_LOCKED | (flags & MLOCK_ONFAULT ? VM_LOCKONFAULT : 0));
}

long sys_munlock(uint64_t start, uint64_t len)
{
	struct mm_struct *mm = current_task()->mm;
	long ret;

	len = PAGE_ALIGN(len + OFFSET_IN_PAGE(start));
	start &= PAGE_MASK_4K;
	mmap_write_lock(mm);
	ret = apply_vma_lock_flags(mm, start, len, 0);
	mmap_write_unlock(mm);
	return ret;
}

/* What there is now, and what will be mapped, as @flags say; 0: nothing is locked any more. */
static void apply_mlockall_flags(struct mm_struct *mm, int flags)
{
	uint64_t lock = VM_LOCKED | (flags & MCL_ONFAULT ? VM_LOCKONFAULT : 0);
	struct vm_area_struct *vma, *prev = NULL;

	mm->def_flags &= ~LOCKED_MASK;
	if (flags & MCL_FUTURE)
		mm->def_flags |= lock;
	if (flags == MCL_FUTURE || flags == (MCL_FUTURE | MCL_ONFAULT))
		return;
	if (!(flags & MCL_CURRENT))
		lock = 0;
	for (vma = vma_first(mm); vma; prev = vma, vma = vma_next(vma))
		mlock_fixup(&vma, prev, vma->vm_start, vma->vm_end,
			    (vma->vm_flags & ~LOCKED_MASK) | lock);
}

static bool bad_mlockall_flags(int flags)
{
	int known = MCL_CURRENT | MCL_FUTURE | (has(ROW_MLOCK2) ? MCL_ONFAULT : 0);

	return !flags || flags & ~known ||
	       (flags == MCL_ONFAULT && has(ROW_MLOCKALL_ONFAULT_ALONE));
}

long sys_mlockall(int flags)
{
	struct mm_struct *mm = current_task()->mm;
	long ret = -ENOMEM;

	if (bad_mlockall_flags(flags))
		return -EINVAL;
	if (!can_do_mlock(mm))
		return -EPERM;
	mmap_write_lock(mm);
	if (!(flags & MCL_CURRENT) || !mm->unprivileged ||
	    mm->total_vm <= mm->rlimit_memlock >> FRAME_SHIFT) {
		apply_mlockall_flags(mm, flags);
		ret = 0;
	}
	mmap_write_unlock(mm);
	if (!ret && flags & MCL_CURRENT)
		mm_populate(mm, 0, mm->task_size, true);
	return ret;
}

long sys_munlockall(void)
{
	struct mm_struct *mm = current_task()->mm;

	mmap_write_lock(mm);
	apply_mlockall_flags(mm, 0);
	mmap_write_unlock(mm);
	return 0;
}
