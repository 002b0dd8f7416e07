/* SPDX-License-Identifier: BSD-2-Clause */
#include "explore/result.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int unknown_oracle(const char *name, struct numasim_error *err)
{
	char known[256] = "";

	for (int i = 0; i < ORACLE_NR; i++) {
		strcat(known, i ? i == ORACLE_NR - 1 ? " and " : ", " : "");
		strcat(known, oracle_name(i));
	}
	return error_set(err, -ENOENT, "there is no oracle \"%.64s\"\n  help: the oracles are %s",
			 name, known);
}

int result_oracles(uint32_t *oracles, const struct numasim_search *search,
		   struct numasim_error *err)
{
	*oracles = search->nr_oracles ? 0 : ORACLE_ALL;
	for (size_t i = 0; i < search->nr_oracles; i++) {
		int oracle = oracle_by_name(search->oracles[i]);

		if (oracle < 0)
			return unknown_oracle(search->oracles[i], err);
		*oracles |= UINT32_C(1) << oracle;
	}
	if (search->engine > NUMASIM_ENGINE_TREE_MERGED)
		return error_set(err, -EINVAL, "there is no engine number %d", search->engine);
	if (search->bound < NUMASIM_NO_BOUND)
		return error_set(err, -EINVAL, "a bound cannot be negative");
	if (search->bound != NUMASIM_NO_BOUND && search->engine != NUMASIM_ENGINE_GRAPH)
		return error_set(err, -EINVAL,
				 "only the graph engine keeps a bound on preemptions");
	return 0;
}

static void list_oracles(struct numasim_result *result, uint32_t oracles)
{
	size_t used = 0;

	for (int i = 0; i < ORACLE_NR && oracles != ORACLE_ALL; i++)
		if (oracles >> i & 1)
			used += snprintf(result->oracles + used, sizeof(result->oracles) - used,
					 "%s%s", used ? " " : "", oracle_name(i));
	result->info.oracles = result->oracles;
}

/* ---- searching ---- */

/* What ended the search before it had seen everything. */
static void say_undecided(struct numasim_result *result, const struct search_result *found)
{
	char *text = result->undecided;

	if (result->info.bound != NUMASIM_NO_BOUND &&
	    (!found->stopped || strstr(found->stopped, "preemptions")))
		snprintf(text, RESULT_TEXT,
			 "nothing breaks with at most %d preemption%s; orders with "
			 "more were not looked at",
			 result->info.bound, result->info.bound == 1 ? "" : "s");
	else
		snprintf(text, RESULT_TEXT, "%s", found->stopped ?: "not everything was seen");
	result->info.undecided = text;
}

static void take_counts(struct numasim_result *result, const struct search_result *found)
{
	struct numasim_result_info *info = &result->info;

	info->states = found->states;
	info->transitions = found->transitions;
	info->schedules = found->schedules;
	info->classes = found->classes;
	info->blocked = found->blocked;
	info->positive = found->positive;
	info->negative = found->negative;
}

static void set_options(struct search_options *options, const struct numasim_search *search,
			uint32_t oracles)
{
	*options = (struct search_options){.oracles = oracles, .bound = search->bound,
					   .max_states = search->max_states,
					   .max_ns = search->max_ms * 1000000,
					   .keep_going = !search->first_only};
	search_budget_begin(options);
}

static int run_engine(struct search_result *found, struct numasim_machine *m,
		      const struct scene *scene, enum numasim_engine engine,
		      const struct search_options *options)
{
	int ret;

	if (engine == NUMASIM_ENGINE_GRAPH)
		ret = search_graph(found, m, scene, options);
	else
		ret = search_tree(found, m, scene, options, engine == NUMASIM_ENGINE_TREE_MERGED);
	if (ret == -E2BIG) { /* a limit of the engine, not a fault of the scenario */
		found->stopped =
			"an order has more steps, or touches more objects, than the engine "
			"can follow";
		found->verdict = found->path ? VERDICT_BROKEN : VERDICT_UNDECIDED;
		ret = 0;
	}
	return ret;
}

/* From what the engine found to what the caller is told. */
static int conclude(struct numasim_result *result, struct numasim_machine *m,
		    const struct scene *scene, const struct search_result *found,
		    uint32_t oracles, struct numasim_error *err)
{
	struct numasim_result_info *info = &result->info;
	bool bounded = info->bound != NUMASIM_NO_BOUND;

	take_counts(result, found);
	info->partial = found->stopped || bounded;
	if (found->path) {
		int ret = record_path(&result->record, m, scene, oracles, found->path,
				      found->nr_path, err);

		if (ret)
			return ret;
		if (found->violation.oracle == ORACLE_LIVELOCK) {
			result->record->violation = found->violation;
			result->record->at_end = true;
		}
		info->verdict = NUMASIM_VERDICT_BROKEN;
		info->preemptions = result->record->preemptions;
		info->more_than_needed = found->more_than_needed;
		info->partial |= info->engine != NUMASIM_ENGINE_GRAPH ||
				 !result->options.keep_going;
		return 0;
	}
	info->verdict = found->verdict == VERDICT_HOLDS && !bounded ? NUMASIM_VERDICT_HOLDS
								    : NUMASIM_VERDICT_UNDECIDED;
	if (info->verdict == NUMASIM_VERDICT_UNDECIDED)
		say_undecided(result, found);
	return 0;
}

/* The run that was written down must be the one that was found. */
static int compare(const struct numasim_result *result, const struct search_result *found,
		   struct numasim_error *err)
{
	const struct violation *v = result->record ? &result->record->violation : NULL;

	if (!v || (v->found && v->oracle == found->violation.oracle &&
		   !strcmp(v->text, found->violation.text)))
		return 0;
	return error_set(err, -EPROTO,
			 "the witness does not repeat itself: `%.300s` was found, and "
			 "`%.300s` when it was run again",
			 found->violation.text, v->text);
}

static void finish(struct numasim_result *result)
{
	struct numasim_result_info *info = &result->info;
	const struct record *record = result->record;

	if (!record)
		return;
	info->oracle = oracle_name(record->violation.oracle);
	info->sentence = record->violation.text;
	info->preemptions = record->preemptions;
	info->nr_columns = record->nr_columns;
	info->nr_steps = record->nr_steps;
}

int result_search(struct numasim_result **out, struct numasim_machine *m,
		  const struct scene *scene, const struct numasim_search *search,
		  struct numasim_error *err)
{
	struct search_result found = {0};
	struct numasim_result *result;
	uint32_t oracles;
	int ret = result_oracles(&oracles, search, err);

	if (ret)
		return ret;
	result = calloc(1, sizeof(*result));
	if (!result)
		return error_set(err, -ENOMEM, "no memory for a search");
	result->info.engine = search->engine;
	result->info.bound = search->bound;
	list_oracles(result, oracles);
	set_options(&result->options, search, oracles);
	ret = run_engine(&found, m, scene, search->engine, &result->options);
	if (ret)
		error_set(err, ret, "the search ran out of memory");
	result->spent = found.spent;
	ret = ret ?: conclude(result, m, scene, &found, oracles, err)
		  ?: compare(result, &found, err);
	finish(result);
	search_result_clear(&found);
	if (ret)
		numasim_result_free(result);
	else
		*out = result;
	return ret;
}

int result_count_finals(struct numasim_result *result, struct numasim_machine *m,
			const struct scene *scene, struct numasim_error *err)
{
	struct numasim_result_info *info = &result->info;
	struct search_options options = result->options;
	struct search_result found = {0};
	int ret;

	if (info->verdict != NUMASIM_VERDICT_BROKEN || info->partial ||
	    info->engine != NUMASIM_ENGINE_GRAPH)
		return 0;
	options.oracles = 0;
	info->partial = search_budget_rest(&options, result->spent) != NULL;
	if (info->partial)
		return 0;
	ret = run_engine(&found, m, scene, info->engine, &options);
	if (ret)
		return error_set(err, ret, "the search ran out of memory");
	info->positive = found.positive;
	info->negative = found.negative;
	info->partial = found.stopped != NULL;
	search_result_clear(&found);
	return 0;
}

int result_replay(struct numasim_result **out, struct numasim_machine *m,
		  const struct scene *scene, const struct witness *witness,
		  struct numasim_error *err)
{
	struct numasim_result *result = calloc(1, sizeof(*result));
	int ret;

	if (!result)
		return error_set(err, -ENOMEM, "no memory to replay a witness");
	ret = witness_replay(&result->record, m, scene, witness, err);
	if (ret) {
		numasim_result_free(result);
		return ret;
	}
	result->info.replayed = 1;
	result->info.bound = NUMASIM_NO_BOUND;
	result->info.verdict = NUMASIM_VERDICT_BROKEN;
	list_oracles(result, witness->head.oracles);
	finish(result);
	*out = result;
	return 0;
}

int result_describe(struct numasim_result *result, const struct result_texts *texts)
{
	const char *text[5] = {texts->scenario, texts->title, texts->kernel, texts->note,
			       texts->machine};

	for (int i = 0; i < 5; i++) {
		result->owned[i] = strdup(text[i] ?: "");
		if (!result->owned[i])
			return -ENOMEM;
	}
	result->info.scenario = result->owned[0];
	result->info.title = result->owned[1];
	result->info.kernel = result->owned[2];
	result->info.note = result->owned[3];
	result->info.machine = result->owned[4];
	return 0;
}
