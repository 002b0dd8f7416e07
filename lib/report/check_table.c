/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expected and found verdicts:
 *
 *   thp-hint-vs-migrate
 *     kernel     expected    found       states  preemptions
 *     v3.13-rc4  lost-write  lost-write      72            2  ok
 *     v3.12      holds       holds vacuously 833           -  VACUOUS
 *       line 14: never: migrated(P:x)
 *
 *   2 verdicts: 1 ok, 1 vacuous
 */
#include "report/words.h"

#include <numasim/report.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define STATUSES 4

static const char *const status_word[STATUSES] = {"ok", "FAIL", "VACUOUS", "UNDECIDED"};
static const char *const status_count[STATUSES] = {"ok", "failed", "vacuous", "undecided"};

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
	char preemptions[16] = "-";

	if (row->broken)
		snprintf(preemptions, sizeof(preemptions), "%u", row->preemptions);
	fprintf(out, "  %-*s  %-*s  %-*s  %9" PRIu64 "  %11s  %s\n", w->kernel, row->kernel,
		w->expected, row->expected, w->found, row->found, row->states, preemptions,
		status_word[row->status]);
	if (*row->remark && row->status != NUMASIM_CHECK_OK)
		fprintf(out, "    line %u: %s\n", row->line, row->remark);
}

static void print_check(FILE *out, const struct numasim_check *check, size_t count[STATUSES])
{
	struct widths w = {strlen("kernel"), strlen("expected"), strlen("found")};
	size_t nr = numasim_check_count(check);
	struct numasim_check_row row;

	for (size_t i = 0; i < nr; i++) {
		numasim_check_row(&row, check, i);
		widen(&w.kernel, row.kernel);
		widen(&w.expected, row.expected);
		widen(&w.found, row.found);
		count[row.status]++;
	}
	fprintf(out, "%s\n", numasim_check_scenario(check));
	if (nr)
		fprintf(out, "  %-*s  %-*s  %-*s  %9s  %11s\n", w.kernel, "kernel", w.expected,
			"expected", w.found, "found", "states", "preemptions");
	else
		fputs("  expects nothing\n", out);
	for (size_t i = 0; i < nr; i++) {
		numasim_check_row(&row, check, i);
		print_row(out, &row, &w);
	}
	fputc('\n', out);
}

int numasim_report_check(char **text, const struct numasim_check *const *checks, size_t nr)
{
	size_t count[STATUSES] = {0}, size, sum = 0;
	char *buffer = NULL;
	FILE *out = open_memstream(&buffer, &size);
	const char *gap = ": ";

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		print_check(out, checks[i], count);
	for (int i = 0; i < STATUSES; i++)
		sum += count[i];
	fprintf(out, "%zu verdict%s", sum, sum == 1 ? "" : "s");
	for (int i = 0; i < STATUSES; i++) {
		if (!count[i])
			continue;
		fprintf(out, "%s%zu %s", gap, count[i], status_count[i]);
		gap = ", ";
	}
	fputc('\n', out);
	return words_close(text, &buffer, out, 0);
}
