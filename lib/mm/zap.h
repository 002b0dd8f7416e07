/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files that take entries away share. */
#ifndef MM_ZAP_H
#define MM_ZAP_H

#include "mm/page.h"
#include "mm/pmd.h"
#include "mm/ranges.h"
#include "mm/rmap.h"

/* Zap [start, end) of @vma into @tlb. */
void zap_vma(struct mmu_gather *tlb, struct vm_area_struct *vma, uint64_t start, uint64_t end);

/* Zap the huge page at @pmd; false: it is none (any more). */
bool zap_huge_pmd(struct mmu_gather *tlb, struct vm_area_struct *vma, pmd_t *pmd,
		  uint64_t address);

/* The page that a migration entry stands for. */
static inline struct page *migration_entry_page(uint64_t entry)
{
	return pfn_to_page(current_machine(), kernel_migration_pfn(current_kernel(), entry));
}

/* Which part of huge page @page the present @pte maps; 0 for others. */
static inline unsigned page_subpage(const struct page *page, pte_t pte)
{
	if (!(page->flags & PAGE_HEAD))
		return 0;
	return kernel_pte_pfn(current_kernel(), pte) % BLOCK_FRAMES;
}

static inline void rmap_remove_pte(struct page *page, unsigned subpage)
{
	page_remove_rmap(page);
}

static inline void rmap_remove_pmd(struct page *page)
{
	page_remove_rmap(page);
}

static inline void page_mark_dirty(struct page *page)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page->flags |= PAGE_DIRTY;
}

/* mm/swap.c: the second look makes it active; here only that it was looked at. */
static inline void page_mark_accessed(struct page *page)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page->flags |= PAGE_REFERENCED;
}

void tlb_remove_rmap_late(struct mmu_gather *tlb, unsigned subpage);
void tlb_flush_late_rmaps(struct mmu_gather *tlb);

/* The huge zero page has one user less (v4.9+: the mm keeps its reference until it goes). */
void huge_zero_put(struct mm_struct *mm);

/* A7: reclaim has deferred a flush; whoever holds a page-table lock and changes rights makes up
 * for it (mm/rmap.c, v4.13+). */
void flush_tlb_batched_pending(struct mm_struct *mm);

#endif
