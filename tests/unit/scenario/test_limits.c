/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The limits of limits.h: as many of a thing as are allowed is a scenario, one more is an error
 * that names the limit. And running out of memory, at every place where that can happen.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "scenario/parse.h"

/* A text with a part that is repeated; %u in it is the number of the repetition. */
struct limit {
	unsigned max;
	const char *before, *repeated, *between, *after;
	const char *error; /* how the message of one too many starts */
};

#define HEAD "NUMASIM a \"b\" "
#define BODY "{ P: mmap x 4K; } c; r0 = P:x; "

static const struct limit limits[] = {
	{SCENARIO_MAX_SETTINGS, HEAD "{", "k%u = 1", ";", "} c; tick 1;", "more than 64 settings"},
	{SCENARIO_MAX_SETUP, HEAD "{", "tick %u", ";", "} c; tick 1;",
	 "more than 256 mappings and statements in the initial state"},
	{SCENARIO_MAX_PROCESSES, HEAD "{", "P%u: mmap x 4K", ";", "} c; tick 1;",
	 "more than 16 processes"},
	{SCENARIO_MAX_VARIABLES, HEAD "{", "P: mmap x%u 4K", ";", "} c; tick 1;",
	 "more than 64 variables"},
	{SCENARIO_MAX_FLAGS, HEAD "{P: mmap x 4K ", "f%u", " ", "} c; tick 1;",
	 "more than 16 flags of a mapping"},
	{SCENARIO_MAX_COLUMNS, HEAD "{}", "c%u", "|",
	 ";|||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||tick 1;",
	 "more than 64 columns"},
	{SCENARIO_MAX_ROWS, HEAD "{} c; ", "tick %u", ";", ";", "more than 256 rows"},
	{SCENARIO_MAX_ARGS, HEAD "{} c; f(", "%u", ",", ");", "more than 16 arguments"},
	{SCENARIO_MAX_NESTING, HEAD BODY "forall (", "~", "", "P:x = 1)",
	 "more than 64 of ( and ~ in one another"},
	{SCENARIO_MAX_ATOMS, HEAD BODY "forall (", "P:x = %u", "/\\", ")",
	 "more than 256 comparisons"},
	{SCENARIO_MAX_EVENTS, HEAD BODY "reach ", "e(%u)", ",", "", "more than 32 events"},
	{SCENARIO_MAX_EXPECTS, HEAD BODY "expect ", "v%u: holds", ";", "",
	 "more than 256 entries of expect"},
	{SCENARIO_MAX_CHANGES, HEAD BODY "expect v1", "+r%u", "", ": holds",
	 "more than 16 rows added to or taken from a release"},
	{SCENARIO_MAX_VERDICTS, HEAD BODY "expect v1: ", "o%u", ",", "",
	 "more than 16 verdicts of an entry"},
};

static char *repeat(const struct limit *limit, unsigned times)
{
	char *text = malloc(strlen(limit->before) + strlen(limit->after) + times * 40 + 1);
	char *at = stpcpy(text, limit->before);

	for (unsigned i = 0; i < times; i++) {
		at = stpcpy(at, i ? limit->between : "");
		at += sprintf(at, limit->repeated, i);
	}
	strcpy(at, limit->after);
	return text;
}

static void test_counts(void **state)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		char *most = repeat(&limits[i], limits[i].max);
		char *more = repeat(&limits[i], limits[i].max + 1);
		struct scenario_ast *ast;
		struct numasim_error err;

		if (scenario_parse(&ast, most, strlen(most), "x", &err))
			fail_msg("%s", err.text);
		scenario_ast_free(ast);
		assert_int_equal(scenario_parse(&ast, more, strlen(more), "x", &err), -EINVAL);
		if (!strstr(err.text, limits[i].error))
			fail_msg("%s\ndoes not say: %s", err.text, limits[i].error);
		free(most);
		free(more);
	}
}

static void test_registers(void **state)
{
	static const char most[] = HEAD "{ P: mmap x 4K; } c; r31 = P:x; forall (c:r31 = 1)";
	static const char more[] = HEAD "{ P: mmap x 4K; } c; r32 = P:x;";
	struct scenario_ast *ast;
	struct numasim_error err;

	assert_int_equal(scenario_parse(&ast, most, sizeof(most) - 1, "x", &err), 0);
	assert_int_equal(ast->columns[0].registers, UINT32_C(1) << 31);
	scenario_ast_free(ast);
	assert_int_equal(scenario_parse(&ast, more, sizeof(more) - 1, "x", &err), -EINVAL);
	assert_non_null(strstr(err.text, "registers are r0 to r31"));
}

static void test_bytes(void **state)
{
	static const char rest[] = HEAD "{} c; tick 1;";
	char *text = malloc(SCENARIO_MAX_BYTES + 1);
	struct scenario_ast *ast;
	struct numasim_error err;

	memset(text, ' ', SCENARIO_MAX_BYTES + 1);
	memcpy(text, rest, sizeof(rest) - 1);
	assert_int_equal(scenario_parse(&ast, text, SCENARIO_MAX_BYTES, "x", &err), 0);
	scenario_ast_free(ast);
	ast = (void *)1;
	assert_int_equal(scenario_parse(&ast, text, SCENARIO_MAX_BYTES + 1, "x", &err), -EFBIG);
	assert_null(ast);
	assert_string_equal(err.text, "x: 262145 bytes\n  help: a scenario has at most 262144");
	free(text);
}

/* A condition as deep as it can be, in both directions, does not go through the stack. */
static void test_deepest_condition(void **state)
{
	char text[8192] = HEAD BODY "exists (";
	struct scenario_ast *ast;
	struct numasim_error err;

	for (unsigned i = 0; i < 64; i++)
		strcat(text, "(P:x = 1 /\\ ");
	strcat(text, "P:x = 2");
	for (unsigned i = 0; i < 64; i++)
		strcat(text, ")");
	for (unsigned i = 0; i < 191; i++)
		strcat(text, " \\/ P:x = 3");
	strcat(text, ")");
	if (scenario_parse(&ast, text, strlen(text), "x", &err))
		fail_msg("%s", err.text);
	scenario_ast_free(ast);
}

/* With too little memory, whatever it was for: -ENOMEM; with enough: the scenario. */
static void test_out_of_memory(void **state)
{
	static const char text[] =
		HEAD "{ k = v1+a+\"b\"; l = \"s\"; P: mmap x 4K f g=w; Q: mmap x 4K; "
		"P:x = 1 by c; f(P, \"s\", P:x) by d; } c:P @node0 | d; r0 = P:x | P:x = 1; "
		"| f(1, P:x); forall (P:x = 1 /\\ ~(c:r0 = 1 \\/ Q:x = 1)) reach e(P), f() "
		"expect v1+a: o, no p; v2: holds";
	size_t memory, failed = 0;
	struct numasim_error err;
	struct scenario_ast *ast;
	int ret = -ENOMEM;

	for (memory = 0; ret && memory < 100000; memory += 16) {
		ret = scenario_parse_within(&ast, text, sizeof(text) - 1, "x", memory, &err);
		if (!ret)
			break;
		assert_int_equal(ret, -ENOMEM);
		assert_int_equal(err.code, -ENOMEM);
		assert_non_null(strstr(err.text, "out of memory"));
		assert_null(ast);
		assert_int_equal(scenario_parse_within(&ast, text, sizeof(text) - 1, "x", memory,
						       NULL), -ENOMEM);
		failed++;
	}
	assert_int_equal(ret, 0);
	assert_true(failed > 200);
	assert_true(ast->bump.used <= memory);
	scenario_ast_free(ast);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_deepest_condition),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
