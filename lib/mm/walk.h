/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PMDs of a range, one after the other, but for those without a PMD table:
 *
 *	struct pmd_walk w = {.mm = mm, .next = start, .end = end};
 *
 *	while (pmd_walk_next(&w))
 *		... w.pmd translates [w.at, w.next), which may be less than its 2 MiB ...
 *
 * Tables above a PMD come under a lock that the walker has (mmap_sem for writing) or may come
 * meanwhile: then they are empty, and it decides nothing whether they were there. No points.
 */
#ifndef MM_WALK_H
#define MM_WALK_H

#include "mm/entry.h"

struct pmd_walk {
	struct mm_struct *mm;
	uint64_t at, next, end;
	pmd_t *pmd;
};

bool pmd_walk_next(struct pmd_walk *walk);

/*
 * The same of single tables: does the one of @level (3, 2) that translates @address hang in the
 * tree? And: it and what is missing above it are made; false: out of memory.
 */
bool table_is_there(const struct mm_struct *mm, uint64_t address, unsigned level);
bool table_make(struct mm_struct *mm, uint64_t address, unsigned level);

#endif
