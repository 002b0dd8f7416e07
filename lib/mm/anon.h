/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults that bring in anonymous memory, and those that only mend an entry. */
#ifndef MM_ANON_H
#define MM_ANON_H

#include "mm/entry.h"
#include "mm/table.h"

#define THP_FALLBACK 1
#define PTE_RETRY    ((pte_t *)1)

/* transparent_hugepage_enabled(), include/linux/huge_mm.h of v3.8. */
bool thp_enabled(const struct vm_area_struct *vma);

/* 0, THP_FALLBACK or -ENOMEM. */
int do_huge_pmd_anonymous_page(struct mm_struct *mm, struct vm_area_struct *vma,
			       uint64_t address, pmd_t *pmd);
bool do_anonymous_page(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
		       pte_t *pte, bool write);
/* A non-present entry that is not empty: wait for a migration; nothing else exists here. */
bool do_swap_page(struct mm_struct *mm, uint64_t address, pte_t *pte, pte_t entry);
/* A present entry: break a share of the zero page, or set A and D. */
bool finish_pte_fault(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
		      pte_t *pte, pte_t entry, bool write);
void huge_pmd_set_accessed(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
			   pmd_t *pmd, pmd_t orig, bool write);
/* The PTE for @address, with a table made if there is none; PTE_RETRY: the PMD turned huge. */
pte_t *pte_alloc_or_retry(struct mm_struct *mm, uint64_t address, pmd_t *pmd);

/* mm/migrate.c of v3.8: sleep until the page of a migration entry is unlocked. */
void migration_entry_wait(struct mm_struct *mm, uint64_t address, pte_t *pte);

#endif
