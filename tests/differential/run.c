/* SPDX-License-Identifier: BSD-2-Clause */
/* Running a sequence, and cutting one down that shows a difference. */
#include "differential.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIMPLE	100 /* whose arguments are made simple */
#define SECONDS	20  /* of a processor's time: a sequence that takes more goes on for ever */

static struct world world; /* large: a model of four processes */

static void run_here(struct outcome *outcome, const struct setting *setting, const struct op *ops,
		     int n)
{
	if (world_open(&world, setting->topology, setting->release, setting->wrong)) {
		outcome->bad = -2;
		return;
	}
	for (int i = 0; i < n && outcome->bad < 0; i++) {
		outcome->at = i;
		if (!world_do(&world, &ops[i]) ||
		    (i == n - 1 && (!world_compare(&world) || !world_audit(&world))))
			outcome->bad = i;
	}
	numasim_vmstat(&world.looks.hints, world.system, "numa_hint_faults");
	outcome->looks = world.looks;
	memcpy(outcome->why, world.why, sizeof(outcome->why));
	world_close(&world);
}

int run(struct outcome *outcome, const struct setting *setting, const struct op *ops, int n)
{
	pid_t child;
	int status;

	*outcome = (struct outcome){.bad = -1};
	fflush(stdout);
	child = fork();
	if (child < 0)
		return outcome->bad = -2;
	if (!child) {
		const struct rlimit time = {.rlim_cur = SECONDS, .rlim_max = SECONDS};

		setrlimit(RLIMIT_CPU, &time);
		run_here(outcome, setting, ops, n);
		fflush(stdout);
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child)
		return outcome->bad = -2;
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		outcome->bad = outcome->at;
		snprintf(outcome->why, sizeof(outcome->why),
			 WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
				 ? "it goes on for ever (status %#x)"
				 : "the program crashed (status %#x)", (unsigned)status);
	}
	return outcome->bad;
}

/* Leave out stretches of @chunk operations. The new length. */
static int leave_out(struct outcome *outcome, const struct setting *setting, struct op *ops, int n,
		     int chunk, struct op *fewer)
{
	for (int from = 0; from < n;) {
		int len = from + chunk < n ? chunk : n - from, bad;

		memcpy(fewer, ops, from * sizeof(*ops));
		memcpy(fewer + from, ops + from + len, (n - from - len) * sizeof(*ops));
		bad = run(outcome, setting, fewer, n - len);
		if (bad < 0) {
			from += len;
			continue;
		}
		n = bad + 1;
		memcpy(ops, fewer, n * sizeof(*ops));
	}
	return n;
}

/* @op becomes @simpler if the difference stays. */
static bool replace(struct outcome *outcome, const struct setting *setting, struct op *ops, int n,
		    struct op *op, struct op simpler)
{
	struct op before = *op;

	if (!memcmp(op, &simpler, sizeof(before)))
		return false;
	*op = simpler;
	if (run(outcome, setting, ops, n) == n - 1)
		return true;
	*op = before;
	return false;
}

/* Fewer pages, nothing said of arguments. */
static void simplify(struct outcome *outcome, const struct setting *setting, struct op *ops, int n)
{
	for (int i = 0; i < n; i++) {
		struct op *op = &ops[i], try;

		do {
			try = *op;
			try.n = (uint16_t)((try.n + 1) / 2);
		} while (replace(outcome, setting, ops, n, op, try));
		try = *op;
		try.other = 0;
		replace(outcome, setting, ops, n, op, try);
		try = *op;
		try.arg = 0;
		for (unsigned keep = 8; !replace(outcome, setting, ops, n, op, try) && keep <= 16;
		     keep += 8)
			try.arg = op->arg & ((1u << keep) - 1);
		try = *op;
		try.proc = 0;
		replace(outcome, setting, ops, n, op, try);
	}
}

int shrink(struct outcome *outcome, const struct setting *setting, struct op *ops, int n)
{
	struct op *fewer = malloc(n * sizeof(*ops));
	int before;

	if (!fewer)
		return n;
	for (int chunk = n / 2; chunk > 1; chunk = (chunk + 1) / 2 < chunk ? (chunk + 1) / 2 : 1)
		n = leave_out(outcome, setting, ops, n, chunk, fewer);
	do {
		before = n;
		n = leave_out(outcome, setting, ops, n, 1, fewer);
		if (n == before && n < SIMPLE) {
			simplify(outcome, setting, ops, n);
			n = leave_out(outcome, setting, ops, n, 1, fewer);
		}
	} while (n < before);
	free(fewer);
	run(outcome, setting, ops, n);
	return n;
}
