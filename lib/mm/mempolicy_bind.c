/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mbind() and set_mempolicy_home_node(): v3.8 to v6.12 mm/mempolicy.c. Mappings are cut at the ends
  * of the range, or merged with neighbours that have the policy already; an error in the middle
   * leaves what is done.
 *
 * Pages are not moved. A call with MPOL_MF_MOVE or MPOL_MF_MOVE_ALL does what it should if every
  * page stands where the policy wants it; otherwise it is -EOPNOTSUPP, which is no answer of the
   * kernel, and nothing has changed.
 */
#include "mm/abi.h"
#include "mm/mempolicy.h"
#include "mm/mmap_lock.h"
#include "mm/syscalls.h"
#include "mm/vma_change.h"

#include "exec/point.h"

#include <errno.h>

#define MPOL_MF_VALID (MPOL_MF_STRICT | MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)

/* vma_replace_policy() */
static int replace_policy(struct vm_area_struct *vma, const struct mempolicy *policy)
{
	struct mempolicy *copy;
	int ret = mpol_copy(&copy, policy);

	if (ret)
		return ret;
	ret = mpol_set_shared(vma, copy);
	if (ret) {
		mpol_put(copy);
		return ret;
	}
	touch(MM_OBJECT(vma->vm_mm, MM_VMAS), ACCESS_WRITE);
	mpol_put(vma->vm_policy);
	vma->vm_policy = copy;
	return 0;
}

/* *@vma is then the VMA that has the policy. */
static int mbind_range(struct vm_area_struct **vma, struct vm_area_struct *prev, uint64_t start,
		       uint64_t end, struct mempolicy *policy)
{
	struct vm_area_struct *v = *vma;
	int ret;

	if (start < v->vm_start)
		start = v->vm_start;
	if (end > v->vm_end)
		end = v->vm_end;
	if (mpol_equal(v->vm_policy, policy))
		return 0;
	ret = vma_modify(vma, prev, start, end, v->vm_flags, policy);
	if (ret)
		return ret;
	if (!has(ROW_MBIND_AFTER_MERGE) && mpol_equal((*vma)->vm_policy, policy))
		return 0; /* merged: to v5.17 a file does not hear of it */
	return replace_policy(*vma, policy);
}

static int bind_vmas(struct mm_struct *mm, uint64_t start, uint64_t end, struct mempolicy *policy)
{
	struct vm_area_struct *vma = find_vma(mm, start), *prev;

	if (!has(ROW_MBIND_HOLES) && (!vma || vma->vm_start > start))
		return -EFAULT;
	if (!vma)
		return 0;
	prev = start > vma->vm_start ? vma : vma_prev(vma);
	for (; vma && vma->vm_start < end; prev = vma, vma = vma_next(vma)) {
		int ret = mbind_range(&vma, prev, start, end, policy);

		if (ret)
			return ret;
	}
	return 0;
}

static long locked_mbind(struct mm_struct *mm, struct mpol_check *check, struct mempolicy *policy)
{
	int ret = mpol_check_range(mm, check);

	if (ret < 0)
		return ret;
	if (check->to_move)
		return -EOPNOTSUPP;
	return bind_vmas(mm, check->start, check->end, policy);
}

static int bad_range(const struct mm_struct *mm, uint64_t start, uint64_t len, unsigned flags)
{
	uint64_t end = start + PAGE_ALIGN(len);

	if (flags & ~MPOL_MF_VALID)
		return -EINVAL;
	if (flags & MPOL_MF_MOVE_ALL && mm->unprivileged)
		return -EPERM;
	return OFFSET_IN_PAGE(start) || end < start ? -EINVAL : 0;
}

long sys_mbind(uint64_t start, uint64_t len, int mode, const unsigned long *nmask,
	       unsigned long maxnode, unsigned flags)
{
	struct mm_struct *mm = current_task()->mm;
	struct mpol_check check = {.start = start, .end = start + PAGE_ALIGN(len)};
	struct mempolicy *policy;
	struct nodeset ids;
	unsigned mode_flags;
	long ret;

	ret = mpol_split_mode(&mode, &mode_flags) ?: mpol_read_mask(&ids, nmask, maxnode) ?:
	      bad_range(mm, start, len, flags);
	if (ret || check.end == start)
		return ret;
	ret = mpol_create(&policy, mode, mode_flags, &ids);
	if (ret)
		return ret;
	check.flags = mode == MPOL_MODE_DEFAULT ? flags & ~MPOL_MF_STRICT : flags;
	check.ids = &ids;
	check.holes_allowed = !policy;
	mmap_write_lock(mm);
	ret = locked_mbind(mm, &check, policy);
	mmap_write_unlock(mm);
	mpol_put(policy);
	return ret;
}

/* ---- home nodes ---- */

/* -EOPNOTSUPP if the policy has no home; 1 if there is no policy. */
static int set_home(struct vm_area_struct **vma, struct vm_area_struct *prev, uint64_t start,
		    uint64_t end, int home)
{
	struct mempolicy *new;
	int ret;

	if (!(*vma)->vm_policy)
		return 1;
	if (!mpol_confines((*vma)->vm_policy))
		return -EOPNOTSUPP;
	new = mpol_dup((*vma)->vm_policy);
	if (!new)
		return -ENOMEM;
	vma_start_write(*vma);
	new->home_node = home;
	ret = mbind_range(vma, prev, start, end, new);
	mpol_put(new);
	return ret;
}

/* What the last VMA with a policy gave; -ENOENT: there was none. */
static int set_homes(struct mm_struct *mm, uint64_t start, uint64_t end, int home)
{
	struct vm_area_struct *vma = find_vma(mm, start), *prev;
	int ret = -ENOENT;

	if (!vma)
		return ret;
	prev = start > vma->vm_start ? vma : vma_prev(vma);
	for (; vma && vma->vm_start < end; prev = vma, vma = vma_next(vma)) {
		int one = set_home(&vma, prev, start, end, home);

		if (one < 0)
			return one;
		if (!one)
			ret = 0;
	}
	return ret;
}

long sys_set_mempolicy_home_node(uint64_t start, uint64_t len, unsigned long home_node,
				 unsigned long flags)
{
	struct mm_struct *mm = current_task()->mm;
	uint64_t end = start + PAGE_ALIGN(len);
	int home;
	long ret;

	if (!has(ROW_MEMPOL_HOME_NODE))
		return -ENOSYS;
	if (OFFSET_IN_PAGE(start) || flags || home_node >= MPOL_MAX_NODES)
		return -EINVAL;
	home = machine_node_index(current_machine(), home_node);
	if (home < 0 || end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	mmap_write_lock(mm);
	ret = set_homes(mm, start, end, home);
	mmap_write_unlock(mm);
	return ret;
}
