/* SPDX-License-Identifier: BSD-2-Clause */
/* Livelock: found where everybody moves and nothing gets done; not where somebody is starved. */
#include "program_world.h"

static const int64_t nothing_known;

/* Goes round until x0 is 1. */
static void polls(void *payload)
{
	struct program_world *w = payload;

	do
		numasim_loop_head("polls", NULL, 0);
	while (numasim_atomic_read(w->x[0]) != 1);
}

static void sets(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_set(w->x[0], 1);
}

static void test_nobody_ever_sets_it(void **state)
{
	struct program_world *w = *state;

	world_add(w, "a", polls);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
	assert_string_equal(w->info.oracle, "livelock");
}

/* While a polls, b could go on in every state of the cycle: the cycle only starves b. */
static void test_a_cycle_that_starves_is_none(void **state)
{
	struct program_world *w = *state;

	world_add(w, "a", polls);
	world_add(w, "b", sets);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
	assert_int_equal(w->info.states, 3); /* polling; set; polled */
}

/* Two that step back for each other for ever: both move, each takes its lock, neither gets both. */
static void polite(struct program_world *w, int first)
{
	for (;;) {
		numasim_loop_head("polite", &nothing_known, 1);
		numasim_lock_take(w->l[first]);
		if (numasim_lock_try(w->l[1 - first]))
			break;
		numasim_lock_release(w->l[first]);
	}
	numasim_lock_release(w->l[1 - first]);
	numasim_lock_release(w->l[first]);
}

static void polite_a(void *payload)
{
	polite(payload, 0);
}

static void polite_b(void *payload)
{
	polite(payload, 1);
}

static void test_two_that_step_back(void **state)
{
	static const char *const all_but[] = {"deadlock", "assertion", "condition"};
	struct program_world *w = *state;
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;

	world_add(w, "a", polite_a);
	world_add(w, "b", polite_b);
	world_search(w, &search);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
	assert_string_equal(w->info.oracle, "livelock");
	search.oracles = all_but;
	search.nr_oracles = 3;
	world_search(w, &search);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
}

/* A server that gets something done in every round may go round for ever. */
static void serves(void *payload)
{
	struct program_world *w = payload;

	for (;;) {
		numasim_loop_head("serves", NULL, 0);
		numasim_atomic_set(w->x[0], 0);
		numasim_progress();
	}
}

static void test_progress_is_no_livelock(void **state)
{
	struct program_world *w = *state;

	world_add(w, "a", serves);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
}

/*
 * A server that can get something done, or go round without: x1 decides, and a second context
 * changes it to and fro. The cycle in which x1 stays 0 gets nothing done, but only by starving b;
 * that in which b moves always while a is looking the other way is a livelock, and the progress
 * that is possible in the same strongly connected set must not hide it.
 */
static void serves_if_asked(void *payload)
{
	struct program_world *w = payload;

	for (;;) {
		numasim_loop_head("serves", NULL, 0);
		if (numasim_atomic_read(w->x[1]))
			numasim_progress();
	}
}

static void flips(void *payload)
{
	struct program_world *w = payload;

	for (;;) {
		numasim_loop_head("flips", NULL, 0);
		numasim_atomic_set(w->x[1], 1);
		numasim_atomic_set(w->x[1], 0);
	}
}

static void test_possible_progress_hides_nothing(void **state)
{
	struct program_world *w = *state;

	world_add(w, "a", serves_if_asked);
	world_add(w, "b", flips);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_string_equal(w->info.oracle, "livelock");
}

/* In the cycle b is always possible, and its step is no run: a fair run is none, so no livelock. */
static void assumes_false(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_read(w->x[5]);
	numasim_assume(false);
}

static void test_assumed_away_is_possible(void **state)
{
	struct program_world *w = *state;

	world_add(w, "a", polls);
	world_add(w, "b", assumes_false);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
	assert_true(w->info.blocked > 0);
}

/* Without a loop head every round is another state; the search ends at its budget. */
static void polls_and_remembers(void *payload)
{
	struct program_world *w = payload;

	while (numasim_atomic_read(w->x[0]) != 1)
		;
}

static void test_without_a_loop_head(void **state)
{
	struct program_world *w = *state;
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;

	world_add(w, "a", polls_and_remembers);
	search.max_states = 1000;
	world_search(w, &search);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_UNDECIDED);
	search.max_states = 0;
	search.engine = NUMASIM_ENGINE_TREE;
	world_search(w, &search);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_UNDECIDED);
	assert_non_null(strstr(w->info.undecided, "too long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_nobody_ever_sets_it),
		WORLD_TEST(test_a_cycle_that_starves_is_none),
		WORLD_TEST(test_two_that_step_back),
		WORLD_TEST(test_progress_is_no_livelock),
		WORLD_TEST(test_possible_progress_hides_nothing),
		WORLD_TEST(test_assumed_away_is_possible),
		WORLD_TEST(test_without_a_loop_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
