/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mremap(): v3.8 to v6.12 mm/mremap.c.
 *
 *	shrink		the end is unmapped
 *	grow		in place if there is room above, else
 *	move		a new VMA, the entries go there, the old range is unmapped: mremap_move.c
 */
#include "mm/mremap.h"

#include "mm/abi.h"
#include "mm/file.h"
#include "mm/mm_account.h"
#include "mm/mmap.h"
#include "mm/mmap_lock.h"
#include "mm/syscalls.h"
#include "mm/vma_change.h"

#include <errno.h>

/* vma_to_resize(): may this be resized? The VMA of @r->addr, or the error in *@ret. */
static struct vm_area_struct *vma_to_resize(const struct mremap_request *r, int *ret)
{
	struct vm_area_struct *vma = find_vma(r->mm, r->addr);
	uint64_t more = r->new_len - r->old_len, pgoff;

	*ret = -EFAULT;
	if (!vma || vma->vm_start > r->addr)
		return NULL;
	*ret = -EINVAL;
	if (vma->vm_flags & VM_HUGETLB)
		return NULL; /* v5.16+ moves hugetlb mappings: not modelled */
	if (!r->old_len && has(ROW_MREMAP_NO_DUPLICATE) &&
	    !(vma->vm_flags & (VM_SHARED | VM_MAYSHARE)))
		return NULL;
	if (r->flags & MREMAP_DONTUNMAP && vma->vm_flags & (VM_DONTEXPAND | VM_PFNMAP))
		return NULL;
	if (r->flags & MREMAP_DONTUNMAP && !has(ROW_DONTUNMAP_FILES) &&
	    (!vma_is_anonymous(vma) || vma->vm_flags & VM_SHARED))
		return NULL;
	*ret = -EFAULT;
	if (r->old_len > vma->vm_end - r->addr)
		return NULL;
	*ret = 0;
	if (r->new_len == r->old_len)
		return vma;
	pgoff = linear_page_index(vma, r->addr);
	if (pgoff + (r->new_len >> FRAME_SHIFT) < pgoff)
		*ret = -EINVAL;
	else if (vma->vm_flags & (VM_DONTEXPAND | VM_PFNMAP))
		*ret = -EFAULT;
	else if (!mlock_future_ok(r->mm, vma->vm_flags, more))
		*ret = -EAGAIN;
	else if (!may_expand_vm(r->mm, vma->vm_flags, more >> FRAME_SHIFT))
		*ret = -ENOMEM;
	return *ret ? NULL : vma;
}

/* MREMAP_FIXED, MREMAP_DONTUNMAP: to a place that was given, or at least away from here. */
static long mremap_to(struct mremap_request *r)
{
	unsigned long map_flags = r->flags & MREMAP_FIXED ? MAP_FIXED : 0;
	struct vm_area_struct *vma;
	long addr;
	int ret;

	if (OFFSET_IN_PAGE(r->new_addr) || r->new_len > r->mm->task_size ||
	    r->new_addr > r->mm->task_size - r->new_len)
		return -EINVAL;
	if (r->addr + r->old_len > r->new_addr && r->new_addr + r->new_len > r->addr)
		return -EINVAL;
	if (has(ROW_MREMAP_EARLY_LIMIT) && r->mm->map_count + 2 >= MAX_MAP_COUNT - 3)
		return -ENOMEM;
	ret = r->flags & MREMAP_FIXED ? do_munmap(r->mm, r->new_addr, r->new_len, NULL) : 0;
	if (!ret && r->old_len > r->new_len) {
		ret = do_munmap(r->mm, r->addr + r->new_len, r->old_len - r->new_len, NULL);
		r->old_len = r->new_len;
	}
	if (ret)
		return ret;
	vma = vma_to_resize(r, &ret);
	if (!vma)
		return ret;
	if (r->flags & MREMAP_DONTUNMAP &&
	    !may_expand_vm(r->mm, vma->vm_flags, r->old_len >> FRAME_SHIFT))
		return -ENOMEM;
	if (vma->vm_flags & VM_MAYSHARE)
		map_flags |= MAP_SHARED;
	addr = get_unmapped_area(r->mm, vma->vm_file, r->new_addr, r->new_len, map_flags);
	if (IS_ERR_ADDR(addr))
		return addr;
	if (!(r->flags & MREMAP_FIXED))
		r->new_addr = addr;
	return move_vma(r, vma);
}

static bool vma_expandable(struct mm_struct *mm, const struct vm_area_struct *vma, uint64_t delta)
{
	uint64_t end = vma->vm_end + delta;

	if (end < vma->vm_end || find_vma_intersection(mm, vma->vm_end, end))
		return false;
	return !IS_ERR_ADDR(get_unmapped_area(mm, NULL, vma->vm_start, end - vma->vm_start,
					      MAP_FIXED));
}

/* v6.0+ merges with the next VMA if the two come to touch; before, only the end moved. */
static struct vm_area_struct *expand(struct vm_area_struct *vma, uint64_t end)
{
	struct vma_change change = {.vma = vma, .start = vma->vm_start, .end = end,
				    .pgoff = vma->vm_pgoff};

	if (has(ROW_MREMAP_MERGE))
		return vma_merge(vma->vm_mm, vma, vma->vm_end, end, vma->vm_flags, vma->anon_vma,
				 vma->vm_file, linear_page_index(vma, vma->vm_end),
				 vma->vm_policy);
	return vma_change(&change) ? NULL : vma;
}

static int grow_in_place(struct mremap_request *r, struct vm_area_struct *vma)
{
	uint64_t pages = (r->new_len - r->old_len) >> FRAME_SHIFT;

	if (vma->vm_flags & VM_ACCOUNT && !vm_enough_memory(pages))
		return -ENOMEM;
	vma = expand(vma, r->addr + r->new_len);
	if (!vma)
		return -ENOMEM;
	vm_stat_account(r->mm, vma->vm_flags, pages);
	if (vma->vm_flags & VM_LOCKED) {
		r->mm->locked_vm += pages;
		r->locked = true;
		r->new_addr = r->addr;
	}
	return 0;
}

static long grow(struct mremap_request *r)
{
	struct vm_area_struct *vma;
	long addr;
	int ret;

	vma = vma_to_resize(r, &ret);
	if (!vma)
		return ret;
	if (r->old_len == vma->vm_end - r->addr &&
	    vma_expandable(r->mm, vma, r->new_len - r->old_len))
		return grow_in_place(r, vma) ?: (long)r->addr;
	if (!(r->flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	addr = get_unmapped_area(r->mm, vma->vm_file, 0, r->new_len,
				 vma->vm_flags & VM_MAYSHARE ? MAP_SHARED : 0);
	if (IS_ERR_ADDR(addr))
		return addr;
	r->new_addr = addr;
	return move_vma(r, vma);
}

static long shrink(struct mremap_request *r, bool *downgraded)
{
	int ret;

	if (r->old_len == r->new_len)
		return r->addr;
	ret = do_munmap(r->mm, r->addr + r->new_len, r->old_len - r->new_len, downgraded);
	return ret ?: (long)r->addr;
}

/* What is wrong with the arguments by themselves. */
static bool bad_flags(const struct mremap_request *r)
{
	unsigned long known = MREMAP_MAYMOVE | MREMAP_FIXED;

	if (has(ROW_MREMAP_DONTUNMAP))
		known |= MREMAP_DONTUNMAP;
	if (r->flags & ~known || (r->flags & MREMAP_FIXED && !(r->flags & MREMAP_MAYMOVE)))
		return true;
	return r->flags & MREMAP_DONTUNMAP &&
	       (!(r->flags & MREMAP_MAYMOVE) || r->old_len != r->new_len);
}

static long locked_mremap(struct mremap_request *r, bool *downgraded)
{
	struct vm_area_struct *vma;

	if (has(ROW_MREMAP_LOOKUP_FIRST)) {
		vma = find_vma(r->mm, r->addr);
		if (!vma || vma->vm_start > r->addr)
			return -EFAULT;
		if (vma->vm_flags & VM_HUGETLB)
			return -EINVAL;
	}
	if (r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		return mremap_to(r);
	return r->old_len >= r->new_len ? shrink(r, downgraded) : grow(r);
}

long sys_mremap(uint64_t addr, uint64_t old_len, uint64_t new_len, unsigned long flags,
		uint64_t new_addr)
{
	struct mremap_request r = {.mm = current_task()->mm, .addr = addr, .old_len = old_len,
				   .new_len = new_len, .flags = flags, .new_addr = new_addr};
	bool downgraded = false;
	long ret;

	if (bad_flags(&r) || OFFSET_IN_PAGE(addr))
		return -EINVAL;
	r.old_len = PAGE_ALIGN(old_len);
	r.new_len = PAGE_ALIGN(new_len);
	if (!r.new_len)
		return -EINVAL;
	mmap_write_lock(r.mm);
	ret = locked_mremap(&r, &downgraded);
	if (downgraded)
		mmap_read_unlock(r.mm);
	else
		mmap_write_unlock(r.mm);
	if (r.locked && !IS_ERR_ADDR(ret) && r.new_len > r.old_len)
		mm_populate(r.mm, r.new_addr + r.old_len, r.new_len - r.old_len, true);
	return ret;
}
