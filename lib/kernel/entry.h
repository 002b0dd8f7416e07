/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kernel takes an entry for. Each predicate has the kernel's name, after "kernel_"; each
 * reads data that the kernel's rows chose, so the code is the same for all releases.
 *
 * "hint" is pte_numa() to v3.19 and pte_protnone() from v4.0 on: but for v3.16 to v3.19 it is also
 * true of what mprotect(PROT_NONE) leaves, and only the VMA tells the two apart.
 */
#ifndef KERNEL_ENTRY_H
#define KERNEL_ENTRY_H

#include "kernel/kernel.h"
#include "x86/entry.h"

/* What points to a table of user space, and what the kernel's own tables look like. */
#define KERNEL_TABLE_FLAGS ((uint64_t)(X86_P | X86_RW | X86_A | X86_D))
#define USER_TABLE_FLAGS   (KERNEL_TABLE_FLAGS | X86_US)

static inline bool kernel_entry_none(const struct kernel *k, uint64_t entry)
{
	return !(entry & ~k->format.none_ignore);
}

static inline bool kernel_entry_hint(const struct kernel *k, uint64_t entry)
{
	return (entry & k->format.hint_mask) == k->format.hint_value;
}

static inline bool kernel_entry_young(const struct kernel *k, uint64_t entry)
{
	return entry & X86_A;
}

static inline bool kernel_entry_dirty(const struct kernel *k, uint64_t entry)
{
	return entry & (X86_D | k->format.saved_dirty);
}

static inline bool kernel_entry_soft_dirty(const struct kernel *k, uint64_t entry)
{
	return entry & k->format.soft_dirty;
}

/* D without RW belongs to a shadow stack, where the processor has them (v6.6). */
static inline bool kernel_entry_write(const struct kernel *k, uint64_t entry)
{
	return (entry & X86_RW) || (k->format.shadow_stack && (entry & X86_D));
}

static inline bool kernel_entry_uffd_wp(const struct kernel *k, uint64_t entry)
{
	return entry & k->format.uffd_wp;
}

static inline bool kernel_entry_devmap(const struct kernel *k, uint64_t entry)
{
	return entry & k->format.devmap;
}

/*
 * Does somebody perhaps hold a translation made from this entry? Then clearing it needs a flush.
 * @pending: the mm owes a flush (v3.13-rc5 on).
 */
static inline bool kernel_entry_accessible(const struct kernel *k, uint64_t entry, bool pending)
{
	return (entry & X86_P) || (pending && (entry & k->format.pending_bits));
}

/* The same on both levels: kernel_pte_dirty() and kernel_pmd_dirty(), and so on. */
#define KERNEL_BOTH_LEVELS(op)                                                                     \
	static inline bool kernel_pte_##op(const struct kernel *k, uint64_t pte)                   \
	{                                                                                          \
		return kernel_entry_##op(k, pte);                                                  \
	}                                                                                          \
	static inline bool kernel_pmd_##op(const struct kernel *k, uint64_t pmd)                   \
	{                                                                                          \
		return kernel_entry_##op(k, pmd);                                                  \
	}
KERNEL_BOTH_LEVELS(none)
KERNEL_BOTH_LEVELS(hint)
KERNEL_BOTH_LEVELS(young)
KERNEL_BOTH_LEVELS(dirty)
KERNEL_BOTH_LEVELS(soft_dirty)
KERNEL_BOTH_LEVELS(write)
KERNEL_BOTH_LEVELS(uffd_wp)
KERNEL_BOTH_LEVELS(devmap)
#undef KERNEL_BOTH_LEVELS

static inline bool kernel_pte_present(const struct kernel *k, uint64_t pte)
{
	return pte & k->format.pte_present;
}

static inline bool kernel_pte_accessible(const struct kernel *k, uint64_t pte, bool pending)
{
	return kernel_entry_accessible(k, pte, pending);
}

static inline bool kernel_pte_special(const struct kernel *k, uint64_t pte)
{
	const struct entry_format *f = &k->format;

	return (pte & f->special_all) == f->special_all &&
	       (!f->special_any || (pte & f->special_any));
}

/* A non-linear file mapping (to v3.19): neither a page nor a swap entry. */
static inline bool kernel_pte_file(const struct kernel *k, uint64_t pte)
{
	return (pte & k->format.file) && !kernel_pte_present(k, pte);
}

/* Neither empty nor a page: a swap entry or one of its relatives. */
static inline bool kernel_pte_swap(const struct kernel *k, uint64_t pte)
{
	return !kernel_pte_none(k, pte) && !kernel_pte_present(k, pte) && !kernel_pte_file(k, pte);
}

/* True also while a huge page is split and P is clear: PSE stays. */
static inline bool kernel_pmd_present(const struct kernel *k, uint64_t pmd)
{
	return pmd & k->format.pmd_present;
}

static inline bool kernel_pmd_trans_huge(const struct kernel *k, uint64_t pmd)
{
	return (pmd & k->format.huge_mask) == k->format.huge_value;
}

static inline bool kernel_pmd_splitting(const struct kernel *k, uint64_t pmd)
{
	return pmd & k->format.splitting;
}

/* A page of 2 MiB (or what is left of one), not a table; says nothing about presence. */
static inline bool kernel_pmd_leaf(const struct kernel *k, uint64_t pmd)
{
	return pmd & X86_PSE;
}

/*
 * Neither empty nor a sane table. A huge page is bad, too: whoever asks has ruled it out. To v3.19
 * a hint is never bad.
 */
static inline bool kernel_pmd_bad(const struct kernel *k, uint64_t pmd)
{
	const struct entry_format *f = &k->format;
	uint64_t differ = (pmd ^ KERNEL_TABLE_FLAGS) & ~f->pfn_mask;

	if (f->arm_bit && kernel_entry_hint(k, pmd))
		return false;
	return differ & ~f->bad_ignore;
}

/* A migration entry, the only swap-like thing a PMD can hold (v4.14 on; false before). */
static inline bool kernel_pmd_swap(const struct kernel *k, uint64_t pmd)
{
	return k->format.pmd_swap && !kernel_pmd_none(k, pmd) && !kernel_pmd_present(k, pmd);
}

/* All ones if this entry stores the complement of its frame, else 0. */
static inline uint64_t kernel_invert_mask(const struct kernel *k, uint64_t entry)
{
	bool inverted = false;

	switch (k->format.invert) {
	case INVERT_PROTNONE:
		inverted = (entry & (X86_P | X86_G)) == X86_G;
		break;
	case INVERT_NOT_PRESENT:
		inverted = !(entry & X86_P);
		break;
	case INVERT_NOT_PRESENT_NOT_ZERO:
		inverted = entry && !(entry & X86_P);
		break;
	}
	return inverted ? ~UINT64_C(0) : 0;
}

/* The frame field of an entry of that level: a huge page has fewer bits than a table. */
static inline uint64_t kernel_pmd_frame_mask(const struct kernel *k, uint64_t pmd)
{
	return k->format.pfn_mask & (pmd & X86_PSE ? X86_PMD_FRAME_MASK : X86_PFN_MASK);
}

/* Number of the 4 KiB frame that a present entry (hints included) maps. */
static inline uint64_t kernel_pte_pfn(const struct kernel *k, uint64_t pte)
{
	return ((pte ^ kernel_invert_mask(k, pte)) & k->format.pfn_mask) >> X86_PAGE_SHIFT;
}

/* Number of the first 4 KiB frame of the huge page, or the frame of the table. */
static inline uint64_t kernel_pmd_pfn(const struct kernel *k, uint64_t pmd)
{
	return ((pmd ^ kernel_invert_mask(k, pmd)) & kernel_pmd_frame_mask(k, pmd)) >>
	       X86_PAGE_SHIFT;
}

#endif
