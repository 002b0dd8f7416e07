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

struct mmu_verdict {
	unsigned vectors;
	unsigned agree;
	unsigned differ;
	unsigned deviate;		      /* in one or more listed ways, and in no other */
	unsigned deviation[MMU_DEVIATIONS];   /* of each kind that was needed to explain an answer */
	unsigned could[MMU_DEVIATIONS];	      /* vectors that the predicate of each kind names */
	unsigned by_vector[MMU_DONE + 1];     /* the processor's answers, by exception */
};

/*
 * Judge all answers of @batch, count their coverage in @coverage (may be NULL), and describe the
 * first differences on @to (may be NULL). 0 or -ENOMEM.
 */
int mmu_judge(struct mmu_verdict *verdict, struct mmu_coverage *coverage,
	      const struct mmu_batch *batch, FILE *to);

/* How many agree, deviate and differ, and each deviation with its section of the manual. */
void mmu_verdict_print(const struct mmu_verdict *verdict, FILE *to);

struct mmu_machine mmu_machine_of(const struct mmu_header *header);

#endif
