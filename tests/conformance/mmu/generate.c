/* SPDX-License-Identifier: BSD-2-Clause */
#include "generate.h"

#include <errno.h>
#include <stdlib.h>

#include "coverage.h"

/* The cells of a group that can occur, shuffled, and how far their round has got. */
struct round {
	unsigned *cell;
	unsigned count;
	unsigned next;
};

static int start_round(struct round *round, const struct mmu_group *g,
		       const struct mmu_machine *machine, struct mmu_random *r)
{
	round->next = 0;
	round->count = 0;
	round->cell = calloc(g->cells, sizeof(*round->cell));
	if (!round->cell)
		return -ENOMEM;
	for (unsigned cell = 0; cell < g->cells; cell++) {
		unsigned at;

		if (!g->possible(cell, machine))
			continue;
		at = mmu_below(r, round->count + 1);
		round->cell[round->count++] = round->cell[at];
		round->cell[at] = cell;
	}
	return 0;
}

/* No cell in particular: one vector in two has something wrong with it, anywhere. */
static void plan_any(struct mmu_plan *p, const struct mmu_machine *machine, struct mmu_random *r)
{
	static const uint8_t flaws[] = { MMU_FLAW_NONE, MMU_FLAW_NONE, MMU_FLAW_NONE,
		MMU_FLAW_ABSENT, MMU_FLAW_WILD, MMU_FLAW_NONCANONICAL };

	p->flaw = flaws[mmu_below(r, sizeof(flaws))];
	p->flaw_level = p->leaf + mmu_below(r, machine->levels - p->leaf + 1);
	if (p->flaw == MMU_FLAW_NONCANONICAL && p->access == MMU_IMPLICIT)
		p->access = MMU_READ; /* LLDT refuses such a base */
}

static void generate_one(struct mmu_vector *v, struct round *rounds, unsigned shares,
			 const struct mmu_machine *machine, const struct mmu_places *places,
			 struct mmu_random *r)
{
	unsigned ticket = mmu_below(r, shares), group = 0;
	struct mmu_plan p;

	mmu_plan_random(&p, r);
	while (group < mmu_nr_groups && ticket >= mmu_groups[group].share)
		ticket -= mmu_groups[group++].share;
	if (group == mmu_nr_groups) {
		plan_any(&p, machine, r);
	} else {
		struct round *round = &rounds[group];

		mmu_groups[group].plan(&p, round->cell[round->next], r);
		round->next = (round->next + 1) % round->count;
	}
	mmu_plan_build(v, &p, machine, places, r);
}

int mmu_generate(struct mmu_vector *v, unsigned count, const struct mmu_machine *machine,
		 const struct mmu_places *places, uint64_t seed)
{
	struct round *rounds = calloc(mmu_nr_groups, sizeof(*rounds));
	struct mmu_random r = { seed };
	unsigned shares = 13; /* of those that are for no group */
	int ret = rounds ? 0 : -ENOMEM;

	for (unsigned i = 0; !ret && i < mmu_nr_groups; i++) {
		shares += mmu_groups[i].share;
		if (mmu_groups[i].share)
			ret = start_round(&rounds[i], &mmu_groups[i], machine, &r);
	}
	for (unsigned i = 0; !ret && i < count; i++)
		generate_one(&v[i], rounds, shares, machine, places, &r);
	for (unsigned i = 0; rounds && i < mmu_nr_groups; i++)
		free(rounds[i].cell);
	free(rounds);
	return ret;
}
