/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLB flushes of an address space (arch/x86/mm/tlb.c). Which processors are asked, and what they
 * drop, by release:
 *
 *   v3.8 to v4.13   all in the mm's mask; a lazy one leaves the mm (tlb_mask.c)
 *   v4.14 on	     flushes are numbered, and a processor that is behind catches up (tlb_gen.c)
 */
#ifndef MM_TLB_H
#define MM_TLB_H

#include "mm/mm.h"

/* Flush [start, end) of the vma's mm here, then on every other processor in its mask; waits. */
void flush_tlb_range(struct vm_area_struct *vma, uint64_t start, uint64_t end);
void flush_tlb_page(struct vm_area_struct *vma, uint64_t address);

/* The same for an mm; @end UINT64_MAX: everything. @freed_tables: page tables went, too. */
void flush_tlb_mm_range(struct mm_struct *mm, uint64_t start, uint64_t end, bool freed_tables);

static inline void flush_tlb_mm(struct mm_struct *mm)
{
	flush_tlb_mm_range(mm, 0, UINT64_MAX, true);
}

/* 20841405940e: somebody has changed entries and not flushed yet. */
bool mm_tlb_flush_pending(struct mm_struct *mm);
/* 99baac21e458: somebody else, too. Both under the page-table lock or without, as the release. */
bool mm_tlb_flush_nested(struct mm_struct *mm);
void set_tlb_flush_pending(struct mm_struct *mm);
void clear_tlb_flush_pending(struct mm_struct *mm);

/*
 * v4.3+, reclaim (mm/rmap.c): one flush for the entries of many pages, whoever's they were. The
 * task that cleared them puts it off, and makes it before it writes or frees the first of the
 * pages.
 *
 *	if (should_defer_flush(mm)) {
 *		pte = entry_get_and_clear(mm, address, ptep);	  // under the page-table lock
 *		set_tlb_ubc_flush_pending(mm, pte_dirty(pte));
 *	}
 *	...
 *	try_to_unmap_flush_dirty();	// before a page is written
 *	try_to_unmap_flush();		// before pages are freed
 */
bool should_defer_flush(struct mm_struct *mm);
void set_tlb_ubc_flush_pending(struct mm_struct *mm, bool writable);
void try_to_unmap_flush(void);
void try_to_unmap_flush_dirty(void);

/* 3ea277194daa: reclaim has put a flush off; who holds a page-table lock to change what entries
 * allow makes up for it first (mm/rmap.c). */
void flush_tlb_batched_pending(struct mm_struct *mm);

/* ---- between the files of flushes ---- */

#define FLUSH_CEILING 33 /* pages; above it the whole TLB goes (v3.17+) */

/* v3.8 to v4.13. @page: one page, as flush_tlb_page() of those releases. */
void flush_mm_by_mask(struct mm_struct *mm, uint64_t start, uint64_t end, bool page);
/* Everything on all processors of @mask, whatever they have loaded. */
void flush_batch_by_mask(uint64_t mask);

/* v4.14 on. */
void flush_mm_by_gen(struct mm_struct *mm, uint64_t start, uint64_t end, bool freed_tables);
void flush_batch_by_gen(uint64_t mask);

/* This processor's translations of [start, end) of the loaded address space; no points. */
void cpu_flush_range(struct cpu *cpu, uint64_t start, uint64_t end);
/* All of them: MOV to CR3. */
void cpu_flush_loaded(struct cpu *cpu);

/* The processors of @mask other than this one. */
static inline uint64_t mask_others(uint64_t mask)
{
	return mask & ~(UINT64_C(1) << this_cpu()->index);
}

#endif
