/* SPDX-License-Identifier: BSD-2-Clause */
/* One budget for all passes of a search, and what a result says when it ran out between them. */
#include "program_world.h"

#include "explore/result.h"

/* ---- the arithmetic ---- */

static void test_states(void **state)
{
	struct search_options o = {.max_states = 100};

	assert_null(search_budget_end(&o, 99, false));
	assert_null(search_budget_end(&o, 100, false));
	assert_string_equal(search_budget_end(&o, 101, false), "the budget of states is used up");
	assert_null(search_budget_rest(&o, 60));
	assert_int_equal(o.max_states, 40);
	assert_null(search_budget_rest(&o, 39));
	assert_int_equal(o.max_states, 1);
	assert_non_null(search_budget_rest(&o, 1)); /* a rest of 0 would be no limit */
	assert_non_null(search_budget_rest(&o, 2));
}

static void test_no_limit(void **state)
{
	struct search_options o = {0};

	search_budget_begin(&o);
	assert_null(search_budget_end(&o, UINT64_MAX, true));
	assert_null(search_budget_rest(&o, UINT64_MAX));
	assert_int_equal(o.max_states, 0);
}

/* The clock starts once; only who looks sees that it has run out. */
static void test_time(void **state)
{
	struct search_options o = {.max_ns = 1}, long_ago = {.max_ns = 1000, .began_ns = 1};

	search_budget_begin(&o);
	assert_true(o.began_ns > 0);
	search_budget_begin(&long_ago);
	assert_int_equal(long_ago.began_ns, 1);
	assert_null(search_budget_end(&long_ago, 0, false));
	assert_string_equal(search_budget_end(&long_ago, 0, true),
			    "the budget of time is used up");
	assert_non_null(search_budget_rest(&long_ago, 0));
	o = (struct search_options){.max_ns = UINT64_C(3600000000000)};
	search_budget_begin(&o);
	assert_null(search_budget_end(&o, 0, true));
}

/* ---- a program that breaks late: x is read back between two additions of another ---- */

static void adds(void *payload)
{
	struct program_world *w = payload;

	for (int i = 0; i < 4; i++)
		numasim_atomic_add_return(1, w->x[0]);
}

static void looks(void *payload)
{
	struct program_world *w = payload;
	int64_t first = numasim_atomic_read(w->x[0]);

	numasim_atomic_set(w->x[1], first);
	numasim_assert(numasim_atomic_read(w->x[0]) == first);
}

static void open_breaking(struct program_world *w)
{
	world_open(w, NULL);
	world_add(w, "adds", adds);
	world_add(w, "looks", looks);
}

static uint64_t states_of_both_passes(uint64_t *first)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct program_world w;
	uint64_t both;

	open_breaking(&w);
	world_search(&w, &search);
	assert_int_equal(w.info.verdict, NUMASIM_VERDICT_BROKEN);
	assert_false(w.info.partial);
	assert_false(w.info.more_than_needed);
	*first = w.info.states;
	both = w.result->spent;
	world_close(&w);
	return both;
}

static void search_within(struct program_world *w, uint64_t max_states)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;

	search.max_states = max_states;
	open_breaking(w);
	world_search(w, &search);
}

static void test_passes_share(void **state)
{
	uint64_t first, both = states_of_both_passes(&first);
	struct program_world w;

	assert_true(both > first + 2);
	/* enough for all */
	search_within(&w, both);
	assert_int_equal(w.info.verdict, NUMASIM_VERDICT_BROKEN);
	assert_false(w.info.more_than_needed);
	assert_false(w.info.partial);
	world_close(&w);
	/* for the first pass, and nothing, or one state, of the second */
	for (uint64_t rest = 0; rest < 2; rest++) {
		search_within(&w, first + rest);
		assert_int_equal(w.info.verdict, NUMASIM_VERDICT_BROKEN);
		assert_true(w.info.more_than_needed);
		assert_int_equal(w.info.states, first);
		assert_true(w.info.nr_steps > 0);
		assert_true(w.result->spent <= first + rest + 1);
		world_close(&w);
	}
	/* for the first state only */
	search_within(&w, 1);
	assert_int_equal(w.info.verdict, NUMASIM_VERDICT_UNDECIDED);
	assert_string_equal(w.info.undecided, "the budget of states is used up");
	world_close(&w);
}

/* Who stops at the first that breaks has not counted them all. */
static void test_first_only_is_partial(void **state)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct program_world w;

	search.first_only = 1;
	open_breaking(&w);
	world_search(&w, &search);
	assert_int_equal(w.info.verdict, NUMASIM_VERDICT_BROKEN);
	assert_true(w.info.partial);
	world_close(&w);
}

/* An order that breaks is an order. */
static void test_broken_orders_count(void **state)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;

	for (int merged = 0; merged < 2; merged++) {
		uint64_t schedules, classes;
		struct program_world w;

		search.engine = merged ? NUMASIM_ENGINE_TREE_MERGED : NUMASIM_ENGINE_TREE;
		search.first_only = 0;
		open_breaking(&w);
		world_search(&w, &search);
		schedules = w.info.schedules;
		classes = w.info.classes;
		assert_true(schedules > w.info.positive + w.info.negative);
		assert_true(classes <= schedules && classes > 1);
		search.first_only = 1;
		world_search(&w, &search);
		assert_true(w.info.schedules > 0 && w.info.schedules < schedules);
		assert_true(w.info.classes > 0);
		world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_passes_share),
		cmocka_unit_test(test_first_only_is_partial),
		cmocka_unit_test(test_broken_orders_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
