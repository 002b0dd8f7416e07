/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page-table entries as the kernel's code handles them: every read and write is a point. The
 * predicates are the release's (lib/kernel), hidden behind the kernel's names.
 */
#ifndef MM_ENTRY_H
#define MM_ENTRY_H

#include "exec/point.h"
#include "mm/mm.h"

typedef uint64_t pte_t;
typedef uint64_t pmd_t;

/* Read an entry that other processors may change. */
uint64_t entry_read_announced(const uint64_t *entry);

static inline uint64_t entry_read(const uint64_t *entry)
{
	return direct() ? *entry : entry_read_announced(entry);
}

/* Store an entry; @address is what it translates, for texts. */
void set_entry_at(struct mm_struct *mm, uint64_t address, uint64_t *entry, uint64_t value);

/* Read and zero, as one step (XCHG). */
uint64_t entry_get_and_clear_announced(uint64_t *entry);

static inline uint64_t entry_get_and_clear(struct mm_struct *mm, uint64_t address, uint64_t *entry)
{
	uint64_t value = *entry;

	if (!direct())
		return entry_get_and_clear_announced(entry);
	*entry = 0;
	return value;
}

/* Store @value and read what was there, as one step (XCHG). */
uint64_t entry_exchange(struct mm_struct *mm, uint64_t address, uint64_t *entry, uint64_t value);

static inline void set_pmd_at(struct mm_struct *mm, uint64_t address, pmd_t *pmd, pmd_t value)
{
	set_entry_at(mm, address, pmd, value);
}

static inline void set_pte_at(struct mm_struct *mm, uint64_t address, pte_t *pte, pte_t value)
{
	set_entry_at(mm, address, pte, value);
}

/* Clear an entry and make sure that no processor still translates with it. */
pmd_t pmdp_clear_flush(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd);
pte_t ptep_clear_flush(struct vm_area_struct *vma, uint64_t address, pte_t *pte);

/* The page that a present (or hinting) entry maps; NULL: none of this machine's. */
struct page *pmd_page(pmd_t pmd);
struct page *pte_page(pte_t pte);

/* The entry for @address at @level (1: PTE, 2: PMD) without points, or NULL if a table on the
 * way is missing. */
uint64_t *entry_find(struct numasim_machine *m, struct mm_struct *mm, uint64_t address,
		     unsigned level);

/* As entry_find(), making the tables above it (the faulting path). NULL: out of memory. */
uint64_t *entry_alloc(struct mm_struct *mm, uint64_t address, unsigned level);

/* What digests see of an entry: the frame's descriptor (NULL: none), and the other bits. */
const struct page *entry_frame_page(const struct numasim_machine *m, uint64_t entry,
				    unsigned level);
uint64_t entry_bits(const struct kernel *k, uint64_t entry, const struct page *page);

/* The table that holds @entry. */
struct table *entry_table(struct numasim_machine *m, const uint64_t *entry);

/* The lock that protects huge entries of this PMD table: its own from 3.13 on, before that
 * mm->page_table_lock. */
struct lock *pmd_lockptr(struct mm_struct *mm, const pmd_t *pmd);

/* The lock of the PTE table that holds @pte. */
struct lock *pte_lockptr(struct mm_struct *mm, const pte_t *pte);

#endif
