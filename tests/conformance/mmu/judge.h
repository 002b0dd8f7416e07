/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library's answers against a processor's, field by field. They agree, or differ in a way that
 * is listed (deviations.h), or differ.
 */
#ifndef MMU_JUDGE_H
#define MMU_JUDGE_H

#include <stdio.h>

#include "coverage.h"
#include "deviations.h"
#include "image.h"

/* The two walks of the library. */
enum mmu_walker {
	MMU_EXPLORER,  /* x86_walk() */
	MMU_SIMULATOR, /* numasim_tlb_access() */
	MMU_WALKERS,
};

struct mmu_tally {
	unsigned judged;
	unsigned agree;
	unsigned deviate; /* in one or more listed ways, and in no other */
	unsigned differ;
	unsigned deviation[MMU_DEVIATIONS]; /* answers that each is needed to explain */
	unsigned named[MMU_DEVIATIONS];	    /* vectors that the predicate of each holds for */
};

struct mmu_verdict {
	unsigned vectors;
	struct mmu_tally tally[MMU_WALKERS];
	unsigned inconsistent;		  /* walks that the explorer's other functions contradict */
	unsigned by_vector[MMU_DONE + 1]; /* the processor's answers, by exception */
	unsigned described;		  /* differences that were printed */
};

/*
 * Judge all answers of @batch and count them in @verdict. All of these may be NULL: @coverage
 * counts what the vectors tried, @plain says of each whether x86_walk() agrees and no deviation
 * could have come in, @to gets a description of the first differences. 0 or -ENOMEM.
 */
int mmu_judge(struct mmu_verdict *verdict, struct mmu_coverage *coverage, bool *plain,
	      const struct mmu_batch *batch, FILE *to);

/*
 * Did nothing differ, and did every deviation occur wherever its predicate holds? A QEMU in which
 * one has been mended may show it nowhere, but not in some places only. With @recorded, for the
 * sample of a QEMU that has them all, not that either: else the library may have got the same thing
 * wrong.
 */
bool mmu_verdict_holds(const struct mmu_verdict *verdict, bool recorded);

/* How many agree, deviate and differ, and each deviation with its section of the manual. */
void mmu_verdict_print(const struct mmu_verdict *verdict, FILE *to);

struct mmu_machine mmu_machine_of(const struct mmu_header *header);

#endif
