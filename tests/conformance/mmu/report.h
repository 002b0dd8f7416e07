/* SPDX-License-Identifier: BSD-2-Clause */
/* What was tried and how it compared, as tables in Markdown. */
#ifndef MMU_REPORT_H
#define MMU_REPORT_H

#include "judge.h"

#define MMU_MAX_REPORTS 2

/* All vectors of one machine. */
struct mmu_report {
	struct mmu_coverage coverage;
	struct mmu_verdict verdict;
};

void mmu_report_print(const struct mmu_report *reports, unsigned n, FILE *to);

#endif
