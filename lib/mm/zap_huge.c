/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking a huge entry away: zap_huge_pmd(), mm/huge_memory.c of v3.8 to v6.12. */
#include "mm/zap.h"

#include "mm/huge_zero.h"
#include "mm/mlock.h"
#include "mm/table.h"
#include "mm/tlb.h"

static void zap_deposited_table(struct mm_struct *mm, pmd_t *pmd)
{
	pte_free(mm, pgtable_trans_huge_withdraw(mm, pmd));
}

/* The page loses its mapping, the mm 512 pages. True: the processor may know the translation. */
static bool zap_huge_page(struct vm_area_struct *vma, pmd_t old, struct page **page)
{
	bool present = pmd_present(old);

	*page = present ? pmd_page(old) : migration_entry_page(old);
	if (present) {
		page_remove_rmap(*page);
		munlock_vma_page(*page, vma, true);
		if (!page_is_anon(*page) && kernel_pmd_dirty(current_kernel(), old))
			page_mark_dirty(*page);
	}
	vma->vm_mm->rss[mm_counter(*page)] -= BLOCK_FRAMES;
	return present;
}

bool zap_huge_pmd(struct mmu_gather *tlb, struct vm_area_struct *vma, pmd_t *pmd, uint64_t address)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *page;
	struct lock *ptl;
	bool flush;
	pmd_t old;

	ptl = pmd_trans_huge_lock(vma, pmd, &old);
	if (!ptl)
		return false;
	old = entry_get_and_clear(mm, address, pmd);
	event(EVENT_ZAPPED, address);
	tlb_remove_tlb_entry(tlb, address, HPAGE_SIZE);
	if (is_huge_zero_page(pmd_present(old) ? pmd_page(old) : NULL)) {
		zap_deposited_table(mm, pmd);
		lock_release(ptl);
		huge_zero_put(mm);
		return true;
	}
	flush = zap_huge_page(vma, old, &page);
	if (page_is_anon(page))
		zap_deposited_table(mm, pmd);
	lock_release(ptl);
	if (flush && tlb_remove_page(tlb, page))
		tlb_flush_mmu(tlb);
	return true;
}
