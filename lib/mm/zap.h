/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files that take entries away share. */
#ifndef MM_ZAP_H
#define MM_ZAP_H

#include "mm/page.h"
#include "mm/pmd.h"
#include "mm/ranges.h"
#include "mm/rmap.h"
#include "mm/tlb.h"

/* Zap [start, end) of @vma into @tlb. */
void zap_vma(struct mmu_gather *tlb, struct vm_area_struct *vma, uint64_t start, uint64_t end);

/* Zap the huge page at @pmd; false: it is none (any more). */
bool zap_huge_pmd(struct mmu_gather *tlb, struct vm_area_struct *vma, pmd_t *pmd,
		  uint64_t address);

/* Private memory that may be written: what is shared by fork is copied when written. */
static inline bool is_cow_mapping(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

/* The page that a migration entry stands for. */
static inline struct page *migration_entry_page(uint64_t entry)
{
	return pfn_to_page(current_machine(), kernel_migration_pfn(current_kernel(), entry));
}

/* Which part of @page the present @pte maps. */
static inline unsigned pte_part(const struct page *page, pte_t pte)
{
	return page->flags & PAGE_HEAD ? kernel_pte_pfn(current_kernel(), pte) % BLOCK_FRAMES : 0;
}

static inline void page_mark_dirty(struct page *page)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page->flags |= PAGE_DIRTY;
}

void tlb_remove_rmap_late(struct mmu_gather *tlb, unsigned part);
void tlb_flush_late_rmaps(struct mmu_gather *tlb, const struct vm_area_struct *vma);

#endif
