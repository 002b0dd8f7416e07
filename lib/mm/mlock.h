/* SPDX-License-Identifier: BSD-2-Clause */
/* Locking pages in memory: Mlocked, Unevictable, unevictable_pgs_* (mm/mlock.c, mm/swap.c). */
#ifndef MM_MLOCK_H
#define MM_MLOCK_H

#include "mm/page.h"

/* ---- any release ---- */

/* A new page of a locked mapping, on its way to the unevictable list. */
void mlock_new_page(struct page *page);

/* To v4.16: onto the unevictable list at once, or another one if nobody locked it. */
void add_unevictable(struct page *page);

/* mlock(2), munlock(2): the lock flags of [start, end) of @vma become @flags; what that means for
 * pages that are there already. mmap_sem is held for writing. */
void mlock_vma_pages_range(struct vm_area_struct *vma, uint64_t start, uint64_t end,
			   uint64_t flags);

/* Mlocked is set, cleared; was it not set, was it? The running step does both. */
bool set_mlocked(struct page *page);
bool clear_mlocked(struct page *page);

/* ---- v5.18+ ---- */

void mlock_page(struct page *page);
void munlock_page(struct page *page);
/* @page has got a mapping in @vma, has lost one; @whole: by a huge entry. Nothing before v5.18, and
 * nothing where @vma is not locked. */
void mlock_vma_page(struct page *page, const struct vm_area_struct *vma, bool whole);
void munlock_vma_page(struct page *page, const struct vm_area_struct *vma, bool whole);

/* ---- to v5.17; nothing later ---- */

/* A page that is there is faulted in for a locked mapping (FOLL_MLOCK). @whole: a huge entry. */
void mlock_found_page(struct page *page, const struct vm_area_struct *vma, bool whole);
/* A locked mapping lost its page to a copy: nobody may have it locked any more. */
void munlock_copied_page(struct page *page, const struct vm_area_struct *vma);
/* The last mapping of a page is gone, or a huge entry of it is split. */
void clear_page_mlock(struct page *page);
/* All pages of a locked mapping that goes. */
void munlock_vma_pages_all(struct vm_area_struct *vma);

#endif
