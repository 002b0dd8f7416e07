/* SPDX-License-Identifier: BSD-2-Clause */
/* Back to text: the canonical form, and that nothing is lost on the way there and back. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "scenario/ast_equal.h"
#include "scenario/parse.h"
#include "scenario/print.h"

static struct scenario_ast *parse(const char *text)
{
	struct numasim_error err;
	struct scenario_ast *ast;

	if (scenario_parse(&ast, text, strlen(text), "x.nsim", &err))
		fail_msg("%s", err.text);
	return ast;
}

/* @text is printed as @canonical; that says the same, and is printed as itself. */
static void expect(const char *text, const char *canonical)
{
	struct scenario_ast *ast = parse(text), *again;
	size_t len;
	char *printed;

	assert_int_equal(scenario_print(&printed, &len, ast, NULL), 0);
	assert_string_equal(printed, canonical);
	assert_int_equal(len, strlen(canonical));
	again = parse(printed);
	assert_true(ast_equal(ast, again));
	free(printed);
	assert_int_equal(scenario_print(&printed, NULL, again, NULL), 0);
	assert_string_equal(printed, canonical);
	free(printed);
	scenario_ast_free(again);
	scenario_ast_free(ast);
}

static void test_smallest(void **state)
{
	expect("NUMASIM a \"b\" {} c; tick 1000;",
	       "NUMASIM a\n\"b\"\n{\n}\n c       ;\n tick 1s ;\n");
}

static void test_whole(void **state)
{
	expect("NUMASIM thp-hint (* name *) \"A \\\"batched\\\" \\\\ flush\"\n"
	       "{P:mmap x 0x200000 thp node=0;kernel=v3.13+\"mashed\"~\"14/15\" # why\n"
	       ";machine=\"numa:2\";P: x=0x400 by w;tick 1500ms; load P:x+0 by reader;"
	       "f(P,P:x+4096,\"\u65e5\",0x10)by reader;r1=P:x+12 by w;}\n"
	       "w@node0|reader:P@cpu3|a;P:x=2|r0=P:x|;||tick 3000;P:x+8=r1|g()|;\n"
	       "~exists(P:x=2/\\(reader:r0!=1))reach m(P:x),n(w)\n"
	       "expect v3.12:holds vacuously;v3.13:lost-write,no deadlock;v3.14:undecided;",
	       "NUMASIM thp-hint\n"
	       "\"A \\\"batched\\\" \\\\ flush\"\n"
	       "{\n"
	       "  kernel = v3.13+mashed~\"14/15\";\n"
	       "  machine = \"numa:2\";\n"
	       "  P: mmap x 2M thp node=0;\n"
	       "  P:x = 1K by w;\n"
	       "  tick 1500;\n"
	       "  load P:x by reader;\n"
	       "  f(P, P:x+4K, \"\u65e5\", 16) by reader;\n"
	       "  r1 = P:x+12 by w;\n"
	       "}\n"
	       " w @node0   | reader:P @cpu3 | a       ;\n"
	       " P:x = 2    | r0 = P:x       |         ;\n"
	       "            |                | tick 3s ;\n"
	       " P:x+8 = r1 | g()            |         ;\n"
	       "~exists (P:x = 2 /\\ reader:r0 != 1)\n"
	       "reach m(P:x), n(w)\n"
	       "expect v3.12: holds vacuously;\n"
	       "       v3.13: lost-write, no deadlock;\n"
	       "       v3.14: undecided\n");
}

/* Strings that could be read as a word lose their quotes; nothing else does. */
static void test_rows_that_need_quotes(void **state)
{
	expect("NUMASIM a \"b\" {k=v1+\"a-b.c\"+\"a-\"+\"-a\"+\"a--b\"+\"3e5\"+\"a b\"+\"\\\"\";} "
	       "c; tick 1;",
	       "NUMASIM a\n\"b\"\n{\n"
	       "  k = v1+a-b.c+\"a-\"+\"-a\"+\"a--b\"+3e5+\"a b\"+\"\\\"\";\n"
	       "}\n c      ;\n tick 1 ;\n");
}

static void condition(const char *written, const char *canonical)
{
	char text[600], expected[600];
	static const char head[] = "NUMASIM a\n\"b\"\n{\n  P: mmap x 4K;\n}\n"
				   " c       ;\n P:x = 1 ;\nforall (";

	snprintf(text, sizeof(text), "%s%s)\n", head, written);
	snprintf(expected, sizeof(expected), "%s%s)\n", head, canonical);
	expect(text, expected);
}

static void test_conditions(void **state)
{
	condition("((P:x=1))", "P:x = 1");
	condition("P:x=1/\\P:x=2/\\P:x=3", "P:x = 1 /\\ P:x = 2 /\\ P:x = 3");
	condition("(P:x=1/\\P:x=2)/\\P:x=3", "P:x = 1 /\\ P:x = 2 /\\ P:x = 3");
	condition("P:x=1/\\(P:x=2/\\P:x=3)", "P:x = 1 /\\ (P:x = 2 /\\ P:x = 3)");
	condition("P:x=1\\/(P:x=2\\/P:x=3)", "P:x = 1 \\/ (P:x = 2 \\/ P:x = 3)");
	condition("P:x=1\\/P:x=2/\\P:x=3", "P:x = 1 \\/ P:x = 2 /\\ P:x = 3");
	condition("(P:x=1\\/P:x=2)/\\P:x=3", "(P:x = 1 \\/ P:x = 2) /\\ P:x = 3");
	condition("~P:x=1/\\P:x=2", "~P:x = 1 /\\ P:x = 2");
	condition("~(P:x=1/\\P:x=2)", "~(P:x = 1 /\\ P:x = 2)");
	condition("~~(P:x!=1)", "~~P:x != 1");
	condition("~(~(P:x=1\\/P:x=2)/\\P:x=3)", "~(~(P:x = 1 \\/ P:x = 2) /\\ P:x = 3)");
}

/* A table that is too wide to look at is not padded. */
static void test_wide_table(void **state)
{
	char text[1000], expected[1000], call[260];

	memset(call, 'x', sizeof(call));
	memcpy(call, "f(\"", 3);
	strcpy(call + 230, "\")");
	snprintf(text, sizeof(text), "NUMASIM a \"b\" {} c | d; %s | tick 1; | tick 2;", call);
	snprintf(expected, sizeof(expected),
		 "NUMASIM a\n\"b\"\n{\n}\n c | d ;\n %s | tick 1 ;\n  | tick 2 ;\n", call);
	expect(text, expected);
}

/* What could not be read back is not printed: numbers grow from 18 bytes to 20. */
static void test_too_long_to_read_back(void **state)
{
	static const char number[] = "0xffffffffffffffff";
	char *text = malloc(SCENARIO_MAX_BYTES + 1), *at, *printed = (char *)1;
	struct numasim_error err = {0};
	struct scenario_ast *ast;

	at = stpcpy(text, "NUMASIM a \"b\" {} c|d|e|f|g|h|i|j|k|l|m|n|o|p|q;");
	for (unsigned row = 0; row < 51; row++) {
		for (unsigned column = 0; column < 15; column++) {
			at = stpcpy(at, column ? "|f(" : "f(");
			for (unsigned i = 0; i < 16; i++)
				at = stpcpy(stpcpy(at, i ? "," : ""), number);
			at = stpcpy(at, ")");
		}
		at = stpcpy(at, ";");
	}
	assert_true((size_t)(at - text) < SCENARIO_MAX_BYTES);
	assert_true((size_t)(at - text) > SCENARIO_MAX_BYTES * 8 / 9);
	ast = parse(text);
	assert_int_equal(scenario_print(&printed, NULL, ast, &err), -EFBIG);
	assert_null(printed);
	assert_int_equal(err.code, -EFBIG);
	assert_string_equal(err.text, "x.nsim: printed, it would be longer than a scenario may be\n"
				      "  help: make it shorter");
	scenario_ast_free(ast);
	free(text);
}

/* The comparison itself: scenarios that differ in one thing are not equal. */
static void test_equal_notices(void **state)
{
	static const char *const pairs[][2] = {
		{"NUMASIM a", "NUMASIM z"}, {"\"b\"", "\"z\""}, {"k = 1", "k = 2"},
		{"k = 1", "kk = 1"}, {"k = 1", "k = \"1\""}, {"v1~m", "v1+m"}, {"v1~m", "v1~n"},
		{"v1~m", "v1"}, {"mmap x 4K", "mmap x 8K"}, {" thp", " tph"}, {" thp", ""},
		{"n=1", "n=2"}, {"tick 5;", "tick 6;"}, {"by c;", "by d;"}, {"@node1", "@node2"},
		{"@node1", "@cpu1"}, {"@node1", ""}, {"d:P", "d"}, {"P:x = 7", "P:x = 8"},
		{"P:x = 7", "P:x+8 = 7"}, {"P:x = 7", "P:y = 7"}, {"P:x = 7", "load P:x"},
		{"P:x = 7", ""}, {"r0 = P:x", "load P:x"}, {"P:x = 1 /\\", "P:x = 1 \\/"},
		{"P:x = 1 /\\", "P:x != 1 /\\"}, {"~P:y", "P:y"}, {"exists", "forall"},
		{"e(P)", "e(Q)"}, {"e(P)", "e()"}, {"e(P)", "ee(P)"}, {"v3: o", "v4: o"},
		{"v3: o", "v3: no o"}, {"v3: o", "v3: p"}, {"v3: o", "v3: undecided"},
		{"holds vacuously", "holds"}, {"P: mmap y 4K; ", "P: mmap y 4K; Q: mmap x 4K; "},
	};
	static const char base[] =
		"NUMASIM a \"b\" {k = 1; l = v1~m; P: mmap x 4K thp n=1; P: mmap y 4K; tick 5; "
		"load P:x by c; load P:x by d;} c @node1 | d:P; P:x = 7 | ; r1 = P:x | load P:x; "
		"| r0 = P:x; exists (P:x = 1 /\\ ~P:y = 2) reach e(P) expect v3: o; "
		"v5: holds vacuously";
	struct scenario_ast *ast = parse(base), *same = parse(base);

	assert_true(ast_equal(ast, same));
	scenario_ast_free(same);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const char *from = pairs[i][0], *found = strstr(base, from);
		struct scenario_ast *other;
		char text[600];

		assert_non_null(found);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(found - base), base, pairs[i][1],
			 found + strlen(from));
		other = parse(text);
		if (ast_equal(ast, other))
			fail_msg("%s and %s make no difference", from, pairs[i][1]);
		scenario_ast_free(other);
	}
	scenario_ast_free(ast);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_smallest),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_rows_that_need_quotes),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_wide_table),
		cmocka_unit_test(test_too_long_to_read_back),
		cmocka_unit_test(test_equal_notices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
