/* SPDX-License-Identifier: BSD-2-Clause */
#include "coverage.h"

#include <errno.h>
#include <stdlib.h>

int mmu_coverage_start(struct mmu_coverage *c, const struct mmu_machine *machine)
{
	c->machine = *machine;
	c->count = calloc(mmu_nr_groups, sizeof(*c->count));
	if (!c->count)
		return -ENOMEM;
	for (unsigned i = 0; i < mmu_nr_groups; i++) {
		c->count[i] = calloc(mmu_groups[i].cells, sizeof(**c->count));
		if (!c->count[i]) {
			mmu_coverage_end(c);
			return -ENOMEM;
		}
	}
	return 0;
}

void mmu_coverage_end(struct mmu_coverage *c)
{
	for (unsigned i = 0; c->count && i < mmu_nr_groups; i++)
		free(c->count[i]);
	free(c->count);
	c->count = NULL;
}

void mmu_hit(struct mmu_coverage *c, unsigned cell)
{
	c->count[c->group][cell]++;
}

void mmu_coverage_add(struct mmu_coverage *c, const struct mmu_vector *v, const struct x86_walk *w)
{
	struct mmu_seen seen = { &c->machine, v, w };

	for (c->group = 0; c->group < mmu_nr_groups; c->group++)
		mmu_groups[c->group].visit(c, &seen);
}

struct mmu_covered mmu_coverage_of(const struct mmu_coverage *c, unsigned group)
{
	const struct mmu_group *g = &mmu_groups[group];
	struct mmu_covered sum = { .least = UINT32_MAX };

	for (unsigned cell = 0; cell < g->cells; cell++) {
		uint32_t n = c->count[group][cell];

		if (!g->possible(cell, &c->machine))
			continue;
		sum.cells++;
		sum.covered += n > 0;
		sum.least = n < sum.least ? n : sum.least;
		sum.most = n > sum.most ? n : sum.most;
	}
	return sum;
}

unsigned mmu_coverage_print(const struct mmu_coverage *c, bool sample, FILE *to)
{
	unsigned missed = 0;

	fprintf(to, "%-14s %7s %7s %7s %7s\n", "group", "cells", "covered", "least", "most");
	for (unsigned i = 0; i < mmu_nr_groups; i++) {
		const struct mmu_group *g = &mmu_groups[i];
		struct mmu_covered sum = mmu_coverage_of(c, i);

		missed += !sample || g->sample ? sum.cells - sum.covered : 0;
		fprintf(to, "%-14s %7u %7u %7u %7u  %s\n", g->name, sum.cells, sum.covered,
			sum.least, sum.most, g->text);
	}
	return missed;
}

bool mmu_is_reserved(const struct mmu_machine *machine, unsigned level, bool leaf, unsigned bit,
		     bool nxe)
{
	if (bit == 63)
		return !nxe;
	if (bit >= machine->physical_bits && bit <= 51)
		return true;
	if (bit == 7)
		return level >= X86_P4D || (level == X86_PUD && !machine->gbpages);
	return leaf && level > X86_PTE && bit >= 13 && bit < x86_level_shift(level);
}
