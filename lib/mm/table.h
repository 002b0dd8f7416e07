/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables as objects: made, hung into the tree, put by for the split of a huge page, freed.
 *
 *	page = pte_alloc_one(mm);                          a table that nothing leads to
 *	pgtable_trans_huge_deposit(mm, pmd, page);         waits, under the PMD's lock
 *	...
 *	page = pgtable_trans_huge_withdraw(mm, pmd);       comes back
 *	table_hang(mm, page, haddr);                       will translate from @haddr on
 *	set_pmd_at(mm, haddr, pmd, pmd_of_table(page));    or: pte_free(mm, page)
 */
#ifndef MM_TABLE_H
#define MM_TABLE_H

#include "mm/entry.h"

/* The table below the empty @entry of @level; false: out of memory. */
bool table_populate(struct mm_struct *mm, uint64_t *entry, uint64_t address, unsigned level);

/* A PTE table that hangs nowhere; NULL: out of memory. */
struct page *pte_alloc_one(struct mm_struct *mm);

/* Give up a table that hangs nowhere (and is not put by). */
void pte_free(struct mm_struct *mm, struct page *page);

/* Put @page by for the huge PMD @pmd, take one back. Counted as a table of the mm meanwhile. The
 * lock of @pmd is held. */
void pgtable_trans_huge_deposit(struct mm_struct *mm, pmd_t *pmd, struct page *page);
struct page *pgtable_trans_huge_withdraw(struct mm_struct *mm, pmd_t *pmd);

/* @page, which hung nowhere, is going to translate the 2 MiB at @haddr: its entries. */
pte_t *table_hang(struct mm_struct *mm, struct page *page, uint64_t haddr);

/* The PMD that leads to the table in @page. */
pmd_t pmd_of_table(const struct page *page);

/* A hanging table whose entry was cleared is freed (after the flush); its page goes. */
void table_free(struct page *page);

/* The top table of a running kernel's new mm; false: out of memory. It goes when all others did. */
bool pgd_alloc(struct mm_struct *mm);
void pgd_free(struct mm_struct *mm);

/* The mm counts a table of @level more, less (v3.8 nr_ptes ... v4.15 pgtables_bytes). */
void mm_account_table(struct mm_struct *mm, unsigned level, int delta);

/* Moves a table to another place of the tree (mremap): it translates from @base on. */
void table_move(struct table *table, uint64_t base);

/* What waits for the PMDs of @table, or of the whole mm: the first of a list by name. */
struct table **table_deposit_list(struct mm_struct *mm, const pmd_t *pmd);

#endif
