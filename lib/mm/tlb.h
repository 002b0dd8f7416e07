/* SPDX-License-Identifier: BSD-2-Clause */
/* TLB flushes of an address space, as v3.8 to v3.13 arch/x86/mm/tlb.c does them. */
#ifndef MM_TLB_H
#define MM_TLB_H

#include "mm/mm.h"

/* Flush [start, end) of the vma's mm here, then on every other processor in its mask; waits. */
void flush_tlb_range(struct vm_area_struct *vma, uint64_t start, uint64_t end);
void flush_tlb_page(struct vm_area_struct *vma, uint64_t address);

/* The same for an mm; @end UINT64_MAX: everything. @freed_tables: page tables went, too. */
void flush_tlb_mm_range(struct mm_struct *mm, uint64_t start, uint64_t end, bool freed_tables);

/* 20841405940e: somebody has changed entries and not flushed yet. */
bool mm_tlb_flush_pending(struct mm_struct *mm);
/* 99baac21e458: somebody else, too. Both under the page-table lock or without, as the release. */
bool mm_tlb_flush_nested(struct mm_struct *mm);
void set_tlb_flush_pending(struct mm_struct *mm);
void clear_tlb_flush_pending(struct mm_struct *mm);

#endif
