/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the two halves of mremap(). */
#ifndef MM_MREMAP_H
#define MM_MREMAP_H

#include "mm/mm.h"

struct mremap_request {
	struct mm_struct *mm;
	uint64_t addr, old_len, new_len; /* bytes, rounded up to pages */
	unsigned long flags;
	uint64_t new_addr; /* where it is to go */
	bool locked;	   /* out: what is new must be faulted in */
};

/* Move old_len bytes of @vma to new_addr, where nothing is mapped. The new address, or an error:
 * then everything is where it was. */
long move_vma(struct mremap_request *r, struct vm_area_struct *vma);

#endif
