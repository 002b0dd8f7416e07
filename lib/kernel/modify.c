/* SPDX-License-Identifier: BSD-2-Clause */
/* Making entries and changing them. */
#include "kernel/modify.h"

/* @frame (address bits), complemented if an entry with these flags is, put under @flags. */
static uint64_t join(const struct kernel *k, uint64_t frame, uint64_t mask, uint64_t flags)
{
	return ((frame ^ kernel_invert_mask(k, flags)) & mask) | flags;
}

uint64_t kernel_mk_pte(const struct kernel *k, uint64_t pfn, uint64_t prot)
{
	return join(k, pfn << X86_PAGE_SHIFT, k->format.pfn_mask, prot);
}

uint64_t kernel_mk_huge_pmd(const struct kernel *k, uint64_t pfn, uint64_t prot)
{
	return join(k, pfn << X86_PAGE_SHIFT, k->format.pfn_mask & X86_PMD_FRAME_MASK,
		    prot | X86_PSE);
}

uint64_t kernel_mk_table(const struct kernel *k, uint64_t pfn)
{
	return (pfn << X86_PAGE_SHIFT & k->format.pfn_mask) | USER_TABLE_FLAGS;
}

/* Keep @keep of @old, take the rest from @prot, and complement @frame if the border is crossed. */
static uint64_t modify(const struct kernel *k, uint64_t old, uint64_t prot, uint64_t keep,
		       uint64_t frame)
{
	uint64_t entry = (old & keep) | (prot & ~keep);

	if (kernel_invert_mask(k, old) != kernel_invert_mask(k, entry))
		entry ^= frame;
	if (old & X86_RW)
		return kernel_save_dirty(k, entry);
	return kernel_restore_dirty(k, entry);
}

uint64_t kernel_pte_modify(const struct kernel *k, uint64_t pte, uint64_t prot)
{
	return modify(k, pte, prot, k->format.pte_keep, k->format.pfn_mask);
}

uint64_t kernel_pmd_modify(const struct kernel *k, uint64_t pmd, uint64_t prot)
{
	return modify(k, pmd, prot, k->format.pmd_keep, k->format.pfn_mask & X86_PMD_FRAME_MASK);
}

static uint64_t mknuma(const struct kernel *k, uint64_t entry)
{
	return (entry & ~(uint64_t)X86_P) | k->format.arm_bit;
}

uint64_t kernel_entry_mknonnuma(const struct kernel *k, uint64_t entry)
{
	if (!k->format.arm_bit || !kernel_entry_hint(k, entry))
		return entry;
	return (entry & ~k->format.arm_bit) | X86_P | X86_A;
}

/* RW survives in an entry that nobody can use, as a note to the fault. */
static uint64_t keep_write(const struct kernel *k, uint64_t old, uint64_t entry)
{
	if (k->format.hint_keeps_write && (old & X86_RW))
		return kernel_entry_mkwrite(k, entry);
	return entry;
}

uint64_t kernel_pte_arm(const struct kernel *k, uint64_t pte)
{
	if (k->format.arm_bit)
		return mknuma(k, pte);
	return keep_write(k, pte, kernel_pte_modify(k, pte, PAGE_NONE_PROT));
}

uint64_t kernel_pmd_arm(const struct kernel *k, uint64_t pmd)
{
	if (k->format.arm_bit)
		return mknuma(k, pmd);
	return keep_write(k, pmd, kernel_pmd_modify(k, pmd, PAGE_NONE_PROT));
}

uint64_t kernel_pte_disarm(const struct kernel *k, uint64_t pte, uint64_t prot)
{
	if (k->format.arm_bit)
		return kernel_entry_mknonnuma(k, pte);
	return keep_write(k, pte, kernel_pte_mkyoung(k, kernel_pte_modify(k, pte, prot)));
}

uint64_t kernel_pmd_disarm(const struct kernel *k, uint64_t pmd, uint64_t prot)
{
	if (k->format.arm_bit)
		return kernel_entry_mknonnuma(k, pmd);
	return keep_write(k, pmd, kernel_pmd_mkyoung(k, kernel_pmd_modify(k, pmd, prot)));
}

uint64_t kernel_pmd_invalidated(const struct kernel *k, uint64_t pmd)
{
	const struct entry_format *f = &k->format;
	uint64_t frame = kernel_pmd_pfn(k, pmd) << X86_PAGE_SHIFT;
	uint64_t mask = f->pfn_mask & X86_PMD_FRAME_MASK;

	if (f->invalid_clears_hint)
		pmd = kernel_entry_mknonnuma(k, pmd);
	if (!f->invalid_inverts)
		return pmd & ~f->invalid_clear;
	return join(k, frame, mask, pmd & ~mask & ~f->invalid_clear);
}
