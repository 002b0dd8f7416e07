/* SPDX-License-Identifier: BSD-2-Clause */
/* A huge entry gets other rights: change_huge_pmd(), mm/huge_memory.c of v3.8 to v6.12. */
#include "mm/protect.h"

#include "mm/rmap.h"
#include "mm/zap.h"

/* What @old becomes. */
static pmd_t new_value(const struct protect *p, pmd_t old)
{
	pmd_t new;

	if (p->flags & CP_PROT_NUMA)
		return pmd_mknuma(old);
	if (has(ROW_A15_MPROTECT_CLEARS_HINT))
		old = pmd_mknonnuma(old);
	new = kernel_pmd_modify(current_kernel(), old, p->newprot);
	if (p->flags & CP_TRY_WRITABLE && has(ROW_MPROTECT_HUGE_WRITABLE) && !pmd_write(new) &&
	    can_change_pmd_writable(p->vma, new))
		new = pmd_mkwrite(new);
	return new;
}

/* To v4.10: emptied, and stored again: whoever looks meanwhile sees nothing (A22). */
static pmd_t take_by_clearing(struct mm_struct *mm, uint64_t address, pmd_t *pmd)
{
	return entry_get_and_clear(mm, address, pmd);
}

/* ced108037c2a: invalidated, so that it never looks empty. */
static pmd_t take_by_invalidating(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd,
				  pmd_t seen)
{
	if (has(ROW_MPROTECT_HUGE_FLUSH_LESS))
		return pmdp_invalidate_ad(vma, address, pmd);
	return pmdp_invalidate_for_change(vma, address, pmd, seen);
}

static int change_present(struct protect *p, uint64_t address, pmd_t *pmd, pmd_t seen)
{
	struct mm_struct *mm = p->vma->vm_mm;
	pmd_t old, new;

	if (p->flags & CP_PROT_NUMA && judge_huge(seen) != SCAN_ARM)
		return HUGE_UNCHANGED;
	old = has(ROW_A22_KEEP_PMD) ? take_by_invalidating(p->vma, address, pmd, seen)
				    : take_by_clearing(mm, address, pmd);
	new = new_value(p, old);
	set_pmd_at(mm, address, pmd, new);
	if (p->flags & CP_PROT_NUMA)
		note("make huge entry a hint");
	if (p->tlb && (!has(ROW_MPROTECT_HUGE_FLUSH_LESS) ||
		       entry_needs_flush(old, new, true, false)))
		tlb_remove_tlb_entry(p->tlb, address, HPAGE_SIZE);
	return HUGE_CHANGED;
}

/*
 * The kernel's text dereferences the PMD several times under the lock, with nothing between that
 * would make a compiler load it again: one read here.
 */
int change_huge_pmd(struct protect *p, pmd_t *pmd, uint64_t address)
{
	struct vm_area_struct *vma = p->vma;
	int ret = HUGE_UNCHANGED;
	struct lock *ptl;
	pmd_t seen;

	ptl = pmd_trans_huge_lock(vma, pmd, &seen);
	if (!ptl)
		return HUGE_UNLOCKED;
	if (!pmd_present(seen)) {
		pmd_t new = migration_entry_readable(seen);

		if (new != seen)
			set_pmd_at(vma->vm_mm, address, pmd, new);
	} else if (p->flags & CP_PROT_NUMA && !has(ROW_PROTNONE_HINTS)) {
		ret = arm_huge(vma, address, pmd, seen);
	} else {
		ret = change_present(p, address, pmd, seen);
	}
	if (p->flags & CP_PROT_NUMA && ret == HUGE_CHANGED && pmd_numa(*pmd))
		event(EVENT_ARMED, address);
	lock_release(ptl);
	return ret;
}
