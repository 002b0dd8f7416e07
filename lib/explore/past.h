/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The causal past of a schedule, by which equivalent ones are known.
 *
 * Two schedules are equivalent if one turns into the other by swapping neighbouring steps that
 * touch nothing in common (or only read it). Each step gets a hash of its causal past: of what
 * it is, of its actor's step before it, and of the last conflicting steps on each object that it
 * touches. The sum of all is the same exactly for equivalent schedules:
 *
 *     write x  ----------> read x ---.
 *        h1     h2 = f(h1)            `-> write x    h4 = f(h1, h2 + h3)
 *               read x ---------------'
 *               h3 = f(h1)
 */
#ifndef EXPLORE_PAST_H
#define EXPLORE_PAST_H

#include "exec/exec.h"

#define PAST_OBJECTS 512

struct object_past {
	uint64_t object;
	uint64_t write; /* hash of the last write */
	uint64_t reads; /* sum of the hashes of the reads since */
};

/* The trace so far, as far as what comes next depends on it. */
struct past {
	struct digest sum; /* two sums over the steps: 64 bits would not do for many classes */
	uint64_t actor[EXEC_MAX_ACTORS];
	unsigned nr;
	struct object_past object[PAST_OBJECTS];
};

/* No step yet. */
void past_clear(struct past *past);

/* Copy the part of @from that is in use. */
void past_copy(struct past *to, const struct past *from);

/*
 * Add a step by @actor that touched @access; @what tells it from others that touch the same: its
 * label, and which of its alternatives it was. False: too many objects.
 */
bool past_add(struct past *past, unsigned actor, uint64_t what, const struct access *access,
	      unsigned nr);

#endif
