/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/sound.h"

#include "kernel/modify.h"
#include "kernel/swap.h"

#define RIGHTS_AND_MARKS ((uint64_t)(X86_P | X86_RW | X86_US | X86_A | X86_D | X86_NX))

static uint64_t table_stray(const struct kernel *k, uint64_t entry)
{
	return (kernel_entry_mknonnuma(k, entry) & ~k->format.pfn_mask) ^ USER_TABLE_FLAGS;
}

/* D of an entry without RW stands in a bit of its own, where the kernel has one (v6.6). */
static uint64_t dirty_stray(const struct kernel *k, uint64_t entry)
{
	const struct entry_format *f = &k->format;

	if (!f->saved_dirty)
		return 0;
	return entry & (entry & X86_RW ? f->saved_dirty : (uint64_t)X86_D);
}

/*
 * User space may use what is present. But where PROT_NONE looks like a hint (to v3.15), what takes
 * it for one makes it present without US: a forced access, and to v3.12 a marked table.
 */
static uint64_t user_stray(const struct kernel *k, uint64_t entry)
{
	return k->format.arm_bit == X86_G ? 0 : ~entry & X86_US;
}

static uint64_t page_stray(const struct kernel *k, uint64_t entry, unsigned level)
{
	const struct entry_format *f = &k->format;
	uint64_t known = RIGHTS_AND_MARKS | f->soft_dirty | f->saved_dirty | f->numa;

	if (level == X86_PTE)
		known |= f->pfn_mask | f->special;
	else
		known |= (f->pfn_mask & X86_PMD_FRAME_MASK) | X86_PSE | f->splitting;
	if (!(entry & X86_P))
		return entry & ~(known | f->protnone);
	return (entry & ~known) | user_stray(k, entry) |
	       (level == X86_PTE ? dirty_stray(k, entry) : 0);
}

static uint64_t swap_stray(const struct kernel *k, uint64_t entry)
{
	const struct entry_format *f = &k->format;
	enum swap_kind kind = kernel_swp_kind(k, entry);

	if (kind != SWAP_FILE && !swap_kind_is_migration(kind))
		return (uint64_t)(SWAP_TYPES - 1) << f->swap_type_shift;
	return entry & ~(kernel_swp_entry_mask(k) | f->swp_soft_dirty | f->swp_exclusive);
}

uint64_t kernel_entry_stray(const struct kernel *k, uint64_t entry, unsigned level)
{
	/* A hugetlb page on its way is a migration entry in the format of PTEs, in every release;
	 * in some, soft-dirty then stands where huge pages have PSE. */
	bool moving = level == X86_PMD && kernel_pte_migration(k, entry);
	bool huge = level == X86_PMD && entry & X86_PSE && !moving;
	bool swap = moving || (level == X86_PMD && kernel_pmd_swap(k, entry));

	if (!entry)
		return 0;
	if (level > X86_PMD || (level == X86_PMD && !huge && !swap))
		return table_stray(k, entry);
	if (huge || kernel_pte_present(k, entry))
		return page_stray(k, entry, level);
	return swap_stray(k, entry);
}
