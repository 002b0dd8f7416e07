/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file scenario.h
 * Scenarios: from a file to a verdict.
 *
 * The language is described in numasim-scenario(5). A scenario is parsed once and can then be
 * explored any number of times, on other kernels and machines than it names:
 *
 * @code
 *	struct numasim_scenario_params params = { .release = "v3.13-rc4", .topology = "host" };
 *	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
 *	struct numasim_scenario *scenario;
 *	struct numasim_result *result;
 *
 *	if (numasim_scenario_load(&scenario, "thp-hint-vs-migrate.nsim", &err) ||
 *	    numasim_scenario_explore(&result, scenario, &params, &search, &err))
 *		return fail(err.text);
 * @endcode
 *
 * Errors in a scenario carry line and column, and their text shows the place with a caret.
 */
#ifndef NUMASIM_SCENARIO_H
#define NUMASIM_SCENARIO_H

#include <numasim/explore.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A parsed scenario. Constant: threads may share it. */
struct numasim_scenario;

/** What to take instead of what the file says; NULL and 0 mean "as the file says". Not kept. */
struct numasim_scenario_params {
	const char *release;	    /**< as numasim_kernel_open() takes it */
	const char *const *with;    /**< rows and build options to add */
	const char *const *without; /**< and to take out */
	size_t nr_with;
	size_t nr_without;
	const char *topology;	    /**< as numasim_topology_load() takes it */
};

/**
 * Read and parse a scenario file.
 *
 * @param[out] scenario owned by the caller; untouched on error
 * @param      path     of the file
 * @param[out] err      may be NULL
 * @return 0; -EINVAL (not a scenario), -EFBIG (above 256 KiB), -ENOMEM, or an error of open(2) or
 *         read(2)
 */
NUMASIM_API int numasim_scenario_load(struct numasim_scenario **scenario, const char *path,
				      struct numasim_error *err);

/**
 * Parse a scenario from memory.
 *
 * @param[out] scenario owned by the caller; untouched on error
 * @param      text     @p len bytes of UTF-8; copied
 * @param      len      bytes
 * @param      filename for messages and witnesses; copied; NULL: "scenario"
 * @param[out] err      may be NULL
 * @return 0, -EINVAL, -EFBIG, -ENOMEM
 */
NUMASIM_API int numasim_scenario_parse(struct numasim_scenario **scenario, const char *text,
				       size_t len, const char *filename,
				       struct numasim_error *err);

/** Free @p scenario; NULL is allowed. Results stay valid. */
NUMASIM_API void numasim_scenario_free(struct numasim_scenario *scenario);

/** @return the scenario's name, which lives as long as it does */
NUMASIM_API const char *numasim_scenario_name(const struct numasim_scenario *scenario);

/**
 * Build the scenario's machine and search its orders.
 *
 * @param[out] result   owned by the caller; untouched on error
 * @param      scenario what to explore
 * @param      params   may be NULL
 * @param      search   may be NULL: NUMASIM_SEARCH_DEFAULTS
 * @param[out] err      may be NULL
 * @return 0 for every verdict; -EINVAL (options that contradict each other; a scenario that cannot
 *         stand on that machine), -ENOENT (no such release, row, oracle or topology), -ENOTSUP (a
 *         kernel whose steps are not modelled), -E2BIG (an order of more than 20000 steps), -ENOMEM
 */
NUMASIM_API int numasim_scenario_explore(struct numasim_result **result,
					 const struct numasim_scenario *scenario,
					 const struct numasim_scenario_params *params,
					 const struct numasim_search *search,
					 struct numasim_error *err);

/**
 * Replay a witness: build what it was found in, take its steps one by one, and compare every label
 * and the end.
 *
 * @param[out] result   as the search found it, but for what a search counts; owned by the caller;
 *                      untouched on error
 * @param      text     @p len bytes: the text of a witness file
 * @param      len      bytes
 * @param      filename of the witness, for messages; NULL: "witness"
 * @param[out] err      may be NULL
 * @return 0; -EPROTO (it does not go as the witness says: @p err names the first difference, what
 *         was expected and what was found), -EINVAL (not a witness; @p err has the line), -EFBIG,
 *         -ENOMEM, or an error of numasim_scenario_explore()
 *
 * A livelock is a matter of all orders together: its replay checks the way to where it begins, and
 * takes the rest from the file.
 */
NUMASIM_API int numasim_witness_replay(struct numasim_result **result, const char *text,
				       size_t len, const char *filename,
				       struct numasim_error *err);

/** Whether an `expect` line came true. */
enum numasim_check_status {
	NUMASIM_CHECK_OK,
	NUMASIM_CHECK_FAIL,	 /**< another verdict came out */
	NUMASIM_CHECK_VACUOUS,	 /**< it holds, but what had to be reached never happened */
	NUMASIM_CHECK_UNDECIDED, /**< the budget ran out */
};

/** One verdict of one `expect` line. Texts live as long as the check. */
struct numasim_check_row {
	const char *scenario; /**< name of the file */
	const char *kernel;   /**< as the line has it: "v3.13-rc4+20841405940e" */
	const char *expected; /**< "lost-write", "no lost-write", "holds vacuously", "undecided" */
	const char *found;    /**< in the same words */
	const char *remark;   /**< what to know about the verdict; "" nothing */
	unsigned line;	      /**< of the verdict in the file */
	int broken;	      /**< a witness was found */
	unsigned preemptions; /**< of the witness */
	enum numasim_engine engine;
	uint64_t states;      /**< graph: different states seen; tree: orders */
	int partial;	      /**< the search ended before it had seen all of them */
	enum numasim_check_status status;
};

/** The verdicts of one file. Constant; the caller owns it. */
struct numasim_check;

/**
 * Hold a scenario against what it expects of itself: each verdict of each `expect` line is searched
 * on the kernel that the line names. For "ORACLE" and "no ORACLE" only that oracle ends an order;
 * for "holds" all do. "holds" and "no ORACLE" have to reach every event of the file's `reach` list,
 * unless the line says "vacuously"; then some event must stay out of reach.
 *
 * @param[out] check    owned by the caller; untouched on error
 * @param      scenario with or without `expect` lines (then there are no rows)
 * @param      search   budgets, engine and bound to use; its oracles are not looked at; may be NULL
 * @param[out] err      may be NULL
 * @return 0 whatever came out; otherwise as numasim_scenario_explore()
 */
NUMASIM_API int numasim_scenario_check(struct numasim_check **check,
				       const struct numasim_scenario *scenario,
				       const struct numasim_search *search,
				       struct numasim_error *err);

/** @return the name of the scenario, which lives as long as the check */
NUMASIM_API const char *numasim_check_scenario(const struct numasim_check *check);

/** @return number of rows */
NUMASIM_API size_t numasim_check_count(const struct numasim_check *check);

/**
 * One row, in the order of the file.
 *
 * @return 0, -ERANGE
 */
NUMASIM_API int numasim_check_row(struct numasim_check_row *row, const struct numasim_check *check,
				  size_t index);

/** Free @p check; NULL is allowed. */
NUMASIM_API void numasim_check_free(struct numasim_check *check);

#ifdef __cplusplus
}
#endif
#endif
