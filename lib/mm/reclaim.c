/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kswapd comes to a page: shrink_inactive_list(), mm/vmscan.c, and page_referenced(), mm/rmap.c.
 *
 *   from the LRU list | used since it came by last? | again? | lock | out of memory: pageout.c
 *
 * A page is looked at twice (it is young at first: the look that makes it old, and the one that
 * finds it old), and both looks are taken here, one right after the other. Lists have no order
 * here: the page is the one that a scenario names.
 */
#include "exec/var.h"
#include "mm/bits.h"
#include "mm/page.h"
#include "mm/rmap.h"
#include "mm/split.h"
#include "mm/swap.h"
#include "mm/tlb.h"

#include <errno.h>

struct target {
	struct mm_struct *mm;
	uint64_t address;
};

/* The anonymous page that is mapped there now, or NULL. No points. */
static struct page *mapped_page(const struct target *t)
{
	const uint64_t *pmd = entry_find(current_machine(), t->mm, t->address, 2), *pte;
	struct page *page = NULL;

	if (!pmd)
		return NULL;
	if (pmd_trans_huge(*pmd)) {
		page = pmd_page(*pmd);
	} else {
		pte = entry_find(current_machine(), t->mm, t->address, 1);
		if (pte && pte_present(*pte) && !pte_special(*pte))
			page = pte_page(*pte);
	}
	return page && page_is_anon(page) && !is_huge_zero_page(page) ? page : NULL;
}

static void describe_isolation(struct announcement *a, const void *arg)
{
	const struct numasim_machine *m = current_machine();
	const struct target *t = arg;
	const struct page *page = mapped_page(t);

	for (unsigned level = 4; level; level--) {
		const uint64_t *entry = entry_find(current_machine(), t->mm, t->address, level);

		if (!entry)
			break;
		announce_access(a, entry_object(m, entry), ACCESS_READ);
	}
	if (!page)
		return;
	a->object = PAGE_OBJECT(page, PAGE_F_FLAGS);
	announce_access(a, PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	announce_access(a, PAGE_OBJECT(page, PAGE_F_COUNT), ACCESS_WRITE);
}

/*
 * Off its list, with a reference: one step, for kswapd goes by the list under its lock, and what is
 * on a list is not free. NULL: there is no page, or it is on no list that is reclaimed.
 */
static struct page *isolate(const struct target *t)
{
	struct page *page;
	bool listed;

	point_described(POINT_UPDATE, OBJECT(OBJ_NONE, t->mm->name, 0), describe_isolation, t);
	page = mapped_page(t);
	observe(page ? page->name : 0);
	if (!page)
		return NULL;
	birth_known(page->name);
	listed = (page->flags & (PAGE_LRU | PAGE_UNEVICTABLE)) == PAGE_LRU;
	observe(listed);
	if (!listed)
		return NULL;
	page->flags &= ~(PAGE_LRU | PAGE_ACTIVE);
	page->count++;
	note("take page %s off its list", BIRTH_TEXT(page->name));
	return page;
}

bool ptep_clear_flush_young(struct vm_area_struct *vma, uint64_t address, pte_t *ptep)
{
	bool young;

	point(POINT_UPDATE, entry_object(current_machine(), ptep), ACCESS_WRITE);
	young = *ptep & X86_A;
	*ptep &= ~(uint64_t)X86_A;
	observe(young);
	note("clear A");
	if (young && !has(ROW_YOUNG_NO_FLUSH))
		flush_tlb_page(vma, address);
	return young;
}

static bool referenced_one(struct page *page, struct vm_area_struct *vma, uint64_t address,
			   void *arg)
{
	pte_t *ptep = entry_find(current_machine(), vma->vm_mm, address, 1), pte;
	bool *referenced = arg;
	struct lock *ptl;

	if (!ptep)
		return true;
	ptl = pte_lockptr(vma->vm_mm, ptep);
	lock_take(ptl);
	pte = entry_read(ptep);
	if (pte_present(pte) && pte_page(pte) == page && pte & X86_A &&
	    ptep_clear_flush_young(vma, address, ptep) && !(vma->vm_flags & VM_SEQ_READ))
		*referenced = true;
	lock_release(ptl);
	return true;
}

/* Has any processor used the page since somebody asked? */
static bool page_referenced(struct page *page)
{
	bool referenced = false;

	rmap_walk(page, referenced_one, &referenced);
	return referenced;
}

static long keep(struct page *page)
{
	putback_lru_page(page);
	return -EBUSY;
}

/* A huge page goes in parts. 0, or it stays. */
static long split_isolated(struct page *page)
{
	int ret;

	if (!trylock_page(page))
		return keep(page);
	ret = split_huge_page(page);
	unlock_page(page);
	putback_lru_page(page);
	return ret ? -EBUSY : 0;
}

long reclaim_page_at(struct mm_struct *mm, uint64_t address)
{
	const struct target t = {.mm = mm, .address = address & PAGE_MASK_4K};
	struct page *page;

	lru_add_drain();
	page = isolate(&t);
	if (!page)
		return -ENOENT;
	if (page->flags & PAGE_HEAD)
		return split_isolated(page) ?: reclaim_page_at(mm, address);
	if (page_referenced(page) && page_referenced(page))
		return keep(page);
	if (!trylock_page(page))
		return keep(page);
	if (!pageout_unused_anon(page)) {
		putback_lru_page(page);
		return -EBUSY;
	}
	return 0;
}
