/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every scenario runs out of memory. For each file and each release of its `expect`, the initial
 * state is built with each of its allocations failing in turn: that is an error which says so,
 * or the kernel falls back. Then the columns run with each of theirs failing in turn, in several
 * orders; and with all failing from the n-th on. No oracle may fire but those that the file
 * expects of that release and what else the bug does if nothing fails (what the condition says
 * of the end no longer counts, for what failed was not done); everybody comes to an end, none at
 * a limit of the model; and when all have exited nothing is left. Wherever there are allocations
 * some must fail.
 *
 *	oom FOLDER-OR-FILE...
 */
#include "oom.h"

#include "mm/gfp.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the initial state ---- */

static int build(struct tester *t, uint64_t fail, struct numasim_error *err)
{
	*err = (struct numasim_error){0};
	t->params.fail_setup = fail;
	t->run = NULL;
	return scenario_build(&t->run, t->scenario->ast, &t->params, err);
}

static void unbuild(struct tester *t)
{
	scenario_run_free(t->run);
	t->run = NULL;
}

static void fail_setup(struct tester *t, uint64_t nth)
{
	struct numasim_error err;
	int ret = build(t, nth, &err);

	t->setups++;
	snprintf(t->what, sizeof(t->what), "initial state");
	if (ret && (!err.line || !strstr(err.text, "memory"))) {
		complain(t, nth, err.text);
	} else if (!ret && !alloc_failures(t->run->m)) {
		complain(t, nth, "it did not fail");
	} else if (!ret && trail_init(t->trail, t->run->m, false)) {
		complain(t, nth, "no memory for a trail");
	} else if (!ret) {
		snprintf(t->what, sizeof(t->what), "columns after the initial state");
		run_without_failure(t, nth); /* the kernel fell back: that breaks nothing */
		trail_destroy(t->trail);
	}
	unbuild(t);
}

static uint64_t fail_columns(struct tester *t)
{
	struct numasim_error err;
	uint64_t allocations;

	snprintf(t->what, sizeof(t->what), "initial state");
	if (build(t, 0, &err)) {
		complain(t, 0, err.text);
		return 0;
	}
	allocations = t->run->setup_allocations;
	if (trail_init(t->trail, t->run->m, false)) {
		complain(t, 0, "no memory for a trail");
	} else {
		run_release(t);
		trail_destroy(t->trail);
	}
	unbuild(t);
	return allocations;
}

/* ---- files and their releases ---- */

static void set_release(struct tester *t)
{
	const struct scenario_release *release = &t->expect->release;

	t->params = (struct scenario_params){.release = release->name.text, .with = t->with,
					     .without = t->without};
	for (unsigned i = 0; i < release->nr_changes; i++) {
		if (release->changes[i].with)
			t->with[t->params.nr_with++] = release->changes[i].row.text;
		else
			t->without[t->params.nr_without++] = release->changes[i].row.text;
	}
	t->forgiven = 0;
	t->breaks = false;
	for (unsigned i = 0; i < t->expect->nr_verdicts; i++) {
		const struct scenario_verdict *v = &t->expect->verdicts[i];

		if (v->kind != SCENARIO_BREAKS)
			continue;
		t->breaks = true;
		t->forgiven |= 1u << oracle_by_name(v->oracle.text);
	}
}

static bool test_file(struct tester *t, const char *path)
{
	struct numasim_error err = {0};
	unsigned long tried = t->allocations, reached = t->reached, limits = t->limits;
	const struct scenario_ast *ast;

	if (numasim_scenario_load(&t->scenario, path, &err)) {
		printf("not ok - %s\n", err.text);
		return false;
	}
	ast = t->scenario->ast;
	t->file = ast->name.text;
	for (unsigned i = 0; i < ast->nr_expects && t->bad < COMPLAINTS; i++) {
		uint64_t allocations;

		t->expect = &ast->expects[i];
		set_release(t);
		allocations = fail_columns(t);
		for (uint64_t nth = 1; nth <= allocations && t->bad < COMPLAINTS; nth++)
			fail_setup(t, nth);
	}
	if (t->allocations != tried && t->reached == reached) {
		printf("not ok - %s: it allocates, and no allocation failed\n", t->file);
		t->bad++;
	}
	if (t->limits != limits) {
		printf("not ok - %s: %lu runs end at a limit\n", t->file, t->limits - limits);
		t->bad++;
	}
	numasim_scenario_free(t->scenario);
	return true;
}

static int is_scenario(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".nsim");
}

/* A folder's scenarios, or one file. How many; -1: one could not be read. */
static int test_path(struct tester *t, const char *path)
{
	struct dirent **entry;
	int nr = scandir(path, &entry, is_scenario, alphasort), found = nr;
	char file[4096];

	if (nr < 0)
		return errno == ENOTDIR && test_file(t, path) ? 1 : -1;
	for (int i = 0; i < nr; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, entry[i]->d_name);
		if (!test_file(t, file))
			found = -1;
		free(entry[i]);
	}
	free(entry);
	return found;
}

int main(int argc, char **argv)
{
	struct tester t = {.trail = malloc(sizeof(*t.trail))};
	int files = 0;

	if (argc < 2 || !t.trail)
		return fprintf(stderr, "usage: oom FOLDER-OR-FILE...\n"), 2;
	for (int i = 1; i < argc; i++) {
		int found = test_path(&t, argv[i]);

		if (found <= 0) {
			printf("not ok - %s holds no scenario, or a bad one\n", argv[i]);
			t.bad++;
		}
		files += found;
	}
	printf("# %d scenarios: %lu runs, %lu of them met their failure, %lu ended as expected of "
	       "a bug, %lu at a limit; %lu initial states\n", files, t.runs, t.reached, t.expected,
	       t.limits, t.setups);
	free(t.trail);
	return t.bad ? 1 : 0;
}
