/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of page-table entries under short names, for the code that walks and builds tables,
 * and the shape of the tree. The fields are declared in <numasim/x86.h> and nowhere else.
 *
 * A linear address; with four levels bits 63..48 repeat bit 47, with five 63..57 repeat bit 56:
 *
 *   56      48 47      39 38      30 29      21 20      12 11         0
 *  +----------+----------+----------+----------+----------+------------+
 *  | PGD (5)  | P4D (4)  | PUD (3)  | PMD (2)  | PTE (1)  | offset     |
 *  +----------+----------+----------+----------+----------+------------+
 */
#ifndef X86_ENTRY_H
#define X86_ENTRY_H

#include <stdbool.h>
#include <stdint.h>
#include <numasim/x86.h>

/* X86_P, X86_RW, …: masks. */
__extension__ enum {
#define X86_MASK_(name, first, last, shift, named, read, word, text)                               \
	X86_##name = NUMASIM_X86_BIT_##name,
	NUMASIM_X86_FIELDS(X86_MASK_)
#undef X86_MASK_
};

/* X86_P_SHIFT, …, X86_PKEY_SHIFT: number of the lowest bit. */
enum {
#define X86_SHIFT_(name, first, last, shift, named, read, word, text) X86_##name##_SHIFT = first,
	NUMASIM_X86_FIELDS(X86_SHIFT_)
#undef X86_SHIFT_
};

#define X86_PFN_MASK	   ((uint64_t)X86_PFN)
#define X86_PMD_FRAME_MASK ((uint64_t)X86_PFN_2M)
#define X86_PUD_FRAME_MASK ((uint64_t)X86_PFN_1G)

enum {
	X86_PTE = NUMASIM_X86_PTE,
	X86_PMD = NUMASIM_X86_PMD,
	X86_PUD = NUMASIM_X86_PUD,
	X86_P4D = NUMASIM_X86_P4D,
	X86_PGD = NUMASIM_X86_PGD,
	X86_LEVELS = 5,
};

#define X86_PAGE_SHIFT	12
#define X86_PAGE_SIZE	UINT64_C(4096)
#define X86_TABLE_BITS	9
#define X86_TABLE_SLOTS 512

/* Lowest address bit that an entry of @level decides: 12, 21, 30, 39, 48. */
static inline unsigned x86_level_shift(unsigned level)
{
	return X86_PAGE_SHIFT + X86_TABLE_BITS * (level - 1);
}

/* Bytes that one entry of @level covers. */
static inline uint64_t x86_level_size(unsigned level)
{
	return UINT64_C(1) << x86_level_shift(level);
}

/* Which of the 512 slots of a table of @level translates @va. */
static inline unsigned x86_slot(uint64_t va, unsigned level)
{
	return (va >> x86_level_shift(level)) & (X86_TABLE_SLOTS - 1);
}

/* Does an entry that is present end the walk? PSE means nothing in the top tables. */
static inline bool x86_is_leaf(uint64_t entry, unsigned level)
{
	return level == X86_PTE || (level <= X86_PUD && (entry & X86_PSE));
}

/* Where a leaf of @level keeps its frame. */
static inline uint64_t x86_leaf_frame_mask(unsigned level)
{
	return X86_PFN_MASK & ~(x86_level_size(level) - 1);
}

/* Which kind of entry the processor would take @entry for if it were present. */
static inline enum numasim_x86_kind x86_kind(uint64_t entry, unsigned level)
{
	if (!x86_is_leaf(entry, level))
		return NUMASIM_X86_TABLE;
	return (enum numasim_x86_kind)(1 << (level - 1));
}

#endif
