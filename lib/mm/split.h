/* SPDX-License-Identifier: BSD-2-Clause */
/* Splitting huge pages and their PMDs; between the files of it. */
#ifndef MM_SPLIT_H
#define MM_SPLIT_H

#include "mm/pmd.h"
#include "mm/ranges.h"

/* The huge zero page at @pmd becomes a table of zero pages. The PMD's lock is held. */
void split_huge_zero_pmd(struct vm_area_struct *vma, pmd_t *pmd, uint64_t haddr);

/* To v4.4: split the page that @pmd maps, everywhere. */
void split_huge_page_pmd(struct vm_area_struct *vma, pmd_t *pmd, uint64_t address);

/*
 * Split huge @page, on which the caller holds a reference (and from v4.5 on the page lock). 0;
 * -EBUSY: it is none any more, or somebody else has a reference (v4.5+).
 */
int split_huge_page(struct page *page);

/*
 * The family of a mapped page, its lock taken for writing, NULL if it is not mapped. The reference
 * keeps the family, and with it the lock, until the page has no mapping any more.
 */
struct anon_vma *page_lock_anon_vma_write(struct page *page);
void page_unlock_anon_vma_write(struct anon_vma *anon_vma);

/* split_huge_page() to v4.4. */
int split_huge_page_anon(struct page *page);

#endif
