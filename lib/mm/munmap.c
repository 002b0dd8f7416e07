/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * munmap(): do_munmap() of v3.8 to v6.12 mm/mmap.c.
 *
 *	[start, end)		  xxxxxxxxxxxxxx
 *	cut at both ends    [vma | detached][d.|vma ]
 *	out of the tree     [vma]		[vma]	    v4.20+: the lock may now be shared
 *	entries and tables go, then the VMAs
 */
#include "mm/abi.h"
#include "mm/mm_account.h"
#include "mm/mlock.h"
#include "mm/mmap.h"
#include "mm/mmap_lock.h"
#include "mm/observe.h"
#include "mm/page.h"
#include "mm/ranges.h"
#include "mm/syscalls.h"
#include "mm/vma_change.h"

#include <errno.h>

uint64_t count_vma_pages_range(struct mm_struct *mm, uint64_t start, uint64_t end)
{
	struct vm_area_struct *vma = find_vma(mm, start);
	uint64_t pages = 0;

	for (; vma && vma->vm_start < end; vma = vma_next(vma)) {
		uint64_t from = vma->vm_start < start ? start : vma->vm_start;
		uint64_t to = vma->vm_end > end ? end : vma->vm_end;

		pages += (to - from) >> FRAME_SHIFT;
	}
	return pages;
}

/*
 * A VMA that is only partly meant is cut; the part that stays keeps its struct. A cut in the middle
 * of one VMA makes two of it for a moment, which may not pass the limit for good.
 */
static int cut_ends(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	struct vm_area_struct *last;
	int ret = 0;

	if (start > vma->vm_start) {
		if (end < vma->vm_end && mm->map_count >= MAX_MAP_COUNT)
			return -ENOMEM;
		ret = split_vma_nolimit(vma, start, false);
	}
	if (ret)
		return ret;
	last = find_vma(mm, end);
	if (last && last->vm_start < end)
		ret = split_vma_nolimit(last, end, true);
	return ret;
}

/* v3.8 to v5.17: pages are unlocked before the VMAs go. */
static void munlock_range(struct mm_struct *mm, uint64_t start, uint64_t end)
{
	struct vm_area_struct *vma = find_vma(mm, start);

	for (; vma && vma->vm_start < end; vma = vma_next(vma)) {
		if (has(ROW_MLOCK_BY_RMAP) || !(vma->vm_flags & VM_LOCKED))
			continue;
		mm->locked_vm -= vma_pages(vma);
		munlock_vma_pages_all(vma);
	}
}

/* The VMAs of [start, end), which no one finds any more, in a tree of their own. */
static void detach(struct vma_tree *detached, struct mm_struct *mm, uint64_t start, uint64_t end)
{
	struct vm_area_struct *vma = find_vma(mm, start), *next;

	for (; vma && vma->vm_start < end; vma = next) {
		next = vma_next(vma);
		vma_start_write(vma);
		vma_unlink(mm, vma);
		RB_INSERT(vma_tree, detached, vma);
		if (vma->vm_flags & VM_LOCKED)
			mm->locked_vm -= vma_pages(vma);
	}
}

/*
 * v4.20+: entries may be taken away while others fault elsewhere. v5.8 to v6.4: not beside a stack,
 * which could grow over the range with the lock held for reading.
 */
static bool try_downgrade(struct mm_struct *mm, const struct vm_area_struct *next)
{
	if (!has(ROW_MUNMAP_DOWNGRADE))
		return false;
	if (has(ROW_DOWNGRADE_NOT_STACK) && !has(ROW_DOWNGRADE_BESIDE_STACK) && next &&
	    next->vm_flags & VM_GROWSDOWN)
		return false;
	mmap_write_downgrade(mm);
	return true;
}

static void unmap_region(struct mm_struct *mm, struct vm_area_struct *vma,
			 const struct vm_area_struct *prev, const struct vm_area_struct *next,
			 uint64_t start, uint64_t end)
{
	struct mmu_gather tlb;

	lru_add_drain();
	tlb_gather_mmu(&tlb, mm, start, end);
	unmap_vmas(&tlb, vma, start, end);
	for (struct vm_area_struct *v = vma; v; v = vma_next(v))
		vma_unlink_rmap(v); /* walks over the tables end before these go */
	free_pgtables(&tlb, vma, prev ? prev->vm_end : 0, next ? next->vm_start : 0);
	tlb_finish_mmu(&tlb, start, end);
}

static void remove_vmas(struct mm_struct *mm, struct vma_tree *detached)
{
	struct vm_area_struct *vma;

	while ((vma = RB_MIN(vma_tree, detached))) {
		RB_REMOVE(vma_tree, detached, vma);
		vm_stat_account(mm, vma->vm_flags, -(int64_t)vma_pages(vma));
		vma_destroy(vma);
	}
}

int do_munmap_aligned(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t start,
		      uint64_t end, bool *downgraded)
{
	struct vma_tree detached = RB_INITIALIZER(&detached);
	struct vm_area_struct *prev, *next;
	int ret = vma_tree_full() ? -ENOMEM : cut_ends(mm, vma, start, end);

	if (ret)
		return ret;
	if (vma_tree_full()) /* the tree of those that go; what was cut stays cut */
		return -ENOMEM;
	discard_begin(mm, start, end, DISCARD_UNMAP);
	munlock_range(mm, start, end);
	detach(&detached, mm, start, end);
	next = find_vma(mm, end);
	prev = next ? vma_prev(next) : vma_last(mm);
	if (downgraded)
		*downgraded = try_downgrade(mm, next);
	unmap_region(mm, RB_MIN(vma_tree, &detached), prev, next, start, end);
	discard_end(mm, start, end, DISCARD_UNMAP);
	remove_vmas(mm, &detached);
	return 0;
}

int do_munmap(struct mm_struct *mm, uint64_t start, uint64_t len, bool *downgraded)
{
	struct vm_area_struct *vma;
	uint64_t end;

	if (downgraded)
		*downgraded = false;
	if (OFFSET_IN_PAGE(start) || start > mm->task_size || len > mm->task_size - start)
		return -EINVAL;
	end = start + PAGE_ALIGN(len);
	if (end == start)
		return -EINVAL;
	vma = find_vma_intersection(mm, start, end);
	return vma ? do_munmap_aligned(mm, vma, start, end, downgraded) : 0;
}

long sys_munmap(uint64_t addr, uint64_t len)
{
	struct mm_struct *mm = current_task()->mm;
	bool downgraded;
	long ret;

	mmap_write_lock(mm);
	ret = do_munmap(mm, addr, len, &downgraded);
	if (downgraded)
		mmap_read_unlock(mm);
	else
		mmap_write_unlock(mm);
	return ret;
}
