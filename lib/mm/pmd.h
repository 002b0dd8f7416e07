/* SPDX-License-Identifier: BSD-2-Clause */
/* What a PMD that was read turns out to be. No points but in the locks. */
#ifndef MM_PMD_H
#define MM_PMD_H

#include "mm/bits.h"
#include "mm/fault.h"

/* A huge page, or the migration entry of one (v4.14+): pmd_trans_huge(), is_swap_pmd(). */
static inline bool pmd_is_huge(pmd_t pmd)
{
	return pmd_trans_huge(pmd) || kernel_pmd_swap(current_kernel(), pmd);
}

/* The entries of the table that @pmd leads to. */
static inline pte_t *pmd_table(pmd_t pmd)
{
	return phys_to_host(&current_machine()->phys, pmd & X86_PFN_MASK);
}

/*
 * pmd_none_or_trans_huge_or_clear_bad() and its kin: true for a table. False for what is empty, or
 * huge by now. The kernel clears anything else as bad, and 2 MiB are lost: an oops here.
 */
static inline bool pmd_is_table(pmd_t pmd, const char *who)
{
	if (pmd_none(pmd) || pmd_is_huge(pmd))
		return false;
	if (pmd_bad(pmd))
		kernel_oops("%s clears PMD %#llx as bad", who, (unsigned long long)pmd);
	return true;
}

/*
 * pmd_none_or_clear_bad(): what is neither empty nor a table is cleared, whatever it led to, with
 * no lock held. True: a table. @value is what the caller's look found.
 */
bool pmd_table_or_clear_bad(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd, pmd_t value);

/* An entry that was never used: looking at it under its table's lock decides nothing. */
static inline bool entry_unused(const uint64_t *entry)
{
	if (__builtin_expect(*entry != 0, 1))
		return false;
	if (!direct())
		touch(entry_object(current_machine(), entry), ACCESS_READ);
	return true;
}

/*
 * The lock of a huge entry, taken, or NULL if it is none (__pmd_trans_huge_lock()). To v4.4 a huge
 * page that is being split is waited for, and is none then. @value: what it holds.
 */
struct lock *pmd_trans_huge_lock(struct vm_area_struct *vma, pmd_t *pmd, pmd_t *value);

/* To v4.4: until whoever splits a page has let go of its family. */
void wait_split_huge_page(struct anon_vma *anon_vma);

/*
 * P goes, PSE stays: nobody can use the huge entry, and nobody takes it for empty. Flushes. What
 * stood there; to v4.15 what was read before, the processor's latest A and D perhaps not in it.
 */
pmd_t pmdp_invalidate(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd);
/* v5.18+: the same without a flush, A and D surely in it. */
pmd_t pmdp_invalidate_ad(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd);
/* Invalidate the entry, which held @seen, in order to change it; with A and D as far as the release
 * keeps what the processor sets meanwhile. */
pmd_t pmdp_invalidate_for_change(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd,
				 pmd_t seen);

#endif
