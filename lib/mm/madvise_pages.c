/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MADV_FREE: the pages stay where they are, but nobody promises what is in them until they are
 * written again (madvise_free_pte_range() and madvise_free_huge_pmd(), v4.5 to v6.12).
 *
 *	dirty, young entry -> clean, old     dirty page -> clean     swap-backed -> not: "lazy"
 *
 * Whoever frees memory later finds the page lazy and clean, and drops it. A page that others have,
 * too, is left alone.
 */
#include "mm/madvise_pages.h"

#include "mm/page.h"
#include "mm/split.h"
#include "mm/swap.h"
#include "mm/walk.h"

/* The page loses its dirty mark and its slot; false: it is somebody else's, too, or locked. */
static bool clean_page(struct page *page)
{
	bool ours;

	observe(page->flags & (PAGE_SWAPCACHE | PAGE_DIRTY));
	if (!(page->flags & (PAGE_SWAPCACHE | PAGE_DIRTY)))
		return true;
	if (!trylock_page(page))
		return false;
	ours = page_mapcount(page) == 1 &&
	       (!(page->flags & PAGE_SWAPCACHE) || try_to_free_swap(page));
	if (ours) {
		touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
		page->flags &= ~PAGE_DIRTY;
	}
	unlock_page(page);
	return ours;
}

static void free_present(struct aging *a, uint64_t address, pte_t *pte, pte_t seen,
			 struct page *page)
{
	const struct kernel *k = current_kernel();
	struct mm_struct *mm = a->vma->vm_mm;

	if (!clean_page(page))
		return;
	if (seen & X86_A || pte_dirty(seen)) {
		seen = entry_get_and_clear(mm, address, pte);
		set_pte_at(mm, address, pte, kernel_pte_mkclean(k, pte_mkold(seen)));
		tlb_remove_tlb_entry(&a->tlb, address, FRAME_SIZE);
	}
	mark_page_lazyfree(page);
}

/* What is swapped out is not worth reading back. */
static void free_swapped(struct aging *a, uint64_t address, pte_t *pte, pte_t seen)
{
	const struct kernel *k = current_kernel();

	if (kernel_pte_file(k, seen) || kernel_swp_kind(k, seen) != SWAP_FILE)
		return;
	a->vma->vm_mm->rss[MM_SWAPENTS]--;
	free_swap_and_cache(pte_swap_slot(seen));
	set_pte_at(a->vma->vm_mm, address, pte, 0);
}

static enum aging_next free_pte(struct aging *a, uint64_t address, pte_t *pte)
{
	pte_t seen = entry_read(pte);
	struct page *page;

	if (pte_none(seen))
		return AGING_GO_ON;
	if (!pte_present(seen)) {
		free_swapped(a, address, pte, seen);
		return AGING_GO_ON;
	}
	page = vm_normal_page(a->vma, address, seen);
	if (!page)
		return AGING_GO_ON;
	if (page->flags & PAGE_HEAD)
		return total_mapcount(page) <= BLOCK_FRAMES ? AGING_SPLIT : AGING_STOP;
	free_present(a, address, pte, seen, page);
	return AGING_GO_ON;
}

static void free_huge_entry(struct aging *a, pmd_t *pmd, uint64_t address, pmd_t seen)
{
	const struct kernel *k = current_kernel();
	pmd_t old;

	if (!(seen & X86_A) && !kernel_pmd_dirty(k, seen))
		return;
	old = has(ROW_MADV_FREE_KEEPS_PMD) ? pmdp_invalidate(a->vma, address, pmd)
					   : entry_get_and_clear(a->vma->vm_mm, address, pmd);
	old = kernel_pmd_mkclean(k, kernel_pmd_mkold(k, old));
	set_pmd_at(a->vma->vm_mm, address, pmd, old);
	tlb_remove_tlb_entry(&a->tlb, address, HPAGE_SIZE);
}

static bool free_huge(struct aging *a, pmd_t *pmd, uint64_t address, pmd_t seen, struct page *page)
{
	if (total_mapcount(page) != 1 || !trylock_page(page))
		return true;
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page->flags &= ~PAGE_DIRTY;
	unlock_page(page);
	free_huge_entry(a, pmd, address, seen);
	mark_page_lazyfree(page);
	return true;
}

void madvise_free_range(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	struct aging a = {.vma = vma, .pte = free_pte, .huge = free_huge};

	age_range(&a, start, end);
}
