/* SPDX-License-Identifier: BSD-2-Clause */
/* What lib/mm asks of NUMA balancing; lib/numa fills the table. */
#ifndef MM_HOOKS_H
#define MM_HOOKS_H

#include "mm/mm.h"

#define TNF_MIGRATED	0x01
#define TNF_NO_GROUP	0x02
#define TNF_SHARED	0x04
#define TNF_FAULT_LOCAL 0x08

struct numa_hooks {
	/* The node to move @page to, or -1; v3.8 to v3.13 mm/mempolicy.c. */
	int (*mpol_misplaced)(struct page *page, struct vm_area_struct *vma, uint64_t address);
	/* Account a hint fault on @pages pages that are (now) on node @nid. */
	void (*task_numa_fault)(uint32_t last_cpupid, int nid, unsigned pages, unsigned flags);
};

#endif
