/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of a write to a shared huge page share. */
#ifndef MM_COW_HUGE_H
#define MM_COW_HUGE_H

#include "mm/cow.h"

struct huge_cow {
	struct vm_fault *vmf;
	uint64_t haddr;
	struct page *page;
	bool zero; /* it is the huge zero page */
};

/* Does the PMD still hold what the fault found? */
bool huge_cow_same(struct huge_cow *c);

/* After the copy stands there: the entry's reference of the page goes. */
/* The page has one huge mapping less. */
void huge_cow_unmap(const struct huge_cow *c);
void huge_cow_put_old(struct huge_cow *c);

/* To v5.7, without a huge page to copy to: base pages. The fault's reference of the page goes. */
unsigned huge_copy_parts(struct huge_cow *c);

#endif
