/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The geometries that have code of their own. Constants, so that the compiler folds sets, ways and
 * policies into the code of each; simtlb_geometry.c names them and says where they are from.
 */
#ifndef X86_SIMTLB_PRESETS_H
#define X86_SIMTLB_PRESETS_H

#include <numasim/tlb.h>

/* clang-format off */

#define SIMTLB_ALL_WAYS(n) {0, n}

#define SIMTLB_GOLDEN_COVE									\
	{{											\
		{										\
			{16, 6, NUMASIM_TLB_LRU, {SIMTLB_ALL_WAYS(6)}},				\
			{8, 4, NUMASIM_TLB_TREE_PLRU, {{0, 0}, SIMTLB_ALL_WAYS(4)}},		\
			{1, 8, NUMASIM_TLB_TREE_PLRU, {{0, 0}, {0, 0}, SIMTLB_ALL_WAYS(8)}},	\
		},										\
		{										\
			{128, 16, NUMASIM_TLB_LRU, {SIMTLB_ALL_WAYS(16), {0, 8}, {8, 8}}},	\
		},										\
	}}

#define SIMTLB_ZEN4										\
	{{											\
		{										\
			{1, 72, NUMASIM_TLB_LRU,						\
			 {SIMTLB_ALL_WAYS(72), SIMTLB_ALL_WAYS(72), SIMTLB_ALL_WAYS(72)}},	\
		},										\
		{										\
			{256, 12, NUMASIM_TLB_LRU, {SIMTLB_ALL_WAYS(12), SIMTLB_ALL_WAYS(12)}},	\
			{1, 64, NUMASIM_TLB_LRU, {{0, 0}, {0, 0}, SIMTLB_ALL_WAYS(64)}},	\
		},										\
	}}

#define SIMTLB_CLASSIC										\
	{{											\
		{										\
			{16, 4, NUMASIM_TLB_TREE_PLRU, {SIMTLB_ALL_WAYS(4)}},			\
			{8, 4, NUMASIM_TLB_TREE_PLRU, {{0, 0}, SIMTLB_ALL_WAYS(4)}},		\
			{1, 4, NUMASIM_TLB_TREE_PLRU, {{0, 0}, {0, 0}, SIMTLB_ALL_WAYS(4)}},	\
		},										\
		{										\
			{128, 12, NUMASIM_TLB_LRU, {SIMTLB_ALL_WAYS(12), SIMTLB_ALL_WAYS(12)}},	\
			{4, 4, NUMASIM_TLB_TREE_PLRU, {{0, 0}, {0, 0}, SIMTLB_ALL_WAYS(4)}},	\
		},										\
	}}

/* clang-format on */

static const struct numasim_tlb_geometry simtlb_golden_cove = SIMTLB_GOLDEN_COVE;
static const struct numasim_tlb_geometry simtlb_zen4 = SIMTLB_ZEN4;
static const struct numasim_tlb_geometry simtlb_classic = SIMTLB_CLASSIC;

#endif
