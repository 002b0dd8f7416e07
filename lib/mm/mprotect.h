/* SPDX-License-Identifier: BSD-2-Clause */
/* Changing protections, v3.8 to v3.13 mm/mprotect.c; here so far: arming hints. */
#ifndef MM_MPROTECT_H
#define MM_MPROTECT_H

#include "mm/mm.h"

/*
 * Make [start, end) of @vma hint: change_prot_numa() of mm/mempolicy.c. Returns how many entries
 * (from 72403b4a0fbd on: base pages) were updated.
 */
unsigned long change_prot_numa(struct vm_area_struct *vma, uint64_t start, uint64_t end);

#endif
