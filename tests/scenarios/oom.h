/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenario files out of memory. */
#ifndef SCENARIOS_OOM_H
#define SCENARIOS_OOM_H

#include "scenario/api.h"
#include "scenario/limits.h"

#define COMPLAINTS 12 /* then it is enough */

/* A file, a release of its `expect`, and what came of it. */
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
	unsigned long allocations; /* tried in runs */
	unsigned bad;
};

/* oom_run.c: say that something is wrong. */
void complain(struct tester *t, uint64_t nth, const char *why);

/* The columns of t->run, in every order with each of their allocations failing; from t->trail. */
void run_release(struct tester *t);
/* Once, with nothing failing any more; @nth failed before. */
void run_without_failure(struct tester *t, uint64_t nth);

/*
 * oom_end.c: every task of @run, whose columns have come to their end, exits, and its files are
 * closed. Then no page and no object of the kernel may be in use but those that rightly are.
 * False: @why says what is.
 */
bool nothing_is_left(struct scenario_run *run, char *why, size_t size);

#endif
