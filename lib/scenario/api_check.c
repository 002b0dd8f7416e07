/* SPDX-License-Identifier: BSD-2-Clause */
/* A scenario held against its own `expect` lines. */
#include "scenario/api.h"

#include "scenario/diag.h"
#include "scenario/print_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERDICT_TEXT 96

struct check_line {
	char kernel[256];
	char expected[VERDICT_TEXT], found[VERDICT_TEXT];
	char remark[512];
	struct numasim_check_row row;
};

struct numasim_check {
	char *scenario;
	size_t nr;
	struct check_line line[];
};

/* ---- texts ---- */

/* Hand over what was printed, cut to @size; false: no memory. */
static bool print_to(char *text, size_t size, struct printer *out)
{
	bool fine = !out->code && out->text;

	snprintf(text, size, "%s", fine ? out->text : "");
	free(out->text);
	return fine;
}

/* The release of an `expect` entry, as the file has it. */
static int kernel_text(char *text, size_t size, const struct scenario_release *release)
{
	struct printer out = {0};

	print_release(&out, release);
	return print_to(text, size, &out) ? 0 : -ENOMEM;
}

static void expected_text(char *text, const struct scenario_verdict *v)
{
	static const char *const word[] = {[SCENARIO_BREAKS] = "", [SCENARIO_KEEPS] = "no ",
					   [SCENARIO_HOLDS] = "holds",
					   [SCENARIO_UNDECIDED] = "undecided"};
	bool named = v->kind == SCENARIO_BREAKS || v->kind == SCENARIO_KEEPS;

	snprintf(text, VERDICT_TEXT, "%s%s%s", word[v->kind], named ? v->oracle.text : "",
		 v->vacuously ? " vacuously" : "");
}

static void found_text(char *text, const struct scenario_verdict *v,
		       const struct numasim_result_info *info, bool vacuous)
{
	const char *end = vacuous ? " vacuously" : "";
	bool named = v->kind == SCENARIO_BREAKS || v->kind == SCENARIO_KEEPS;

	if (info->verdict == NUMASIM_VERDICT_UNDECIDED)
		snprintf(text, VERDICT_TEXT, "undecided");
	else if (info->verdict == NUMASIM_VERDICT_BROKEN)
		snprintf(text, VERDICT_TEXT, "%s", info->oracle);
	else if (named)
		snprintf(text, VERDICT_TEXT, "no %s%s", v->oracle.text, end);
	else
		snprintf(text, VERDICT_TEXT, "holds%s", end);
}

/* "never: migrated(P:x), armed"; false: every event occurred. */
static bool missing_events(char *text, size_t size, const struct scenario_run *run)
{
	struct printer out = {0};
	bool missing = false;

	for (unsigned i = 0; i < run->ast->nr_events; i++) {
		if (run->reached[i])
			continue;
		print_text(&out, missing ? ", " : "never: ");
		print_call(&out, &run->ast->events[i]);
		missing = true;
	}
	print_to(text, size, &out);
	return missing;
}

/* ---- verdicts ---- */

static enum numasim_check_status judge(const struct scenario_verdict *v,
				       const struct numasim_result_info *info, bool vacuous)
{
	bool keeps = v->kind == SCENARIO_KEEPS || v->kind == SCENARIO_HOLDS;

	if (v->kind == SCENARIO_UNDECIDED)
		return info->verdict == NUMASIM_VERDICT_UNDECIDED ? NUMASIM_CHECK_OK
								  : NUMASIM_CHECK_FAIL;
	if (info->verdict == NUMASIM_VERDICT_UNDECIDED)
		return NUMASIM_CHECK_UNDECIDED;
	if (keeps != (info->verdict == NUMASIM_VERDICT_HOLDS))
		return NUMASIM_CHECK_FAIL;
	if (!keeps && strcmp(info->oracle, v->oracle.text)) /* a debug build found a wrong step */
		return NUMASIM_CHECK_FAIL;
	if (keeps && vacuous && !v->vacuously)
		return NUMASIM_CHECK_VACUOUS;
	return keeps && v->vacuously && !vacuous ? NUMASIM_CHECK_FAIL : NUMASIM_CHECK_OK;
}

static void fill_line(struct check_line *line, const struct scenario_verdict *v,
		      const struct scenario_run *run, const struct numasim_result *result)
{
	const struct numasim_result_info *info = &result->info;
	bool vacuous = info->verdict == NUMASIM_VERDICT_HOLDS &&
		       missing_events(line->remark, sizeof(line->remark), run);

	found_text(line->found, v, info, vacuous);
	if (info->verdict == NUMASIM_VERDICT_UNDECIDED)
		snprintf(line->remark, sizeof(line->remark), "%s", info->undecided);
	line->row.status = judge(v, info, vacuous);
	line->row.broken = info->verdict == NUMASIM_VERDICT_BROKEN;
	line->row.preemptions = info->preemptions;
	line->row.engine = info->engine;
	line->row.states = info->engine == NUMASIM_ENGINE_GRAPH ? info->states : info->schedules;
	line->row.partial = info->partial;
	if (line->row.broken && line->row.status == NUMASIM_CHECK_FAIL)
		snprintf(line->remark, sizeof(line->remark), "%s", info->sentence);
	if (v->vacuously && !vacuous && info->verdict == NUMASIM_VERDICT_HOLDS)
		snprintf(line->remark, sizeof(line->remark), "%s",
			 run->ast->nr_events ? "every event was reached"
					     : "the scenario names no event to reach");
}

/* Rows to add and to take out, as arrays. */
static void rows_of(struct numasim_scenario_params *params, const char **with,
		    const char **without, const struct scenario_release *release)
{
	*params = (struct numasim_scenario_params){.release = release->name.text, .with = with,
						   .without = without};
	for (unsigned i = 0; i < release->nr_changes; i++) {
		if (release->changes[i].with)
			with[params->nr_with++] = release->changes[i].row.text;
		else
			without[params->nr_without++] = release->changes[i].row.text;
	}
}

static int search_verdict(struct check_line *line, const struct numasim_scenario *scenario,
			  const struct scenario_expect *expect, const struct scenario_verdict *v,
			  const struct numasim_search *search, struct numasim_error *err)
{
	const char *with[SCENARIO_MAX_CHANGES], *without[SCENARIO_MAX_CHANGES];
	struct numasim_search inner = *search;
	struct numasim_scenario_params params;
	struct numasim_topology *topology;
	struct numasim_result *result;
	struct numasim_error why = {0};
	struct scenario_run *run;
	int ret;

	inner.first_only = 1;
	inner.oracles = &v->oracle.text;
	inner.nr_oracles = v->kind == SCENARIO_BREAKS || v->kind == SCENARIO_KEEPS;
	rows_of(&params, with, without, &expect->release);
	ret = scenario_open(&run, &topology, scenario, &params, &why);
	if (ret && !why.line)
		return scenario_error_at(err, ret, scenario->ast, expect->release.pos, "%s",
					 why.text);
	if (ret)
		return error_at(err, ret, why.line, why.column, "%s", why.text);
	ret = result_search(&result, run->m, &run->scene, &inner, err);
	if (!ret) {
		fill_line(line, v, run, result);
		numasim_result_free(result);
	}
	scenario_close(run, topology);
	return ret;
}

static size_t count_verdicts(const struct scenario_ast *ast)
{
	size_t nr = 0;

	for (unsigned i = 0; i < ast->nr_expects; i++)
		nr += ast->expects[i].nr_verdicts;
	return nr;
}

static int check_expect(struct numasim_check *check, const struct numasim_scenario *scenario,
			const struct scenario_expect *expect, const struct numasim_search *search,
			struct numasim_error *err)
{
	int ret = 0;

	for (unsigned k = 0; k < expect->nr_verdicts && !ret; k++) {
		struct check_line *line = &check->line[check->nr++];
		const struct scenario_verdict *v = &expect->verdicts[k];

		if (kernel_text(line->kernel, sizeof(line->kernel), &expect->release))
			return error_set(err, -ENOMEM, "no memory for a check");
		expected_text(line->expected, v);
		line->row.line = v->pos.line;
		ret = search_verdict(line, scenario, expect, v, search, err);
	}
	return ret;
}

int numasim_scenario_check(struct numasim_check **out, const struct numasim_scenario *scenario,
			   const struct numasim_search *search, struct numasim_error *err)
{
	static const struct numasim_search defaults = NUMASIM_SEARCH_DEFAULTS;
	size_t nr = count_verdicts(scenario->ast);
	struct numasim_check *check = calloc(1, sizeof(*check) + nr * sizeof(*check->line));
	int ret = 0;

	if (check)
		check->scenario = strdup(scenario->ast->name.text);
	if (!check || !check->scenario)
		ret = error_set(err, -ENOMEM, "no memory for a check");
	for (unsigned i = 0; i < scenario->ast->nr_expects && !ret; i++)
		ret = check_expect(check, scenario, &scenario->ast->expects[i],
				   search ? search : &defaults, err);
	if (ret)
		numasim_check_free(check);
	else
		*out = check;
	return ret;
}

const char *numasim_check_scenario(const struct numasim_check *check)
{
	return check->scenario;
}

size_t numasim_check_count(const struct numasim_check *check)
{
	return check->nr;
}

int numasim_check_row(struct numasim_check_row *row, const struct numasim_check *check,
		      size_t index)
{
	const struct check_line *line;

	if (index >= check->nr)
		return -ERANGE;
	line = &check->line[index];
	*row = line->row;
	row->scenario = check->scenario;
	row->kernel = line->kernel;
	row->expected = line->expected;
	row->found = line->found;
	row->remark = line->remark;
	return 0;
}

void numasim_check_free(struct numasim_check *check)
{
	if (!check)
		return;
	free(check->scenario);
	free(check);
}
