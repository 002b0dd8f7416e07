/* SPDX-License-Identifier: BSD-2-Clause */
/* The entries of one page table get other rights: change_pte_range(), mm/mprotect.c. */
#include "mm/protect.h"

#include "mm/rmap.h"
#include "mm/zap.h"

/* What @old becomes. */
static pte_t new_value(const struct protect *p, uint64_t address, pte_t old)
{
	const struct kernel *k = current_kernel();
	bool dirty_tracked = p->flags & CP_DIRTY_ACCT && kernel_pte_dirty(k, old);
	pte_t new;

	if (p->flags & CP_PROT_NUMA)
		return pte_mknuma(old);
	if (has(ROW_A15_MPROTECT_CLEARS_HINT))
		old = pte_mknonnuma(old);
	new = kernel_pte_modify(k, old, p->newprot);
	if (dirty_tracked && (!has(ROW_SOFT_DIRTY_NOTIFY) || kernel_pte_soft_dirty(k, new) ||
			      p->vma->vm_flags & VM_SOFTDIRTY))
		new = pte_mkwrite(new);
	if (p->flags & CP_TRY_WRITABLE && has(ROW_MPROTECT_WRITABLE) && !pte_write(new) &&
	    can_change_pte_writable(p->vma, address, new))
		new = pte_mkwrite(new);
	return new;
}

/* Emptied, worked out, stored: ptep_modify_prot_start() and _commit(). */
static void change_present(struct protect *p, uint64_t address, pte_t *pte)
{
	struct mm_struct *mm = p->vma->vm_mm;
	pte_t old = entry_get_and_clear(mm, address, pte);
	pte_t new = new_value(p, address, old);

	set_pte_at(mm, address, pte, new);
	if (p->flags & CP_PROT_NUMA) {
		note("make entry a hint");
		event(EVENT_ARMED, address);
	}
	if (p->tlb && (!has(ROW_MPROTECT_FLUSH_LESS) ||
		       entry_needs_flush(old, new, true, true)))
		tlb_remove_tlb_entry(p->tlb, address, FRAME_SIZE);
}

/* Swap entries stay, but nobody may write through a migration entry any more. */
static bool change_not_present(struct protect *p, uint64_t address, pte_t *pte, pte_t seen)
{
	pte_t new;

	if (!kernel_pte_migration(current_kernel(), seen))
		return false;
	new = migration_entry_readable(seen);
	if (new == seen)
		return false;
	set_pte_at(p->vma->vm_mm, address, pte, new);
	return true;
}

static bool change_pte(struct protect *p, uint64_t address, pte_t *pte)
{
	pte_t seen = entry_read(pte);

	if (!pte_present(seen))
		return !pte_none(seen) && change_not_present(p, address, pte, seen);
	if (p->flags & CP_PROT_NUMA) {
		if (!has(ROW_PROTNONE_HINTS))
			return arm_pte(p, address, pte, seen);
		if (judge_pte(p, address, seen) != SCAN_ARM)
			return false;
	}
	change_present(p, address, pte);
	return true;
}

/*
 * The scanner holds mmap_sem for reading only: the PMD may have turned huge, or gone, since it
 * was looked at. v3.15 (1ad9f620c3a2): looked at again under its lock; v4.11 (175ad4f1e7a2): by a
 * single read without the lock, which says the same.
 */
static bool still_table(const struct protect *p, pmd_t *pmd, pmd_t *value)
{
	struct lock *ptl = NULL;

	if (!has(ROW_A32_MPROTECT_UNSTABLE) && has(ROW_MPROTECT_RECHECKS_HUGE) &&
	    p->flags & CP_PROT_NUMA) {
		ptl = pmd_lockptr(p->vma->vm_mm, pmd);
		lock_take(ptl);
	}
	*value = entry_read(pmd);
	if (ptl)
		lock_release(ptl);
	if (ptl || has(ROW_A32_MPROTECT_UNSTABLE))
		return !pmd_none(*value) && !pmd_is_huge(*value);
	return true;
}

unsigned long change_pte_range(struct protect *p, pmd_t *pmd, uint64_t at, uint64_t end)
{
	struct mm_struct *mm = p->vma->vm_mm;
	unsigned long pages = 0;
	struct lock *ptl;
	pmd_t value;
	pte_t *pte;

	if (!still_table(p, pmd, &value))
		return 0;
	if (pmd_none(value) || pmd_is_huge(value))
		kernel_oops("change_pte_range takes PMD %#llx for a page table",
			    (unsigned long long)value);
	pte = pmd_table(value) + x86_slot(at, 1);
	ptl = pte_lockptr(mm, pte);
	lock_take(ptl);
	flush_tlb_batched_pending(mm);
	for (; at < end; at += FRAME_SIZE, pte++)
		if (!entry_unused(pte))
			pages += change_pte(p, at, pte);
	lock_release(ptl);
	return pages;
}
