/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * do_pages_stat() of mm/migrate.c. To v6.11 it follows the page as a core dump does (mm/gup.c,
 * v6.1):
 *
 *   nothing there, a page of zeroes       -EFAULT
 *   PTE that is not accessible            -ENOENT (PROT_NONE, hints, swap)
 *   huge PMD that is not accessible       -EFAULT, as if there were no table
 *
 * From v6.12 on (folio_walk_start()) an inaccessible entry counts, and only a page of zeroes is
 * -EFAULT. Kernels before v6.1 are taken to answer as v6.1 does (unverified).
 */
#include "mm/pages_stat.h"

#include "mm/mmap_lock.h"
#include "mm/pmd.h"
#include "mm/ranges.h"

#include <errno.h>

static long node_id(const struct page *page)
{
	return current_machine()->node[page->node].id;
}

/* Was the entry there, but of no use to follow_page()? So only in v6.1 to v6.4. */
static bool inaccessible(uint64_t entry)
{
	return has(ROW_FOLLOW_NO_PROTNONE) && !has(ROW_GUP_HINTS_BY_VMA) && !(entry & X86_P);
}

/* follow_page() of v4.3 to v6.11 says -EFAULT where nothing is but what a fault would bring. */
static long no_page(bool could_be_file)
{
	return has(ROW_PAGES_STAT_DUMP) && !has(ROW_PAGES_STAT_WALKS) && !could_be_file ? -EFAULT
											: -ENOENT;
}

/* To v4.2 only reserved pages of zeroes have no node: the huge one has (from memory). */
static long huge_node(const struct page *page)
{
	if (!page || (page->flags & PAGE_ZERO && has(ROW_PAGES_STAT_DUMP)))
		return -EFAULT;
	return node_id(page);
}

static long huge_status(struct mm_struct *mm, pmd_t *pmd)
{
	struct lock *ptl = pmd_lockptr(mm, pmd);
	long status = no_page(false);
	pmd_t entry;

	lock_take(ptl);
	entry = entry_read(pmd);
	if (pmd_trans_huge(entry) && !inaccessible(entry))
		status = huge_node(pmd_page(entry));
	lock_release(ptl);
	return status;
}

static long base_status(struct vm_area_struct *vma, uint64_t address, pte_t *pte)
{
	struct lock *ptl = pte_lockptr(vma->vm_mm, pte);
	struct page *page = NULL;
	long status;
	pte_t entry;

	lock_take(ptl);
	entry = entry_read(pte);
	if (pte_none(entry)) {
		status = no_page(vma->vm_file);
	} else if (!pte_present(entry) || inaccessible(entry)) {
		status = -ENOENT;
	} else {
		page = vm_normal_page(vma, address, entry);
		status = page ? node_id(page) : has(ROW_PAGES_STAT_DUMP) ? -EFAULT : -ENOENT;
	}
	lock_release(ptl);
	return status;
}

static long status_in(struct vm_area_struct *vma, uint64_t address)
{
	struct numasim_machine *m = current_machine();
	long nothing = no_page(vma->vm_file);
	pmd_t *pmd = entry_find(m, vma->vm_mm, address, 2);
	pmd_t entry;

	if (!pmd)
		return nothing;
	entry = entry_read(pmd);
	if (pmd_none(entry))
		return nothing;
	if (pmd_is_huge(entry))
		return huge_status(vma->vm_mm, pmd);
	if (vma->vm_flags & VM_HUGETLB) {
		struct page *page = pmd_page(entry);

		return page ? node_id(page) : nothing;
	}
	if (!pmd_is_table(entry, "move_pages()"))
		return nothing;
	return base_status(vma, address, &pmd_table(entry)[address >> 12 & 511]);
}

long page_status(uint64_t address)
{
	struct mm_struct *mm = current_task()->mm;
	struct vm_area_struct *vma;
	long status = -EFAULT;

	mmap_read_lock(mm);
	vma = find_vma(mm, address);
	if (vma && vma->vm_start <= address)
		status = status_in(vma, address);
	mmap_read_unlock(mm);
	return status;
}
