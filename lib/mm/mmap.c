/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mmap(): do_mmap() and mmap_region() of v3.8 to v6.12 mm/mmap.c.
 *
 *	what was asked -> where -> what the mapping may be (flags) -> what was there goes
 *	     -> merge with a neighbour, or a VMA of its own
 */
#include "mm/mmap.h"

#include "mm/abi.h"
#include "mm/file.h"
#include "mm/mm_account.h"
#include "mm/mmap_flags.h"
#include "mm/mmap_lock.h"
#include "mm/syscalls.h"
#include "mm/vma_change.h"

#include <errno.h>

#define SIZE_LOG(flags) ((flags) >> MAP_HUGE_SHIFT & MAP_HUGE_MASK)

/* May the address space grow by this? What MAP_FIXED replaces counts for it. */
static bool has_room(const struct mmap_request *r)
{
	uint64_t pages = r->len >> FRAME_SHIFT;

	return may_expand_vm(r->mm, r->vm_flags, pages) ||
	       may_expand_vm(r->mm, r->vm_flags, pages - count_vma_pages_range(
				     r->mm, r->addr, r->addr + r->len));
}

static int charge(struct mmap_request *r)
{
	if (!accountable_mapping(r->file, r->vm_flags))
		return 0;
	if (!vm_enough_memory(r->len >> FRAME_SHIFT))
		return -ENOMEM;
	r->vm_flags |= VM_ACCOUNT;
	return 0;
}

/* shmem_zero_setup(): shared anonymous memory is a file without a name. */
static int open_file(const struct mmap_request *r, struct vm_area_struct *vma)
{
	if (r->file)
		file_get(r->file);
	else if (!(r->vm_flags & VM_SHARED))
		return 0;
	vma->vm_file = r->file ?: file_create(FILE_SHMEM, "/dev/zero (deleted)", r->len);
	if (!vma->vm_file)
		return -ENOMEM;
	vma->vm_file->readable |= !r->file;
	vma->vm_file->writable |= !r->file;
	return 0;
}

/* Not placed yet. */
static void drop_vma(struct vm_area_struct *vma)
{
	if (vma->vm_file)
		file_put(vma->vm_file);
	vma_free(vma);
}

/* All of the new VMA that needs memory. */
static int new_vma(const struct mmap_request *r, struct vm_area_struct **out)
{
	struct vm_area_struct *vma = vma_alloc(r->mm);
	int ret;

	if (!vma)
		return -ENOMEM;
	vma->vm_start = r->addr;
	vma->vm_end = r->addr + r->len;
	vma->vm_flags = r->vm_flags;
	vma->vm_pgoff = r->pgoff;
	ret = vma_tree_full() ? -ENOMEM : open_file(r, vma);
	if (ret)
		vma_free(vma);
	else
		*out = vma;
	return ret;
}

static int place_vma(struct mm_struct *mm, struct vm_area_struct *vma)
{
	int ret = vma->vm_file ? file_vma_link(vma, NULL) : 0;

	if (ret) {
		drop_vma(vma);
		return ret;
	}
	vma_mark_new(vma);
	vma_link(mm, vma);
	return 0;
}

/* The VMA stands: count it, and take back what its kind cannot be. */
static void finish_vma(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t pages)
{
	vm_stat_account(mm, vma->vm_flags, pages);
	if (vma->vm_flags & VM_LOCKED) {
		if (vma->vm_flags & (VM_SPECIAL | VM_HUGETLB))
			vma_set_flags(vma, vma->vm_flags &
						   ~(uint64_t)(VM_LOCKED | VM_LOCKONFAULT));
		else
			mm->locked_vm += pages;
	}
	vma_set_soft_dirty(vma);
}

/*
 * v6.12: what can fail for want of memory comes before the old mappings go. (The kernel has cut
 * these by then; here they are cut last, so that a VMA that was not to be had leaves them whole.)
 */
static int replace(struct mmap_request *r, struct vm_area_struct **vma)
{
	int ret = charge(r);

	if (ret || !find_vma_intersection(r->mm, r->addr, r->addr + r->len))
		return ret;
	ret = new_vma(r, vma);
	if (ret)
		return ret;
	ret = do_munmap(r->mm, r->addr, r->len, NULL);
	if (ret)
		drop_vma(*vma);
	return ret;
}

static int clear_way(struct mmap_request *r, struct vm_area_struct **vma)
{
	int ret;

	if (!has_room(r))
		return -ENOMEM;
	if (has(ROW_MMAP_KEEP_ON_ERROR))
		return replace(r, vma);
	ret = do_munmap(r->mm, r->addr, r->len, NULL) ? -ENOMEM : 0;
	return ret ?: charge(r);
}

static int mmap_region(struct mmap_request *r)
{
	struct vm_area_struct *vma = NULL, *new = NULL;
	uint64_t end = r->addr + r->len;
	int ret = clear_way(r, &new);

	if (ret)
		return ret;
	if (r->file || !(r->vm_flags & VM_SHARED))
		vma = vma_merge_new(r->mm, r->addr, end, r->vm_flags, r->file, r->pgoff, true);
	if (vma && new)
		drop_vma(new);
	if (!vma) {
		ret = (new ? 0 : new_vma(r, &new)) ?: place_vma(r->mm, new);
		if (ret)
			return ret;
		vma = new;
	}
	finish_vma(r->mm, vma, r->len >> FRAME_SHIFT);
	return 0;
}

/* The address, when the length is known to make sense. */
static long place(const struct mmap_request *r)
{
	struct vm_area_struct *vma;
	long addr = get_unmapped_area(r->mm, r->file, r->addr, r->len, r->flags);

	if (IS_ERR_ADDR(addr) || !(r->flags & MAP_FIXED_NOREPLACE) || !has(ROW_FIXED_NOREPLACE))
		return addr;
	vma = find_vma(r->mm, addr);
	if (has(ROW_FIXED_NOREPLACE_OVERLAP))
		return vma && vma->vm_start < addr + r->len ? -EEXIST : addr;
	return vma && vma->vm_start <= (uint64_t)addr ? -EEXIST : addr;
}

static uint64_t round_hint_to_min(uint64_t hint)
{
	hint &= PAGE_MASK_4K;
	return hint && hint < MMAP_MIN_ADDR ? MMAP_MIN_ADDR : hint;
}

static long do_mmap(struct mmap_request *r)
{
	long addr;
	int ret;

	if (!r->len)
		return -EINVAL;
	if (r->flags & MAP_FIXED_NOREPLACE && has(ROW_FIXED_NOREPLACE))
		r->flags |= MAP_FIXED;
	if (!(r->flags & MAP_FIXED))
		r->addr = round_hint_to_min(r->addr);
	r->len = PAGE_ALIGN(r->len);
	if (!r->len)
		return -ENOMEM;
	if (r->pgoff + (r->len >> FRAME_SHIFT) < r->pgoff)
		return -EOVERFLOW;
	if (r->mm->map_count > MAX_MAP_COUNT)
		return -ENOMEM;
	addr = place(r);
	if (IS_ERR_ADDR(addr))
		return addr;
	r->addr = addr;
	r->vm_flags = mmap_vm_flags(r);
	if (r->flags & MAP_LOCKED && !can_do_mlock(r->mm))
		return -EPERM;
	if (!mlock_future_ok(r->mm, r->vm_flags, r->len))
		return -EAGAIN;
	ret = mmap_type_flags(r) ?: mmap_region(r);
	return ret ?: addr;
}

/* MAP_HUGETLB without a file gets one; sizes other than 2 MiB are not modelled. */
static int hugetlb_file(struct mmap_request *r)
{
	if (r->file)
		return r->file->kind == FILE_HUGETLB ? 0 : -EINVAL;
	if (SIZE_LOG(r->flags) && SIZE_LOG(r->flags) != 21)
		return -EINVAL;
	r->len = (r->len + HPAGE_SIZE - 1) & HPAGE_MASK;
	r->file = file_create(FILE_HUGETLB, "/anon_hugepage (deleted)", r->len);
	if (!r->file)
		return -ENOMEM;
	r->file->readable = r->file->writable = true;
	return 0;
}

long sys_mmap(uint64_t addr, uint64_t len, unsigned long prot, unsigned long flags,
	      struct file *file, uint64_t offset)
{
	struct mmap_request r = {.mm = current_task()->mm, .addr = addr, .len = len, .prot = prot,
				 .flags = flags, .file = flags & MAP_ANONYMOUS ? NULL : file,
				 .pgoff = offset >> FRAME_SHIFT};
	bool own_file = false, populate;
	long ret;

	if (OFFSET_IN_PAGE(offset))
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS) && !file)
		return -EBADF;
	if (flags & MAP_HUGETLB) {
		ret = hugetlb_file(&r);
		if (ret)
			return ret;
		own_file = flags & MAP_ANONYMOUS;
	}
	if (r.file && r.file->kind == FILE_HUGETLB)
		r.len = (r.len + HPAGE_SIZE - 1) & HPAGE_MASK;
	mmap_write_lock(r.mm);
	ret = do_mmap(&r);
	populate = r.vm_flags & VM_LOCKED ||
		   (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE;
	mmap_write_unlock(r.mm);
	if (own_file)
		file_put(r.file);
	if (!IS_ERR_ADDR(ret) && populate)
		mm_populate(r.mm, ret, r.len, true);
	return ret;
}
