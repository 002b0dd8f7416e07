/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where QEMU's MMU departs from the processor manual. A deviation is a predicate over a vector and
 * the library's walk for it, and the change that turns the library's answer into QEMU's. Nothing
 * is masked: a vector for which the predicate holds must be answered in one of the two ways, to the
 * bit.
 */
#ifndef MMU_DEVIATIONS_H
#define MMU_DEVIATIONS_H

#include "model.h"

#define MMU_DEVIATIONS 5

struct mmu_deviation {
	const char *name;
	const char *section; /* of the Intel SDM, where it says what a processor does */
	const char *text;    /* what QEMU does instead */
	const char *notice;  /* who would notice */
	/* Of the library's answer @a, before any change. */
	bool (*applies)(const struct mmu_answer *a, const struct mmu_vector *v,
			const struct x86_walk *w);
	void (*change)(struct mmu_answer *a, const struct mmu_vector *v, const struct x86_walk *w);
};

extern const struct mmu_deviation mmu_deviations[MMU_DEVIATIONS];

#endif
