/* SPDX-License-Identifier: BSD-2-Clause */
/* One change of protections on its way; what the files of it share. */
#ifndef MM_PROTECT_H
#define MM_PROTECT_H

#include "mm/pmd.h"
#include "mm/ranges.h"

/* What became of a huge PMD. */
#define HUGE_UNLOCKED  0 /* no stable huge page here */
#define HUGE_UNCHANGED 1
#define HUGE_CHANGED   BLOCK_FRAMES

struct protect {
	struct vm_area_struct *vma;
	struct mmu_gather *tlb; /* v5.19+ */
	uint64_t newprot;
	unsigned flags;		/* CP_* */
	int target_node;	/* v4.10+: pages there are left alone; -1: none are */
	int last_nid;		/* to v3.12: of the pages of this table; -1: none yet */
	bool all_same_node;
};

/* Why the scanner leaves an entry as it is, or SCAN_ARM. */
enum scan_verdict {
	SCAN_ARM,
	SCAN_NO_PAGE,
	SCAN_ARMED_BEFORE,
	SCAN_SHARED,	 /* others have the page, too */
	SCAN_DIRTY_FILE, /* could not be moved */
	SCAN_LOCAL,	 /* is where its only user runs */
};

/* To v3.19: mark in place (mprotect.c). Under the lock. */
int arm_huge(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd, pmd_t seen);
bool arm_pte(struct protect *p, uint64_t address, pte_t *pte, pte_t seen);

/* protect_judge.c: v4.0+ */
enum scan_verdict judge_pte(const struct protect *p, uint64_t address, pte_t pte);
enum scan_verdict judge_huge(pmd_t pmd);

/* protect_pte.c: the entries of one table, in [at, end); how many changed. */
unsigned long change_pte_range(struct protect *p, pmd_t *pmd, uint64_t at, uint64_t end);

/* protect_huge.c */
int change_huge_pmd(struct protect *p, pmd_t *pmd, uint64_t address);

/* protect_value.c: a migration entry without the right to write. */
uint64_t migration_entry_readable(uint64_t entry);

/* May the entry be made writable at once? */
bool can_change_pte_writable(const struct vm_area_struct *vma, uint64_t address, pte_t pte);
bool can_change_pmd_writable(const struct vm_area_struct *vma, pmd_t pmd);

/* v5.19+: can a processor have cached what @old allowed and @new does not? */
bool entry_needs_flush(uint64_t old, uint64_t new, bool same_frame, bool ignore_accessed);

#endif
