/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file explore.h
 * Is there any order of steps that breaks this? How to ask, and what the answer holds.
 *
 * A *scenario* (see scenario.h) is a machine and a column of statements for each of some CPUs. A
 * *step* is what one CPU (or its interrupts, or its page walker) does between one access to shared
 * state and the next. A search looks at every order of the steps and ends in a verdict:
 *
 * - NUMASIM_VERDICT_HOLDS: every order was seen and nothing broke in any;
 * - NUMASIM_VERDICT_BROKEN: an *oracle*, which knows something that must always hold, found an
 *   order in which it does not. That order is the *witness*;
 * - NUMASIM_VERDICT_UNDECIDED: nothing broke in what was seen, and not everything was seen.
 *
 * @code
 *	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
 *	struct numasim_result *result;
 *	struct numasim_result_info info;
 *
 *	if (numasim_scenario_explore(&result, scenario, NULL, &search, &err))
 *		return fail(err.text);
 *	numasim_result_info(&info, result);
 *	if (info.verdict == NUMASIM_VERDICT_BROKEN)
 *		printf("%s: %s\n", info.oracle, info.sentence);
 *	numasim_result_free(result);
 * @endcode
 *
 * A search is deterministic: the same scenario, options and budget (unless that is a time) give the
 * same result, byte for byte, in every process.
 */
#ifndef NUMASIM_EXPLORE_H
#define NUMASIM_EXPLORE_H

#include <stddef.h>
#include <stdint.h>

#include <numasim/error.h>
#include <numasim/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How to go through the orders. All of them agree wherever they finish. */
enum numasim_engine {
	/** Every reachable state once; a witness has the fewest preemptions of all. */
	NUMASIM_ENGINE_GRAPH,
	/** Every schedule, and how many classes of equivalent ones there are; for small ones. */
	NUMASIM_ENGINE_TREE,
	/** As the tree, but of equivalent beginnings only one is gone on with. */
	NUMASIM_ENGINE_TREE_MERGED,
};

/** What came out. */
enum numasim_verdict {
	NUMASIM_VERDICT_HOLDS,
	NUMASIM_VERDICT_BROKEN,
	NUMASIM_VERDICT_UNDECIDED,
};

/** numasim_search.bound: any number of preemptions. */
#define NUMASIM_NO_BOUND (-1)

/** What to look for, and for how long. Start from NUMASIM_SEARCH_DEFAULTS. */
struct numasim_search {
	enum numasim_engine engine;
	/** Most preemptions of an order that is looked at, or NUMASIM_NO_BOUND. A preemption is a
	 *  switch away from a CPU that could go on and is neither between two user instructions nor
	 *  at its end; interrupts and page walkers cost nothing. Only with NUMASIM_ENGINE_GRAPH. */
	int bound;
	/** States (graph) or steps (tree) to stop at; 0: no limit. When something breaks, the graph
	 *  engine goes through the states again for the witness with the fewest preemptions, and
	 *  again to count the final states: this and max_ms are for all of that together. */
	uint64_t max_states;
	uint64_t max_ms;     /**< milliseconds to stop after; 0: no limit */
	/** Names of the oracles that end an order; others are passed over. Not kept. */
	const char *const *oracles;
	size_t nr_oracles;   /**< 0: all of them */
	/** Not 0: stop at the first order that breaks (the graph engine then looks for the one with
	 *  the fewest preemptions), and leave the rest uncounted: the result is partial. */
	int first_only;
};

/** The graph engine, all oracles, no limit. */
#define NUMASIM_SEARCH_DEFAULTS { NUMASIM_ENGINE_GRAPH, NUMASIM_NO_BOUND, 0, 0, NULL, 0, 0 }

/**
 * The name of an oracle: "lost-write", "use-after-free" and so on; lib/check documents each.
 *
 * @param index from 0
 * @return a static string; NULL behind the last
 */
NUMASIM_API const char *numasim_oracle_name(size_t index);

/**
 * The engine of that name: "graph", "tree", "tree-merged".
 *
 * @param[out] engine untouched on error
 * @param      name   zero-terminated
 * @return 0, -EINVAL
 */
NUMASIM_API int numasim_engine_by_name(enum numasim_engine *engine, const char *name);

/** What a search, or the replay of a witness, found. Constant; the caller owns it. */
struct numasim_result;

/** A result at a glance. All texts live as long as the result; none is NULL unless it says so. */
struct numasim_result_info {
	const char *scenario;  /**< its name */
	const char *title;     /**< its sentence */
	const char *kernel;    /**< "v3.13-rc4+20841405940e" */
	const char *note;      /**< what had to be added to make that kernel; "" nothing */
	const char *machine;   /**< "numa:2 core:2 pu:1: 2 nodes, 4 CPUs" */
	const char *oracles;   /**< those that could end an order, with blanks between; "" all */
	enum numasim_verdict verdict;
	const char *oracle;    /**< BROKEN: who found it; otherwise NULL */
	const char *sentence;  /**< BROKEN: what broke; otherwise NULL */
	const char *undecided; /**< UNDECIDED: why; otherwise NULL */
	int replayed;	       /**< from a witness: what a search counts is 0 below */
	enum numasim_engine engine;
	int bound;	       /**< as asked for */
	unsigned preemptions;  /**< of the witness */
	/** The budget ran out before it was known whether fewer preemptions break it, too. */
	int more_than_needed;
	/** Graph: different states seen before anything broke. Of a BROKEN result that is not
	 *  partial: every state that an order comes to before something breaks in it. */
	uint64_t states;
	uint64_t transitions;  /**< steps taken between them */
	uint64_t schedules;    /**< tree: orders that came to their end, or broke */
	uint64_t classes;      /**< tree: classes of equivalent ones among them */
	uint64_t blocked;      /**< orders that an assumption of the scenario ruled out */
	int observes;      /**< the scenario has a condition, so that the next two say something */
	uint64_t positive; /**< final states (tree: complete orders) that satisfy its proposition */
	uint64_t negative;     /**< final states (tree: complete orders) that do not */
	int partial;	       /**< not every order was gone through: counts are lower bounds */
	size_t nr_columns;     /**< 0 unless BROKEN */
	size_t nr_steps;       /**< of the witness; 0 unless BROKEN */
};

/** A column of a scenario, on its CPU. Texts live as long as the result. */
struct numasim_result_column {
	const char *name;
	unsigned cpu;	    /**< as the topology numbers it */
	unsigned node;	    /**< of that CPU */
	const char *before; /**< what the CPU had cached at the start, in words; "" nothing */
};

/** A step of a witness. Texts live as long as the result. */
struct numasim_result_step {
	size_t column;	    /**< in which it is shown */
	const char *actor;  /**< "reader", "reader/irq", "reader/walker" */
	unsigned alternative; /**< which of the things that a page walker could do; otherwise 0 */
	const char *kind;   /**< "lock", "read", "load" */
	const char *object; /**< what it touches, "PMD(P:x)" */
	const char *text;   /**< what it does, in words: "make entry PMD_NUMA"; "" nothing to say */
	int preempts;	    /**< it interrupts a CPU that could have gone on */
	int relevant;	    /**< it is in the causal past of the failure */
	int shown;	    /**< it is relevant and tells a reader something */
};

/** Fill @p info from @p result. */
NUMASIM_API void numasim_result_info(struct numasim_result_info *info,
				     const struct numasim_result *result);

/**
 * One column.
 *
 * @return 0, -ERANGE (@p index is not below numasim_result_info.nr_columns)
 */
NUMASIM_API int numasim_result_column(struct numasim_result_column *column,
				      const struct numasim_result *result, size_t index);

/**
 * One step of the witness, in the order in which they happen.
 *
 * @return 0, -ERANGE (@p index is not below numasim_result_info.nr_steps)
 */
NUMASIM_API int numasim_result_step(struct numasim_result_step *step,
				    const struct numasim_result *result, size_t index);

/**
 * The witness as the text of a file, which numasim_witness_replay() reads. It holds the scenario,
 * the options, and who does what at every step.
 *
 * @return a text that lives as long as @p result; NULL: nothing broke
 */
NUMASIM_API const char *numasim_result_witness(const struct numasim_result *result);

/** Free @p result; NULL is allowed. */
NUMASIM_API void numasim_result_free(struct numasim_result *result);

#ifdef __cplusplus
}
#endif
#endif
