/* SPDX-License-Identifier: BSD-2-Clause */
/* Vectors from a seed: the same seed, the same vectors. */
#ifndef MMU_GENERATE_H
#define MMU_GENERATE_H

#include "model.h"
#include "places.h"

/*
 * Fill @v with @count vectors. Each group of coverage has a share of them, and goes through its
 * cells in an order that the seed decides; the rest are random, with flaws of all kinds.
 * 0 or -ENOMEM.
 */
int mmu_generate(struct mmu_vector *v, unsigned count, const struct mmu_machine *machine,
		 const struct mmu_places *places, uint64_t seed);

#endif
