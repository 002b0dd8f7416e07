/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From rows to the format of entries. Every rule asks for rows, never for a release, so that any
 * set of rows that can be had together gives the format it would have given.
 */
#include "kernel/kernel.h"
#include "x86/entry.h"

#include <string.h>

/* Bits 12 to 45: MAX_PHYSMEM_BITS of a kernel with four levels. */
#define FRAME_46_BITS ((UINT64_C(1) << 46) - X86_PAGE_SIZE)

static bool five_levels(const struct kernel *k)
{
	return kernel_has(k, ROW_FIVE_LEVELS) && kernel_option(k, OPTION_FIVE_LEVELS);
}

static void format_flags(struct kernel *k, struct entry_format *f)
{
	bool bit9_taken = kernel_has(k, ROW_NUMA_SOFT_BIT) || kernel_has(k, ROW_PROTNONE_HINTS);
	bool dirty58 = kernel_has(k, ROW_SAVED_DIRTY);

	f->protnone = X86_G;
	f->special = X86_SW1;
	if (!kernel_has(k, ROW_NO_SPLITTING))
		f->splitting = bit9_taken ? X86_SW2 : X86_SW1;
	if (kernel_has(k, ROW_SOFT_DIRTY) && kernel_option(k, OPTION_SOFT_DIRTY))
		f->soft_dirty = X86_SW3;
	if (kernel_has(k, ROW_UFFD_WP) && kernel_option(k, OPTION_USERFAULTFD_WP))
		f->uffd_wp = X86_SW2;
	if (dirty58)
		f->saved_dirty = X86_SW5;
	if (kernel_has(k, ROW_DEVMAP))
		f->devmap = dirty58 ? X86_SW4 : X86_SW5;
	if (!kernel_has(k, ROW_NO_PTE_FILE))
		f->file = X86_D;
	f->pfn_mask = kernel_has(k, ROW_PFN_52_BITS) || five_levels(k) ? X86_PFN_MASK :
									 FRAME_46_BITS;
}

/*
 * What a hint is:
 *
 *	                P (bit 0)   bit 8   bit 9
 *	3.8 - 3.15         0          1       -     PROT_NONE looks the same
 *	3.16 - 3.19        0          0       1
 *	4.0-rc1            -          1       -     so do present entries of a Xen guest
 *	4.0-rc2 on         0          1       -     PROT_NONE looks the same
 */
static void format_hint(struct kernel *k, struct entry_format *f)
{
	if (kernel_has(k, ROW_PROTNONE_HINTS)) {
		f->hint_mask = X86_G | (kernel_has(k, ROW_A27_XEN_PROTNONE) ? X86_P : 0);
		f->hint_value = X86_G;
		f->hint_keeps_write = kernel_has(k, ROW_A28_PRESERVE_WRITE);
	} else if (kernel_has(k, ROW_NUMA_SOFT_BIT)) {
		f->hint_mask = X86_P | X86_G | X86_SW1;
		f->hint_value = X86_SW1;
		f->arm_bit = X86_SW1;
		f->numa = X86_SW1;
	} else {
		f->hint_mask = X86_P | X86_G;
		f->hint_value = X86_G;
		f->arm_bit = X86_G;
	}
}

static void format_predicates(struct kernel *k, struct entry_format *f)
{
	if (kernel_has(k, ROW_KNL_NONE))
		f->none_ignore = X86_A | X86_D;
	f->pte_present = X86_P | f->protnone | f->numa;
	f->pmd_present = X86_P;
	if (kernel_has(k, ROW_A33_PMD_PRESENT_PSE))
		f->pmd_present = f->pte_present | X86_PSE;
	if (kernel_has(k, ROW_A1_TLB_FLUSH_PENDING))
		f->pending_bits = f->protnone | f->numa;
	f->huge_mask = X86_PSE | f->devmap;
	f->huge_value = X86_PSE;
	if (!kernel_option(k, OPTION_THP))
		f->huge_mask = 0; /* 0 == PSE: never */
	f->bad_ignore = X86_US;
	if (kernel_has(k, ROW_PMD_BAD_IGNORES_A))
		f->bad_ignore |= X86_A;
	f->special_all = X86_SW1;
	if (kernel_has(k, ROW_SPECIAL_RESTORED))
		f->special_any = 0;
	else if (kernel_has(k, ROW_A26_SPECIAL_VS_NUMA))
		f->special_any = X86_P | X86_G;
	else if (kernel_has(k, ROW_NUMA_SOFT_BIT))
		f->special_any = X86_P;
	f->shadow_stack = f->saved_dirty && kernel_option(k, OPTION_SHADOW_STACK);
}

/* What a change of protections keeps: all but the rights, and what was forgotten at the time. */
static void format_modify(struct kernel *k, struct entry_format *f)
{
	uint64_t keep = f->pfn_mask | X86_PCD | X86_PWT | f->special | X86_A | X86_D;

	if (kernel_has(k, ROW_SOFT_DIRTY_KEPT))
		keep |= f->soft_dirty;
	if (kernel_has(k, ROW_DEVMAP_KEPT))
		keep |= f->devmap;
	keep |= f->numa | f->uffd_wp | f->saved_dirty;
	f->pte_keep = keep;
	f->pmd_keep = keep | X86_PSE;
	if (kernel_has(k, ROW_PAT_KEPT)) {
		f->pte_keep |= X86_PAT;
		f->pmd_keep |= X86_PAT_LARGE;
	}
	if (f->saved_dirty && !kernel_has(k, ROW_A35_PMD_MODIFY_DIRTY))
		f->pmd_keep &= ~(uint64_t)X86_D;
}

static void format_not_present(struct kernel *k, struct entry_format *f)
{
	if (kernel_has(k, ROW_L1TF_ZERO))
		f->invert = INVERT_NOT_PRESENT_NOT_ZERO;
	else if (kernel_has(k, ROW_L1TF_NOT_PRESENT))
		f->invert = INVERT_NOT_PRESENT;
	else if (kernel_has(k, ROW_L1TF_PROTNONE))
		f->invert = INVERT_PROTNONE;
	f->invalid_clear = X86_P;
	if (kernel_has(k, ROW_PROTNONE_HINTS))
		f->invalid_clear |= f->protnone;
	f->invalid_inverts = kernel_has(k, ROW_L1TF_MKNOTPRESENT);
	f->invalid_clears_hint = f->arm_bit && kernel_has(k, ROW_A14_CLEAR_NUMA_STORED);
	f->pmd_swap = kernel_has(k, ROW_THP_MIGRATION) && kernel_option(k, OPTION_MIGRATION) &&
		      kernel_option(k, OPTION_THP);
}

/*
 * Where a swap entry has its type (t) and its offset (o):
 *
 *	to 3.15, 4.0 - 4.7    oooooo … oooooo 000ttttt0      bits 1-5, 9-63
 *	3.16 - 3.19           ooooo … ooooo 0000ttttt0       bits 1-5, 10-63: 9 is the hint's
 *	4.8 - 4.18            oooo … oooottttt000000000      bits 9-13, 14-63
 *	4.19 on               tttttooo … ooooo000000000      bits 59-63, 9-58, offset complemented
 */
static void format_swap(struct kernel *k, struct entry_format *f)
{
	f->swap_type_shift = 1;
	f->swap_offset_shift = 9;
	if (f->numa && kernel_option(k, OPTION_NUMA_BALANCING))
		f->swap_offset_shift = 10;
	if (kernel_has(k, ROW_KNL_SWAP)) {
		f->swap_type_shift = 9;
		f->swap_offset_shift = 14;
	}
	f->swap_offset_bits = 64 - f->swap_offset_shift;
	if (kernel_has(k, ROW_L1TF_SWAP_ORDER)) {
		f->swap_type_shift = 59;
		f->swap_offset_shift = 9;
		f->swap_offset_bits = 50;
	}
	f->swap_inverted = kernel_has(k, ROW_L1TF_SWAP_INVERT);
	if (f->soft_dirty && kernel_has(k, ROW_SWP_SOFT_DIRTY))
		f->swp_soft_dirty = kernel_has(k, ROW_SWP_SOFT_DIRTY_BIT1) ? X86_RW : X86_PSE;
	if (f->uffd_wp)
		f->swp_uffd_wp = X86_US;
	if (kernel_has(k, ROW_SWP_EXCLUSIVE))
		f->swp_exclusive = X86_PWT;
}

/* The frame of a migration entry and what is kept above it. */
static void format_migration(struct kernel *k, struct entry_format *f)
{
	unsigned bits = five_levels(k) ? 40 : 34;

	if (kernel_has(k, ROW_MIGRATION_PFN_MASKED))
		f->migration_pfn_bits = bits;
	f->migration_ad = kernel_has(k, ROW_MIGRATION_AD) && bits + 2 <= f->swap_offset_bits;
}

/* Take @count types from the top: they become the kinds from @kind on. */
static void take_types(struct entry_format *f, unsigned *top, const uint8_t *kinds, unsigned count)
{
	*top -= count;
	for (unsigned i = 0; i < count; i++)
		f->type_of[kinds[i]] = (uint8_t)(*top + i);
}

/*
 * The special types, numbered from the top of the five bits downwards: swapin-error, marker,
 * device memory, migration, hwpoison. What is left are swap files.
 */
static void format_types(struct kernel *k, struct entry_format *f)
{
	static const uint8_t error[] = { SWAP_SWAPIN_ERROR }, marker[] = { SWAP_MARKER };
	static const uint8_t poison[] = { SWAP_HWPOISON };
	static const uint8_t device[] = { SWAP_DEVICE_WRITE, SWAP_DEVICE_READ,
					  SWAP_EXCLUSIVE_WRITE, SWAP_EXCLUSIVE_READ };
	static const uint8_t migration2[] = { SWAP_MIGRATION_READ, SWAP_MIGRATION_WRITE };
	static const uint8_t migration3[] = { SWAP_MIGRATION_READ, SWAP_MIGRATION_READ_EXCLUSIVE,
					      SWAP_MIGRATION_WRITE };
	unsigned top = SWAP_TYPES;

	memset(f->type_of, SWAP_NO_TYPE, sizeof(f->type_of));
	if (kernel_has(k, ROW_SWAPIN_ERROR))
		take_types(f, &top, error, 1);
	if (kernel_has(k, ROW_MARKER_ALWAYS) ||
	    (kernel_has(k, ROW_PTE_MARKER) && kernel_option(k, OPTION_PTE_MARKER)))
		take_types(f, &top, marker, 1);
	if (kernel_has(k, ROW_DEVICE_PRIVATE) && kernel_option(k, OPTION_DEVICE_PRIVATE))
		take_types(f, &top, device, kernel_has(k, ROW_DEVICE_EXCLUSIVE) ? 4 : 2);
	if (kernel_option(k, OPTION_MIGRATION) && kernel_has(k, ROW_ANON_EXCLUSIVE))
		take_types(f, &top, migration3, 3);
	else if (kernel_option(k, OPTION_MIGRATION))
		take_types(f, &top, migration2, 2);
	if (kernel_option(k, OPTION_MEMORY_FAILURE))
		take_types(f, &top, poison, 1);
	f->swap_files = (uint8_t)top;
	for (unsigned kind = 0; kind < NR_SWAP_KINDS; kind++)
		if (f->type_of[kind] != SWAP_NO_TYPE)
			f->kind_of[f->type_of[kind]] = (uint8_t)kind;
	f->type_of[SWAP_FILE] = 0;
}

void kernel_format(struct kernel *k)
{
	struct entry_format *f = &k->format;

	memset(f, 0, sizeof(*f));
	format_flags(k, f);
	format_hint(k, f);
	format_predicates(k, f);
	format_modify(k, f);
	format_not_present(k, f);
	format_swap(k, f);
	format_migration(k, f);
	format_types(k, f);
}
