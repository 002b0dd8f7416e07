/* SPDX-License-Identifier: BSD-2-Clause */
/* What lib/mm asks of NUMA balancing; lib/numa fills the table. */
#ifndef MM_HOOKS_H
#define MM_HOOKS_H

#include "mm/mm.h"

#define TNF_MIGRATED	0x01
#define TNF_NO_GROUP	0x02
#define TNF_SHARED	0x04
#define TNF_FAULT_LOCAL 0x08
#define TNF_MIGRATE_FAIL 0x10

/* /proc/sys/kernel/numa_balancing and its companions (sysctl, v5.13+ debugfs). */
struct numa_knobs {
	uint32_t mode; /* NUMA_BALANCING_*; a scan that is called for by name does not ask */
#define NUMA_BALANCING_NORMAL 1
	uint32_t scan_delay;			   /* ms */
	uint32_t scan_period_min, scan_period_max; /* ms */
	uint32_t scan_size;			   /* MB */
};

/* v6.4+: what the scanner knows of a VMA. Times in ms. Shared: fields are points. */
struct vma_numab_state {
	uint64_t next_scan;
	uint64_t pids_active_reset;
	uint64_t pids_active[2]; /* bit per hash of a pid: the period before, this one */
	int32_t start_scan_seq;	 /* v6.7+ */
	int32_t prev_scan_seq;	 /* v6.7+: the pass that scanned it whole */
};

struct numa_hooks {
	/* The node to move @page to, or -1; v3.8 to v3.13 mm/mempolicy.c. */
	int (*mpol_misplaced)(struct page *page, struct vm_area_struct *vma, uint64_t address);
	/* Account a hint fault on @pages pages that are (now) on node @nid. */
	void (*task_numa_fault)(uint32_t last_cpupid, int nid, unsigned pages, unsigned flags);
	/* v6.4+: the running task had a hint fault in @vma (vma_set_access_pid_bit()). */
	void (*vma_accessed)(struct vm_area_struct *vma);
};

#endif
