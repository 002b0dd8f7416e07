/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults that bring in anonymous memory. */
#ifndef MM_ANON_H
#define MM_ANON_H

#include "exec/point.h"
#include "mm/fault.h"
#include "mm/page.h"
#include "mm/table.h"

/* The running step gives @page the flags, too. */
static inline void page_mark(struct page *page, uint32_t flags)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page->flags |= flags;
}

/* May a fault in @vma bring in a huge page? transparent_hugepage_enabled() of v3.8,
 * hugepage_vma_check() of v6.1. */
bool thp_enabled(const struct vm_area_struct *vma);

/* An empty PMD, an empty PTE of an anonymous mapping. */
unsigned do_huge_pmd_anonymous_page(struct vm_fault *vmf);
unsigned do_anonymous_page(struct vm_fault *vmf);

/* A zeroed page (or huge page) for the fault, by the policy that counts there. NULL: none. */
struct page *fault_alloc_page(struct vm_fault *vmf);
struct page *fault_alloc_huge_page(struct vm_fault *vmf);

/*
 * The entry for the fault's address, with a table made if there is none (fault_pte.c). False: the
 * fault is over with *@reason; 0: the PMD is no table any more, try again.
 */
bool fault_find_pte(struct vm_fault *vmf, unsigned *reason);
bool fault_alloc_pte(struct vm_fault *vmf, unsigned *reason);

/*
 * For handlers that lie in between (files, swap). The PTE of @address, with a table made if there
 * is none; NULL: out of memory; PTE_RETRY: the PMD is no table any more.
 */
#define PTE_RETRY ((pte_t *)1)
pte_t *pte_alloc_or_retry(struct mm_struct *mm, uint64_t address, pmd_t *pmd);

#endif
