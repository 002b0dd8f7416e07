/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expected and found verdicts:
 *
 *   thp-hint-vs-migrate
 *     kernel     expected    found           states  preemptions
 *     v3.13-rc4  lost-write  lost-write        >=72            2  ok
 *     v3.12      holds       holds vacuously    833            -  VACUOUS
 *       line 14: never: migrated(P:x)
 *
 * ">=": the search did not see all, for it ends where something breaks, or out of budget. How far
 * it had come by then says nothing of the scenario.
 */
#include "report/words.h"

#include <numasim/report.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char *const status_word[] = {[NUMASIM_CHECK_OK] = "ok",
					  [NUMASIM_CHECK_FAIL] = "FAIL",
					  [NUMASIM_CHECK_VACUOUS] = "VACUOUS",
					  [NUMASIM_CHECK_UNDECIDED] = "UNDECIDED"};

struct widths {
	int kernel, expected, found;
};

static void widen(int *width, const char *text)
{
	int len = strlen(text);

	if (*width < len)
		*width = len;
}

static void print_row(FILE *out, const struct numasim_check_row *row, const struct widths *w)
{
	char preemptions[16] = "-", states[24];

	snprintf(states, sizeof(states), "%s%" PRIu64, row->partial ? ">=" : "", row->states);
	if (row->broken)
		snprintf(preemptions, sizeof(preemptions), "%u", row->preemptions);
	fprintf(out, "  %-*s  %-*s  %-*s  %9s  %11s  %s\n", w->kernel, row->kernel,
		w->expected, row->expected, w->found, row->found, states, preemptions,
		status_word[row->status]);
	if (*row->remark && row->status != NUMASIM_CHECK_OK)
		fprintf(out, "    line %u: %s\n", row->line, row->remark);
}

int numasim_report_check(char **text, const struct numasim_check *check)
{
	struct widths w = {strlen("kernel"), strlen("expected"), strlen("found")};
	size_t nr = numasim_check_count(check), size;
	struct numasim_check_row row;
	char *buffer = NULL;
	FILE *out = open_memstream(&buffer, &size);

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		numasim_check_row(&row, check, i);
		widen(&w.kernel, row.kernel);
		widen(&w.expected, row.expected);
		widen(&w.found, row.found);
	}
	fprintf(out, "%s\n", numasim_check_scenario(check));
	if (nr && !numasim_check_row(&row, check, 0))
		fprintf(out, "  %-*s  %-*s  %-*s  %9s  %11s\n", w.kernel, "kernel", w.expected,
			"expected", w.found, "found",
			row.engine == NUMASIM_ENGINE_GRAPH ? "states" : "orders", "preemptions");
	else
		fputs("  expects nothing\n", out);
	for (size_t i = 0; i < nr; i++) {
		numasim_check_row(&row, check, i);
		print_row(out, &row, &w);
	}
	return words_close(text, &buffer, out, 0);
}
