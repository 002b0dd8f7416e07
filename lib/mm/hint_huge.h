/* SPDX-License-Identifier: BSD-2-Clause */
/* A hint fault on a huge page, to v5.13: what hint_huge.c and hint_huge_locked.c share. */
#ifndef MM_HINT_HUGE_H
#define MM_HINT_HUGE_H

#include "mm/hint_common.h"

struct hint {
	struct vm_fault *vmf;
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	uint64_t address, haddr;
	pmd_t pmd;
	pmd_t *pmdp;
	struct lock *ptl;
	struct page *page;
	struct anon_vma *anon_vma;
	int page_nid, target_nid;
	uint32_t last_cpupid;
	unsigned flags;
	bool page_locked;
};

static inline const struct numa_hooks *numa_hooks(void)
{
	return current_machine()->mm->numa;
}

/* Under the lock: the page, and what the statistics want of it. */
void huge_hint_account(struct hint *h);

/* Does the PMD still hold what the fault found? */
bool huge_hint_unchanged(struct hint *h);

/* Give the hint up where the lock is held. */
void huge_hint_clear(struct hint *h);

/* The page may stay, and both locks are held: the hint goes, and the page's lock. */
void huge_hint_stay(struct hint *h);

/* Give the fault up: the PMD is not what it was. Drops the page's lock, and a reference. */
void huge_hint_raced(struct hint *h);

/* The fault is going to be taken again, or somebody else took it. */
void huge_hint_not_counted(struct hint *h);

/* Move the page, or give the hint up. The lock is held, and is released. */
void huge_hint_migrate(struct hint *h);

/* v3.12 to v5.13 (587fe586f44a). The lock is held, and is released. */
void hint_fault_3_12(struct hint *h);

#endif
