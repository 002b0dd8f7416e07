/* SPDX-License-Identifier: BSD-2-Clause */
/* The final condition: what a violation of it says, and which steps it takes for its causes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <numasim/scenario.h>

#define HEAD                                                                                       \
	"NUMASIM judged \"three threads, one of which has nothing to do with it\"\n"               \
	"{ machine = \"numa:1 core:3 pu:1\"; kernel = v3.13; P: mmap x 4K nothp;\n"                \
	"  P: mmap y 4K nothp; P: x = 1 by a; load P:x by b; P: y = 1 by c; }\n"                  \
	" a       | b        | c       ;\n"                                                        \
	" P:x = 2 | r0 = P:x | P:y = 2 ;\n"                                                        \
	" P:x = 3 | r1 = P:x | P:y = 3 ;\n"

static struct numasim_result *explore(const char *text, struct numasim_result_info *info)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_scenario *scenario;
	struct numasim_result *result = NULL;
	struct numasim_error err;

	if (numasim_scenario_parse(&scenario, text, strlen(text), "judged.nsim", &err) ||
	    numasim_scenario_explore(&result, scenario, NULL, &search, &err))
		fail_msg("%s", err.text);
	numasim_scenario_free(scenario);
	numasim_result_info(info, result);
	return result;
}

/* How many relevant steps @actor has. */
static unsigned relevant(const struct numasim_result *result, const char *actor)
{
	struct numasim_result_step step;
	unsigned n = 0;

	for (size_t i = 0; !numasim_result_step(&step, result, i); i++)
		n += step.relevant && !strcmp(step.actor, actor);
	return n;
}

static void test_values_and_causes(void **state)
{
	static const struct {
		const char *text, *sentence;
		bool a, b, c; /* whose steps matter */
	} cases[] = {
		{HEAD "~exists (b:r0 = 2 /\\ b:r1 = 3)\n",
		 "the final state is one that must not exist: b:r0 = 2, b:r1 = 3", true, true,
		 false},
		{HEAD "forall (P:x = 4)\n",
		 "the final state does not satisfy the condition: P:x = 3", true, false, false},
		{HEAD "forall (P:x != 3 /\\ ~(P:x = 3))\n",
		 "the final state does not satisfy the condition: P:x = 3", true, false, false},
		{HEAD "forall (P:y = 2 \\/ P:y = 4)\n",
		 "the final state does not satisfy the condition: P:y = 3", false, false, true},
		{HEAD "~exists (P:y = 3 /\\ b:r1 = 2)\n",
		 "the final state is one that must not exist: P:y = 3, b:r1 = 2", true, true,
		 true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct numasim_result_info info;
		struct numasim_result *result = explore(cases[i].text, &info);

		assert_int_equal(info.verdict, NUMASIM_VERDICT_BROKEN);
		assert_string_equal(info.oracle, "condition");
		assert_string_equal(info.sentence, cases[i].sentence);
		assert_int_equal(relevant(result, "a") > 0, cases[i].a);
		assert_int_equal(relevant(result, "b") > 0, cases[i].b);
		assert_int_equal(relevant(result, "c") > 0, cases[i].c);
		numasim_result_free(result);
	}
}

/* A thread that a signal ends leaves its registers as they are: that is what matters here. */
static void test_killed(void **state)
{
	struct numasim_result_info info;
	struct numasim_result *result =
		explore("NUMASIM killed \"a load that may not be\"\n"
			"{ machine = \"numa:1 core:2 pu:1\"; kernel = v3.13;\n"
			"  P: mmap x 4K nothp prot=none; P: mmap y 4K nothp; P: y = 1 by b; }\n"
			" a        | b       ;\n"
			" r0 = P:x | P:y = 2 ;\n"
			" r1 = P:y |         ;\n"
			"forall (a:r1 = 1)\n", &info);

	assert_string_equal(info.oracle, "condition");
	assert_non_null(strstr(info.sentence, ": a:r1 = 0"));
	assert_true(relevant(result, "a") > 0);
	assert_int_equal(relevant(result, "b"), 0);
	numasim_result_free(result);
}

/* More places than a violation has room for: none is left out, so every step counts. */
static void test_many_places(void **state)
{
	char text[4096] = HEAD "forall (P:x = 4";
	struct numasim_result_info info;
	struct numasim_result *result;

	for (int i = 1; i < 12; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " /\\ P:x+%d = 0",
			 8 * i);
	strcat(text, ")\n");
	result = explore(text, &info);
	assert_string_equal(info.oracle, "condition");
	assert_non_null(strstr(info.sentence, "P:x = 3, P:x+8 = 0, "));
	assert_true(relevant(result, "a") && relevant(result, "b") && relevant(result, "c"));
	numasim_result_free(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_and_causes),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_many_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
