/* SPDX-License-Identifier: BSD-2-Clause */
/* From text to an AST: every field of every section, with its place. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "scenario/parse.h"

/*
 * The example that the whole file is about; tests below point into it by line and column:
 *
 *          1111111111222222222233333333334
 * 1234567890123456789012345678901234567890
 */
static const char example[] =
	"NUMASIM thp-hint-vs-migrate\n"						   /*  1 */
	"\"A batched \\\"flush\\\"\"\n"						   /*  2 */
	"{\n"									   /*  3 */
	"  machine = \"numa:2 core:2 pu:1\"; kernel = v3.13-rc4;\n"		   /*  4 */
	"  walker = 2; base = v3.12+f123d74abf91~\"14/15\"; # settings\n"	   /*  5 */
	"  P: mmap x 2M thp node=0; Q: mmap x 4K name=\"a b\";\n"		   /*  6 */
	"  P: x = 1 by writer; load P:x by reader;\n"				   /*  7 */
	"  task_numa_work(P) by scanner; tick 1000; r2 = Q:x+8 by reader;\n"	   /*  8 */
	"}\n"									   /*  9 */
	" scanner @node0 | reader:Q @cpu11 | writer ;\n"			   /* 10 */
	" f(P, P:x+4096, 0x10, \"s\", w) | r0 = P:x | P:x = 2 ;\n"		   /* 11 */
	" tick 2s | Q:x = r0 | ;\n"						   /* 12 */
	" | | load Q:x ;\n"							   /* 13 */
	"exists (P:x = 2 /\\ reader:r0 != 1 \\/ ~(Q:x+8 = 3))\n"		   /* 14 */
	"reach migrated(P:x), done()\n"						   /* 15 */
	"expect v3.13-rc4: lost-write, no deadlock vacuously;\n"		   /* 16 */
	"  v3.12: holds vacuously; v3.11~mashed: undecided; v3.10: holds;\n";	   /* 17 */

static struct scenario_ast *ast;

static int parse_example(void **state)
{
	struct numasim_error err;

	if (scenario_parse(&ast, example, sizeof(example) - 1, "dir/x.nsim", &err))
		fail_msg("%s", err.text);
	return 0;
}

static int free_example(void **state)
{
	scenario_ast_free(ast);
	return 0;
}

static void at(struct srcpos pos, unsigned line, unsigned column, unsigned length)
{
	if (pos.line != line || pos.column != column || pos.length != length)
		fail_msg("%u:%u+%u, not %u:%u+%u", pos.line, pos.column, pos.length, line, column,
			 length);
}

static void test_head(void **state)
{
	assert_string_equal(ast->filename, "dir/x.nsim");
	assert_string_equal(ast->text, example);
	assert_int_equal(ast->len, sizeof(example) - 1);
	assert_string_equal(ast->name.text, "thp-hint-vs-migrate");
	at(ast->name.pos, 1, 9, 19);
	assert_string_equal(ast->sentence.text, "A batched \"flush\"");
	at(ast->sentence.pos, 2, 1, 21);
}

static void test_settings(void **state)
{
	const struct scenario_setting *s = ast->settings;

	assert_int_equal(ast->nr_settings, 4);
	assert_string_equal(s[0].key.text, "machine");
	at(s[0].key.pos, 4, 3, 7);
	assert_int_equal(s[0].value.kind, SCENARIO_STRING);
	assert_string_equal(s[0].value.text, "numa:2 core:2 pu:1");
	at(s[0].value.pos, 4, 13, 20);
	assert_int_equal(s[1].value.kind, SCENARIO_WORD);
	assert_string_equal(s[1].value.text, "v3.13-rc4");
	assert_string_equal(s[1].value.release.name.text, "v3.13-rc4");
	assert_int_equal(s[1].value.release.nr_changes, 0);
	assert_int_equal(s[2].value.kind, SCENARIO_NUMBER);
	assert_int_equal(s[2].value.number, 2);
	assert_int_equal(s[3].value.kind, SCENARIO_RELEASE);
	assert_null(s[3].value.text);
	assert_string_equal(s[3].value.release.name.text, "v3.12");
	assert_int_equal(s[3].value.release.nr_changes, 2);
	assert_true(s[3].value.release.changes[0].with);
	assert_string_equal(s[3].value.release.changes[0].row.text, "f123d74abf91");
	assert_false(s[3].value.release.changes[1].with);
	assert_string_equal(s[3].value.release.changes[1].row.text, "14/15");
	at(s[3].value.pos, 5, 22, 26);
	assert_ptr_equal(scenario_find_setting(ast, "walker"), &s[2]);
	assert_null(scenario_find_setting(ast, "walk"));
}

static void test_mappings(void **state)
{
	const struct scenario_variable *v = ast->variables;

	assert_int_equal(ast->nr_processes, 2);
	assert_string_equal(ast->processes[0].name.text, "P");
	at(ast->processes[0].name.pos, 6, 3, 1);
	assert_string_equal(ast->processes[1].name.text, "Q");
	assert_int_equal(ast->nr_variables, 2);
	assert_string_equal(v[0].name.text, "x");
	assert_int_equal(v[0].process, 0);
	assert_int_equal(v[0].size, 2 << 20);
	at(v[0].size_pos, 6, 13, 2);
	at(v[0].pos, 6, 3, 12);
	assert_int_equal(v[0].nr_flags, 2);
	assert_string_equal(v[0].flags[0].key.text, "thp");
	assert_false(v[0].flags[0].has_value);
	assert_string_equal(v[0].flags[1].key.text, "node");
	assert_true(v[0].flags[1].has_value);
	assert_int_equal(v[0].flags[1].value.kind, SCENARIO_NUMBER);
	at(v[0].flags[1].value.pos, 6, 25, 1);
	assert_int_equal(v[1].process, 1);
	assert_string_equal(v[1].flags[0].value.text, "a b");
	assert_int_equal(scenario_find_variable(ast, 1, "x"), 1);
	assert_int_equal(scenario_find_variable(ast, 1, "y"), SCENARIO_NONE);
	assert_int_equal(scenario_find_process(ast, "Q"), 1);
	assert_int_equal(scenario_find_process(ast, "reader"), SCENARIO_NONE);
}

/* Order of the file: two mappings, then who did what. */
static void test_setup(void **state)
{
	const struct scenario_setup *s = ast->setup;

	assert_int_equal(ast->nr_setup, 7);
	assert_true(s[0].kind == SCENARIO_SETUP_MAPPING && s[1].kind == SCENARIO_SETUP_MAPPING);
	assert_int_equal(s[0].variable, 0);
	assert_int_equal(s[1].variable, 1);
	assert_int_equal(s[2].kind, SCENARIO_SETUP_STMT);
	assert_int_equal(s[2].stmt.kind, SCENARIO_STORE);
	assert_int_equal(s[2].stmt.number, 1);
	assert_int_equal(s[2].stmt.reg, SCENARIO_NONE);
	assert_int_equal(s[2].stmt.column, 2);
	at(s[2].stmt.pos, 7, 3, 8);
	at(s[2].stmt.value_pos, 7, 10, 1);
	at(s[2].stmt.by.pos, 7, 15, 6);
	assert_int_equal(s[3].stmt.kind, SCENARIO_LOAD);
	assert_int_equal(s[3].stmt.reg, SCENARIO_NONE);
	assert_int_equal(s[3].stmt.column, 1);
	at(s[3].stmt.pos, 7, 23, 8);
	assert_int_equal(s[4].stmt.kind, SCENARIO_CALL);
	assert_int_equal(s[4].stmt.column, 0);
	assert_int_equal(s[5].stmt.kind, SCENARIO_TICK);
	assert_int_equal(s[5].stmt.number, 1000);
	assert_int_equal(s[5].stmt.column, SCENARIO_NONE);
	assert_int_equal(s[6].stmt.kind, SCENARIO_LOAD);
	assert_int_equal(s[6].stmt.reg, 2);
	assert_int_equal(s[6].stmt.location.variable, 1);
	assert_int_equal(s[6].stmt.location.offset, 8);
}

static void test_columns(void **state)
{
	const struct scenario_column *c = ast->columns;

	assert_int_equal(ast->nr_columns, 3);
	assert_string_equal(c[0].name.text, "scanner");
	assert_null(c[0].process_name.text);
	assert_int_equal(c[0].process, SCENARIO_NONE);
	assert_int_equal(c[0].place, SCENARIO_ON_NODE);
	assert_int_equal(c[0].number, 0);
	at(c[0].place_pos, 10, 11, 5);
	assert_int_equal(c[0].registers, 0);
	assert_int_equal(c[1].process, 1);
	assert_int_equal(c[1].place, SCENARIO_ON_CPU);
	assert_int_equal(c[1].number, 11);
	assert_int_equal(c[1].registers, 1 << 0 | 1 << 2);
	assert_int_equal(c[2].place, SCENARIO_ANYWHERE);
	assert_int_equal(scenario_find_column(ast, "writer"), 2);
	assert_int_equal(scenario_find_column(ast, "P"), SCENARIO_NONE);
}

static void test_rows(void **state)
{
	const struct scenario_stmt *call = ast->rows[0].cells[0], *store = ast->rows[1].cells[1];

	assert_int_equal(ast->nr_rows, 3);
	assert_int_equal(call->kind, SCENARIO_CALL);
	assert_string_equal(call->call.name.text, "f");
	at(call->pos, 11, 2, 28);
	assert_int_equal(call->column, 0);
	assert_int_equal(call->call.nr_args, 5);
	assert_int_equal(call->call.args[0].kind, SCENARIO_WORD);
	assert_int_equal(call->call.args[0].process, 0);
	assert_int_equal(call->call.args[1].kind, SCENARIO_LOCATION);
	assert_int_equal(call->call.args[1].location.offset, 4096);
	at(call->call.args[1].pos, 11, 7, 8);
	assert_int_equal(call->call.args[2].number, 16);
	assert_string_equal(call->call.args[3].text, "s");
	assert_int_equal(call->call.args[4].process, SCENARIO_NONE);
	assert_int_equal(ast->rows[0].cells[1]->reg, 0);
	assert_int_equal(ast->rows[0].cells[2]->number, 2);
	assert_int_equal(ast->rows[1].cells[0]->number, 2000);
	assert_int_equal(ast->rows[1].cells[0]->column, 0);
	assert_int_equal(store->kind, SCENARIO_STORE);
	assert_int_equal(store->reg, 0);
	assert_int_equal(store->column, 1);
	assert_int_equal(store->location.process, 1);
	assert_null(store->by.text);
	assert_null(ast->rows[1].cells[2]);
	assert_null(ast->rows[2].cells[0]);
	assert_null(ast->rows[2].cells[1]);
	assert_int_equal(ast->rows[2].cells[2]->kind, SCENARIO_LOAD);
}

/* a /\ b \/ ~(c) is (a /\ b) \/ (~c) */
static void test_condition(void **state)
{
	const struct scenario_cond *c = ast->condition;

	assert_int_equal(ast->quantifier, SCENARIO_EXISTS);
	at(ast->quantifier_pos, 14, 1, 6);
	assert_int_equal(c->kind, SCENARIO_OR);
	assert_int_equal(c->left->kind, SCENARIO_AND);
	assert_int_equal(c->left->left->kind, SCENARIO_LOCATION_IS);
	assert_true(c->left->left->equal);
	assert_int_equal(c->left->left->number, 2);
	at(c->left->left->pos, 14, 9, 7);
	assert_int_equal(c->left->right->kind, SCENARIO_REGISTER_IS);
	assert_int_equal(c->left->right->column, 1);
	assert_int_equal(c->left->right->reg, 0);
	assert_false(c->left->right->equal);
	assert_int_equal(c->right->kind, SCENARIO_NOT);
	assert_null(c->right->right);
	assert_int_equal(c->right->left->location.process, 1);
	assert_int_equal(c->right->left->location.offset, 8);
}

static void test_reach(void **state)
{
	assert_int_equal(ast->nr_events, 2);
	assert_string_equal(ast->events[0].name.text, "migrated");
	assert_int_equal(ast->events[0].args[0].location.variable, 0);
	at(ast->events[0].pos, 15, 7, 13);
	assert_string_equal(ast->events[1].name.text, "done");
	assert_int_equal(ast->events[1].nr_args, 0);
}

static void test_expect(void **state)
{
	const struct scenario_expect *e = ast->expects;

	assert_int_equal(ast->nr_expects, 4);
	assert_string_equal(e[0].release.name.text, "v3.13-rc4");
	at(e[0].release.pos, 16, 8, 9);
	assert_int_equal(e[0].nr_verdicts, 2);
	assert_int_equal(e[0].verdicts[0].kind, SCENARIO_BREAKS);
	assert_string_equal(e[0].verdicts[0].oracle.text, "lost-write");
	assert_false(e[0].verdicts[0].vacuously);
	assert_int_equal(e[0].verdicts[1].kind, SCENARIO_KEEPS);
	assert_string_equal(e[0].verdicts[1].oracle.text, "deadlock");
	assert_true(e[0].verdicts[1].vacuously);
	at(e[0].verdicts[1].pos, 16, 31, 21);
	assert_int_equal(e[1].verdicts[0].kind, SCENARIO_HOLDS);
	assert_true(e[1].verdicts[0].vacuously);
	assert_null(e[1].verdicts[0].oracle.text);
	assert_int_equal(e[2].verdicts[0].kind, SCENARIO_UNDECIDED);
	assert_false(e[2].release.changes[0].with);
	assert_int_equal(e[3].verdicts[0].kind, SCENARIO_HOLDS);
	assert_false(e[3].verdicts[0].vacuously);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),	  cmocka_unit_test(test_settings),
		cmocka_unit_test(test_mappings),  cmocka_unit_test(test_setup),
		cmocka_unit_test(test_columns),	  cmocka_unit_test(test_rows),
		cmocka_unit_test(test_condition), cmocka_unit_test(test_reach),
		cmocka_unit_test(test_expect),
	};

	return cmocka_run_group_tests(tests, parse_example, free_example);
}
