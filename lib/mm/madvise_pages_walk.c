/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walking a range to age its pages (mm/madvise.c, v4.5 to v6.12): huge entries as a whole if the
 * range covers them and the page is not shared, split otherwise; tables entry by entry.
 */
#include "mm/madvise_pages.h"

#include "mm/page.h"
#include "mm/split.h"
#include "mm/swap.h"
#include "mm/walk.h"

/* Write what was isolated, without any lock. What cannot go returns to the LRU. */
static void reclaim_isolated(struct aging *a)
{
	for (unsigned i = 0; i < a->nr; i++) {
		struct page *page = a->page[i];

		lock_page(page);
		if (!pageout_anon(page))
			putback_lru_page(page);
	}
	a->nr = 0;
}

/* Split the huge page, which its entries' lock kept; false: somebody else has it, too. */
static bool split_for_part(struct page *page, struct lock *ptl)
{
	bool split;

	get_page(page);
	if (!trylock_page(page)) {
		lock_release(ptl);
		put_page(page);
		return false;
	}
	lock_release(ptl);
	split = !split_huge_page(page);
	unlock_page(page);
	put_page(page);
	return split;
}

/* True: the huge entry is dealt with. */
static bool age_pmd(struct aging *a, pmd_t *pmd, uint64_t at, uint64_t end)
{
	struct page *page;
	struct lock *ptl;
	pmd_t seen;

	ptl = pmd_trans_huge_lock(a->vma, pmd, &seen);
	if (!ptl)
		return false;
	page = pmd_present(seen) ? pmd_page(seen) : NULL;
	if (!page || is_huge_zero_page(page)) {
		lock_release(ptl);
		return true;
	}
	if (end - at != HPAGE_SIZE) {
		if (total_mapcount(page) == 1)
			return !split_for_part(page, ptl);
		lock_release(ptl);
		return true;
	}
	a->huge(a, pmd, at, seen, page);
	lock_release(ptl);
	return true;
}

/* The page of the huge entry that stopped the walk is split; false: leave the table alone. */
static bool split_at(struct aging *a, pte_t *pte, struct lock *ptl)
{
	return split_for_part(pte_page(entry_read(pte)), ptl);
}

static void age_ptes(struct aging *a, pmd_t pmd, uint64_t at, uint64_t end)
{
	pte_t *table = pmd_table(pmd);
	struct lock *ptl = pte_lockptr(a->vma->vm_mm, table);
	enum aging_next next = AGING_GO_ON;

	while (at < end && next != AGING_STOP) {
		lock_take(ptl);
		flush_tlb_batched_pending(a->vma->vm_mm);
		for (next = AGING_GO_ON; at < end; at += FRAME_SIZE) {
			pte_t *pte = &table[x86_slot(at, 1)];

			if (entry_unused(pte))
				continue;
			if (a->nr == AGING_PAGES)
				break;
			next = a->pte(a, at, pte);
			if (next != AGING_GO_ON)
				break;
		}
		if (next != AGING_SPLIT)
			lock_release(ptl);
		else if (!split_at(a, &table[x86_slot(at, 1)], ptl))
			next = AGING_STOP;
		reclaim_isolated(a);
	}
}

void age_range(struct aging *a, uint64_t start, uint64_t end)
{
	struct pmd_walk w = {.mm = a->vma->vm_mm, .next = start, .end = end};

	tlb_gather_mmu(&a->tlb, a->vma->vm_mm, start, end);
	while (pmd_walk_next(&w)) {
		pmd_t value = entry_read(w.pmd);

		if (pmd_trans_huge(value) && age_pmd(a, w.pmd, w.at, w.next)) {
			reclaim_isolated(a);
			continue;
		}
		value = entry_read(w.pmd);
		if (pmd_is_table(value, "madvise"))
			age_ptes(a, value, w.at, w.next);
	}
	tlb_finish_mmu(&a->tlb, start, end);
}
