/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of what a row changes: a program per kernel, hints, and moves by hint faults. */
#ifndef ROW_WORLD_H
#define ROW_WORLD_H

#include "../mm/mm_world.h"

#include "mm/mprotect.h"

/* One huge page on node 0 (or, in a mapping of its own, one base page), x = 1. */
static inline void row_world_open(struct mm_world *w, const char *kernel, bool huge)
{
	struct numasim_program_options options = {.release = kernel};

	mm_world_open(w, &options, huge);
}

static inline void row_world_arms(void *payload)
{
	const struct mm_world *w = payload;

	numasim_change_prot_numa(w->vma, w->x, numasim_vma_end(w->vma));
}

static inline void row_world_loads(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value = 0;

	numasim_assert(numasim_user_load(&value, w->x));
}

static inline void row_world_run(struct mm_world *w, void (*fn)(void *), unsigned node)
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_NODE, .id = node, .mm = w->mm};

	if (numasim_program_setup(w->program, fn, w, &seat, &w->err))
		fail_msg("%s", w->err.text);
}

static inline const uint64_t *row_world_pmd(const struct mm_world *w)
{
	return entry_find(w->m, w->mm, w->x, 2);
}

static inline struct page *row_world_page(const struct mm_world *w)
{
	return (struct page *)entry_frame_page(w->m, *row_world_pmd(w), 2);
}

/* A hint fault from node 1; true: the page is there now. Some filters want two in a row. */
static inline bool row_world_moves(struct mm_world *w)
{
	for (int n = 0; n < 3 && row_world_page(w)->node != 1; n++) {
		row_world_run(w, row_world_arms, 0);
		row_world_run(w, row_world_loads, 1);
	}
	return row_world_page(w)->node == 1;
}

/* What the search with all oracles finds: NULL, or the name of the oracle. */
static inline const char *row_world_verdict(struct mm_world *w, const char *oracle)
{
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, oracle);
	if (w->info.verdict == NUMASIM_VERDICT_HOLDS)
		return NULL;
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
	return w->info.oracle;
}

#endif
