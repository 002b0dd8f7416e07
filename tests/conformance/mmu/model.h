/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's answers to a vector, by the explorer's walk and by the simulator's. */
#ifndef MMU_MODEL_H
#define MMU_MODEL_H

#include <numasim/tlb.h>

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
	struct numasim_tlb *tlb;
};

/* 0, or -ENOMEM if there is no address space for the tables. */
int mmu_model_start(struct mmu_model *model, const struct mmu_machine *machine);
void mmu_model_end(struct mmu_model *model);

struct x86_mode mmu_mode(const struct mmu_machine *machine, const struct mmu_vector *v);
struct x86_access mmu_access(const struct mmu_vector *v);

/* What x86_walk() expects of the processor; @w says why. */
void mmu_model_answer(struct mmu_model *model, const struct mmu_vector *v, struct mmu_answer *a,
		      struct x86_walk *w);

/*
 * Do walks that start further down, and the judgement of a cached translation, come to what @w, the
 * whole walk for @v, came to? NULL, or the name of the function that does not.
 */
const char *mmu_model_check(struct mmu_model *model, const struct mmu_vector *v,
			    const struct x86_walk *w);

/*
 * What the simulator's TLB expects (<numasim/tlb.h>), which walks with code of its own. It has no
 * supervisor keys: false where they, by @w, decide something.
 */
bool mmu_simulator_answer(struct mmu_model *model, const struct mmu_vector *v,
			  const struct x86_walk *w, struct mmu_answer *a);

/* The parts of an answer: what becomes of the tables, an access that fails, one that passes. */
void mmu_lay_tables(struct mmu_model *model, const struct mmu_vector *v);
void mmu_take_tables(struct mmu_model *model, const struct mmu_vector *v, struct mmu_answer *a);
void mmu_answer_nothing_done(const struct mmu_vector *v, struct mmu_answer *a);
void mmu_answer_pass(const struct mmu_vector *v, struct mmu_answer *a, uint64_t pa);

#endif
