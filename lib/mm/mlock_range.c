/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What mlock(2) and munlock(2) do to pages that are there already: mlock_vma_pages_range() of v5.18
 * to v6.12, mm/mlock.c. With mmap_sem held for writing, each mapped page is (un)locked once:
 *
 *	flags of the VMA | drain | entry by entry, under the table's lock | drain
 *
 * Before v5.18 mlock() leaves it to the faults that follow; munlock(): mlock_old.c. (The kernel
 * gives the VMA VM_IO meanwhile, so that migration does not count a page twice. That is left out:
 * nothing migrates pages here from v5.18 on.)
 */
#include "mm/lru_batch.h"
#include "mm/mlock.h"
#include "mm/mlock_old.h"
#include "mm/vma_change.h"
#include "mm/walk.h"
#include "mm/zap.h"

/* How many entries from @pte on map the parts of @page that follow each other. */
static unsigned run_of_parts(const struct page *page, const pte_t *pte, uint64_t at, uint64_t end)
{
	unsigned first = pte_part(page, *pte), most = (unsigned)((end - at) >> FRAME_SHIFT), n = 1;

	while (n < most && first + n < BLOCK_FRAMES && pte_present(pte[n]) &&
	       pte_page(pte[n]) == page && pte_part(page, pte[n]) == first + n)
		n++;
	return n;
}

/* Are huge pages that are mapped in parts locked at all, and this one? v6.7+: if all of it is
 * meant and mapped. */
static bool parts_count(const struct vm_area_struct *vma, unsigned run)
{
	if (!has(ROW_MLOCK_HUGE_LATER))
		return false;
	return !(vma->vm_flags & VM_LOCKED) || run == BLOCK_FRAMES;
}

static void lock_or_unlock(const struct vm_area_struct *vma, struct page *page)
{
	if (vma->vm_flags & VM_LOCKED)
		mlock_page(page);
	else
		munlock_page(page);
}

static void mlock_ptes(struct vm_area_struct *vma, pmd_t pmd, uint64_t at, uint64_t end)
{
	pte_t *table = pmd_table(pmd);
	struct lock *ptl = pte_lockptr(vma->vm_mm, table);
	unsigned run;

	lock_take(ptl);
	for (; at < end; at += run * FRAME_SIZE) {
		pte_t *pte = &table[x86_slot(at, 1)];
		pte_t seen = entry_unused(pte) ? 0 : entry_read(pte);
		struct page *page = pte_present(seen) ? vm_normal_page(vma, at, seen) : NULL;

		run = 1;
		if (!page)
			continue;
		if (page->flags & PAGE_HEAD) {
			run = run_of_parts(page, pte, at, end);
			if (!parts_count(vma, run))
				continue;
		}
		lock_or_unlock(vma, page);
	}
	lock_release(ptl);
}

static void mlock_pmd(struct vm_area_struct *vma, const struct pmd_walk *w)
{
	pmd_t value = entry_read(w->pmd), seen;
	struct lock *ptl = NULL;
	struct page *page;

	if (pmd_trans_huge(value))
		ptl = pmd_trans_huge_lock(vma, w->pmd, &seen);
	if (ptl) {
		page = pmd_present(seen) ? pmd_page(seen) : NULL;
		if (page && !is_huge_zero_page(page))
			lock_or_unlock(vma, page);
		lock_release(ptl);
		return;
	}
	value = entry_read(w->pmd);
	if (pmd_is_table(value, "mlock"))
		mlock_ptes(vma, value, w->at, w->next);
}

void mlock_vma_pages_range(struct vm_area_struct *vma, uint64_t start, uint64_t end, uint64_t flags)
{
	struct pmd_walk w = {.mm = vma->vm_mm, .next = start, .end = end};
	uint64_t old = vma->vm_flags;

	vma_set_flags(vma, flags);
	if (old & flags & VM_LOCKED)
		return; /* locked once is locked */
	if (!has(ROW_MLOCK_BY_RMAP)) {
		if (!(flags & VM_LOCKED))
			munlock_range_old(vma, start, end);
		return;
	}
	lru_add_drain();
	while (pmd_walk_next(&w))
		mlock_pmd(vma, &w);
	lru_add_drain();
}
