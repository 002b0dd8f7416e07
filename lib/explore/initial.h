/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an address space is like when a run begins, however it came about: scenarios and programs
 * start from the same. It has lived for a while, so a scan of it is due; and it has run wherever
 * one of its threads is seated, which is what the gate of v3.8 to v3.12 waits for.
 */
#ifndef EXPLORE_INITIAL_H
#define EXPLORE_INITIAL_H

#include "mm/mm.h"

/* Start the clock of @m; once, when its address spaces are about to be made. */
void initial_clock(struct numasim_machine *m);

/* @mm was just made. */
void initial_mm(struct mm_struct *mm);

/* Threads of @mm were seated. */
void initial_nodes(const struct numasim_machine *m, struct mm_struct *mm);

#endif
