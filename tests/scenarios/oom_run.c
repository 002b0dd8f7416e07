/* SPDX-License-Identifier: BSD-2-Clause */
/* One release of a scenario: its columns in several orders, each allocation failing in turn. */
#include "oom.h"

#include "check/check.h"
#include "mm/gfp.h"

#include <stdio.h>
#include <string.h>

#define TEXT 1024

/* Who goes next: a column to its end before another begins, with interrupts taken at once; each in
 * turn; and then some at random, each as its number says. */
enum order { FIRST_COLUMN, LAST_COLUMN, IN_TURN, RANDOM, ORDERS = 7 };

void complain(struct tester *t, uint64_t nth, const char *why)
{
	printf("not ok - %s, %s, %s, allocation %llu: %s\n", t->file, t->run ? t->run->kernel
	       : t->expect->release.name.text, t->what, (unsigned long long)nth, why);
	t->bad++;
}

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
	uint64_t failed;
	bool reached;

	snprintf(t->what, sizeof(t->what), "order %u%s", order, for_good ? ", for good" : "");
	trail_rewind(t->trail);
	failed = alloc_failures(m);
	t->allocations -= alloc_count(m);
	if (for_good)
		alloc_fail_from(m, nth);
	else
		alloc_fail_nth(m, nth);
	run_columns(t, order);
	t->allocations += alloc_count(m);
	reached = alloc_failures(m) != failed;
	alloc_fail_nth(m, 0);
	judge(t, nth);
	t->runs++;
	t->reached += reached;
	return reached;
}

void run_release(struct tester *t)
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

void run_without_failure(struct tester *t, uint64_t nth)
{
	trail_rewind(t->trail);
	run_columns(t, FIRST_COLUMN);
	judge(t, nth);
	t->runs++;
}
