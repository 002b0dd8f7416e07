/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's TLB and the model, side by side: the same is done to both, and compared. */
#ifndef TEST_SIMTLB_PAIR_H
#define TEST_SIMTLB_PAIR_H

#include "test_simtlb_model.h"
#include "test_simtlb_world.h"

struct pair {
	struct world world;
	struct numasim_tlb *tlb;
	struct model model;
	uint64_t recent[8];
	uint64_t accesses, faults;
};

/* An address of the world, often one used lately, now and then any number. */
uint64_t pair_random_address(struct pair *p);

/* New registers for both: mostly Linux's, some bits the other way. */
void pair_regs(struct pair *p);

/* Mostly a batch of accesses; else an invalidation, a CR3, registers, a changed entry, a fill. */
void pair_something(struct pair *p);

/* Counters, every entry, and the tables are the same. */
void pair_assert_same_all(struct pair *p);

#endif
