/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated code's side: observation and rest, and names of what it makes. */
#include <stdio.h>

#include "exec_world.h"

/* ---- observation and rest ---- */

/* Reads word 0 as often as word 7 says, then stands at a loop head that forgets. */
static void forgets(void *payload)
{
	struct world *w = payload;
	uint64_t known;

	for (uint64_t i = 0; i < w->word[7]; i++)
		shared_read64(VAR(0), &w->word[0]);
	known = w->word[6];
	point_rest(1, &known, 1);
	shared_read64(VAR(1), &w->word[1]);
	shared_read64(VAR(1), &w->word[1]);
}

static struct context *run_to_rest(struct world *w, uint64_t reads, uint64_t known)
{
	struct context *c;

	exec_drop_contexts(&w->exec);
	c = world_add(w, "a", forgets);
	w->word[7] = reads;
	w->word[6] = known;
	exec_start(&w->exec);
	for (uint64_t i = 0; i < reads; i++)
		world_step(w, 0);
	return c;
}

static void test_rest_forgets(void **state)
{
	struct world *w = *state;
	uint64_t observed = run_to_rest(w, 1, 5)->observed;

	assert_true(run_to_rest(w, 3, 5)->observed == observed);
	assert_true(run_to_rest(w, 3, 6)->observed != observed); /* but for what it hands over */
}

/* At rest from the declaration on until the step that follows it is taken. */
static void test_rest_ends_with_the_step(void **state)
{
	struct world *w = *state;
	struct context *c = run_to_rest(w, 1, 5);

	assert_true(c->holds_rest);
	assert_true(exec_at_rest(&w->exec, 0));
	world_step(w, 0);
	assert_false(c->holds_rest);
	assert_false(exec_at_rest(&w->exec, 0));
	world_step(w, 0);
	assert_int_equal(c->status, CONTEXT_DONE);
	assert_true(exec_at_rest(&w->exec, 0));
}

/* Two rests with the same values at different places are two states. */
static void test_place_counts(void **state)
{
	struct world *w = *state;
	struct context c = {.observed = 77};
	uint64_t value = 3, first;

	exec_current = &w->exec;
	w->exec.running = &c;
	point_rest(1, &value, 1);
	first = c.observed;
	point_rest(2, &value, 1);
	assert_true(c.observed != first);
	point_rest(1, &value, 0);
	assert_true(c.observed != first);
	point_rest(1, &value, 1);
	assert_true(c.observed == first);
	w->exec.running = NULL;
	exec_current = NULL;
}

/* ---- names ---- */

static void births(void *payload)
{
	struct world *w = payload;
	unsigned me = exec_current->running->id - 1;

	for (int i = 0; i < 2; i++) {
		point(POINT_ALLOC, VAR(7), ACCESS_WRITE);
		w->word[me * 2 + i] = birth_name();
	}
}

/* The names of what a context makes do not depend on what others made before. */
static void test_births_do_not_depend_on_order(void **state)
{
	static const unsigned orders[3][4] = {{0, 0, 1, 1}, {1, 1, 0, 0}, {0, 1, 1, 0}};
	struct world *w = *state;
	uint64_t first[4];

	exec_current = &w->exec;
	assert_int_equal(birth_name(), 1); /* the set-up's own */
	exec_current = NULL;
	for (int order = 0; order < 3; order++) {
		world_add(w, "a", births);
		world_add(w, "b", births);
		exec_start(&w->exec);
		for (int i = 0; i < 4; i++)
			world_step(w, orders[order][i]);
		if (order)
			assert_memory_equal(w->word, first, sizeof(first));
		memcpy(first, w->word, sizeof(first));
		exec_drop_contexts(&w->exec);
	}
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < i; k++)
			assert_true(first[i] != first[k]);
}

static void test_births_in_setup(void **state)
{
	struct world *w = *state;

	w->exec.in_setup = true;
	world_add(w, "a", births);
	exec_start(&w->exec);
	assert_int_equal(exec_run(&w->exec), 0);
	w->exec.in_setup = false;
	assert_int_equal(w->word[0], 1);
	assert_int_equal(w->word[1], 2);
	assert_int_equal(w->exec.setup_births, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_rest_forgets),
		WORLD_TEST(test_rest_ends_with_the_step),
		WORLD_TEST(test_place_counts),
		WORLD_TEST(test_births_do_not_depend_on_order),
		WORLD_TEST(test_births_in_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
