/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moving a huge page for a hint fault, v3.8 to v3.13: no migration entry; the hinting PMD itself
 * keeps others out, as far as they have no old translation.
 *
 *   alloc, isolate | copy, the PMD still maps page A as a hint | lock, check, PMD := page B
 */
#include "mm/migrate.h"

#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/page.h"
#include "mm/tlb.h"

struct move {
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	pmd_t *pmd;
	pmd_t entry;
	uint64_t haddr;
	struct page *page, *new;
};

/*
 * Undo: the target goes, the source returns to the LRU. 3f926ab945b6 takes the caller's reference
 * again and leaves the page lock for what all failures have in common.
 */
static void put_back(struct move *mv)
{
	unlock_page(mv->new);
	put_page(mv->new);
	if (has(ROW_A9_THP_CLOSE_RACES))
		get_page(mv->page);
	else
		unlock_page(mv->page);
	putback_lru_page(mv->page);
}

static pmd_t new_entry(const struct move *mv)
{
	return maybe_pmd_mkwrite(pmd_mkdirty(mk_huge_pmd(mv->new, vm_page_prot(mv->vma))), mv->vma);
}

/* 3.8 to 3.11: rmap first, then a plain store over the hint; nothing is flushed. */
static void install_plain(struct move *mv)
{
	page_add_new_anon_rmap(mv->new, mv->vma, mv->haddr);
	set_pmd_at(mv->mm, mv->haddr, mv->pmd, new_entry(mv));
	note("change PMD to new page");
	page_remove_rmap(mv->page);
}

/* 3f926ab945b6: clear and flush, set, rmap. */
static void install_cleared(struct move *mv)
{
	pmdp_clear_flush(mv->vma, mv->haddr, mv->pmd);
	set_pmd_at(mv->mm, mv->haddr, mv->pmd, new_entry(mv));
	note("change PMD to new page");
	page_add_new_anon_rmap(mv->new, mv->vma, mv->haddr);
	page_remove_rmap(mv->page);
}

/* 2b4847e73004: rmap, clear and flush, set, flush; then the count once more, and back if a
 * get_user_pages() came between. */
static bool install_checked(struct move *mv)
{
	page_add_new_anon_rmap(mv->new, mv->vma, mv->haddr);
	pmdp_clear_flush(mv->vma, mv->haddr, mv->pmd);
	set_pmd_at(mv->mm, mv->haddr, mv->pmd, new_entry(mv));
	note("change PMD to new page");
	flush_tlb_range(mv->vma, mv->haddr, mv->haddr + HPAGE_SIZE);
	if (page_count(mv->page) != 2) {
		set_pmd_at(mv->mm, mv->haddr, mv->pmd, mv->entry);
		flush_tlb_range(mv->vma, mv->haddr, mv->haddr + HPAGE_SIZE);
		page_remove_rmap(mv->new);
		return false;
	}
	page_remove_rmap(mv->page);
	return true;
}

static bool install(struct move *mv)
{
	if (has(ROW_A12_GUP_SERIALISE))
		return install_checked(mv);
	if (has(ROW_A9_THP_CLOSE_RACES))
		install_cleared(mv);
	else
		install_plain(mv);
	return true;
}

/* Give the hint up: the PMD becomes accessible again, whatever it maps by now... */
static void clear_hint(struct move *mv)
{
	struct lock *ptl = pmd_lockptr(mv->mm, mv->pmd);

	if (has(ROW_A12_GUP_SERIALISE)) { /* ...but from 2b4847e73004 on only if it is unchanged */
		lock_take(ptl);
		if (entry_read(mv->pmd) == mv->entry)
			set_pmd_at(mv->mm, mv->haddr, mv->pmd, pmd_mknonnuma(mv->entry));
		lock_release(ptl);
	} else if (has(ROW_A9_THP_CLOSE_RACES)) {
		set_pmd_at(mv->mm, mv->haddr, mv->pmd, pmd_mknonnuma(mv->entry));
	}
}

/* The target: allocated, and the source isolated for it. */
static bool prepare(struct move *mv, unsigned nid)
{
	mv->new = alloc_page_node(nid, true, false);
	if (!mv->new)
		return false;
	mv->new->cpupid = page_cpupid_last(mv->page);
	if (!numamigrate_isolate_page(nid, mv->vma, mv->page, mv->haddr)) {
		put_page(mv->new);
		return false;
	}
	note("start migrating page");
	mv->new->flags |= PAGE_LOCKED | PAGE_SWAPBACKED |
			  (mv->page->flags & (PAGE_ANON | PAGE_DIRTY | PAGE_UPTODATE |
					       PAGE_ACTIVE));
	mv->new->mapping = mv->page->mapping;
	mv->new->index = mv->page->index;
	return true;
}

static bool recheck(struct move *mv)
{
	if (entry_read(mv->pmd) != mv->entry)
		return false;
	return !has(ROW_A12_GUP_SERIALISE) || page_count(mv->page) == 2;
}

enum move_result { MOVED, MOVE_REFUSED, MOVE_UNDONE };

static enum move_result move_huge(struct move *mv, unsigned nid)
{
	struct lock *ptl;

	if (!has(ROW_MAPCOUNT_NUMA_SHARED) && page_mapcount(mv->page) != 1)
		return MOVE_REFUSED;
	if (numamigrate_update_ratelimit(nid, BLOCK_FRAMES) || !prepare(mv, nid))
		return MOVE_REFUSED;
	if (has(ROW_A4_DEFER_THP_FLUSH) && mm_tlb_flush_pending(mv->mm))
		flush_tlb_range(mv->vma, mv->haddr, mv->haddr + HPAGE_SIZE);
	copy_page_contents(mv->new, mv->page);
	ptl = pmd_lockptr(mv->mm, mv->pmd);
	lock_take(ptl);
	if (!recheck(mv) || !install(mv)) {
		lock_release(ptl);
		put_back(mv);
		return MOVE_UNDONE;
	}
	lock_release(ptl);
	return MOVED;
}

bool migrate_misplaced_transhuge_page(struct mm_struct *mm, struct vm_area_struct *vma,
				      uint64_t *pmd, uint64_t entry, uint64_t address,
				      struct page *page, unsigned nid)
{
	struct move mv = {.mm = mm, .vma = vma, .pmd = pmd, .entry = entry, .page = page,
			  .haddr = address & HPAGE_MASK};
	enum move_result result = move_huge(&mv, nid);

	if (result != MOVED) {
		count_vm_events(VM_EVENT_PGMIGRATE_FAIL, BLOCK_FRAMES);
		event(EVENT_MIGRATE_FAILED, address);
		if (result == MOVE_UNDONE && !has(ROW_A9_THP_CLOSE_RACES))
			return false;
		/* 2b4847e73004 leaves the PMD alone when it was found changed. */
		if (result == MOVE_REFUSED || !has(ROW_A12_GUP_SERIALISE))
			clear_hint(&mv);
		unlock_page(page);
		put_page(page);
		return false;
	}
	unlock_page(mv.new);
	unlock_page(page);
	put_page(page); /* the mapping's */
	put_page(page); /* the isolation's */
	count_vm_events(VM_EVENT_PGMIGRATE_SUCCESS, BLOCK_FRAMES);
	count_vm_events(VM_EVENT_NUMA_PAGES_MIGRATED, BLOCK_FRAMES);
	event(EVENT_MIGRATED, address);
	return true;
}
