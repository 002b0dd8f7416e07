/* SPDX-License-Identifier: BSD-2-Clause */
/* Searches through the public functions: options, verdicts, and engines that must agree. */
/* Longer than 300 lines because each rule of a result has its test here. */
#include "witness_world.h"

static struct numasim_scenario *parse(const char *text)
{
	struct numasim_scenario *scenario;
	struct numasim_error err;

	if (numasim_scenario_parse(&scenario, text, strlen(text), NULL, &err))
		fail_msg("%s", err.text);
	return scenario;
}

static int explore(struct numasim_result **result, const char *text,
		   const struct numasim_search *search, struct numasim_error *err)
{
	struct numasim_scenario *scenario = parse(text);
	int ret = numasim_scenario_explore(result, scenario, NULL, search, err);

	numasim_scenario_free(scenario);
	return ret;
}

static void expect_error(const struct numasim_search *search, int code, const char *message)
{
	struct numasim_result *result = NULL;
	struct numasim_error err = {0};
	int ret = explore(&result, race, search, &err);

	if (ret != code || err.code != code || !strstr(err.text, message))
		fail_msg("%d instead of %d, wanted \"%s\": %s", ret, code, message, err.text);
	assert_null(result);
}

static void test_bad_options(void **state)
{
	static const char *const wrong[] = {"lost-write", "lost-wirte"};
	const struct numasim_search good = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_search search = good;

	search.oracles = wrong;
	search.nr_oracles = 2;
	expect_error(&search, -ENOENT,
		     "no oracle \"lost-wirte\"\n  help: the oracles are lost-write, ");
	search = good;
	search.bound = -2;
	expect_error(&search, -EINVAL, "negative");
	search = good;
	search.bound = 1;
	search.engine = NUMASIM_ENGINE_TREE;
	expect_error(&search, -EINVAL, "only the graph engine");
	search = good;
	search.engine = 7;
	expect_error(&search, -EINVAL, "no engine number 7");
}

static void test_names(void **state)
{
	enum numasim_engine engine = 77;
	size_t nr = 0;

	while (numasim_oracle_name(nr))
		nr++;
	assert_int_equal(nr, 9);
	assert_string_equal(numasim_oracle_name(0), "lost-write");
	assert_null(numasim_oracle_name(1000));
	assert_int_equal(numasim_engine_by_name(&engine, "trees"), -EINVAL);
	assert_int_equal(engine, 77);
	assert_int_equal(numasim_engine_by_name(&engine, "tree-merged"), 0);
	assert_int_equal(engine, NUMASIM_ENGINE_TREE_MERGED);
}

static void test_bad_params(void **state)
{
	static const char *const rows[] = {"no such row"};
	static const struct numasim_scenario_params bad[] = {
		{.release = "v2.4"},
		{.with = rows, .nr_with = 1},
		{.without = rows, .nr_without = 1},
		{.topology = "numa:"},
		{.topology = "/nonexistent.xml"},
		{.topology = "numa:1 pu:1"},
		{.release = "v6.16"},
	};
	struct numasim_scenario *scenario = parse(race);

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct numasim_result *result = NULL;
		struct numasim_error err = {0};
		int ret = numasim_scenario_explore(&result, scenario, &bad[i], NULL, &err);

		assert_true(ret < 0);
		assert_true(*err.text);
		assert_null(result);
	}
	numasim_scenario_free(scenario);
}

/* Nothing breaks with fewer than two preemptions, and a bounded search never says that it holds. */
static void test_bounds(void **state)
{
	static const char *const oracles[] = {"lost-write"};
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_result_info info;
	struct numasim_result *result;
	struct numasim_error err;

	search.oracles = oracles;
	search.nr_oracles = 1;
	for (search.bound = 0; search.bound < 4; search.bound++) {
		assert_int_equal(explore(&result, race, &search, &err), 0);
		numasim_result_info(&info, result);
		assert_true(info.partial);
		assert_int_equal(info.bound, search.bound);
		if (search.bound < 2) {
			assert_int_equal(info.verdict, NUMASIM_VERDICT_UNDECIDED);
			assert_non_null(strstr(info.undecided, "nothing breaks with at most"));
			assert_null(numasim_result_witness(result));
			assert_int_equal(info.nr_steps, 0);
		} else {
			assert_int_equal(info.verdict, NUMASIM_VERDICT_BROKEN);
			assert_int_equal(info.preemptions, 2);
		}
		numasim_result_free(result);
	}
}

static const char sequential[] =
	"NUMASIM sequential \"one thread\"\n"
	"{ machine = \"numa:1 core:1 pu:1\"; kernel = v3.13; P: mmap x 4K; P: x = 1 by a; }\n"
	" a ;\n"
	" P:x = 2 ;\n"
	" r0 = P:x ;\n"
	"forall (a:r0 = 2)\n";

static void test_bound_never_holds(void **state)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_result_info info;
	struct numasim_result *result;

	search.bound = 5;
	assert_int_equal(explore(&result, sequential, &search, NULL), 0);
	numasim_result_info(&info, result);
	assert_int_equal(info.verdict, NUMASIM_VERDICT_UNDECIDED);
	numasim_result_free(result);
	search.bound = NUMASIM_NO_BOUND;
	assert_int_equal(explore(&result, sequential, &search, NULL), 0);
	numasim_result_info(&info, result);
	assert_int_equal(info.verdict, NUMASIM_VERDICT_HOLDS);
	assert_false(info.partial);
	assert_int_equal(info.positive, 1);
	assert_int_equal(info.negative, 0);
	numasim_result_free(result);
}

static void test_budget(void **state)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_result_info info;
	struct numasim_result *result;

	search.max_states = 20;
	assert_int_equal(explore(&result, race, &search, NULL), 0);
	numasim_result_info(&info, result);
	assert_int_equal(info.verdict, NUMASIM_VERDICT_UNDECIDED);
	assert_string_equal(info.undecided, "the budget of states is used up");
	assert_true(info.partial);
	numasim_result_free(result);
}

/* Behind what breaks lie final states, too: with and without them the counts differ. */
static void test_final_states_of_what_breaks(void **state)
{
	static const char *const oracles[] = {"lost-write"};
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_result_info info;
	struct numasim_result *result;

	search.oracles = oracles;
	search.nr_oracles = 1;
	assert_int_equal(explore(&result, race, &search, NULL), 0);
	numasim_result_info(&info, result);
	assert_true(info.observes && !info.partial);
	assert_true(info.positive > 0);
	assert_true(info.negative > 0); /* P:x is 1: the write is lost */
	numasim_result_free(result);
}

static void test_accessors(void **state)
{
	struct numasim_result *result = explore_text(race, NULL);
	struct numasim_result_column column;
	struct numasim_result_info info;
	struct numasim_result_step step;
	unsigned preemptions = 0, shown = 0;

	numasim_result_info(&info, result);
	assert_string_equal(info.scenario, "race");
	assert_string_equal(info.title, "A batched flush lets a writer reach the old page");
	assert_string_equal(info.kernel, "v3.13-rc4");
	assert_string_equal(info.machine, "numa:2 core:2 pu:1: 2 nodes, 4 CPUs");
	assert_string_equal(info.oracles, "lost-write");
	assert_int_equal(info.nr_columns, 3);
	assert_int_equal(numasim_result_column(&column, result, 1), 0);
	assert_string_equal(column.name, "reader");
	assert_int_equal(column.node, 1);
	assert_int_equal(numasim_result_column(&column, result, 2), 0);
	assert_non_null(strstr(column.before, "TLB has P:x -> page"));
	assert_int_equal(numasim_result_column(&column, result, 3), -ERANGE);
	for (size_t i = 0; i < info.nr_steps; i++) {
		assert_int_equal(numasim_result_step(&step, result, i), 0);
		assert_in_range(step.column, 0, 2);
		preemptions += step.preempts;
		shown += step.shown;
		assert_true(!step.shown || step.relevant);
	}
	assert_int_equal(preemptions, info.preemptions);
	assert_true(shown > 5 && shown < info.nr_steps);
	assert_int_equal(numasim_result_step(&step, result, info.nr_steps), -ERANGE);
	numasim_result_free(result);
	numasim_result_free(NULL);
}

/* ---- the engines agree wherever they finish ---- */

static const struct {
	const char *text;
	enum numasim_verdict verdict;
} small[] = {
	{"NUMASIM words \"two threads, one word\"\n"
	 "{ machine = \"numa:1 core:2 pu:1\"; kernel = v3.13; P: mmap x 4K nothp; P: x = 1 by a;\n"
	 "  load P:x by b; }\n"
	 " a | b ;\n P:x = 2 | r0 = P:x ;\n P:x = 3 | r1 = P:x ;\n"
	 "exists (b:r0 = 2 /\\ b:r1 = 3)\n", NUMASIM_VERDICT_HOLDS},
	{"NUMASIM words-never \"as above, but it must not be\"\n"
	 "{ machine = \"numa:1 core:2 pu:1\"; kernel = v3.13; P: mmap x 4K nothp; P: x = 1 by a;\n"
	 "  load P:x by b; }\n"
	 " a | b ;\n P:x = 2 | r0 = P:x ;\n P:x = 3 | r1 = P:x ;\n"
	 "~exists (b:r0 = 2 /\\ b:r1 = 3)\n", NUMASIM_VERDICT_BROKEN},
	{"NUMASIM three \"three threads, two words\"\n"
	 "{ machine = \"numa:1 core:3 pu:1\"; kernel = v3.13; P: mmap x 4K nothp; P: x = 1 by a;\n"
	 "  load P:x by b; load P:x by c; }\n"
	 " a | b | c ;\n P:x = 2 | P:x+8 = 2 | r0 = P:x ;\n r0 = P:x+8 | r0 = P:x | r1 = P:x+8 ;\n"
	 "exists (a:r0 = 0 /\\ b:r0 = 1)\n", NUMASIM_VERDICT_HOLDS},
	{"NUMASIM scan \"one scans and clears nothing, one reads\"\n"
	 "{ machine = \"numa:2 core:2 pu:1\"; kernel = v3.12; P: mmap x 2M thp node=0;\n"
	 "  P: x = 1 by a; load P:x by b; }\n"
	 " a @node0 | b @node0 ;\n task_numa_work(P) | r0 = P:x ;\n"
	 "exists (b:r0 = 1)\n", NUMASIM_VERDICT_HOLDS},
};

static void expect_same(const struct numasim_result_info *graph,
			const struct numasim_result_info *tree)
{
	assert_int_equal(graph->verdict, tree->verdict);
	assert_int_equal(!graph->positive, !tree->positive);
	assert_int_equal(!graph->negative, !tree->negative);
	assert_true(graph->positive <= tree->positive); /* orders that end alike are one state */
	assert_true(graph->negative <= tree->negative);
	if (graph->oracle)
		assert_string_equal(graph->oracle, tree->oracle);
	assert_int_equal(graph->blocked, tree->blocked);
}

static void test_engines_agree(void **state)
{
	for (size_t i = 0; i < sizeof(small) / sizeof(*small); i++) {
		struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
		struct numasim_result_info info[3];
		struct numasim_result *result[3];

		for (int e = 0; e < 3; e++) {
			search.engine = e;
			assert_int_equal(explore(&result[e], small[i].text, &search, NULL), 0);
			numasim_result_info(&info[e], result[e]);
			assert_int_equal(info[e].verdict, small[i].verdict);
			assert_true(info[e].positive + info[e].negative > 0);
		}
		expect_same(&info[0], &info[1]);
		expect_same(&info[0], &info[2]);
		assert_int_equal(info[1].classes, info[2].classes);
		assert_true(info[1].classes >= info[0].positive + info[0].negative);
		for (int e = 0; e < 3; e++)
			numasim_result_free(result[e]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_options),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_bad_params),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_bound_never_holds),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_final_states_of_what_breaks),
		cmocka_unit_test(test_accessors),
		cmocka_unit_test(test_engines_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
