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

unsigned mmu_coverage_print(const struct mmu_coverage *c, bool sample, FILE *to)
{
	unsigned missed = 0;

	fprintf(to, "%-14s %7s %7s %7s %7s\n", "group", "cells", "covered", "least", "most");
	for (unsigned i = 0; i < mmu_nr_groups; i++) {
		const struct mmu_group *g = &mmu_groups[i];
		unsigned cells = 0, covered = 0;
		uint32_t least = UINT32_MAX, most = 0;

		for (unsigned cell = 0; cell < g->cells; cell++) {
			uint32_t n = c->count[i][cell];

			if (!g->possible(cell, &c->machine))
				continue;
			cells++;
			covered += n > 0;
			least = n < least ? n : least;
			most = n > most ? n : most;
		}
		missed += !sample || g->sample ? cells - covered : 0;
		fprintf(to, "%-14s %7u %7u %7u %7u  %s\n", g->name, cells, covered, least, most,
			g->text);
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
