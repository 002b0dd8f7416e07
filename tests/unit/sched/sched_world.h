/* SPDX-License-Identifier: BSD-2-Clause */
/* Contexts on processors of their own, with variables to talk through; searched in every order. */
#ifndef SCHED_WORLD_H
#define SCHED_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "explore/program.h"
#include "mm/api.h"
#include "x86/cpu.h"

#define WORLD_VARS 4

struct sched_world {
	struct numasim_program *program;
	struct numasim_machine *m;
	struct numasim_atomic *x[WORLD_VARS];
	struct numasim_error err;
	struct numasim_result *result;
	struct numasim_result_info info;
};

static inline int sched_setup(void **state)
{
	struct sched_world *w = calloc(1, sizeof(*w));
	const char *const label[WORLD_VARS] = {"x0", "x1", "x2", "x3"};

	*state = w;
	if (numasim_program_create(&w->program, NULL, &w->err))
		return -1;
	w->m = numasim_program_machine(w->program);
	for (int i = 0; i < WORLD_VARS; i++)
		if (numasim_atomic_new(&w->x[i], w->m, label[i], 0, &w->err))
			return -1;
	return 0;
}

static inline int sched_teardown(void **state)
{
	struct sched_world *w = *state;

	numasim_result_free(w->result);
	numasim_program_free(w->program);
	free(w);
	return 0;
}

/* @fn(w) on CPU @id. */
static inline void sched_add(struct sched_world *w, const char *name, void (*fn)(void *),
			     unsigned id)
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_CPU, .id = id};

	if (numasim_program_add(w->program, name, fn, w, &seat, &w->err))
		fail_msg("%s", w->err.text);
}

static inline void sched_search(struct sched_world *w, enum numasim_verdict verdict)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;

	numasim_result_free(w->result);
	w->result = NULL;
	if (numasim_program_explore(&w->result, w->program, &search, &w->err))
		fail_msg("%s", w->err.text);
	numasim_result_info(&w->info, w->result);
	if (w->info.verdict != verdict)
		fail_msg("%s", w->info.sentence);
}

#define SCHED_TEST(fn) cmocka_unit_test_setup_teardown(fn, sched_setup, sched_teardown)

#endif
