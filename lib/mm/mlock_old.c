/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locked pages of v3.8 to v5.17, mm/mlock.c. A page has one mark for all who lock it: whoever
 * unlocks it has to look for others among its mappings.
 *
 *	mlock     fault by fault: Mlocked, off its list, back to the unevictable one
 *	munlock   page by page: not Mlocked, off its list, Mlocked again if another locked VMA maps
 *		  it, back to a list. v3.12+ (7225522bb429): in bundles (mlock_bundle.c)
 *
 * (v3.8 to v4.3 looked at others' VMAs only if their mmap_sem was free; that is left out.)
 */
#include "mm/mlock_old.h"

#include "exec/var.h"
#include "mm/lru_batch.h"
#include "mm/mlock.h"
#include "mm/zap.h"

static void count(enum vm_event event, const struct page *page)
{
	count_vm_events(event, lru_nr_pages(current_machine(), page));
}

/* ---- one page; its lock is held ---- */

static void lock_again(struct page *page)
{
	if (set_mlocked(page) && isolate_lru_page(page))
		putback_lru_page(page);
}

/* try_to_munlock(), v5.13+ page_mlock(): until a locked VMA that maps the page is found. */
static bool locked_by(struct page *page, struct vm_area_struct *vma, uint64_t address, void *arg)
{
	pte_t *pte = entry_find(current_machine(), vma->vm_mm, address, 1);
	bool *locked = arg, mapped;
	struct lock *ptl;
	pte_t seen;

	if (!pte || !(vma->vm_flags & VM_LOCKED))
		return true;
	ptl = pte_lockptr(vma->vm_mm, pte);
	lock_take(ptl);
	seen = entry_read(pte);
	mapped = pte_present(seen) && pte_page(seen) == page;
	if (mapped)
		lock_again(page);
	lock_release(ptl);
	*locked = mapped;
	return !mapped;
}

/* Off its list, and not Mlocked: is it for anybody else? */
void munlock_isolated(struct page *page)
{
	bool locked = false;

	if (page_mapcount(page) > 1)
		rmap_walk(page, locked_by, &locked);
	if (!locked)
		count(VM_EVENT_UNEVICTABLE_PGMUNLOCKED, page);
	putback_lru_page(page);
}

/* Somebody else has it off its list, and sees to it when it is put back. */
void munlock_not_isolated(struct page *page)
{
	bool stranded = page_flags_test(page, PAGE_UNEVICTABLE);

	count(stranded ? VM_EVENT_UNEVICTABLE_PGSTRANDED : VM_EVENT_UNEVICTABLE_PGMUNLOCKED, page);
}

static void munlock_one(struct page *page)
{
	if (!clear_mlocked(page))
		return;
	if (isolate_lru_page(page))
		munlock_isolated(page);
	else
		munlock_not_isolated(page);
}

static void munlock_held(struct page *page, bool drain)
{
	lock_page(page);
	if (drain)
		lru_add_drain();
	munlock_one(page);
	unlock_page(page);
	put_page(page);
}

/* ---- a range ---- */

static struct page *huge_there(struct vm_area_struct *vma, pmd_t *pmd)
{
	struct page *page;
	struct lock *ptl;
	pmd_t seen;

	ptl = pmd_trans_huge_lock(vma, pmd, &seen);
	if (!ptl)
		return NULL;
	page = pmd_present(seen) ? pmd_page(seen) : NULL;
	if (is_huge_zero_page(page))
		page = NULL;
	if (page)
		get_page(page);
	lock_release(ptl);
	return page;
}

/* The page that is mapped at @at, with a reference; *@next: the address after it. */
static struct page *page_there(struct vm_area_struct *vma, uint64_t at, uint64_t *next)
{
	uint64_t *pmd = entry_find(current_machine(), vma->vm_mm, at, 2);
	uint64_t value = pmd ? entry_read(pmd) : 0;
	struct page *page = NULL;
	struct lock *ptl;
	pte_t *pte, seen;

	*next = (at & HPAGE_MASK) + HPAGE_SIZE;
	if (pmd_trans_huge(value))
		return huge_there(vma, pmd);
	if (!value || !pmd_is_table(value, "munlock"))
		return NULL;
	*next = at + FRAME_SIZE;
	pte = &pmd_table(value)[x86_slot(at, 1)];
	if (entry_unused(pte))
		return NULL;
	ptl = pte_lockptr(vma->vm_mm, pte);
	lock_take(ptl);
	seen = entry_read(pte);
	if (pte_present(seen))
		page = vm_normal_page(vma, at, seen);
	if (page)
		get_page(page);
	lock_release(ptl);
	return page;
}

void munlock_range_old(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	bool single = !has(ROW_MUNLOCK_BATCHED);
	struct munlock_bundle b = {0};
	uint64_t next;

	for (uint64_t at = start; at < end; at = next) {
		struct page *page = page_there(vma, at, &next);

		if (!(at & ~HPAGE_MASK))
			munlock_bundle(&b); /* no bundle goes beyond its table */
		if (page && (single || page->flags & PAGE_HEAD))
			munlock_held(page, single);
		else if (page)
			munlock_bundle_add(&b, page);
	}
	munlock_bundle(&b);
}

void munlock_vma_pages_all(struct vm_area_struct *vma)
{
	if (has(ROW_MLOCK_BY_RMAP) || !(vma->vm_flags & VM_LOCKED))
		return;
	vma_set_flags(vma, vma->vm_flags & ~(uint64_t)(VM_LOCKED | VM_LOCKONFAULT));
	munlock_range_old(vma, vma->vm_start, vma->vm_end);
}

/* ---- from faults and unmapping ---- */

void mlock_found_page(struct page *page, const struct vm_area_struct *vma, bool whole)
{
	bool huge = page->flags & PAGE_HEAD;

	if (has(ROW_MLOCK_BY_RMAP) || !(vma->vm_flags & VM_LOCKED) || !page->mapping)
		return;
	if (huge && has(ROW_NO_SPLITTING) && (!whole || page_mapcount(page) != 1))
		return;
	if (!trylock_page(page))
		return;
	lru_add_drain();
	lock_again(page);
	unlock_page(page);
}

void munlock_copied_page(struct page *page, const struct vm_area_struct *vma)
{
	if (has(ROW_MLOCK_BY_RMAP) || !(vma->vm_flags & VM_LOCKED))
		return;
	lock_page(page);
	munlock_one(page);
	unlock_page(page);
}

void clear_page_mlock(struct page *page)
{
	if (has(ROW_MLOCK_BY_RMAP) || !(page->flags & PAGE_MLOCKED) || !clear_mlocked(page))
		return;
	count(VM_EVENT_UNEVICTABLE_PGCLEARED, page);
	if (isolate_lru_page(page))
		putback_lru_page(page);
	else if (page_flags_test(page, PAGE_UNEVICTABLE))
		count(VM_EVENT_UNEVICTABLE_PGSTRANDED, page);
}
