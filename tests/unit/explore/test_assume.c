/* SPDX-License-Identifier: BSD-2-Clause */
/* Assumptions, and what happens before anybody's first step. */
#include "program_world.h"

static void assumes_first(void *payload)
{
	struct program_world *w = payload;

	numasim_assume(numasim_atomic_read(w->x[0]) == 0);
	numasim_assert(numasim_atomic_read(w->x[1]) == 0);
}

static void sets_0_then_1(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_set(w->x[0], 1);
	numasim_atomic_set(w->x[1], 1);
}

/* What an assumption ends is no run; what comes before it still is: x1 can change in between. */
static void test_assumptions(void **state)
{
	struct program_world *w = *state;

	world_add(w, "a", assumes_first);
	world_add(w, "b", sets_0_then_1);
	for (int engine = NUMASIM_ENGINE_GRAPH; engine <= NUMASIM_ENGINE_TREE_MERGED; engine++) {
		world_explore(w, engine);
		assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
		assert_true(w->info.blocked >= 1);
	}
	/* merged: b sets x0 before a reads it, and then sets x1 or has not yet */
	assert_int_equal(w->info.blocked, 2);
}

static void assumes_at_once(void *payload)
{
	numasim_assume(false);
}

static void fails_at_once(void *payload)
{
	numasim_fail("at once");
}

/* Before anybody's first step: nothing is a run; or every run breaks, in no steps. */
static void test_before_the_first_step(void **state)
{
	struct program_world *w = *state;

	world_add(w, "a", assumes_at_once);
	for (int engine = NUMASIM_ENGINE_GRAPH; engine <= NUMASIM_ENGINE_TREE_MERGED; engine++) {
		world_explore(w, engine);
		assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
		assert_int_equal(w->info.blocked, 1);
		assert_int_equal(w->info.positive + w->info.negative, 0);
	}
	world_close(w);
	world_open(w, NULL);
	world_add(w, "a", fails_at_once);
	for (int engine = NUMASIM_ENGINE_GRAPH; engine <= NUMASIM_ENGINE_TREE_MERGED; engine++) {
		world_explore(w, engine);
		assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
		assert_string_equal(w->info.sentence, "at once");
		assert_int_equal(w->info.nr_steps, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_assumptions),
		WORLD_TEST(test_before_the_first_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
