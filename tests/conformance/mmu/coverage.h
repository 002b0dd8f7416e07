/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a set of vectors has tried. A group is a list of cells, each a combination that can occur;
 * every vector is counted in the cells that it belongs to, by what it is and not by what its plan
 * was. What the walk comes to (which entry ends it, and why) is asked of the library.
 */
#ifndef MMU_COVERAGE_H
#define MMU_COVERAGE_H

#include <stdio.h>

#include "model.h"
#include "plan.h"

struct mmu_coverage;

/* A vector and the library's walk for it. */
struct mmu_seen {
	const struct mmu_machine *machine;
	const struct mmu_vector *v;
	const struct x86_walk *w;
};

struct mmu_group {
	const char *name;
	const char *text;
	unsigned cells;
	/* Can the cell occur on this machine? */
	bool (*possible)(unsigned cell, const struct mmu_machine *machine);
	/* Counts the cells of a vector with mmu_hit(). */
	void (*visit)(struct mmu_coverage *c, const struct mmu_seen *seen);
	/* Makes a plan for the cell; NULL where no vectors are made for single cells. */
	void (*plan)(struct mmu_plan *p, unsigned cell, struct mmu_random *r);
	unsigned share; /* of vectors planned for this group, of all shares; with plan */
	bool sample;	/* small enough for every cell to occur in the recorded sample */
};

extern const struct mmu_group mmu_groups[];
extern const unsigned mmu_nr_groups;

struct mmu_coverage {
	struct mmu_machine machine;
	unsigned group;	 /* that is being visited */
	uint32_t **count; /* [group][cell] */
};

/* -ENOMEM or 0. */
int mmu_coverage_start(struct mmu_coverage *c, const struct mmu_machine *machine);
void mmu_coverage_end(struct mmu_coverage *c);

void mmu_coverage_add(struct mmu_coverage *c, const struct mmu_vector *v,
		      const struct x86_walk *w);

/* For visitors. */
void mmu_hit(struct mmu_coverage *c, unsigned cell);

/* Of a group, by its number: how many cells can occur, how many did, and how often at least. */
struct mmu_covered {
	unsigned cells, covered;
	uint32_t least, most;
};

struct mmu_covered mmu_coverage_of(const struct mmu_coverage *c, unsigned group);

/*
 * A line per group. The number of cells that can occur and did not; with @sample, in the groups
 * that a sample completes.
 */
unsigned mmu_coverage_print(const struct mmu_coverage *c, bool sample, FILE *to);

/* Is @bit reserved in a present entry of @level, a leaf or not? By the manual's tables: SDM 4.5. */
bool mmu_is_reserved(const struct mmu_machine *machine, unsigned level, bool leaf, unsigned bit,
		     bool nxe);

#endif
