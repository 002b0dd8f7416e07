/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a PMD to the PTE of a fault. Others may make a table there, or a huge page, or empty a huge
 * one (MADV_DONTNEED takes mmap_sem only for reading), at any moment; a table stays.
 */
#include "mm/anon.h"
#include "mm/bits.h"
#include "mm/page.h"
#include "mm/pmd.h"

static void pte_in(struct vm_fault *vmf, pmd_t value)
{
	uint64_t *table = phys_to_host(&current_machine()->phys, value & X86_PFN_MASK);

	if (pmd_none(value))
		kernel_oops("handle_mm_fault takes an empty PMD for a page table: it would read "
			    "and write physical page 0 as one");
	if (pmd_bad(value) || !table)
		kernel_oops("handle_mm_fault takes PMD %#llx for a page table",
			    (unsigned long long)value);
	vmf->pte = &table[x86_slot(vmf->address, 1)];
}

/* v3.8 to v4.4: one look for "is it huge", another for "where is the table" (A24). */
static bool find_unstable(struct vm_fault *vmf)
{
	pmd_t value = entry_read(vmf->pmd);

	if (pmd_trans_huge(value))
		return false;
	if (pmd_none(value))
		note("PMD is empty again: not huge, so it is a table");
	pte_in(vmf, entry_read(vmf->pmd));
	return true;
}

/* ad33bb04b2a6, pmd_trans_unstable(): one look; whatever is no table is tried again. */
static bool find_stable(struct vm_fault *vmf)
{
	pmd_t value = entry_read(vmf->pmd);

	if (pmd_none(value) || pmd_trans_huge(value) ||
	    kernel_pmd_swap(current_kernel(), value))
		return false;
	pte_in(vmf, value);
	return true;
}

bool fault_alloc_pte(struct vm_fault *vmf, unsigned *reason)
{
	pmd_t value = entry_read(vmf->pmd);

	*reason = 0;
	if (pmd_is_huge(value))
		note("PMD is not empty: no table to make");
	if (pmd_none(value) && !table_populate(vmf->mm, vmf->pmd, vmf->address, 2)) {
		*reason = VM_FAULT_OOM;
		return false;
	}
	return has(ROW_A24_STABLE_PMD_READ) ? find_stable(vmf) : find_unstable(vmf);
}

/* The entry is read here, without its lock: handlers compare under it. */
static void read_pte(struct vm_fault *vmf)
{
	vmf->ptl = pte_lockptr(vmf->mm, vmf->pte);
	vmf->orig_pte = entry_read(vmf->pte);
}

bool fault_find_pte(struct vm_fault *vmf, unsigned *reason)
{
	*reason = 0;
	if (!has(ROW_POSTPONE_PTE_TABLE)) {
		if (!fault_alloc_pte(vmf, reason))
			return false;
		read_pte(vmf);
		return true;
	}
	if (pmd_none(entry_read(vmf->pmd)))
		return true;
	if (!find_stable(vmf))
		return false;
	read_pte(vmf);
	return true;
}

pte_t *pte_alloc_or_retry(struct mm_struct *mm, uint64_t address, pmd_t *pmd)
{
	struct vm_fault vmf = {.mm = mm, .address = address & PAGE_MASK_4K, .pmd = pmd};
	unsigned reason;

	if (fault_alloc_pte(&vmf, &reason))
		return vmf.pte;
	return reason ? NULL : PTE_RETRY;
}
