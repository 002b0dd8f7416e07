/* SPDX-License-Identifier: BSD-2-Clause */
/* A result for people. */
#include "report/table.h"
#include "report/words.h"

#include <numasim/report.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static void print_head(FILE *out, const struct numasim_result_info *info)
{
	fprintf(out, "%s\n", info->scenario);
	if (*info->title)
		fprintf(out, "%s\n", info->title);
	fprintf(out, "kernel:  %s\n", info->kernel);
	if (*info->note)
		fprintf(out, "         (%s)\n", info->note);
	fprintf(out, "machine: %s\n", info->machine);
	if (*info->oracles)
		fprintf(out, "oracles: only %s\n", info->oracles);
	fputc('\n', out);
}

static size_t count_shown(const struct numasim_result *result, size_t nr_steps)
{
	struct numasim_result_step step;
	size_t nr = 0;

	for (size_t i = 0; i < nr_steps; i++)
		if (!numasim_result_step(&step, result, i) && step.shown)
			nr++;
	return nr;
}

/* What broke, and what it took. */
static void print_failure(FILE *out, const struct numasim_result *result,
			  const struct numasim_result_info *info)
{
	fprintf(out, "\n%s: %s.\n", info->oracle, info->sentence);
	fprintf(out, "%u preemption%s%s%s; %zu of %zu steps shown.\n", info->preemptions,
		info->preemptions == 1 ? "" : "s", info->preemptions ? " (*)" : "",
		info->more_than_needed ? ", maybe more than needed: the budget ran out" : "",
		count_shown(result, info->nr_steps), info->nr_steps);
}

static void print_number(FILE *out, const char *gap, uint64_t number, const char *one,
			 const char *many)
{
	fprintf(out, "%s%" PRIu64 " %s", gap, number, number == 1 ? one : many);
}

static void print_counts(FILE *out, const struct numasim_result_info *info)
{
	bool tree = info->engine != NUMASIM_ENGINE_GRAPH;

	if (tree) {
		print_number(out, "", info->schedules, "order", "orders");
		print_number(out, " in ", info->classes, "class", "classes");
		print_number(out, ", ", info->transitions, "step taken", "steps taken");
	} else {
		print_number(out, "", info->states, "state", "states");
		print_number(out, ", ", info->transitions, "transition", "transitions");
	}
	if (info->blocked)
		print_number(out, ", ", info->blocked, "order ruled out", "orders ruled out");
	if (info->partial)
		return;
	if (info->verdict == NUMASIM_VERDICT_BROKEN)
		fputs(": every order up to where it breaks", out);
	else
		fprintf(out, ", complete %s", tree ? "tree" : "graph");
}

static void print_verdict(FILE *out, const struct numasim_result_info *info)
{
	if (info->verdict == NUMASIM_VERDICT_HOLDS)
		fputs("holds in every order: ", out);
	if (info->verdict == NUMASIM_VERDICT_UNDECIDED)
		fprintf(out, "undecided: %s\n", info->undecided);
	print_counts(out, info);
	fputc('\n', out);
	if (info->observes && !info->partial) /* readers of herd's line take it for the whole */
		fprintf(out, "Observation %s %s %" PRIu64 " %" PRIu64 "\n", info->scenario,
			words_observation(info), info->positive, info->negative);
}

int numasim_report_text(char **text, const struct numasim_result *result)
{
	struct numasim_result_info info;
	FILE *out;
	char *buffer = NULL;
	size_t size;
	int ret = 0;

	numasim_result_info(&info, result);
	out = open_memstream(&buffer, &size);
	if (!out)
		return -ENOMEM;
	print_head(out, &info);
	if (info.verdict == NUMASIM_VERDICT_BROKEN) {
		ret = table_print(out, result);
		print_failure(out, result, &info);
	}
	if (!info.replayed)
		print_verdict(out, &info);
	return words_close(text, &buffer, out, ret);
}
