/* SPDX-License-Identifier: BSD-2-Clause */
/* The groups in the order in which they are printed. */
#include "groups.h"

#define PERMISSION_CELLS (MMU_ACCESSES * 2 * 3 * 8 * 32 * MMU_KEYS)

/* Groups that vectors are made for, and groups that are only counted. */
#define MADE(name, share, cells, text)                                                             \
	{ #name, text, cells, groups_##name##_possible, groups_##name##_visit,                     \
	  groups_##name##_plan, share, false }
#define COUNTED(name, cells, sample, text)                                                         \
	{ #name, text, cells, groups_##name##_possible, groups_##name##_visit, NULL, 0, sample }

const struct mmu_group mmu_groups[] = {
	MADE(rights, 56, PERMISSION_CELLS,
	     "access, CPL, page size, R/W, U/S, XD, WP, SMEP, SMAP, AC, NXE, key"),
	MADE(keys, 6, 16 * MMU_KEYS * 2 * MMU_ACCESSES * 2,
	     "key number, its state, U/S, access, CPL"),
	MADE(absent, 6, MMU_LEVELS * MMU_ACCESSES * 2, "level, access, CPL"),
	MADE(reserved, 13, MMU_LEVELS * 2 * 64 * MMU_ACCESSES * 2,
	     "level, leaf or table, the one bit that is set, access, CPL"),
	MADE(canonical, 6, 64 * MMU_ACCESSES * 2,
	     "the one bit that makes the address bad, access, CPL"),
	COUNTED(reserved_bits, MMU_LEVELS * 2 * 64, true,
		"the one bit that is set, level, leaf or table"),
	COUNTED(causes, (X86_CAUSE_PKEY + 1) * MMU_ACCESSES * 2, true,
		"why the walk ends, access, CPL"),
	COUNTED(denied, MMU_LEVELS * 3 * 3, true,
		"the one level that denies R/W, U/S or fetches, page size"),
	COUNTED(accessed, MMU_LEVELS * 2 * 4, true, "level, A before, what becomes of the walk"),
	COUNTED(dirty, MMU_ACCESSES * 3 * 2 * 2, true,
		"access, page size, D before, passes or lacks a right"),
	COUNTED(bits, 64 * 2 * MMU_LEVELS * 2, true,
		"each bit of an entry, 0 and 1, level, leaf or table"),
	COUNTED(control_bits, 2 * MMU_CONTROLS, true,
		"each control bit, 0 and 1, where it decides"),
	COUNTED(key_bits, 2 * 2 * 32, true,
		"each bit of PKRU and PKRS, 0 and 1, where it decides"),
	COUNTED(slots, MMU_LEVELS * X86_TABLE_SLOTS, false, "each slot of a table, level"),
	COUNTED(sizes, MMU_ACCESSES * 4, true, "access, bytes"),
	COUNTED(cr3, 2 * X86_PAGE_SHIFT, true, "each bit below the frame, 0 and 1"),
};

const unsigned mmu_nr_groups = sizeof(mmu_groups) / sizeof(mmu_groups[0]);
