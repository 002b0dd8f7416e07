/* SPDX-License-Identifier: BSD-2-Clause */
/* The walk that MADV_FREE, MADV_COLD and MADV_PAGEOUT share. */
#ifndef MM_MADVISE_PAGES_H
#define MM_MADVISE_PAGES_H

#include "mm/zap.h"

enum aging_next {
	AGING_GO_ON,
	AGING_STOP,  /* leave the rest of this table alone */
	AGING_SPLIT, /* the page is huge: split it, and look again */
};

#define AGING_PAGES 32 /* taken off the LRU before they are paged out */

struct aging {
	struct vm_area_struct *vma;
	struct mmu_gather tlb;
	/* One entry that was used before, its table's lock held. */
	enum aging_next (*pte)(struct aging *a, uint64_t address, pte_t *pte);
	/* A present huge entry that is wanted as a whole, its lock held. */
	bool (*huge)(struct aging *a, pmd_t *pmd, uint64_t address, pmd_t seen, struct page *page);
	bool pageout;
	unsigned nr;
	struct page *page[AGING_PAGES]; /* isolated, to be paged out */
};

void age_range(struct aging *a, uint64_t start, uint64_t end);

#endif
