/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a write fault may keep the anonymous page (do_wp_page(), mm/memory.c):
 *
 *   v3.8 to v5.8    its entry is the only one that maps it; pins are not seen (C3)
 *   v5.9 to v5.17   it has one reference, and nobody has the page lock
 *   v5.18           the same, after what batches and the swap cache hold has been let go
 *   v5.19 to v6.12  it is marked exclusive; else as in v5.18, and then it becomes exclusive
 */
#include "mm/cow.h"
#include "mm/swap.h"

/* To v5.17, mm/swapfile.c. Which part of a huge page is mapped most counts for the whole. */
static int32_t most_mapped(struct page *page)
{
	int32_t most = 1;

	if (total_mapcount(page) == 1)
		return 1;
	for (unsigned i = 0; i < BLOCK_FRAMES; i++) {
		int32_t count = subpage_mapcount(page, i);

		most = count > most ? count : most;
	}
	return most;
}

bool reuse_swap_page(struct page *page, unsigned part)
{
	int32_t count = page->flags & PAGE_HEAD ? most_mapped(page) : page_mapcount(page);

	if (count <= 1 && page->flags & PAGE_SWAPCACHE) {
		count += page_swapcount(page);
		if (count == 1 && !(page->flags & PAGE_WRITEBACK)) {
			delete_from_swap_cache(page);
			page_mark(page, PAGE_DIRTY);
		}
	}
	return count <= 1;
}

/* To v5.8 the page lock is waited for, without the page-table lock. False: the entry changed. */
static bool lock_page_and_check(struct cow *c)
{
	struct vm_fault *vmf = c->vmf;
	bool same;

	if (trylock_page(c->page))
		return true;
	get_page(c->page);
	lock_release(vmf->ptl);
	lock_page(c->page);
	lock_take(vmf->ptl);
	same = entry_read(vmf->pte) == vmf->orig_pte;
	if (!same)
		unlock_page(c->page);
	put_page(c->page);
	return same;
}

/* The page belongs to this VMA's own family from now on (page_move_anon_rmap()). */
static void adopt(struct cow *c)
{
	const struct numasim_machine *m = current_machine();

	touch(PAGE_OBJECT(c->page, PAGE_F_MAPPING), ACCESS_WRITE);
	c->page->mapping = arena_id(m->arena, c->vmf->vma->anon_vma);
}

static enum cow_verdict judge_3_8(struct cow *c)
{
	enum cow_verdict verdict = COW_COPY;

	if (!lock_page_and_check(c))
		return COW_AGAIN;
	if (reuse_swap_page(c->page, c->part)) {
		/* Of a huge page that others map in part, the family stays. */
		if (!(c->page->flags & PAGE_HEAD) || total_mapcount(c->page) == 1)
			adopt(c);
		verdict = COW_REUSE;
	}
	unlock_page(c->page);
	return verdict;
}

/* 09854ba94c6a */
static enum cow_verdict judge_5_9(struct cow *c)
{
	bool alone;

	if (page_count(c->page) != 1 || !trylock_page(c->page))
		return COW_COPY;
	alone = subpage_mapcount(c->page, c->part) == 1 && page_count(c->page) == 1;
	unlock_page(c->page);
	return alone ? COW_REUSE : COW_COPY;
}

/* References that the swap cache holds. */
static int32_t cache_holds(const struct page *page)
{
	return page->flags & PAGE_SWAPCACHE ? 1 : 0;
}

/* Only the entry's reference is left, once this CPU's batch and the swap cache let go. */
static bool only_reference(struct cow *c)
{
	bool alone;

	if (page_count(c->page) > 3)
		return false;
	if (!(c->page->flags & PAGE_LRU))
		lru_add_drain();
	if (page_count(c->page) > 1 + cache_holds(c->page) || !trylock_page(c->page))
		return false;
	if (c->page->flags & PAGE_SWAPCACHE)
		try_to_free_swap(c->page);
	alone = page_count(c->page) == 1;
	if (alone)
		adopt(c);
	unlock_page(c->page);
	return alone;
}

/* wp_can_reuse_anon_folio() of v6.7 to v6.12, and what do_wp_page() did itself before. */
static enum cow_verdict judge_5_19(struct cow *c)
{
	if (page_anon_exclusive(c->page, c->part))
		return COW_REUSE;
	if (c->page->flags & PAGE_HEAD && has(ROW_WP_NO_LARGE_REUSE))
		return COW_COPY;
	if (!only_reference(c))
		return COW_COPY;
	cow_set_exclusive(c->page, c->part);
	return COW_REUSE;
}

enum cow_verdict cow_judge(struct cow *c)
{
	if (has(ROW_ANON_EXCLUSIVE))
		return judge_5_19(c);
	if (has(ROW_WP_DRAINS))
		return only_reference(c) ? COW_REUSE : COW_COPY;
	if (has(ROW_C3_WP_SIMPLE))
		return judge_5_9(c);
	return judge_3_8(c);
}
