/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where mappings go: get_unmapped_area() of mm/mmap.c and arch/x86/kernel/sys_x86_64.c, v3.8 to
 * v6.12, without randomisation.
 *
 *	0	      TASK_SIZE / 3			mmap_base		 TASK_SIZE
 *	|  ...	program ...  |		      <- mappings, downwards |  gap  | stack |
 *			     | -> if there is no room below mmap_base, or MAP_32BIT
 *
 * What the file systems of v4.10 on do to have huge pages of files aligned is not modelled.
 */
#include "mm/mmap.h"

#include "mm/abi.h"
#include "mm/file.h"

#include <errno.h>

#define TASK_SIZE_MAX	  ((UINT64_C(1) << 47) - FRAME_SIZE)
#define MIN_GAP		  (UINT64_C(128) << 20) /* below the stack, at least */
#define TASK_UNMAPPED_BASE PAGE_ALIGN(TASK_SIZE_MAX / 3)
#define ELF_ET_DYN_BASE	  (TASK_SIZE_MAX / 3 * 2 & PAGE_MASK_4K)
#define STACK_RLIMIT	  (UINT64_C(8) << 20)

void mm_layout(struct mm_struct *mm)
{
	uint64_t gap = STACK_RLIMIT + STACK_GUARD_GAP;
	uint64_t max = TASK_SIZE_MAX / 6 * 5;

	mm->task_size = TASK_SIZE_MAX;
	mm->rlimit_as = mm->rlimit_data = mm->rlimit_memlock = UINT64_MAX;
	mm->rlimit_stack = STACK_RLIMIT;
	gap = gap < MIN_GAP ? MIN_GAP : gap > max ? max : gap;
	mm->mmap_base = PAGE_ALIGN(TASK_SIZE_MAX - gap);
	mm->start_stack = TASK_SIZE_MAX;
	mm->start_code = mm->end_code = mm->start_data = mm->end_data = ELF_ET_DYN_BASE;
	mm->start_brk = mm->brk = ELF_ET_DYN_BASE;
}

uint64_t vm_start_gap(const struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_GROWSDOWN) || !has(ROW_LARGE_STACK_GAP))
		return vma->vm_start;
	return vma->vm_start > STACK_GUARD_GAP ? vma->vm_start - STACK_GUARD_GAP : 0;
}

/* The highest room of @len bytes in [low, high). */
static long unmapped_area_topdown(struct mm_struct *mm, uint64_t len, uint64_t low, uint64_t high)
{
	struct vm_area_struct *above = find_vma(mm, high), *below;
	uint64_t limit = high;

	if (above && vm_start_gap(above) < limit)
		limit = vm_start_gap(above);
	below = above ? vma_prev(above) : vma_last(mm);
	for (; limit >= len && limit - len >= low; below = vma_prev(below)) {
		if (!below || below->vm_end <= limit - len)
			return limit - len;
		if (vm_start_gap(below) < limit)
			limit = vm_start_gap(below);
	}
	return -ENOMEM;
}

/* The lowest room of @len bytes in [low, high). */
static long unmapped_area(struct mm_struct *mm, uint64_t len, uint64_t low, uint64_t high)
{
	struct vm_area_struct *vma = find_vma(mm, low);
	uint64_t start = low;

	for (; start < high && high - start >= len; vma = vma_next(vma)) {
		if (!vma || (vm_start_gap(vma) >= start && vm_start_gap(vma) - start >= len))
			return start;
		start = vma->vm_end;
	}
	return -ENOMEM;
}

static long bottom_up(struct mm_struct *mm, uint64_t addr, uint64_t len, unsigned long flags)
{
	struct vm_area_struct *vma;
	uint64_t low = TASK_UNMAPPED_BASE, high = mm->task_size;

	if (flags & MAP_32BIT) {
		low = 0x40000000;
		high = 0x80000000;
	}
	if (len > high)
		return -ENOMEM;
	if (addr) {
		addr = PAGE_ALIGN(addr);
		vma = find_vma(mm, addr);
		if (high - len >= addr && (!vma || addr + len <= vm_start_gap(vma)))
			return addr;
	}
	return unmapped_area(mm, len, low, high);
}

/* Is there room at the hint? */
static bool hint_fits(struct mm_struct *mm, uint64_t addr, uint64_t len)
{
	struct vm_area_struct *vma;

	if (mm->task_size - len < addr)
		return false;
	vma = find_vma(mm, addr);
	return !vma || addr + len <= vm_start_gap(vma);
}

static long topdown(struct mm_struct *mm, uint64_t addr, uint64_t len, unsigned long flags)
{
	uint64_t low = FRAME_SIZE;
	long found;

	if (len > mm->task_size)
		return -ENOMEM;
	if (flags & MAP_FIXED)
		return addr;
	if (flags & MAP_32BIT)
		return bottom_up(mm, addr, len, flags);
	if (addr && hint_fits(mm, addr, len))
		return addr;
	if (flags & MAP_ABOVE4G && has(ROW_MAP_ABOVE4G))
		low = UINT64_C(1) << 32;
	found = unmapped_area_topdown(mm, len, low, mm->mmap_base);
	return found == -ENOMEM ? bottom_up(mm, addr, len, flags) : found;
}

/*
 * __thp_get_unmapped_area(), v6.7+: room for a huge page more is looked for, and the mapping put
 * where its huge pages can be aligned. 0: not this way.
 */
static long huge_aligned(struct mm_struct *mm, uint64_t addr, uint64_t len, unsigned long flags)
{
	uint64_t ret, sub;

	if (len < HPAGE_SIZE || len + HPAGE_SIZE < len)
		return 0;
	ret = topdown(mm, addr, len + HPAGE_SIZE, flags);
	if (IS_ERR_ADDR(ret))
		return 0;
	if (addr && ret == addr)
		return ret;
	sub = -ret & (HPAGE_SIZE - 1);
	return sub ? ret + sub : ret + HPAGE_SIZE;
}

static bool wants_huge_alignment(const struct file *file, uint64_t addr, uint64_t len,
				 unsigned long flags)
{
	if (!has(ROW_THP_ALIGN_ANON) || file || flags & (MAP_SHARED | MAP_FIXED))
		return false;
	return !has(ROW_THP_ALIGN_EXACT) || (!addr && !(len & (HPAGE_SIZE - 1)));
}

/* cap_mmap_addr(), security/commoncap.c: the lowest pages are for the privileged. */
static long check_low(const struct mm_struct *mm, uint64_t addr)
{
	return addr < MMAP_MIN_ADDR && mm->unprivileged ? -EPERM : (long)addr;
}

/*
 * hugetlb_get_unmapped_area(), v3.8 to v6.12 arch/x86/mm/hugetlbpage.c: at a multiple of the page
 * size, in the highest room that is large enough wherever in it the first multiple is.
 */
static long hugetlb_area(struct mm_struct *mm, uint64_t addr, uint64_t len, unsigned long flags)
{
	uint64_t mask = HPAGE_SIZE - 1;
	struct vm_area_struct *vma;
	long found;

	if (len & mask || (flags & MAP_FIXED && addr & mask))
		return -EINVAL;
	if (flags & MAP_FIXED)
		return addr;
	if (addr) {
		addr = (addr + mask) & ~mask;
		vma = find_vma(mm, addr);
		if (mm->task_size - len >= addr && (!vma || addr + len <= vm_start_gap(vma)))
			return addr;
	}
	mask &= PAGE_MASK_4K;
	found = unmapped_area_topdown(mm, len + mask, FRAME_SIZE, mm->mmap_base);
	return found < 0 ? found : (long)(((uint64_t)found + mask) & ~mask);
}

long get_unmapped_area(struct mm_struct *mm, const struct file *file, uint64_t addr, uint64_t len,
		       unsigned long flags)
{
	uint64_t found = 0;

	if (len > mm->task_size)
		return -ENOMEM;
	if (file && file->kind == FILE_HUGETLB)
		found = hugetlb_area(mm, addr, len, flags);
	else if (wants_huge_alignment(file, addr, len, flags))
		found = huge_aligned(mm, addr, len, flags);
	if (!found)
		found = topdown(mm, addr, len, flags);
	if (IS_ERR_ADDR(found))
		return found;
	if (found > mm->task_size - len)
		return -ENOMEM;
	return OFFSET_IN_PAGE(found) ? -EINVAL : check_low(mm, found);
}
