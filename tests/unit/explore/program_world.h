/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs for tests: variables x[0] … and locks l[0] … that the contexts' functions find in w. */
#ifndef PROGRAM_WORLD_H
#define PROGRAM_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mm/api.h"
#include "explore/program.h"

#define WORLD_VARS  6
#define WORLD_LOCKS 3

struct program_world {
	struct numasim_program *program;
	struct numasim_atomic *x[WORLD_VARS];
	struct numasim_lock *l[WORLD_LOCKS];
	struct numasim_rwsem *rw;
	struct numasim_error err;
	struct numasim_result_info info; /* of the last search; texts until the next one */
	struct numasim_result *result;
};

static inline int world_open(struct program_world *w, const struct numasim_program_options *options)
{
	struct numasim_machine *m;
	char label[NUMASIM_LABEL];

	memset(w, 0, sizeof(*w));
	assert_int_equal(numasim_program_create(&w->program, options, &w->err), 0);
	m = numasim_program_machine(w->program);
	for (int i = 0; i < WORLD_VARS; i++) {
		snprintf(label, sizeof(label), "x%d", i);
		assert_int_equal(numasim_atomic_new(&w->x[i], m, label, 0, &w->err), 0);
	}
	for (int i = 0; i < WORLD_LOCKS; i++) {
		snprintf(label, sizeof(label), "l%d", i);
		assert_int_equal(numasim_lock_new(&w->l[i], m, label, &w->err), 0);
	}
	return numasim_rwsem_new(&w->rw, m, "rw", &w->err);
}

static inline void world_close(struct program_world *w)
{
	numasim_result_free(w->result);
	numasim_program_free(w->program);
}

static inline int world_setup(void **state)
{
	*state = calloc(1, sizeof(struct program_world));
	return world_open(*state, NULL);
}

static inline int world_teardown(void **state)
{
	world_close(*state);
	free(*state);
	return 0;
}

static inline void world_add(struct program_world *w, const char *name, void (*fn)(void *))
{
	assert_int_equal(numasim_program_add(w->program, name, fn, w, NULL, &w->err), 0);
}

/* Search with everything as in @search; w->info says what came out. */
static inline void world_search(struct program_world *w, const struct numasim_search *search)
{
	numasim_result_free(w->result);
	w->result = NULL;
	if (numasim_program_explore(&w->result, w->program, search, &w->err))
		fail_msg("%s", w->err.text);
	numasim_result_info(&w->info, w->result);
}

static inline void world_explore(struct program_world *w, enum numasim_engine engine)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;

	search.engine = engine;
	world_search(w, &search);
}

#define WORLD_TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, world_teardown)

#endif
