/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows: every fix, draft and rework that a kernel may have or lack. What each of them is stands
 * in rows.def; here are only their names.
 */
#ifndef KERNEL_ROWS_H
#define KERNEL_ROWS_H

enum kernel_row {
	ROW_A1_TLB_FLUSH_PENDING,    /* 20841405940e */
	ROW_A2_PENDING_BARRIER,      /* af2c1401e6f9 */
	ROW_A3_PENDING_COUNTER,      /* 16af97dc5a89 */
	ROW_A9_THP_CLOSE_RACES,      /* 3f926ab945b6 */
	ROW_A10_THP_WAIT,            /* 42836f5f8baa */
	ROW_A11_SPLIT_PREVENT,       /* 587fe586f44a */
	ROW_A11_ANON_VMA_BAIL,       /* c3a489cac38d */
	ROW_A12_GUP_SERIALISE,       /* 2b4847e73004 */
	ROW_A13_NOTIFIERS,           /* f714f4f20e59 */
	ROW_A15_MPROTECT_CLEARS_HINT, /* 1667918b6483 */
	ROW_A16_READ_BEFORE_CLEAR,   /* f123d74abf91 */
	ROW_A16_PMD_NO_CLEAR,        /* 5a6dac3ec5f5 */
	ROW_A16_PTE_NO_CLEAR,        /* 0c5f83c23ca7 */
	ROW_A17_SKIP_INACCESSIBLE,   /* 3c67f4745587 */
	ROW_A18_COUNT_ONE,           /* 0255d4918480 */
	ROW_A18_COUNT_PAGES,         /* 72403b4a0fbd */
	ROW_A19_NO_DISRUPT,          /* de466bd628e8 */
	ROW_A20_THP_COUNT,           /* 04fa5d6a6547 */
	ROW_A20_THP_COUNT_REFINED,   /* 340ef3902cf2 */
	ROW_A23_HOLD_PAGE,           /* 3c226c637b69 */
	ROW_A25_PMD_UNDER_LOCK,      /* 5d833062139d */
	ROW_DRAFT_14_15,
	ROW_DRAFT_NUMA_TLB_LAZY,
	ROW_DRAFT_MASHED,
	ROW_CPUPID,                  /* the page remembers cpu and pid, not the last node: 3.13 */
	ROW_SPLIT_PMD_LOCK,          /* one lock per PMD table: 3.13 */
	ROW_MAPCOUNT_NUMA_SHARED,    /* pages mapped more than once are armed and moved: 3.13 */
	NR_KERNEL_ROWS
};

#endif
