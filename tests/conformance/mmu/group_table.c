/* SPDX-License-Identifier: BSD-2-Clause */
/* The groups in the order in which they are printed. */
#include "groups.h"

#define PERMISSION_CELLS (MMU_ACCESSES * 2 * 3 * 8 * 32 * MMU_KEYS)

const struct mmu_group mmu_groups[] = {
	{ "rights", "access, CPL, page size, R/W, U/S, XD, WP, SMEP, SMAP, AC, NXE, key",
	  PERMISSION_CELLS, groups_rights_possible, groups_rights_visit, groups_rights_plan, 56 },
	{ "keys", "key number, its state, U/S, access, CPL",
	  16 * MMU_KEYS * 2 * MMU_ACCESSES * 2, groups_always, groups_keys_visit,
	  groups_keys_plan, 6 },
	{ "absent", "level, access, CPL", MMU_LEVELS * MMU_ACCESSES * 2, groups_absent_possible,
	  groups_absent_visit, groups_absent_plan, 6 },
	{ "reserved", "level, leaf or table, the one bit that is set, access, CPL",
	  MMU_LEVELS * 2 * 64 * MMU_ACCESSES * 2, groups_reserved_possible,
	  groups_reserved_visit, groups_reserved_plan, 13 },
	{ "canonical", "the one bit that makes the address bad, access, CPL",
	  64 * MMU_ACCESSES * 2, groups_canonical_possible, groups_canonical_visit,
	  groups_canonical_plan, 6 },
	{ "causes", "why the walk ends, access, CPL", (X86_CAUSE_PKEY + 1) * MMU_ACCESSES * 2,
	  groups_causes_possible, groups_causes_visit, NULL, 0 },
	{ "denied", "the one level that denies R/W, U/S or fetches, page size",
	  MMU_LEVELS * 3 * 3, groups_denied_possible, groups_denied_visit, NULL, 0 },
	{ "accessed", "level, A before, what becomes of the walk", MMU_LEVELS * 2 * 4,
	  groups_accessed_possible, groups_accessed_visit, NULL, 0 },
	{ "dirty", "access, page size, D before, passes or lacks a right", MMU_ACCESSES * 3 * 2 * 2,
	  groups_always, groups_dirty_visit, NULL, 0 },
	{ "bits", "each bit of an entry, 0 and 1, level, leaf or table", 64 * 2 * MMU_LEVELS * 2,
	  groups_bits_possible, groups_bits_visit, NULL, 0 },
	{ "slots", "each slot of a table, level", MMU_LEVELS * X86_TABLE_SLOTS,
	  groups_slots_possible, groups_slots_visit, NULL, 0 },
	{ "sizes", "access, bytes", MMU_ACCESSES * 4, groups_sizes_possible, groups_sizes_visit,
	  NULL, 0 },
	{ "cr3", "each bit below the frame, 0 and 1", 2 * X86_PAGE_SHIFT, groups_always,
	  groups_cr3_visit, NULL, 0 },
};

const unsigned mmu_nr_groups = sizeof(mmu_groups) / sizeof(mmu_groups[0]);
