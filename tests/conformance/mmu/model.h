/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's answer to a vector. */
#ifndef MMU_MODEL_H
#define MMU_MODEL_H

#include "vector.h"
#include "x86/walk.h"

/* The processor that the vectors are for: what its header says. */
struct mmu_machine {
	unsigned levels;
	unsigned physical_bits;
	bool gbpages;
};

struct mmu_model {
	struct mmu_machine machine;
	struct phys_map mem; /* memory for tables only, at the places for them */
};

/* 0, or -ENOMEM if there is no address space for the tables. */
int mmu_model_start(struct mmu_model *model, const struct mmu_machine *machine);
void mmu_model_end(struct mmu_model *model);

struct x86_mode mmu_mode(const struct mmu_machine *machine, const struct mmu_vector *v);
struct x86_access mmu_access(const struct mmu_vector *v);

/* What the library expects of the processor; @w says why. */
void mmu_model_answer(struct mmu_model *model, const struct mmu_vector *v, struct mmu_answer *a,
		      struct x86_walk *w);

#endif
