/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * madvise(): v3.8 to v6.12 mm/madvise.c. Advice about flags cuts and merges mappings; advice about
 * pages is handed to those who walk over them. A hole in the range is an error at the end, after
 * everything else was done.
 *
 * Refused with -EINVAL, as by kernels that are built without: MADV_COLLAPSE, MADV_HWPOISON and
 * MADV_SOFT_OFFLINE. MADV_REMOVE has no file system here that can cut holes: -EOPNOTSUPP.
 */
#include "mm/abi.h"
#include "mm/file.h"
#include "mm/madvise_flags.h"
#include "mm/mmap.h"
#include "mm/mmap_lock.h"
#include "mm/observe.h"
#include "mm/page.h"
#include "mm/ranges.h"
#include "mm/syscalls.h"
#include "mm/vma_change.h"

#include <errno.h>

struct advice {
	struct mm_struct *mm;
	uint64_t start, end;
	int behavior;
};

/* The row that a behaviour came with; ROW_NONE: it was always there. */
static enum kernel_row came_with(int behavior)
{
	switch (behavior) {
	case MADV_FREE:
		return ROW_MADV_FREE;
	case MADV_WIPEONFORK:
	case MADV_KEEPONFORK:
		return ROW_MADV_WIPEONFORK;
	case MADV_COLD:
	case MADV_PAGEOUT:
		return ROW_MADV_COLD;
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return ROW_MADV_POPULATE;
	case MADV_DONTNEED_LOCKED:
		return ROW_MADV_DONTNEED_LOCKED;
	default:
		return ROW_NONE;
	}
}

static bool behavior_valid(int behavior)
{
	enum kernel_row row = came_with(behavior);

	if (row != ROW_NONE)
		return has(row);
	return (behavior >= MADV_NORMAL && behavior <= MADV_DONTNEED) ||
	       (behavior >= MADV_REMOVE && behavior <= MADV_DODUMP);
}

/* Only pages are looked at or faulted in: the lock is held for reading. */
static bool only_reads(int behavior)
{
	switch (behavior) {
	case MADV_REMOVE:
	case MADV_WILLNEED:
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_COLD:
	case MADV_PAGEOUT:
	case MADV_FREE:
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return true;
	default:
		return false;
	}
}

/* A hole in the file. The lock of the mm is dropped meanwhile: *@at is not to be used any more. */
static long remove_pages(struct vm_area_struct **at, uint64_t start, uint64_t end)
{
	struct vm_area_struct *vma = *at;
	struct mm_struct *mm = vma->vm_mm;
	uint64_t offset = start - vma->vm_start + (vma->vm_pgoff << FRAME_SHIFT);
	struct file *file = vma->vm_file;
	long ret;

	if (vma->vm_flags & VM_LOCKED || !file)
		return -EINVAL;
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) != (VM_SHARED | VM_MAYWRITE))
		return -EACCES;
	*at = NULL;
	file_get(file);
	mmap_read_unlock(mm);
	ret = file_punch_hole(file, offset, offset + end - start);
	file_put(file);
	mmap_read_lock(mm);
	return ret;
}

/* May pages be taken away, or marked as free? v5.18+ whole hugetlb pages, too. */
static long dontneed_valid(const struct vm_area_struct *vma, uint64_t start, uint64_t *end,
			   int behavior)
{
	uint64_t forbidden = VM_PFNMAP | (behavior == MADV_DONTNEED_LOCKED ? 0 : VM_LOCKED);

	if (!(vma->vm_flags & VM_HUGETLB))
		return vma->vm_flags & forbidden ? -EINVAL : 0;
	if (!has(ROW_MADV_DONTNEED_HUGETLB) || behavior == MADV_FREE || start & (HPAGE_SIZE - 1))
		return -EINVAL;
	*end &= HPAGE_MASK;
	return 0;
}

static long dontneed(struct vm_area_struct *vma, uint64_t start, uint64_t end, int behavior)
{
	enum discard_how how = behavior == MADV_FREE ? DISCARD_FREE : DISCARD_EMPTY;
	long ret = dontneed_valid(vma, start, &end, behavior);

	if (ret || start == end)
		return ret;
	if (behavior == MADV_FREE && !vma_is_anonymous(vma))
		return -EINVAL;
	discard_begin(vma->vm_mm, start, end, how);
	lru_add_drain();
	if (behavior == MADV_FREE)
		madvise_free_range(vma, start, end);
	else
		zap_page_range(vma, start, end - start);
	discard_end(vma->vm_mm, start, end, how);
	return 0;
}

static long age(struct vm_area_struct *vma, uint64_t start, uint64_t end, bool pageout)
{
	if (vma->vm_flags & (VM_LOCKED | VM_PFNMAP | VM_HUGETLB))
		return -EINVAL;
	lru_add_drain();
	madvise_cold_range(vma, start, end, pageout);
	return 0;
}

/* Advice about flags: what they become, then the mapping is cut or merged. */
static long change_flags(struct vm_area_struct **vma, struct vm_area_struct *prev, uint64_t start,
			 uint64_t end, int behavior)
{
	uint64_t vm_flags = (*vma)->vm_flags;
	int ret = madvise_flags(*vma, behavior, &vm_flags);

	if (ret || vm_flags == (*vma)->vm_flags)
		return ret;
	ret = vma_modify(vma, prev, start, end, vm_flags, (*vma)->vm_policy);
	if (ret)
		return ret == -ENOMEM ? -EAGAIN : ret;
	vma_start_write(*vma);
	vma_set_flags(*vma, vm_flags);
	return 0;
}

/* What the advice does to [start, end) of *@vma, which is NULL if it may have gone meanwhile. */
static long visit(const struct advice *a, struct vm_area_struct **vma,
		  struct vm_area_struct *prev, uint64_t start, uint64_t end)
{
	switch (a->behavior) {
	case MADV_REMOVE:
		return remove_pages(vma, start, end);
	case MADV_WILLNEED:
		return 0; /* would only start reading ahead */
	case MADV_COLD:
		return age(*vma, start, end, false);
	case MADV_PAGEOUT:
		return age(*vma, start, end, true);
	case MADV_FREE:
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
		return dontneed(*vma, start, end, a->behavior);
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return populate_range(*vma, start, end, a->behavior == MADV_POPULATE_WRITE,
				      false);
	default:
		return change_flags(vma, prev, start, end, a->behavior);
	}
}

static long walk_vmas(const struct advice *a)
{
	struct vm_area_struct *vma = find_vma(a->mm, a->start), *prev;
	uint64_t at = a->start, to;
	bool hole = false;

	if (!vma)
		return -ENOMEM;
	prev = at > vma->vm_start ? vma : vma_prev(vma);
	for (;;) {
		long ret;

		if (at < vma->vm_start) {
			hole = true;
			at = vma->vm_start;
			if (at >= a->end)
				break;
		}
		to = vma->vm_end < a->end ? vma->vm_end : a->end;
		ret = visit(a, &vma, prev, at, to);
		if (ret)
			return ret;
		at = vma && to < vma->vm_end ? vma->vm_end : to;
		if (at >= a->end)
			break;
		prev = vma;
		vma = vma ? vma_next(vma) : find_vma(a->mm, at);
		if (!vma)
			return -ENOMEM;
	}
	return hole ? -ENOMEM : 0;
}

/* v6.9+: MADV_POPULATE_* stops at the first hole. */
static long populate_vmas(const struct advice *a)
{
	long ret = 0;

	for (uint64_t at = a->start; at < a->end && !ret;) {
		struct vm_area_struct *vma = find_vma(a->mm, at);
		uint64_t to;

		if (!vma || vma->vm_start > at) {
			ret = -ENOMEM;
			break;
		}
		to = vma->vm_end < a->end ? vma->vm_end : a->end;
		ret = populate_range(vma, at, to, a->behavior == MADV_POPULATE_WRITE,
				     at > a->start);
		at = to;
	}
	lru_add_drain(); /* whatever became of it */
	return ret;
}

static long advise(const struct advice *a)
{
	if (came_with(a->behavior) == ROW_MADV_POPULATE && has(ROW_MADV_POPULATE_OWN_WALK))
		return populate_vmas(a);
	return walk_vmas(a);
}

long sys_madvise(uint64_t start, uint64_t len, int behavior)
{
	struct advice a = {.mm = current_task()->mm, .start = start,
			   .end = start + PAGE_ALIGN(len), .behavior = behavior};
	long ret;

	if (!behavior_valid(behavior) || OFFSET_IN_PAGE(start) || (len && !PAGE_ALIGN(len)) ||
	    a.end < start)
		return -EINVAL;
	if (a.end == start)
		return 0;
	if (only_reads(behavior))
		mmap_read_lock(a.mm);
	else
		mmap_write_lock(a.mm);
	ret = advise(&a);
	if (only_reads(behavior))
		mmap_read_unlock(a.mm);
	else
		mmap_write_unlock(a.mm);
	return ret;
}
