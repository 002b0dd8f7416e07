/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The race as a model of plain variables and locks (examples/thp-race-model.c), against what two
 * independent stateless model checkers counted: 156 classes of the fixed version at n = 2, 1200 at
 * n = 4.
 */
#define MODEL_WITHOUT_MAIN
#include "../../../examples/thp-race-model.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct numasim_result_info search_model(int n, bool fixed, enum numasim_engine engine)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_program *program = NULL;
	struct numasim_result *result = NULL;
	struct numasim_result_info info;
	struct numasim_error err = {0};
	struct model model;

	search.engine = engine;
	if (model_create(&program, &model, n, fixed, &err) ||
	    numasim_program_explore(&result, program, &search, &err))
		fail_msg("%s", err.text);
	numasim_result_info(&info, result);
	numasim_result_free(result); /* the texts of info are gone, the numbers stay */
	numasim_program_free(program);
	return info;
}

static void test_classes_at_2(void **state)
{
	struct numasim_result_info info = search_model(2, true, NUMASIM_ENGINE_TREE_MERGED);

	assert_int_equal(info.verdict, NUMASIM_VERDICT_HOLDS);
	assert_int_equal(info.classes, 156);
	assert_true(info.blocked > 0);
}

static void test_classes_at_4(void **state)
{
	assert_int_equal(search_model(4, true, NUMASIM_ENGINE_TREE_MERGED).classes, 1200);
}

/* At n = 1 every schedule can be walked: merging loses no class and no verdict. */
static void test_merging_loses_nothing(void **state)
{
	for (int fixed = 0; fixed < 2; fixed++) {
		struct numasim_result_info plain = search_model(1, fixed, NUMASIM_ENGINE_TREE);
		struct numasim_result_info merged = search_model(1, fixed,
								 NUMASIM_ENGINE_TREE_MERGED);

		assert_int_equal(plain.verdict, merged.verdict);
		assert_int_equal(plain.classes, merged.classes);
		assert_true(plain.schedules > 100 * merged.schedules);
		assert_int_equal(merged.schedules, merged.classes);
	}
}

static void test_graph_proves_the_fixed_one(void **state)
{
	static const int sizes[] = {2, 4, 8};

	for (int i = 0; i < 3; i++) {
		struct numasim_result_info info = search_model(sizes[i], true,
							       NUMASIM_ENGINE_GRAPH);

		assert_int_equal(info.verdict, NUMASIM_VERDICT_HOLDS);
		assert_false(info.partial);
		assert_true(info.positive > 0);
		assert_int_equal(info.negative, 0);
	}
}

static void test_all_find_the_bug(void **state)
{
	for (int engine = NUMASIM_ENGINE_GRAPH; engine <= NUMASIM_ENGINE_TREE_MERGED; engine++) {
		int n = engine == NUMASIM_ENGINE_TREE ? 1 : 2;

		assert_int_equal(search_model(n, false, engine).verdict, NUMASIM_VERDICT_BROKEN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes_at_2),
		cmocka_unit_test(test_classes_at_4),
		cmocka_unit_test(test_merging_loses_nothing),
		cmocka_unit_test(test_graph_proves_the_fixed_one),
		cmocka_unit_test(test_all_find_the_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
