/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judges: no reduction, for ever.
 *
 *   graph   every reachable state, once; when something breaks, the witness with the fewest
 *           preemptions, by 0-1 breadth-first search over preemptions
 *   tree    every schedule; counts the classes of equivalent ones
 *
 * A search is given a machine at its root: built, set up, contexts fresh.
 */
#ifndef EXPLORE_SEARCH_H
#define EXPLORE_SEARCH_H

#include "explore/visited.h"
#include "machine/machine.h"

#define PATH_MAX_STEPS 20000
#define NO_BOUND       (-1)

enum verdict {
	VERDICT_HOLDS,	   /* every order was seen, nothing broke */
	VERDICT_BROKEN,	   /* a witness stands in the result */
	VERDICT_UNDECIDED, /* nothing broke in what was seen */
};

/* What a search needs to know of the scenario. Called at a state in which all came to their end. */
struct scene {
	/* Look at the final state: violate() if the condition forbids it; true: the condition's
	 * proposition holds there. May be NULL. */
	bool (*judge)(void *self);
	void *self;
};

struct search_options {
	uint32_t oracles;     /* those that stop the search */
	int bound;	      /* most preemptions, or NO_BOUND */
	uint64_t max_states;  /* of all passes together; 0: no limit */
	uint64_t max_ns;      /* 0: no limit */
	uint64_t began_ns;    /* when the clock started; 0: with the search */
	bool keep_going;      /* graph: count all final states even if something broke */
};

struct search_result {
	enum verdict verdict;
	struct violation violation;
	struct choice *path;  /* the witness; malloc'd */
	unsigned nr_path;
	unsigned preemptions; /* of the witness */
	bool more_than_needed; /* graph: fewer may do, the budget ran out before that was known */
	uint64_t spent;	      /* states (tree: steps) of all passes */
	uint64_t states, transitions, blocked;
	uint64_t schedules;   /* tree: those that came to their end, or to where something broke */
	uint64_t classes;     /* tree: how many of them are not equivalent */
	uint64_t positive,
		negative;     /* final states where the condition's proposition holds, or not */
	const char *stopped;  /* why undecided: static text */
};

void search_result_clear(struct search_result *result);

/* 0 or a negative errno (host memory); the machine is left at some state. */
int search_graph(struct search_result *result, struct numasim_machine *m,
		 const struct scene *scene, const struct search_options *options);

/* Every schedule. @merge: prefixes that are equivalent are walked on from only once, which sees
 * the same classes and final states. */
int search_tree(struct search_result *result, struct numasim_machine *m, const struct scene *scene,
		const struct search_options *options, bool merge);

/* ---- shared by the engines ---- */

#define SEARCH_STATES_SPENT "the budget of states is used up"

/* Start the clock, unless it runs already. */
void search_budget_begin(struct search_options *options);

/* Why a pass that has spent so much must end: static text; NULL: it may go on. @look: at the
 * clock, too. */
const char *search_budget_end(const struct search_options *options, uint64_t spent, bool look);

/* Take what a pass has spent off the budget of the next. NULL, or why there must be none. */
const char *search_budget_rest(struct search_options *options, uint64_t spent);

/* A place in a run: how to get back to it. */
struct trail {
	struct numasim_machine *m;
	struct snapshot root;	    /* contexts fresh */
	struct snapshot *at;	    /* by depth; where stacks can be copied */
	unsigned nr_at;
	struct choice path[PATH_MAX_STEPS];
	unsigned depth;
	bool by_replay;		    /* go back by running again */
	struct footprint *footprint; /* check what every step touches; NULL: don't */
};

int trail_init(struct trail *trail, struct numasim_machine *m, bool by_replay);
void trail_destroy(struct trail *trail);
/* From now on, check that steps change only what they name (check/footprint.h); debug builds do it
 * from the start. 0 or -ENOMEM. */
int trail_check_steps(struct trail *trail);
/* Back to the root, contexts at their first announcements. */
void trail_rewind(struct trail *trail);
/* Remember the present state as that of the present depth. */
int trail_mark(struct trail *trail);
/* Back to the state that was marked at @depth. */
void trail_back(struct trail *trail, unsigned depth);
/* Take a step and be one deeper. */
void trail_step(struct trail *trail, struct choice choice);
/* The same for a step that was taken before from this state: it is not checked again. */
void trail_repeat(struct trail *trail, struct choice choice);

/*
 * Is going on with @choice a preemption, after actor @last (or -1)? It is if @last could go on and
 * is not at rest. A processor that waits for others to answer its interrupts could go on, as long
 * as they can take them: their answers cost nothing.
 */
bool is_preemption(struct exec *exec, int last, const struct choice *enabled, unsigned nr,
		   struct choice choice);

/* No context, and no interrupt, can move, though some context is not done: what waits for what. */
void report_deadlock(struct numasim_machine *m);

/* The choices that can move the run on: page walkers alone do not. */
bool can_move(const struct exec *exec, const struct choice *choice, unsigned nr);

#endif
