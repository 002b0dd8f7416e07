/* SPDX-License-Identifier: BSD-2-Clause */
/* A write to a page of a file that is mapped without RW: wp_page_shared(), wp_pfn_shared() since
 * v4.0, do_wp_page() before, mm/memory.c. */
#include "mm/bits.h"
#include "mm/file.h"
#include "mm/page.h"

static void make_writable(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
			  pte_t *pte, pte_t orig)
{
	count_vm_events(VM_EVENT_PGREUSE, 1); /* wp_page_reuse(), as of private pages */
	set_pte_at(mm, address, pte, maybe_mkwrite(pte_mkdirty(pte_mkyoung(orig)), vma));
}

/* The file wants to know: without the page-table lock, which is taken again. */
static int wp_with_mkwrite(struct vm_area_struct *vma, uint64_t address, pte_t *pte, pte_t orig,
			   struct page *page)
{
	struct lock *ptl = pte_lockptr(vma->vm_mm, pte);

	lock_release(ptl);
	if (page_mkwrite(page, &vma->vm_file->mapping))
		return 0;
	lock_take(ptl);
	if (entry_read(pte) == orig)
		make_writable(vma->vm_mm, vma, address, pte, orig);
	lock_release(ptl);
	unlock_page(page);
	return 0;
}

int do_shared_wp(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address, pte_t *pte,
		 pte_t orig)
{
	struct page *page = pte_special(orig) ? NULL : pte_page(orig);
	struct lock *ptl = pte_lockptr(mm, pte);

	address &= PAGE_MASK_4K;
	if (!page) { /* a driver's frame */
		make_writable(mm, vma, address, pte, orig);
		lock_release(ptl);
		return 0;
	}
	get_page(page);
	if (vma->vm_file && vma->vm_file->kind == FILE_REGULAR) {
		wp_with_mkwrite(vma, address, pte, orig, page);
	} else {
		make_writable(mm, vma, address, pte, orig);
		lock_release(ptl);
		lock_page(page);
		set_page_dirty(page);
		unlock_page(page);
	}
	put_page(page);
	return 0;
}
