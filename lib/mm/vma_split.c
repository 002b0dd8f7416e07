/* SPDX-License-Identifier: BSD-2-Clause */
/* Cutting mappings in two: __split_vma() and split_vma() of v3.8 to v6.12 mm/mmap.c (mm/vma.c). */
#include "mm/vma_change.h"

#include "mm/file.h"

#include <errno.h>

#define HUGETLB_PAGE_MASK (HPAGE_SIZE - 1)

int split_vma_nolimit(struct vm_area_struct *vma, uint64_t addr, bool new_below)
{
	struct vma_change change = {.vma = vma, .start = vma->vm_start, .end = vma->vm_end,
				    .pgoff = vma->vm_pgoff};
	struct vm_area_struct *new;
	int ret;

	if (vma->vm_flags & VM_HUGETLB && addr & HUGETLB_PAGE_MASK)
		return -EINVAL; /* hugetlb_vm_op_split() */
	new = vma_dup(vma);
	if (!new)
		return -ENOMEM;
	if (new_below) {
		new->vm_end = change.start = addr;
		change.pgoff = linear_page_index(vma, addr);
	} else {
		new->vm_pgoff = linear_page_index(vma, addr);
		new->vm_start = change.end = addr;
	}
	change.insert = new;
	ret = vma_change(&change);
	if (ret) {
		new->vm_unlinked = true; /* it never was in the file's map */
		vma_destroy(new);
	}
	return ret;
}

int split_vma(struct vm_area_struct *vma, uint64_t addr, bool new_below)
{
	if (vma->vm_mm->map_count >= MAX_MAP_COUNT)
		return -ENOMEM;
	return split_vma_nolimit(vma, addr, new_below);
}

/*
 * v6.12+: a merge found no memory. With 47b16d0462a4 (CVE-2025-21932) that is the end. Without it
 * the range is cut out at the bounds that the attempt left behind. They do no harm but where the
 * neighbour above was to get the upper part of a VMA: then they are those of the lower part, which
 * the caller takes for the range.
 *
 *	[ VMA ......... xxxxx ][ next, like x ]
 *	[*@start  *@end)
 */
static int merge_failed(const struct vm_area_struct *vma, bool with_prev, uint64_t *start,
			uint64_t *end)
{
	if (has(ROW_VMA_MODIFY_NOMEM))
		return -ENOMEM;
	if (!with_prev && *start > vma->vm_start) {
		*end = *start;
		*start = vma->vm_start;
	}
	return 0;
}

/* What mprotect_fixup(), mlock_fixup(), madvise_update_vma() and mbind_range() share; vma_modify()
 * itself came with v6.7. */
int vma_modify(struct vm_area_struct **vma, struct vm_area_struct *prev, uint64_t start,
	       uint64_t end, uint64_t vm_flags, const struct mempolicy *policy)
{
	struct vm_area_struct *v = *vma;
	struct vm_area_struct *merged = vma_merge(v->vm_mm, prev, start, end, vm_flags, v->anon_vma,
						  v->vm_file, linear_page_index(v, start), policy);
	bool with_prev;
	int ret = 0;

	if (merged) {
		*vma = merged;
		return 0;
	}
	if (has(ROW_MERGE_NEW_RANGE) &&
	    vma_could_merge(&with_prev, v, prev, start, end, vm_flags, policy))
		ret = merge_failed(v, with_prev, &start, &end);
	if (!ret && start != v->vm_start)
		ret = split_vma(v, start, true);
	if (!ret && end != v->vm_end)
		ret = split_vma(v, end, false);
	return ret;
}
