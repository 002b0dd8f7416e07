/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plan says what a vector is about; building it fills in everything else at random: addresses,
 * frames, bits that the processor ignores, A and D.
 */
#ifndef MMU_PLAN_H
#define MMU_PLAN_H

#include "model.h"
#include "places.h"
#include "random.h"

/* What the registers say about the key of the page. */
enum mmu_key {
	MMU_KEY_OFF,	 /* CR4.PKE, or for a supervisor page CR4.PKS, is clear */
	MMU_KEY_ALLOWS,
	MMU_KEY_AD,	 /* access-disable */
	MMU_KEY_WD,	 /* write-disable */
	MMU_KEY_AD_WD,
	MMU_KEYS,
};

/* What is wrong with the tables or the address, beside rights. */
enum mmu_flaw {
	MMU_FLAW_NONE,
	MMU_FLAW_ABSENT,       /* the entry of flaw_level has P clear */
	MMU_FLAW_RESERVED,     /* it has flaw_bit set */
	MMU_FLAW_WILD,	       /* it is any 64 bits that are absent or reserved */
	MMU_FLAW_NONCANONICAL, /* the address has flaw_bit flipped; some bits if that is 0 */
};

struct mmu_plan {
	uint8_t access;	  /* enum mmu_access */
	uint8_t cpl;	  /* 0 or 3 */
	uint8_t leaf;	  /* level of the entry that maps the page: 1 to 3 */
	uint8_t control;  /* enum mmu_control; PKE or PKS follows from key */
	bool rw, us, nx;  /* of the whole walk */
	uint8_t key;	  /* enum mmu_key */
	uint8_t pkey;	  /* its number */
	uint8_t flaw;	  /* enum mmu_flaw */
	uint8_t flaw_level;
	uint8_t flaw_bit;
};

/* A plan without a flaw, everything else any. */
void mmu_plan_random(struct mmu_plan *p, struct mmu_random *r);

void mmu_plan_build(struct mmu_vector *v, const struct mmu_plan *p,
		    const struct mmu_machine *machine, const struct mmu_places *places,
		    struct mmu_random *r);

#endif
