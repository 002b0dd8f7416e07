/* SPDX-License-Identifier: BSD-2-Clause */
/* The state graph: what it counts, what it finds, and with how few preemptions. */
#include "program_world.h"

static void add_to(struct program_world *w, int i)
{
	numasim_atomic_set(w->x[i], numasim_atomic_read(w->x[i]) + 1);
}

static void add_to_0(void *payload)
{
	add_to(payload, 0);
}

static void write_2_and_3(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_set(w->x[2], 1);
	numasim_atomic_set(w->x[3], 1);
}

static void write_4_and_5(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_set(w->x[4], 1);
	numasim_atomic_set(w->x[5], 1);
}

static void expect_two(void *payload)
{
	struct program_world *w = payload;

	numasim_assert(numasim_atomic_read(w->x[0]) == 2);
}

/* Two contexts that have nothing in common, of two steps each: 3 x 3 states, 6 + 6 transitions. */
static void test_counts(void **state)
{
	struct program_world *w = *state;

	world_add(w, "a", write_2_and_3);
	world_add(w, "b", write_4_and_5);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
	assert_int_equal(w->info.states, 9);
	assert_int_equal(w->info.transitions, 12);
	assert_int_equal(w->info.positive + w->info.negative, 1);
	assert_null(w->info.sentence);
	assert_int_equal(w->info.nr_steps, 0);
}

/*
 *     a              b
 *     read x0 = 0
 *                    read x0 = 0      preemption
 *                    x0 = 1
 *     x0 = 1
 */
static void test_fewest_preemptions(void **state)
{
	struct program_world *w = *state;
	unsigned preempts = 0;

	world_add(w, "a", add_to_0);
	world_add(w, "b", add_to_0);
	numasim_program_check(w->program, expect_two, w);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
	assert_string_equal(w->info.oracle, "assertion");
	assert_string_equal(w->info.sentence, "`numasim_atomic_read(w->x[0]) == 2` does not hold");
	assert_int_equal(w->info.preemptions, 1);
	assert_int_equal(w->info.nr_steps, 4);
	for (size_t i = 0; i < w->info.nr_steps; i++) {
		struct numasim_result_step step;

		assert_int_equal(numasim_result_step(&step, w->result, i), 0);
		assert_string_equal(step.object, "x0");
		preempts += step.preempts;
	}
	assert_int_equal(preempts, 1);
}

static void test_bounds(void **state)
{
	struct program_world *w = *state;
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;

	world_add(w, "a", add_to_0);
	world_add(w, "b", add_to_0);
	numasim_program_check(w->program, expect_two, w);
	search.bound = 0;
	world_search(w, &search);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_UNDECIDED); /* never "holds" */
	assert_non_null(w->info.undecided);
	search.bound = 1;
	world_search(w, &search);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
	assert_int_equal(w->info.preemptions, 1);
}

static void locks_0_1(void *payload)
{
	struct program_world *w = payload;

	numasim_lock_take(w->l[0]);
	numasim_lock_take(w->l[1]);
	numasim_lock_release(w->l[1]);
	numasim_lock_release(w->l[0]);
}

static void locks_1_0(void *payload)
{
	struct program_world *w = payload;

	numasim_lock_take(w->l[1]);
	numasim_lock_take(w->l[0]);
	numasim_lock_release(w->l[0]);
	numasim_lock_release(w->l[1]);
}

static void test_deadlock_says_who_waits_for_what(void **state)
{
	struct program_world *w = *state;

	world_add(w, "a", locks_0_1);
	world_add(w, "b", locks_1_0);
	for (int engine = NUMASIM_ENGINE_GRAPH; engine <= NUMASIM_ENGINE_TREE_MERGED; engine++) {
		world_explore(w, engine);
		assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
		assert_string_equal(w->info.oracle, "deadlock");
		assert_non_null(strstr(w->info.sentence, "a waits for l1"));
		assert_non_null(strstr(w->info.sentence, "b waits for l0"));
		assert_int_equal(w->info.nr_steps, 2);
	}
}

static void test_one_order_of_locks_is_fine(void **state)
{
	struct program_world *w = *state;

	world_add(w, "a", locks_0_1);
	world_add(w, "b", locks_0_1);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
}

static void takes_twice(void *payload)
{
	struct program_world *w = payload;

	numasim_lock_take(w->l[0]);
	numasim_lock_take(w->l[0]);
}

static void waits_for_7(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_wait_eq(w->x[0], 7);
}

static void test_other_deadlocks(void **state)
{
	struct program_world *w = *state;

	world_add(w, "self", takes_twice);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_string_equal(w->info.oracle, "deadlock");
	assert_string_equal(w->info.sentence, "nobody can move: self waits for l0");
	world_close(w);
	world_open(w, NULL);
	world_add(w, "never", waits_for_7);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_string_equal(w->info.oracle, "deadlock");
	assert_string_equal(w->info.sentence, "nobody can move: never waits for x0");
}

static void test_only_wanted_oracles_stop(void **state)
{
	static const char *const deadlock[] = {"deadlock"}, *const wrong[] = {"deadlocks"};
	struct program_world *w = *state;
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_result *result = NULL;

	world_add(w, "a", add_to_0);
	world_add(w, "b", add_to_0);
	numasim_program_check(w->program, expect_two, w);
	search.oracles = deadlock;
	search.nr_oracles = 1;
	world_search(w, &search);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
	search.oracles = wrong;
	assert_int_equal(numasim_program_explore(&result, w->program, &search, &w->err), -ENOENT);
	assert_null(result);
}

static void test_budgets(void **state)
{
	struct program_world *w = *state;
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;

	world_add(w, "a", write_2_and_3);
	world_add(w, "b", write_4_and_5);
	world_add(w, "c", add_to_0);
	search.max_states = 5;
	for (int engine = NUMASIM_ENGINE_GRAPH; engine <= NUMASIM_ENGINE_TREE_MERGED; engine++) {
		search.engine = engine;
		world_search(w, &search);
		assert_int_equal(w->info.verdict, NUMASIM_VERDICT_UNDECIDED);
		assert_non_null(strstr(w->info.undecided, "budget"));
	}
}

/* A program can be searched again, and gives the same result; also after it got another context. */
static void test_again(void **state)
{
	struct program_world *w = *state;
	uint64_t states;

	world_add(w, "a", add_to_0);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.states, 3);
	world_add(w, "b", add_to_0);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	states = w->info.states;
	world_explore(w, NUMASIM_ENGINE_TREE);
	assert_int_equal(numasim_atomic_read(w->x[0]), 0); /* the machine is as it was */
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.states, states);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_counts),
		WORLD_TEST(test_fewest_preemptions),
		WORLD_TEST(test_bounds),
		WORLD_TEST(test_deadlock_says_who_waits_for_what),
		WORLD_TEST(test_one_order_of_locks_is_fine),
		WORLD_TEST(test_other_deadlocks),
		WORLD_TEST(test_only_wanted_oracles_stop),
		WORLD_TEST(test_budgets),
		WORLD_TEST(test_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
