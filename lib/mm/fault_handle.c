/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * handle_mm_fault(), mm/memory.c, v3.8 to v6.12: entries are read without their lock, and every
 * handler compares again under it.
 */
#include "mm/anon.h"
#include "mm/bits.h"
#include "mm/file.h"
#include "mm/hugetlb.h"

#include <errno.h>

unsigned fault_reason(int error)
{
	return !error ? 0 : error == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

static unsigned do_file(struct vm_fault *vmf)
{
	return fault_reason(do_file_fault(vmf->mm, vmf->vma, vmf->address, vmf->pmd,
					  vmf->flags & FAULT_FLAG_WRITE));
}

static unsigned do_hugetlb(struct vm_fault *vmf)
{
	return fault_reason(hugetlb_fault(vmf->mm, vmf->vma, vmf->address,
					  vmf->flags & FAULT_FLAG_WRITE));
}

/*
 * An entry without access: a hint, or what mprotect(PROT_NONE) left? To v4.8 nobody asks the VMA: a
 * forced access of GUP to an inaccessible VMA is taken for a hint fault (A17).
 */
static bool is_hint(const struct vm_fault *vmf, bool looks_like_one)
{
	return looks_like_one &&
	       (!has(ROW_A17_FAULT_CHECKS_VMA) || vma_is_accessible(vmf->vma));
}

/*
 * Nothing but A and D is missing; or the entry was mended by another, or this processor held an
 * older translation: then the fault was spurious, and the processor has dropped what it held. x86
 * stores the entry only for a write (ptep_set_access_flags()): A comes by itself.
 */
static unsigned set_accessed(struct vm_fault *vmf)
{
	pte_t entry = vmf->orig_pte;
	bool write = vmf->flags & FAULT_FLAG_WRITE;

	if (write)
		entry = pte_mkdirty(entry);
	entry = pte_mkyoung(entry);
	if (write && entry != vmf->orig_pte)
		set_pte_at(vmf->mm, vmf->address, vmf->pte, entry);
	lock_release(vmf->ptl);
	return 0;
}

static unsigned handle_present(struct vm_fault *vmf)
{
	lock_take(vmf->ptl);
	if (entry_read(vmf->pte) != vmf->orig_pte) {
		lock_release(vmf->ptl);
		return 0;
	}
	if (vmf->flags & (FAULT_FLAG_WRITE | FAULT_FLAG_UNSHARE) && !pte_write(vmf->orig_pte))
		return do_wp_page(vmf);
	return set_accessed(vmf);
}

static unsigned handle_pte_fault(struct vm_fault *vmf)
{
	unsigned reason;

	vmf->pte = NULL;
	if (!fault_find_pte(vmf, &reason))
		return reason;
	if (!vmf->pte || pte_none(vmf->orig_pte))
		return vma_is_anonymous(vmf->vma) ? do_anonymous_page(vmf) : do_file(vmf);
	if (!pte_present(vmf->orig_pte))
		return do_swap_page(vmf);
	if (is_hint(vmf, pte_numa(vmf->orig_pte))) {
		if (has(ROW_PROTNONE_HINTS))
			do_numa_page_protnone(vmf);
		else
			do_numa_page(vmf);
		return 0;
	}
	return handle_present(vmf);
}

/* huge_pmd_set_accessed(): as set_accessed() above. D is set in software from v4.9 on, before that
 * only the look of the entry decides (from memory). */
static unsigned huge_set_accessed(struct vm_fault *vmf)
{
	pmd_t entry = pmd_mkyoung(vmf->orig_pmd);
	bool write = vmf->flags & FAULT_FLAG_WRITE;

	if (write)
		entry = pmd_mkdirty(entry);
	vmf->ptl = pmd_lockptr(vmf->mm, vmf->pmd);
	lock_take(vmf->ptl);
	if (entry_read(vmf->pmd) == vmf->orig_pmd && write && entry != vmf->orig_pmd)
		set_pmd_at(vmf->mm, vmf->address & HPAGE_MASK, vmf->pmd, entry);
	lock_release(vmf->ptl);
	return 0;
}

/* The PMD holds something: a huge page, or (VM_FAULT_FALLBACK) a table, or soon one. */
static unsigned handle_huge_pmd(struct vm_fault *vmf)
{
	pmd_t orig = vmf->orig_pmd = entry_read(vmf->pmd);

	if (pmd_none(orig) && thp_enabled(vmf->vma))
		note("PMD is empty again: no huge page to look at");
	if (kernel_pmd_swap(current_kernel(), orig)) {
		if (kernel_pmd_migration(current_kernel(), orig))
			pmd_migration_entry_wait(vmf->mm, vmf->pmd);
		return 0;
	}
	if (!pmd_trans_huge(orig))
		return VM_FAULT_FALLBACK;
	if (kernel_pmd_splitting(current_kernel(), orig))
		return 0;
	if (is_hint(vmf, pmd_numa(orig))) {
		if (has(ROW_HINT_GENERIC_MIGRATE))
			do_huge_pmd_numa_page_generic(vmf);
		else
			do_huge_pmd_numa_page(vmf);
		return 0;
	}
	if (vmf->flags & (FAULT_FLAG_WRITE | FAULT_FLAG_UNSHARE) && !pmd_write(orig))
		return do_huge_pmd_wp_page(vmf);
	return huge_set_accessed(vmf);
}

/*
 * To v3.12 a table can be marked; from v3.13 on nobody marks one, and whoever finds a mark here
 * stops. But a huge page may have come up and been marked meanwhile: 107437febd49.
 */
static bool handled_marked_table(struct vm_fault *vmf)
{
	if (has(ROW_FAULT_NO_HINT_BUG) || has(ROW_PROTNONE_HINTS) ||
	    !pmd_numa(entry_read(vmf->pmd)))
		return false;
	if (has(ROW_NO_PMD_BATCH))
		kernel_oops("BUG_ON(pmd_numa(*pmd)) in handle_mm_fault: the entry became a hint "
			    "after it was looked at");
	do_pmd_numa_page(vmf);
	return true;
}

static unsigned fault_in(struct vm_fault *vmf)
{
	unsigned ret;

	vmf->pmd = entry_alloc(vmf->mm, vmf->address, 2);
	if (!vmf->pmd)
		return VM_FAULT_OOM;
	if (pmd_none(entry_read(vmf->pmd)) && thp_enabled(vmf->vma))
		ret = do_huge_pmd_anonymous_page(vmf);
	else
		ret = handle_huge_pmd(vmf);
	if (!(ret & VM_FAULT_FALLBACK))
		return ret;
	if (handled_marked_table(vmf))
		return 0;
	return handle_pte_fault(vmf);
}

/* From v6.4 on what is tried again is not counted twice (mm_account_fault()). */
unsigned handle_mm_fault(struct vm_area_struct *vma, uint64_t address, unsigned flags)
{
	struct vm_fault vmf = {.mm = vma->vm_mm, .vma = vma, .flags = flags,
			       .address = address & PAGE_MASK_4K};
	unsigned ret = vma->vm_flags & VM_HUGETLB ? do_hugetlb(&vmf) : fault_in(&vmf);

	if (!(ret & VM_FAULT_RETRY))
		count_vm_events(VM_EVENT_PGFAULT, 1);
	return ret;
}
