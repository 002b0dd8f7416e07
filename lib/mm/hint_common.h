/* SPDX-License-Identifier: BSD-2-Clause */
/* What hint faults from v4.0 on share: a hint has no access, but its VMA has some. */
#ifndef MM_HINT_COMMON_H
#define MM_HINT_COMMON_H

#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/hooks.h"
#include "mm/page.h"
#include "mm/protect.h"

struct numa_hint {
	struct vm_fault *vmf;
	struct page *page;
	bool writable; /* the entry gets RW back */
	int nid, target_nid;
	uint32_t last_cpupid;
	unsigned flags;
};

/* v4.0 to v4.8: BUG_ON() in a VMA that has no access at all. */
void hint_check_vma(const struct vm_fault *vmf);

/* May a mapping like this get RW from the fault itself (vma_wants_manual_pte_write_upgrade(),
 * v6.2+)? */
bool hint_wants_write(const struct vm_area_struct *vma);

/*
 * Under the lock, for a page that was found: what statistics want to know, the counters, and where
 * the policy would have the page; -1: here (numa_migrate_prep(), numa_migrate_check()).
 */
void hint_account(struct numa_hint *h, uint64_t address, bool entry_writable);

/* v6.10+: the other hints of the huge page that the fault's PTE maps a part of (hint_large.c). */
void hint_restore_others(struct numa_hint *h);

/* task_numa_fault(), if a page was found. */
void hint_report(const struct numa_hint *h, unsigned pages);

#endif
