/* SPDX-License-Identifier: BSD-2-Clause */
/* The release's predicates and constructors under the kernel's names. No points: these look at
 * a value that was read before. */
#ifndef MM_BITS_H
#define MM_BITS_H

#include "kernel/entry.h"
#include "mm/entry.h"
#include "x86/entry.h"

#define WRAP_PREDICATE(name)                                                                       \
	static inline bool name(uint64_t value)                                                    \
	{                                                                                          \
		return kernel_##name(current_kernel(), value);                                     \
	}
#define WRAP_CHANGE(name)                                                                          \
	static inline uint64_t name(uint64_t value)                                                \
	{                                                                                          \
		return kernel_##name(current_kernel(), value);                                     \
	}

WRAP_PREDICATE(pte_none)
WRAP_PREDICATE(pte_present)
WRAP_PREDICATE(pte_numa)
WRAP_PREDICATE(pte_write)
WRAP_PREDICATE(pte_dirty)
WRAP_PREDICATE(pte_special)
WRAP_PREDICATE(pmd_none)
WRAP_PREDICATE(pmd_present)
WRAP_PREDICATE(pmd_trans_huge)
WRAP_PREDICATE(pmd_numa)
WRAP_PREDICATE(pmd_write)
WRAP_PREDICATE(pmd_bad)
WRAP_CHANGE(pte_mknuma)
WRAP_CHANGE(pte_mknonnuma)
WRAP_CHANGE(pte_mkdirty)
WRAP_CHANGE(pte_mkwrite)
WRAP_CHANGE(pte_mkyoung)
WRAP_CHANGE(pte_mkold)
WRAP_CHANGE(pmd_mknuma)
WRAP_CHANGE(pmd_mknonnuma)
WRAP_CHANGE(pmd_mkdirty)
WRAP_CHANGE(pmd_mkwrite)
WRAP_CHANGE(pmd_mkyoung)

#undef WRAP_PREDICATE
#undef WRAP_CHANGE

/* An entry of an upper level is empty. */
static inline bool entry_none(uint64_t value)
{
	return pmd_none(value);
}

/* vm_page_prot of v3.8, arch/x86: readable private mappings map read-only, to copy on write. */
static inline uint64_t vm_page_prot(const struct vm_area_struct *vma)
{
	uint64_t nx = vma->vm_flags & VM_EXEC ? 0 : X86_NX;

	if (!(vma->vm_flags & (VM_READ | VM_WRITE | VM_EXEC)))
		return X86_G | X86_A; /* PAGE_NONE: bit 8 without P */
	return X86_P | X86_US | X86_A | nx;
}

static inline pte_t mk_pte(struct page *page, uint64_t prot)
{
	return kernel_mk_pte(current_kernel(), page_to_pfn(current_machine(), page), prot);
}

static inline pmd_t mk_huge_pmd(struct page *page, uint64_t prot)
{
	return kernel_mk_pmd(current_kernel(), page_to_pfn(current_machine(), page),
			     prot | X86_PSE);
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
