/* SPDX-License-Identifier: BSD-2-Clause */
/* The graph engine's two passes, put together. */
#include "exec/point.h"
#include "explore/graph.h"
#include "explore/search.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* All that the result says of what it took. */
static void account(struct search_result *result, const struct graph *g)
{
	result->states = g->visited.count;
	result->spent += g->visited.count;
}

static int run_pass(struct search_result *result, struct graph *g, struct numasim_machine *m,
		    const struct scene *scene, const struct search_options *options, bool layered)
{
	int ret = graph_init(g, result, m, scene, options, layered);

	return ret ? ret : graph_run(g);
}

/* The way to state @number: in the first pass, states and nodes have the same numbers. */
static int path_to_state(struct search_result *result, const struct graph *g, uint32_t number)
{
	unsigned nr = 0;

	for (uint32_t at = number; g->node[at].parent != UINT32_MAX; at = g->node[at].parent)
		nr++;
	result->path = malloc((nr + 1) * sizeof(*result->path));
	if (!result->path)
		return -ENOMEM;
	result->nr_path = nr;
	for (uint32_t at = number; g->node[at].parent != UINT32_MAX; at = g->node[at].parent)
		result->path[--nr] = g->node[at].choice;
	return 0;
}

static int look_for_livelock(struct search_result *result, const struct graph *g)
{
	int64_t state;
	int ret;

	if (!(g->options->oracles >> ORACLE_LIVELOCK & 1))
		return 0;
	state = graph_livelock(g);
	if (state < 0)
		return state == -1 ? 0 : (int)state;
	ret = path_to_state(result, g, state);
	result->verdict = VERDICT_BROKEN;
	result->violation = (struct violation){.found = true, .oracle = ORACLE_LIVELOCK};
	snprintf(result->violation.text, sizeof(result->violation.text),
		 "from here on no user instruction ever completes, although everybody moves");
	return ret;
}

/* The run with the fewest preemptions: by layers, with what is left of the budget. */
static int fewest_preemptions(struct search_result *result, struct graph *g,
			      struct numasim_machine *m, const struct scene *scene,
			      const struct search_options *options)
{
	struct search_options layered = *options;
	struct search_result second = {0};
	int ret;

	layered.keep_going = false;
	result->stopped = search_budget_rest(&layered, result->spent);
	if (result->stopped) {
		result->more_than_needed = result->path;
		result->verdict = result->path ? VERDICT_BROKEN : VERDICT_UNDECIDED;
		return 0;
	}
	ret = run_pass(&second, g, m, scene, &layered, true);
	second.spent = result->spent;
	account(&second, g);
	result->spent = second.spent;
	graph_destroy(g);
	if (ret < 0) {
		search_result_clear(&second);
		return ret;
	}
	if (second.path) {
		free(result->path);
		result->path = second.path;
		result->nr_path = second.nr_path;
		result->violation = second.violation;
		result->preemptions = second.preemptions;
		result->verdict = VERDICT_BROKEN;
	}
	result->more_than_needed = result->path && !second.path;
	if (options->bound != NO_BOUND) {
		result->states = second.states;
		result->transitions = second.transitions;
		result->positive = second.positive;
		result->negative = second.negative;
	}
	if (!second.path && !result->path) {
		result->verdict = second.stopped ? VERDICT_UNDECIDED : VERDICT_HOLDS;
		result->stopped = second.stopped;
	}
	return 0;
}

/* Everything, without an eye for preemptions. */
static int whole_graph(struct search_result *result, struct graph *g, struct numasim_machine *m,
		       const struct scene *scene, const struct search_options *options)
{
	int ret = run_pass(result, g, m, scene, options, false);

	account(result, g);
	if (!ret && !result->path)
		ret = look_for_livelock(result, g);
	graph_destroy(g);
	return ret;
}

int search_graph(struct search_result *result, struct numasim_machine *m,
		 const struct scene *scene, const struct search_options *asked)
{
	struct search_options timed = *asked, *options = &timed;
	struct graph *g = malloc(sizeof(*g));
	int ret = 0;

	*result = (struct search_result){0};
	if (!g)
		return -ENOMEM;
	search_budget_begin(options);
	m->exec.oracles = options->oracles;
	m->exec.limit[0] = '\0';
	if (options->bound == NO_BOUND) {
		ret = whole_graph(result, g, m, scene, options);
		if (ret == 2 && !result->path)
			result->verdict = VERDICT_UNDECIDED;
		else if (ret >= 0 && !result->path)
			result->verdict = VERDICT_HOLDS;
	}
	if (ret >= 0 && (options->bound != NO_BOUND ||
			 (result->path && result->violation.oracle != ORACLE_LIVELOCK)))
		ret = fewest_preemptions(result, g, m, scene, options);
	free(g);
	return ret < 0 ? ret : 0;
}
