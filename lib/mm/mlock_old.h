/* SPDX-License-Identifier: BSD-2-Clause */
/* Between mlock_range.c, mlock_old.c and mlock_bundle.c. */
#ifndef MM_MLOCK_OLD_H
#define MM_MLOCK_OLD_H

#include "mm/mm.h"

/* v3.8 to v5.17, munlock_vma_pages_range(): the pages of [start, end), whose VMA is not locked any
 * more. */
void munlock_range_old(struct vm_area_struct *vma, uint64_t start, uint64_t end);

/* Its page lock is held, it is off its list, not Mlocked: Mlocked again if anybody else locked it;
 * back to a list, and one reference less. */
void munlock_isolated(struct page *page);
/* Somebody else has it off its list. */
void munlock_not_isolated(struct page *page);

/* Base pages of one node, with a reference of each, that are unlocked together. */
#define MUNLOCK_MOST 15
struct munlock_bundle {
	unsigned nr;
	struct page *page[MUNLOCK_MOST];
};
/* One more; those that are there first, if there is no room or it is of another node. */
void munlock_bundle_add(struct munlock_bundle *b, struct page *page);
/* All of them; the references are dropped. */
void munlock_bundle(struct munlock_bundle *b);

#endif
