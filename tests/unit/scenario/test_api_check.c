/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios held against their own `expect` lines: every status, and what the rows say. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <numasim/scenario.h>

/* One thread stores and loads; another walks the tables of v3.12, which never arm a huge page. */
#define HEAD                                                                                       \
	"NUMASIM t \"t\"\n"                                                                        \
	"{ machine = \"numa:2 core:2 pu:1\"; kernel = v3.12;\n"                                    \
	"  P: mmap x 2M thp node=0; P: x = 1 by a; load P:x by b; }\n"                             \
	" a @node0          | b @node1 ;\n"                                                        \
	" task_numa_work(P) | P:x = 2 ;\n"                                                         \
	" r0 = P:x          | ;\n"

struct expected {
	const char *tail;
	enum numasim_check_status status;
	const char *expected, *found, *remark;
};

static struct numasim_check *check(const char *tail, const struct numasim_search *search,
				   struct numasim_error *err)
{
	struct numasim_check *result = NULL;
	struct numasim_scenario *scenario;
	char text[2048];

	snprintf(text, sizeof(text), HEAD "%s", tail);
	if (numasim_scenario_parse(&scenario, text, strlen(text), "t.nsim", err))
		fail_msg("%s", err->text);
	if (numasim_scenario_check(&result, scenario, search, err))
		assert_null(result);
	numasim_scenario_free(scenario);
	return result;
}

static void expect_row(const struct expected *e)
{
	struct numasim_error err = {0};
	struct numasim_check *c = check(e->tail, NULL, &err);
	struct numasim_check_row row;

	if (!c)
		fail_msg("%s", err.text);
	assert_int_equal(numasim_check_count(c), 1);
	assert_int_equal(numasim_check_row(&row, c, 0), 0);
	assert_string_equal(row.expected, e->expected);
	assert_string_equal(row.found, e->found);
	if (row.status != e->status || !strstr(row.remark, e->remark))
		fail_msg("%s: status %d, remark %s", e->tail, row.status, row.remark);
	assert_string_equal(row.scenario, "t");
	assert_true(row.states > 0);
	numasim_check_free(c);
}

static void test_statuses(void **state)
{
	static const struct expected rows[] = {
		{"exists (a:r0 = 1)\nexpect v3.12: holds", NUMASIM_CHECK_OK, "holds", "holds", ""},
		{"exists (a:r0 = 1)\nreach scanned()\nexpect v3.12: holds", NUMASIM_CHECK_OK,
		 "holds", "holds", ""},
		{"exists (a:r0 = 1)\nexpect v3.12: no lost-write", NUMASIM_CHECK_OK,
		 "no lost-write", "no lost-write", ""},
		{"forall (a:r0 = 1)\nexpect v3.12: condition", NUMASIM_CHECK_OK, "condition",
		 "condition", ""},
		/* nothing but the condition is asked about */
		{"forall (a:r0 = 1)\nexpect v3.12: no oops", NUMASIM_CHECK_OK, "no oops", "no oops",
		 ""},
		{"forall (a:r0 = 1)\nexpect v3.12: holds", NUMASIM_CHECK_FAIL, "holds", "condition",
		 "the final state"},
		{"exists (a:r0 = 1)\nexpect v3.12: lost-write", NUMASIM_CHECK_FAIL, "lost-write",
		 "no lost-write", ""},
		{"exists (a:r0 = 1)\nexpect v3.12: undecided", NUMASIM_CHECK_FAIL, "undecided",
		 "holds", ""},
		/* no huge page is ever armed (v3.12) */
		{"exists (a:r0 = 1)\nreach armed(), scanned()\nexpect v3.12: holds",
		 NUMASIM_CHECK_VACUOUS, "holds", "holds vacuously", "never: armed()"},
		{"exists (a:r0 = 1)\nreach armed(P:x)\nexpect v3.12: no lost-write",
		 NUMASIM_CHECK_VACUOUS, "no lost-write", "no lost-write vacuously",
		 "never: armed(P:x)"},
		{"exists (a:r0 = 1)\nreach armed()\nexpect v3.12: holds vacuously",
		 NUMASIM_CHECK_OK, "holds vacuously", "holds vacuously", "never: armed()"},
		{"exists (a:r0 = 1)\nreach scanned()\nexpect v3.12: holds vacuously",
		 NUMASIM_CHECK_FAIL, "holds vacuously", "holds", "every event was reached"},
		/* what breaks need not reach anything */
		{"forall (a:r0 = 1)\nreach armed()\nexpect v3.12: condition", NUMASIM_CHECK_OK,
		 "condition", "condition", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		expect_row(&rows[i]);
}

static void test_rows_of_a_file(void **state)
{
	struct numasim_error err = {0};
	struct numasim_check *c = check("exists (a:r0 = 1)\nreach armed()\n"
					"expect v3.12: no lost-write vacuously, no oops;\n"
					"       v3.12+f123d74abf91: holds", NULL, &err);
	struct numasim_check_row row;

	if (!c)
		fail_msg("%s", err.text);
	assert_string_equal(numasim_check_scenario(c), "t");
	assert_int_equal(numasim_check_count(c), 3);
	numasim_check_row(&row, c, 0);
	assert_int_equal(row.status, NUMASIM_CHECK_OK);
	assert_int_equal(row.line, 9);
	numasim_check_row(&row, c, 1);
	assert_string_equal(row.kernel, "v3.12");
	assert_int_equal(row.status, NUMASIM_CHECK_VACUOUS);
	numasim_check_row(&row, c, 2);
	assert_string_equal(row.kernel, "v3.12+f123d74abf91");
	assert_int_equal(row.line, 10);
	assert_string_equal(row.found, "holds"); /* with that row, huge pages are armed */
	assert_int_equal(row.status, NUMASIM_CHECK_OK);
	assert_false(row.broken);
	assert_int_equal(numasim_check_row(&row, c, 3), -ERANGE);
	numasim_check_free(c);
	numasim_check_free(NULL);
}

static void test_nothing_expected(void **state)
{
	struct numasim_error err = {0};
	struct numasim_check *c = check("exists (a:r0 = 1)\n", NULL, &err);

	assert_non_null(c);
	assert_int_equal(numasim_check_count(c), 0);
	numasim_check_free(c);
}

static void test_budget(void **state)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_error err = {0};
	struct numasim_check_row row;
	struct numasim_check *c;

	search.max_states = 3;
	c = check("exists (a:r0 = 1)\nexpect v3.12: holds; v3.11: undecided", &search, &err);
	assert_non_null(c);
	numasim_check_row(&row, c, 0);
	assert_int_equal(row.status, NUMASIM_CHECK_UNDECIDED);
	assert_string_equal(row.remark, "the budget of states is used up");
	numasim_check_row(&row, c, 1);
	assert_int_equal(row.status, NUMASIM_CHECK_OK);
	assert_string_equal(row.found, "undecided");
	numasim_check_free(c);
}

/* A kernel that cannot be had: the error points at the line. */
static void test_bad_kernels(void **state)
{
	static const char *const tails[] = {"exists (a:r0 = 1)\nexpect v2.4: holds",
					    "exists (a:r0 = 1)\nexpect v3.12+nonsense: holds",
					    "exists (a:r0 = 1)\nexpect v6.16: holds"};

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		struct numasim_error err = {0};

		assert_null(check(tails[i], NULL, &err));
		assert_int_equal(err.line, 8);
		assert_int_equal(err.column, 8);
		assert_non_null(strstr(err.text, "t.nsim:8:8: "));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_rows_of_a_file),
		cmocka_unit_test(test_nothing_expected),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_bad_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
