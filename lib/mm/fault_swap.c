/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries that are neither empty nor present: do_swap_page(), mm/memory.c, and waiting for
 * migrations, mm/migrate.c. */
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/page.h"
#include "mm/swap.h"

/* A wait of migration_entry_wait(): with a reference, so that the page stays a page. */
static void wait_for_page(struct page *page, struct lock *ptl)
{
	bool got = page && get_page_unless_zero(page);

	lock_release(ptl);
	if (!got)
		return;
	wait_on_page_locked(page);
	put_page(page);
}

void migration_entry_wait(struct mm_struct *mm, uint64_t address, pte_t *pte)
{
	const struct kernel *k = current_kernel();
	struct lock *ptl = pte_lockptr(mm, pte);
	pte_t entry;

	lock_take(ptl);
	entry = entry_read(pte);
	if (!kernel_pte_migration(k, entry)) {
		lock_release(ptl);
		return;
	}
	wait_for_page(pfn_to_page(current_machine(), kernel_migration_pfn(k, entry)), ptl);
}

void pmd_migration_entry_wait(struct mm_struct *mm, pmd_t *pmd)
{
	const struct kernel *k = current_kernel();
	struct lock *ptl = pmd_lockptr(mm, pmd);
	pmd_t entry;

	lock_take(ptl);
	entry = entry_read(pmd);
	if (!kernel_pmd_migration(k, entry)) {
		lock_release(ptl);
		return;
	}
	wait_for_page(pfn_to_page(current_machine(), kernel_migration_pfn(k, entry)), ptl);
}

/*
 * v3.8 to v6.12. To v3.19 an entry with bit 6 and neither P nor bit 8 belongs to a non-linear
 * mapping of a file; no mapping here is one, so it is a bad entry. What stands for a poisoned page,
 * for device memory or for a marker is made by nobody here: a signal, as for a bad entry.
 */
unsigned do_swap_page(struct vm_fault *vmf)
{
	const struct kernel *k = current_kernel();
	pte_t entry = vmf->orig_pte;

	if (kernel_pte_file(k, entry))
		return VM_FAULT_SIGBUS;
	if (vmf->flags & FAULT_FLAG_VMA_LOCK && !has(ROW_VMA_LOCK_SWAP)) {
		vma_end_read(vmf->vma);
		return VM_FAULT_RETRY;
	}
	if (kernel_pte_migration(k, entry)) {
		migration_entry_wait(vmf->mm, vmf->address, vmf->pte);
		return 0;
	}
	if (kernel_swp_kind(k, entry) != SWAP_FILE)
		return VM_FAULT_SIGBUS;
	return fault_reason(do_swap_fault(vmf->mm, vmf->vma, vmf->address, vmf->pte, entry,
					  vmf->flags & FAULT_FLAG_WRITE));
}
