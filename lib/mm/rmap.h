/* SPDX-License-Identifier: BSD-2-Clause */
/* Who maps a page: families of VMAs, and walks over them (mm/rmap.c). */
#ifndef MM_RMAP_H
#define MM_RMAP_H

#include "mm/mm.h"

static inline bool page_is_anon(const struct page *page)
{
	return page->flags & PAGE_ANON;
}

/* Which rss counter a page is in: shared memory has its own from v4.5 on. */
static inline enum rss_kind mm_counter(const struct page *page)
{
	if (page_is_anon(page))
		return MM_ANONPAGES;
	return page->flags & PAGE_SWAPBACKED && has(ROW_COUNT_SHMEM) ? MM_SHMEMPAGES : MM_FILEPAGES;
}

static inline bool is_huge_zero_page(const struct page *page)
{
	return page && (page->flags & (PAGE_HEAD | PAGE_ZERO)) == (PAGE_HEAD | PAGE_ZERO);
}

/* Fork: the child's VMA joins all families of the parent's and gets one of its own below. 0 or
 * -ENOMEM. */
int anon_vma_fork(struct vm_area_struct *vma, struct vm_area_struct *parent);
/* A VMA that was made as a copy (split, mremap) joins the families of @src. 0 or -ENOMEM. */
int anon_vma_clone(struct vm_area_struct *dst, struct vm_area_struct *src);
/* The VMA leaves all its families. */
void unlink_anon_vmas(struct vm_area_struct *vma);

/* Where @vma would map @page; false: nowhere. */
bool page_address_in_vma(uint64_t *address, const struct page *page,
			 const struct vm_area_struct *vma);

/* Call @one for every VMA that may map @page, until it returns false. The family's lock is held for
 * reading. */
typedef bool (*rmap_one_fn)(struct page *page, struct vm_area_struct *vma, uint64_t address,
			    void *arg);
void rmap_walk(struct page *page, rmap_one_fn one, void *arg);
/* The same over one family whose root's lock is held. */
void rmap_walk_locked(struct page *page, struct anon_vma *anon_vma, rmap_one_fn one, void *arg);

#endif
