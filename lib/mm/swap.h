/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Swap: one device of slots. A page that is swapped out is in the swap cache until its write is
 * over; entries that led to it hold its slot, and slots count those entries.
 *
 *   slot 0: never used (as the header of a real device)    slot[i]: count, contents, cached page
 */
#ifndef MM_SWAP_H
#define MM_SWAP_H

#include "mm/entry.h"

/* Make the device, @slots of one page each (set-up). 0, -EEXIST, -ENOMEM. */
int swap_on(struct numasim_machine *m, uint64_t slots);

/*
 * Write one isolated, locked anonymous page out and take it from all its mappings
 * (shrink_page_list() of MADV_PAGEOUT, whose walk has made its entries old). true: it is gone.
 * false: it is not, and still isolated: the caller puts it back. Unlocked either way.
 */
bool pageout_anon(struct page *page);

/* A fault on a swap entry, mm/memory.c. 0, -ENOMEM, -EFAULT. */
int do_swap_fault(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address, pte_t *pte,
		  pte_t orig, bool write);

/* One entry less holds @slot (zap); one more (fork). false: no memory for the count. */
void swap_free(uint64_t slot);
bool swap_duplicate(uint64_t slot);

#endif
