/* SPDX-License-Identifier: BSD-2-Clause */
/* Page faults, v3.8 to v3.13: mm/memory.c, mm/huge_memory.c, arch/x86/mm/fault.c. */
#ifndef MM_FAULT_H
#define MM_FAULT_H

#include "mm/mm.h"

/* From the exception to the return to user mode. False: SIGSEGV or SIGBUS. */
bool handle_page_fault(struct mm_struct *mm, uint64_t address, uint32_t error_code);

/* Hint faults (mm/hint_huge.c, mm/hint_base.c). */
void do_huge_pmd_numa_page(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
			   uint64_t pmd, uint64_t *pmdp);
void do_numa_page(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
		  uint64_t entry, uint64_t *ptep);
/* 3.8 to 3.12: a PMD that points to a table can itself be marked (do_pmd_numa_page). */
void do_pmd_numa_page(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
		      uint64_t *pmdp);

/* The draft 14/15 of mail 004: sample a stamp at entry, flush at the end if it changed. */
uint64_t numa_fault_prepare(struct mm_struct *mm);
void numa_fault_commit(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t start,
		       unsigned pages, uint64_t stamp);

/* The simulated kernel stops here: BUG_ON, a wild pointer. The context does not come back. */
void kernel_oops(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
