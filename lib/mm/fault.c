/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/fault.h"

#include "mm/anon.h"
#include "mm/bits.h"
#include "mm/page.h"

#include <stdarg.h>
#include <stdio.h>

void kernel_oops(const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	violate(ORACLE_OOPS, NULL, 0, "the kernel oopses: %s", text);
	context_die();
}

/*
 * v3.8 to v3.13, handle_pte_fault(). The entry is read without the lock; every handler checks
 * under the lock that it still is what it was.
 */
static bool handle_pte_fault(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
			     pte_t *pte, bool write)
{
	pte_t entry = entry_read(pte);

	if (!pte_present(entry)) {
		if (pte_none(entry))
			return do_anonymous_page(mm, vma, address, pte, write);
		return do_swap_page(mm, address, pte, entry);
	}
	if (pte_numa(entry)) {
		do_numa_page(mm, vma, address, entry, pte);
		return true;
	}
	return finish_pte_fault(mm, vma, address, pte, entry, write);
}

/* The PMD holds something: a huge page, or a table on its way. True: the fault is dealt with. */
static bool handle_huge_pmd(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
			    pmd_t *pmd, bool write)
{
	pmd_t orig = entry_read(pmd);

	if (!pmd_trans_huge(orig))
		return false;
	if (pmd_numa(orig))
		do_huge_pmd_numa_page(mm, vma, address, orig, pmd);
	else
		huge_pmd_set_accessed(mm, vma, address, pmd, orig, write);
	return true;
}

/* v3.8 to v3.13, handle_mm_fault(): each look at *pmd is a read of its own, without a lock. */
static bool handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
			    bool write)
{
	pmd_t *pmd = entry_alloc(mm, address, 2);
	pte_t *pte;

	if (!pmd)
		return false;
	if (pmd_none(entry_read(pmd)) && thp_enabled(vma)) {
		int ret = do_huge_pmd_anonymous_page(mm, vma, address, pmd);

		if (ret != THP_FALLBACK)
			return ret == 0;
	} else if (handle_huge_pmd(mm, vma, address, pmd, write)) {
		return true;
	}
	if (!has(ROW_NO_PMD_BATCH)) { /* to 3.12: a marked table */
		if (pmd_numa(entry_read(pmd))) {
			do_pmd_numa_page(mm, vma, address, pmd);
			return true;
		}
	} else if (pmd_numa(entry_read(pmd))) {
		kernel_oops("BUG_ON(pmd_numa(*pmd)) in handle_mm_fault: the entry became a hint "
			    "after it was looked at");
	}
	pte = pte_alloc_or_retry(mm, address, pmd);
	if (pte == PTE_RETRY)
		return true;
	return pte && handle_pte_fault(mm, vma, address, pte, write);
}

static bool access_allowed(const struct vm_area_struct *vma, uint64_t address, uint32_t error_code)
{
	if (!vma || address < vma->vm_start)
		return false;
	if (error_code & X86_PF_W)
		return vma->vm_flags & VM_WRITE;
	return vma->vm_flags & (VM_READ | VM_WRITE | VM_EXEC);
}

bool handle_page_fault(struct mm_struct *mm, uint64_t address, uint32_t error_code)
{
	struct vm_area_struct *vma;
	bool handled = false;

	event(EVENT_FAULT, address);
	count_vm_events(VM_EVENT_PGFAULT, 1);
	rwlock_take_read(&mm->mmap_sem);
	vma = find_vma(mm, address);
	if (access_allowed(vma, address, error_code))
		handled = handle_mm_fault(mm, vma, address, error_code & X86_PF_W);
	rwlock_release_read(&mm->mmap_sem);
	return handled;
}
