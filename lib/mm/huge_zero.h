/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The huge zero page: 2 MiB of zeroes that all read faults share, made at first use. It has a count
 * of its own users, one of which is the shrinker that would free it under pressure, so it stays.
 * To v4.8 each entry is a user, from v4.9 on each address space that ever had one.
 */
#ifndef MM_HUGE_ZERO_H
#define MM_HUGE_ZERO_H

#include "mm/mm.h"

/* For an entry of @mm. NULL: no memory. */
struct page *mm_get_huge_zero_page(struct mm_struct *mm);

/* An entry that mapped it is gone (zap, a copy, a split): to v4.8 its use ends. */
void huge_zero_put(struct mm_struct *mm);

/* The address space ends (mmput()): from v4.9 on its use ends. */
void mm_put_huge_zero_page(struct mm_struct *mm);

#endif
