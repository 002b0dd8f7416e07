/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faulting pages in ahead of use: __mm_populate(), populate_vma_page_range() and
 * faultin_vma_page_range() of mm/gup.c (mm/mlock.c before v3.18). Page by page: if the entry does
 * not allow the access yet, a fault is made of it, until it does.
 */
#include "mm/abi.h"
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/mmap.h"
#include "mm/mmap_lock.h"
#include "mm/page.h"
#include "mm/ranges.h"

#include <errno.h>

/*
 * Can @address be accessed as it is? *@next: the first address that this does not tell about. A
 * base page counts as accessed then (FOLL_TOUCH).
 */
static bool present(struct vm_area_struct *vma, uint64_t address, bool write, uint64_t *next)
{
	struct page *page;
	struct numasim_machine *m = current_machine();
	uint64_t *pmd = entry_find(m, vma->vm_mm, address, 2), *pte;
	uint64_t value = pmd ? entry_read(pmd) : 0;

	*next = (address & PAGE_MASK_4K) + FRAME_SIZE;
	if (entry_none(value) || pmd_numa(value))
		return false;
	if (pmd_trans_huge(value)) {
		*next = (address & HPAGE_MASK) + HPAGE_SIZE;
		return pmd_present(value) && (!write || pmd_write(value));
	}
	pte = entry_find(m, vma->vm_mm, address, 1);
	value = pte ? entry_read(pte) : 0;
	if (!pte_present(value) || pte_numa(value) || (write && !pte_write(value)))
		return false;
	page = vm_normal_page(vma, address, value);
	if (page)
		mark_page_accessed(page);
	return true;
}

/* __get_user_pages() from *@at on; *@at: how far it came. */
static int get_range(struct vm_area_struct *vma, uint64_t *at, uint64_t end, bool write)
{
	uint64_t next;

	for (; *at < end; *at = next) {
		while (!present(vma, *at, write, &next)) {
			int ret = vm_fault_to_errno(
				handle_mm_fault(vma, *at, write ? FAULT_FLAG_WRITE : 0));

			if (ret)
				return ret;
		}
	}
	return 0;
}

/* Whoever got some pages hears of no error: their caller asks for the rest, and fails there
 * again. */
static int fault_in(struct vm_area_struct *vma, uint64_t start, uint64_t end, bool write)
{
	uint64_t from, at = start;
	int ret;

	do {
		from = at;
		ret = get_range(vma, &at, end, write);
	} while (ret && at > from);
	if (!ret)
		lru_add_drain();
	return ret;
}

int populate_range(struct vm_area_struct *vma, uint64_t start, uint64_t end, bool write)
{
	if (vma->vm_flags & (VM_IO | VM_PFNMAP) || !(vma->vm_flags & (write ? VM_WRITE : VM_READ)))
		return -EINVAL;
	return fault_in(vma, start, end, write);
}

int populate_vma_range(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	if (vma->vm_flags & VM_LOCKONFAULT)
		return 0;
	if (vma->vm_flags & (VM_IO | VM_PFNMAP) || !(vma->vm_flags & VM_ACCESS))
		return -EFAULT;
	return fault_in(vma, start, end, (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE);
}

int mm_populate(struct mm_struct *mm, uint64_t start, uint64_t len, bool ignore_errors)
{
	uint64_t at = start, end = start + len;
	struct vm_area_struct *vma;
	int ret = 0;

	mmap_read_lock(mm);
	while (at < end && (vma = find_vma_intersection(mm, at, end))) {
		uint64_t to = vma->vm_end < end ? vma->vm_end : end;

		at = at < vma->vm_start ? vma->vm_start : at;
		if (!(vma->vm_flags & (VM_IO | VM_PFNMAP)))
			ret = populate_vma_range(vma, at, to);
		if (ret && !ignore_errors)
			break;
		ret = 0;
		at = to;
	}
	mmap_read_unlock(mm);
	return ret;
}
