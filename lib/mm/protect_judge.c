/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which entries the scanner of v4.0 to v6.12 arms: one rung per line, in the order of
 * change_pte_range() and change_huge_pmd(). KSM pages and slow tiers do not exist here.
 */
#include "mm/protect.h"

#include "mm/page.h"
#include "mm/rmap.h"
#include "mm/zap.h"

/* A page of a private mapping that somebody else has, too. */
static bool shared_cow(struct page *page, pte_t pte)
{
	if (has(ROW_SCAN_SKIPS_PINNED))
		return page_maybe_dma_pinned(page) || page_mapcount(page) > 1;
	if (has(ROW_SCAN_SKIPS_REFERENCED))
		return page_count(page) != 1;
	if (has(ROW_SCAN_SKIPS_SHARED_COW))
		return subpage_mapcount(page, pte_part(page, pte)) != 1;
	return false;
}

static bool dirty_file(const struct page *page)
{
	return !(page->flags & PAGE_SWAPBACKED) && page->flags & PAGE_DIRTY &&
	       has(ROW_SCAN_SKIPS_DIRTY_FILE);
}

enum scan_verdict judge_pte(const struct protect *p, uint64_t address, pte_t pte)
{
	struct page *page;

	if (pte_numa(pte))
		return SCAN_ARMED_BEFORE;
	page = vm_normal_page(p->vma, address, pte);
	if (!page)
		return SCAN_NO_PAGE;
	if (is_cow_mapping(p->vma) && shared_cow(page, pte))
		return SCAN_SHARED;
	if (dirty_file(page))
		return SCAN_DIRTY_FILE;
	if (page->node == p->target_node)
		return SCAN_LOCAL;
	return SCAN_ARM;
}

enum scan_verdict judge_huge(pmd_t pmd)
{
	if (is_huge_zero_page(pmd_page(pmd)))
		return SCAN_NO_PAGE;
	if (pmd_numa(pmd))
		return SCAN_ARMED_BEFORE;
	return SCAN_ARM;
}
