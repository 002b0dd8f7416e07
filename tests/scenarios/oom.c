/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every scenario runs out of memory. For each file and each release of its `expect`, the initial
 * state is built with each of its allocations failing in turn: that is an error which says so, or
 * the kernel falls back. Then the columns run with each of theirs failing in turn, in several
 * orders; and with all failing from the n-th on. No oracle may fire but those that the file expects of that release
 * and what else the bug does if nothing fails (what the condition says of the end no longer counts,
 * for what failed was not done); everybody comes to an end; and when all have exited nothing is
 * left.
 *
 *	oom FOLDER-OR-FILE...
 */
#include "oom.h"

#include "check/check.h"
#include "mm/gfp.h"
#include "scenario/limits.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT	  1024
#define COMPLAINTS 12 /* then it is enough */

struct tester {
	struct numasim_scenario *scenario;
	const char *file; /* what it calls itself */
	const struct scenario_expect *expect;
	struct scenario_params params;
	const char *with[SCENARIO_MAX_CHANGES], *without[SCENARIO_MAX_CHANGES];
	bool breaks;	   /* the file expects something to break */
	uint32_t forgiven; /* oracles, by bit */
	char what[64];	   /* is going on */
	struct scenario_run *run;
	struct trail *trail;
	unsigned long runs, setups, reached, expected, limits;
	unsigned bad;
};

/* Who goes next: a column to its end before another begins, with interrupts taken at once; each in
 * turn; and then some at random, each as its number says. */
enum order { FIRST_COLUMN, LAST_COLUMN, IN_TURN, RANDOM, ORDERS = 7 };

static void complain(struct tester *t, uint64_t nth, const char *why)
{
	printf("not ok - %s, %s, %s, allocation %llu: %s\n", t->file, t->run ? t->run->kernel
	       : t->expect->release.name.text, t->what, (unsigned long long)nth, why);
	t->bad++;
}

/* ---- one run of the columns ---- */

/* xorshift64: the same everywhere. */
static uint64_t random_number(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 16;
}

static bool is_column(const struct exec *exec, struct choice choice)
{
	return choice.actor < exec->nr_contexts;
}

static bool is_walker(const struct exec *exec, struct choice choice)
{
	return !strcmp(exec->actor[choice.actor].name, "walker");
}

/* Columns, interrupts and page walkers, in the order that @choice has them in. */
static struct choice pick_column(const struct exec *exec, bool last, const struct choice *choice,
				 unsigned nr)
{
	struct choice best = choice[0];

	for (unsigned i = 0; i < nr; i++) {
		if (!is_column(exec, choice[i]) && !is_walker(exec, choice[i]))
			return choice[i];
		if (last && is_column(exec, choice[i]))
			best = choice[i];
	}
	return best;
}

static struct choice pick(enum order order, const struct exec *exec, const struct choice *choice,
			  unsigned nr, int last, uint64_t *random)
{
	if (order >= RANDOM)
		return choice[random_number(random) % nr];
	if (order != IN_TURN)
		return pick_column(exec, order == LAST_COLUMN, choice, nr);
	for (unsigned i = 0; i < nr; i++)
		if (choice[i].actor > last)
			return choice[i];
	return choice[0];
}

/* To the end of all, or of the model, or to what an oracle says. */
static void run_columns(struct tester *t, enum order order)
{
	struct choice choice[EXEC_MAX_CHOICES];
	struct exec *exec = &t->run->m->exec;
	uint64_t random = 0x9e3779b97f4a7c15 * order;
	int last = -1;

	while (!exec->violation.found && !*exec->limit) {
		unsigned nr = exec_choices(exec, choice);
		struct choice next;

		if (!nr || !can_move(exec, choice, nr))
			break;
		if (t->trail->depth == PATH_MAX_STEPS) {
			snprintf(exec->limit, sizeof(exec->limit), "no end");
			return;
		}
		next = pick(order, exec, choice, nr, last, &random);
		trail_step(t->trail, next);
		last = next.actor;
	}
	if (exec->violation.found || *exec->limit)
		return;
	if (!exec_finished(exec))
		report_deadlock(t->run->m);
	check_quiescent(t->run->m);
}

/* What a run without an end, or with a leak, is to the set of oracles. */
#define NO_END	 (1u << ORACLE_LIVELOCK)
#define LEFTOVER (1u << ORACLE_NR)

/* What went wrong, by bit, and @why; 0: nothing did. */
static uint32_t find_fault(struct tester *t, char *why, size_t size)
{
	const struct exec *exec = &t->run->m->exec;

	*why = '\0';
	if (!*exec->limit && !exec->violation.found &&
	    !nothing_is_left(t->run, why, size) && !exec->violation.found)
		return LEFTOVER;
	if (exec->violation.found) {
		snprintf(why, size, "%s: %s", oracle_name(exec->violation.oracle),
			 exec->violation.text);
		return 1u << exec->violation.oracle;
	}
	if (!*exec->limit)
		return 0;
	t->limits += strcmp(exec->limit, "no end") != 0;
	snprintf(why, size, "the columns do not come to an end");
	return strcmp(exec->limit, "no end") ? 0 : NO_END;
}

/* Is that none of what the file expects? */
static void judge(struct tester *t, uint64_t nth)
{
	char why[TEXT];
	uint32_t fault = find_fault(t, why, sizeof(why));

	if (fault & t->forgiven)
		t->expected++;
	else if (fault)
		complain(t, nth, why);
}

/* What the bug does in @order if nothing fails, one oracle after the other. */
static void learn(struct tester *t, unsigned order)
{
	uint32_t *oracles = &t->run->m->exec.oracles, fault;
	char why[TEXT];

	do {
		trail_rewind(t->trail);
		*oracles = ORACLE_ALL & ~t->forgiven;
		run_columns(t, order);
		fault = find_fault(t, why, sizeof(why)) & ~t->forgiven;
		t->forgiven |= fault;
	} while (fault);
	*oracles = ORACLE_ALL;
}

/* False: there is no @nth allocation. */
static bool one(struct tester *t, enum order order, bool for_good, uint64_t nth)
{
	struct numasim_machine *m = t->run->m;
	uint64_t before;
	bool reached;

	snprintf(t->what, sizeof(t->what), "order %u%s", order, for_good ? ", for good" : "");
	trail_rewind(t->trail);
	before = alloc_count(m);
	if (for_good)
		alloc_fail_from(m, nth);
	else
		alloc_fail_nth(m, nth);
	run_columns(t, order);
	reached = nth && alloc_count(m) - before >= nth;
	alloc_fail_nth(m, 0);
	judge(t, nth);
	t->runs++;
	t->reached += reached;
	return reached;
}

static void run_release(struct tester *t)
{
	for (unsigned order = 0; order < ORDERS && t->breaks; order++)
		learn(t, order);
	for (unsigned order = 0; order < ORDERS; order++) {
		uint64_t nth = 1;

		one(t, order, false, 0); /* nothing fails: all of this must hold then, too */
		while (t->bad < COMPLAINTS && one(t, order, false, nth))
			nth++;
		for (nth = 1 + order % 3; t->bad < COMPLAINTS && one(t, order, true, nth); nth += 3)
			;
	}
}

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

/* The kernel fell back: columns that start from there break nothing. */
static void run_from_fallback(struct tester *t, uint64_t nth)
{
	trail_rewind(t->trail);
	run_columns(t, FIRST_COLUMN);
	snprintf(t->what, sizeof(t->what), "columns after the initial state");
	judge(t, nth);
	t->runs++;
}

static void fail_setup(struct tester *t, uint64_t nth)
{
	struct numasim_error err;
	int ret = build(t, nth, &err);

	t->setups++;
	snprintf(t->what, sizeof(t->what), "initial state");
	if (ret && (!err.line || !strstr(err.text, "memory"))) {
		complain(t, nth, err.text);
	} else if (!ret && trail_init(t->trail, t->run->m, false)) {
		complain(t, nth, "no memory for a trail");
	} else if (!ret) {
		run_from_fallback(t, nth);
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
	printf("# %d scenarios: %lu runs, %lu of them met their failure, %lu ended as expected of a "
	       "bug, %lu at a limit; %lu initial states\n", files, t.runs, t.reached, t.expected,
	       t.limits, t.setups);
	free(t.trail);
	return t.bad ? 1 : 0;
}
