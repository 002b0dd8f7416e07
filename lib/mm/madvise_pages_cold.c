/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MADV_COLD and MADV_PAGEOUT (v5.4 to v6.12, mm/madvise.c, madvise_cold_or_pageout_pte_range()):
 * entries become old; pages go to the end of the inactive list, or out. Pages that others map, too,
 * are left alone.
 */
#include "mm/madvise_pages.h"

#include "mm/page.h"

/* deactivate_page(), or off the LRU and on to the list of those that go. */
static void age_page(struct aging *a, struct page *page)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page->flags &= ~PAGE_REFERENCED;
	if (!a->pageout) {
		deactivate_page(page);
		return;
	}
	if (!isolate_lru_page(page))
		return;
	if (page->flags & PAGE_UNEVICTABLE)
		putback_lru_page(page);
	else
		a->page[a->nr++] = page;
}

/* Is A cleared? Whoever pages out in v6.9+ does not ask later whether anybody used the page. */
static bool forgets_use(const struct aging *a, uint64_t seen)
{
	return seen & X86_A && !(a->pageout && has(ROW_PAGEOUT_IGNORES_YOUNG));
}

static enum aging_next cold_pte(struct aging *a, uint64_t address, pte_t *pte)
{
	struct mm_struct *mm = a->vma->vm_mm;
	pte_t seen = entry_read(pte);
	struct page *page;

	if (pte_none(seen) || !pte_present(seen))
		return AGING_GO_ON;
	page = vm_normal_page(a->vma, address, seen);
	if (!page)
		return AGING_GO_ON;
	if (page->flags & PAGE_HEAD)
		return subpage_mapcount(page, pte_part(page, seen)) == 1 ? AGING_SPLIT
									  : AGING_STOP;
	observe(page->flags & PAGE_LRU);
	if (!(page->flags & PAGE_LRU) || page_mapcount(page) != 1)
		return AGING_GO_ON;
	if (forgets_use(a, seen)) {
		seen = entry_get_and_clear(mm, address, pte);
		set_pte_at(mm, address, pte, pte_mkold(seen));
		tlb_remove_tlb_entry(&a->tlb, address, FRAME_SIZE);
	}
	age_page(a, page);
	return AGING_GO_ON;
}

static bool cold_huge(struct aging *a, pmd_t *pmd, uint64_t address, pmd_t seen, struct page *page)
{
	if (total_mapcount(page) != 1)
		return true;
	if (forgets_use(a, seen)) {
		seen = pmdp_invalidate(a->vma, address, pmd);
		set_pmd_at(a->vma->vm_mm, address, pmd,
			   kernel_pmd_mkold(current_kernel(), seen));
		tlb_remove_tlb_entry(&a->tlb, address, HPAGE_SIZE);
	}
	age_page(a, page);
	return true;
}

void madvise_cold_range(struct vm_area_struct *vma, uint64_t start, uint64_t end, bool pageout)
{
	struct aging a = {.vma = vma, .pte = cold_pte, .huge = cold_huge, .pageout = pageout};

	age_range(&a, start, end);
}
