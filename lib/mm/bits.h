/* SPDX-License-Identifier: BSD-2-Clause */
/* The release's predicates and constructors under the kernel's names. No points: these look at
 * a value that was read before. */
#ifndef MM_BITS_H
#define MM_BITS_H

#include "kernel/entry.h"
#include "kernel/modify.h"
#include "kernel/swap.h"
#include "mm/entry.h"
#include "x86/entry.h"

#define WRAP(type, name, kernel_name)                                                              \
	static inline type name(uint64_t value)                                                    \
	{                                                                                          \
		return kernel_name(current_kernel(), value);                                       \
	}

WRAP(bool, pte_none, kernel_pte_none)
WRAP(bool, pte_present, kernel_pte_present)
WRAP(bool, pte_numa, kernel_pte_hint)
WRAP(bool, pte_write, kernel_pte_write)
WRAP(bool, pte_dirty, kernel_pte_dirty)
WRAP(bool, pte_special, kernel_pte_special)
WRAP(bool, pmd_none, kernel_pmd_none)
WRAP(bool, pmd_present, kernel_pmd_present)
WRAP(bool, pmd_trans_huge, kernel_pmd_trans_huge)
WRAP(bool, pmd_numa, kernel_pmd_hint)
WRAP(bool, pmd_write, kernel_pmd_write)
WRAP(bool, pmd_bad, kernel_pmd_bad)
WRAP(uint64_t, pte_mknuma, kernel_pte_arm)
WRAP(uint64_t, pte_mknonnuma, kernel_entry_mknonnuma)
WRAP(uint64_t, pte_mkdirty, kernel_pte_mkdirty)
WRAP(uint64_t, pte_mkwrite, kernel_pte_mkwrite)
WRAP(uint64_t, pte_mkyoung, kernel_pte_mkyoung)
WRAP(uint64_t, pte_mkold, kernel_pte_mkold)
WRAP(uint64_t, pmd_mknuma, kernel_pmd_arm)
WRAP(uint64_t, pmd_mknonnuma, kernel_entry_mknonnuma)
WRAP(uint64_t, pmd_mkdirty, kernel_pmd_mkdirty)
WRAP(uint64_t, pmd_mkwrite, kernel_pmd_mkwrite)
WRAP(uint64_t, pmd_mkyoung, kernel_pmd_mkyoung)

#undef WRAP

/* An entry of an upper level is empty. */
static inline bool entry_none(uint64_t value)
{
	return pmd_none(value);
}

/* Do first writes to a shared mapping fault, because somebody wants to know (file_fault.c)? */
bool vma_wants_writenotify(const struct vm_area_struct *vma);

/*
 * vm_page_prot: private mappings start read-only, RW comes with the write; so do shared ones whose
 * file, or user space, wants to know of first writes.
 */
static inline uint64_t vm_page_prot(const struct vm_area_struct *vma)
{
	return kernel_page_prot((vma->vm_flags & VM_READ ? RIGHT_READ : 0) |
				(vma->vm_flags & VM_WRITE ? RIGHT_WRITE : 0) |
				(vma->vm_flags & VM_EXEC ? RIGHT_EXEC : 0) |
				(vma->vm_flags & VM_SHARED && !vma_wants_writenotify(vma)
					 ? RIGHT_SHARED : 0));
}

static inline pte_t mk_pte(struct page *page, uint64_t prot)
{
	return kernel_mk_pte(current_kernel(), page_to_pfn(current_machine(), page), prot);
}

static inline pmd_t mk_huge_pmd(struct page *page, uint64_t prot)
{
	return kernel_mk_huge_pmd(current_kernel(), page_to_pfn(current_machine(), page), prot);
}

static inline pte_t maybe_mkwrite(pte_t pte, const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_WRITE ? pte_mkwrite(pte) : pte;
}

static inline pmd_t maybe_pmd_mkwrite(pmd_t pmd, const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_WRITE ? pmd_mkwrite(pmd) : pmd;
}

#endif
