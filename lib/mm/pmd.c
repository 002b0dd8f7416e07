/* SPDX-License-Identifier: BSD-2-Clause */
/* Huge entries: their lock, and making one unusable for a moment (mm/huge_memory.c,
 * mm/pgtable-generic.c of v3.8 to v6.12). */
#include "mm/pmd.h"

#include "mm/page.h"
#include "mm/rmap.h"
#include "mm/tlb.h"

void wait_split_huge_page(struct anon_vma *anon_vma)
{
	rwlock_take_write(&anon_vma->root->lock);
	rwlock_release_write(&anon_vma->root->lock);
}

struct lock *pmd_trans_huge_lock(struct vm_area_struct *vma, pmd_t *pmd, pmd_t *value)
{
	struct lock *ptl = pmd_lockptr(vma->vm_mm, pmd);
	bool splitting;

	lock_take(ptl);
	*value = entry_read(pmd);
	splitting = kernel_pmd_splitting(current_kernel(), *value);
	if (pmd_is_huge(*value) && !splitting)
		return ptl;
	lock_release(ptl);
	if (pmd_trans_huge(*value) && splitting)
		wait_split_huge_page(vma->anon_vma);
	return NULL;
}

bool pmd_table_or_clear_bad(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd, pmd_t value)
{
	if (pmd_none(value))
		return false;
	if (!pmd_bad(value))
		return true;
	set_pmd_at(vma->vm_mm, address & HPAGE_MASK, pmd, 0);
	if (pmd_trans_huge(value)) {
		/* its map count says one more than there is from here on */
		if (!direct())
			touch(PAGE_OBJECT(pmd_page(value), PAGE_F_MAPCOUNT), ACCESS_WRITE);
		note("takes the huge entry for a bad one: 2 MiB are lost");
	}
	event(EVENT_CLEARED, address & HPAGE_MASK);
	return false;
}

/* To v4.15 (A31): what the processor sets between the read and the store is lost. */
static pmd_t invalidate_by_store(struct mm_struct *mm, uint64_t address, pmd_t *pmd)
{
	pmd_t seen = entry_read(pmd);

	set_pmd_at(mm, address, pmd, kernel_pmd_invalidated(current_kernel(), seen));
	return seen;
}

pmd_t pmdp_invalidate_ad(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd)
{
	pmd_t seen = entry_read(pmd);

	return entry_exchange(vma->vm_mm, address, pmd,
			      kernel_pmd_invalidated(current_kernel(), seen));
}

pmd_t pmdp_invalidate(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd)
{
	uint64_t haddr = address & HPAGE_MASK;
	pmd_t old;

	if (has(ROW_A31_INVALIDATE_ATOMIC))
		old = pmdp_invalidate_ad(vma, haddr, pmd);
	else
		old = invalidate_by_store(vma->vm_mm, haddr, pmd);
	flush_tlb_range(vma, haddr, haddr + HPAGE_SIZE);
	return old;
}

/*
 * 423ac9af3cef: what the invalidation returned. Before, the entry as it was, and A and D from what
 * the invalidation left there: which was worked out from an older look (A31).
 */
pmd_t pmdp_invalidate_for_change(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd,
				 pmd_t seen)
{
	pmd_t old = pmdp_invalidate(vma, address, pmd), left;

	if (has(ROW_A31_INVALIDATED_VALUE))
		return old;
	left = entry_read(pmd);
	if (kernel_pmd_dirty(current_kernel(), left))
		seen = pmd_mkdirty(seen);
	return left & X86_A ? pmd_mkyoung(seen) : seen;
}
