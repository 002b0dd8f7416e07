/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faulting pages in ahead of use: __mm_populate(), populate_vma_page_range() and
 * faultin_vma_page_range() of mm/gup.c (mm/mlock.c before v3.18). Page by page: if the entry does
 * not allow the access yet, a fault is made of it, until it does.
 */
#include "mm/abi.h"
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/file.h"
#include "mm/mlock.h"
#include "mm/mmap.h"
#include "mm/mmap_lock.h"
#include "mm/page.h"
#include "mm/pmd.h"
#include "mm/ranges.h"
#include "mm/rmap.h"

#include <errno.h>

/* To v5.17 a locked mapping's page is locked when it is found, under the lock of its entry. */
static void lock_mapped(struct vm_area_struct *vma, uint64_t address, pte_t *pte, pte_t seen,
			struct page *page)
{
	struct lock *ptl;

	if (has(ROW_MLOCK_BY_RMAP) || !(vma->vm_flags & VM_LOCKED))
		return;
	ptl = pte_lockptr(vma->vm_mm, pte);
	lock_take(ptl);
	if (entry_read(pte) == seen && vm_normal_page(vma, address, seen) == page)
		mlock_found_page(page, vma, false);
	lock_release(ptl);
}

static void lock_mapped_huge(struct vm_area_struct *vma, pmd_t *pmd, struct page *page)
{
	struct lock *ptl;
	pmd_t seen;

	if (has(ROW_MLOCK_BY_RMAP) || !(vma->vm_flags & VM_LOCKED))
		return;
	ptl = pmd_trans_huge_lock(vma, pmd, &seen);
	if (!ptl)
		return;
	if (pmd_present(seen) && pmd_page(seen) == page)
		mlock_found_page(page, vma, true);
	lock_release(ptl);
}

/*
 * Can @address be accessed as it is? *@next: the first address that this does not tell about. A
 * base page counts as accessed then, and as dirty if it may be written and its entry does not say
 * so (FOLL_TOUCH, follow_page_pte()).
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
		if (!pmd_present(value) || (write && !pmd_write(value)))
			return false;
		page = pmd_page(value);
		if (!is_huge_zero_page(page))
			lock_mapped_huge(vma, pmd, page);
		return true;
	}
	pte = entry_find(m, vma->vm_mm, address, 1);
	value = pte ? entry_read(pte) : 0;
	if (!pte_present(value) || pte_numa(value) || (write && !pte_write(value)))
		return false;
	page = vm_normal_page(vma, address, value);
	if (page && write && !pte_dirty(value) && !page_flags_test(page, PAGE_DIRTY))
		set_page_dirty(page);
	if (page) {
		mark_page_accessed(page);
		lock_mapped(vma, address, pte, value, page);
	}
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

/* Whoever got some pages (@some: of the VMA before, in the same call) hears of no error: their
 * caller asks for the rest, and fails there again. */
static int fault_in(struct vm_area_struct *vma, uint64_t start, uint64_t end, bool write, bool some)
{
	uint64_t at = start;
	int ret;

	do {
		uint64_t from = at;

		ret = get_range(vma, &at, end, write);
		some |= at > from;
		lru_add_drain();
		if (!ret || !some)
			return ret;
		some = false;
	} while (true);
}

int populate_range(struct vm_area_struct *vma, uint64_t start, uint64_t end, bool write, bool some)
{
	if (vma->vm_flags & (VM_IO | VM_PFNMAP) || !(vma->vm_flags & (write ? VM_WRITE : VM_READ)))
		return -EINVAL;
	return fault_in(vma, start, end, write, some);
}

/* To v5.17 what is there already is locked, and nothing is faulted in. */
static int lock_what_is_there(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	uint64_t next;

	for (uint64_t at = start; at < end && !has(ROW_MLOCK_BY_RMAP); at = next)
		(void)present(vma, at, false, &next);
	return 0;
}

int populate_vma_range(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	if (vma->vm_flags & VM_LOCKONFAULT)
		return lock_what_is_there(vma, start, end);
	if (vma->vm_flags & (VM_IO | VM_PFNMAP) || !(vma->vm_flags & VM_ACCESS))
		return -EFAULT;
	return fault_in(vma, start, end, (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE,
			false);
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
