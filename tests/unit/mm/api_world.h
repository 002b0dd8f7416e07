/* SPDX-License-Identifier: BSD-2-Clause */
/* A program without address spaces, with one of each thing that users can make. */
#ifndef API_WORLD_H
#define API_WORLD_H

#include "mm/api.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "explore/program.h"

struct world {
	struct numasim_program *program;
	struct numasim_machine *m;
	struct numasim_atomic *x, *y;
	struct numasim_lock *lock;
	struct numasim_rwsem *sem;
	struct numasim_guarded *g;
	struct numasim_error err;
	const char *sentence, *oracle;
	struct numasim_result *result;
};

static inline int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_int_equal(numasim_program_create(&w->program, NULL, &w->err), 0);
	w->m = numasim_program_machine(w->program);
	assert_int_equal(numasim_atomic_new(&w->x, w->m, "x", 5, &w->err), 0);
	assert_int_equal(numasim_atomic_new(&w->y, w->m, "y", -1, &w->err), 0);
	assert_int_equal(numasim_lock_new(&w->lock, w->m, "lock", &w->err), 0);
	assert_int_equal(numasim_rwsem_new(&w->sem, w->m, "sem", &w->err), 0);
	assert_int_equal(numasim_guarded_new(&w->g, w->m, "g", 7, w->lock, &w->err), 0);
	*state = w;
	return 0;
}

static inline int teardown(void **state)
{
	struct world *w = *state;

	numasim_result_free(w->result);
	numasim_program_free(w->program);
	free(w);
	return 0;
}

/* Explore what the program has now: w->oracle is NULL if nothing breaks. */
static inline void search_again(struct world *w)
{
	struct numasim_result_info info;

	numasim_result_free(w->result);
	w->result = NULL;
	if (numasim_program_explore(&w->result, w->program, NULL, &w->err))
		fail_msg("%s", w->err.text);
	numasim_result_info(&info, w->result);
	w->oracle = info.oracle;
	w->sentence = info.sentence ? info.sentence : "";
}

/* What breaks when @fn runs alone. */
static inline void run(struct world *w, void (*fn)(void *))
{
	w->program->nr_contexts = 0; /* one after the other, on the same CPU */
	assert_int_equal(numasim_program_add(w->program, "a", fn, w, NULL, &w->err), 0);
	search_again(w);
}

static inline void run_well(struct world *w, void (*fn)(void *))
{
	run(w, fn);
	if (w->oracle)
		fail_msg("%s", w->sentence);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

#endif
