/* SPDX-License-Identifier: BSD-2-Clause */
/* brk(): v3.8 to v6.12 mm/mmap.c. What fails leaves the break where it was, and says so. */
#include "mm/abi.h"
#include "mm/mm_account.h"
#include "mm/mmap.h"
#include "mm/mmap_lock.h"
#include "mm/syscalls.h"
#include "mm/vma_change.h"

#include <errno.h>

/* RLIMIT_DATA: what the program brought, and what it asked for since. */
static bool data_rlimit_ok(const struct mm_struct *mm, uint64_t brk)
{
	return brk - mm->start_brk + (mm->end_data - mm->start_data) <= mm->rlimit_data;
}

/* v6.1+ wants to see that something is mapped there. */
static bool shrink(struct mm_struct *mm, uint64_t from, uint64_t to, bool *downgraded)
{
	if (has(ROW_MMAP_EXPAND) && !find_vma_intersection(mm, from, to))
		return false;
	return !do_munmap(mm, from, to - from, downgraded);
}

/* A page, and the gap below a stack, stay free above. */
static bool room_above(struct mm_struct *mm, uint64_t from, uint64_t to)
{
	const struct vm_area_struct *next = find_vma(mm, from);

	return !next || to + FRAME_SIZE <= vm_start_gap(next);
}

/* do_brk_flags() */
static int grow(struct mm_struct *mm, uint64_t addr, uint64_t len)
{
	uint64_t pages = len >> FRAME_SHIFT;
	uint64_t vm_flags = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC |
			    VM_ACCOUNT | mm->def_flags;
	struct vm_area_struct *vma;

	if (!may_expand_vm(mm, vm_flags, pages) || mm->map_count > MAX_MAP_COUNT ||
	    !vm_enough_memory(pages))
		return -ENOMEM;
	vma = vma_merge_new(mm, addr, addr + len, vm_flags, NULL, addr >> FRAME_SHIFT,
			    !has(ROW_MMAP_EXPAND));
	if (!vma) {
		vma = vma_alloc(mm);
		if (!vma)
			return -ENOMEM;
		if (vma_tree_full()) {
			vma_free(vma);
			return -ENOMEM;
		}
		vma->vm_start = addr;
		vma->vm_end = addr + len;
		vma->vm_pgoff = addr >> FRAME_SHIFT;
		vma->vm_flags = vm_flags;
		vma_mark_new(vma);
		vma_link(mm, vma);
	}
	vm_stat_account(mm, vm_flags, pages);
	if (vm_flags & VM_LOCKED)
		mm->locked_vm += pages;
	vma_set_soft_dirty(vma);
	return 0;
}

static bool may_grow(struct mm_struct *mm, uint64_t from, uint64_t to)
{
	return room_above(mm, from, to) &&
	       !IS_ERR_ADDR(get_unmapped_area(mm, NULL, from, to - from, MAP_FIXED)) &&
	       mlock_future_ok(mm, mm->def_flags, to - from);
}

/* The break moves to @brk, or it does not (false). *@populate: where memory is to be locked. */
static bool move_brk(struct mm_struct *mm, uint64_t brk, bool *downgraded, uint64_t *populate)
{
	uint64_t newbrk = PAGE_ALIGN(brk), oldbrk = PAGE_ALIGN(mm->brk), origbrk = mm->brk;

	if (brk < mm->start_brk || !data_rlimit_ok(mm, brk))
		return false;
	if (newbrk == oldbrk) {
		mm->brk = brk;
		return true;
	}
	if (brk <= mm->brk) {
		mm->brk = brk; /* before the lock is only held for reading */
		if (shrink(mm, newbrk, oldbrk, downgraded))
			return true;
		mm->brk = origbrk;
		return false;
	}
	if (newbrk < oldbrk || !may_grow(mm, oldbrk, newbrk) || grow(mm, oldbrk, newbrk - oldbrk))
		return false;
	mm->brk = brk;
	if (mm->def_flags & VM_LOCKED)
		*populate = newbrk - oldbrk;
	return true;
}

long sys_brk(uint64_t brk)
{
	struct mm_struct *mm = current_task()->mm;
	uint64_t populate = 0, oldbrk;
	bool downgraded = false;
	long ret;

	mmap_write_lock(mm);
	oldbrk = mm->brk;
	move_brk(mm, brk, &downgraded, &populate);
	ret = mm->brk;
	if (downgraded)
		mmap_read_unlock(mm);
	else
		mmap_write_unlock(mm);
	if (populate)
		mm_populate(mm, PAGE_ALIGN(oldbrk), populate, true);
	return ret;
}
