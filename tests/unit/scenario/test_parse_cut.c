/* SPDX-License-Identifier: BSD-2-Clause */
/* The smallest scenario, and scenarios that end too early or have lost a byte. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "scenario/parse.h"

static const char example[] =
	"NUMASIM thp-hint-vs-migrate\n"
	"\"A batched \\\"flush\\\"\"\n"
	"{ machine = \"numa:2\"; kernel = v3.12+f123d74abf91~\"14/15\"; # settings\n"
	"  P: mmap x 2M thp node=0; Q: mmap x 4K name=\"a b\"; P: x = 1 by writer;\n"
	"  task_numa_work(P) by scanner; tick 1000; r2 = Q:x+8 by reader; }\n"
	" scanner @node0 | reader:Q @cpu11 | writer ;\n"
	" f(P, P:x+4096, 0x10, \"s\", w) | r0 = P:x | P:x = 2 ;\n"
	" tick 2s | Q:x = r0 | ;\n"
	"exists (P:x = 2 /\\ reader:r0 != 1 \\/ ~(Q:x+8 = 3)) (* why *)\n"
	"reach migrated(P:x), done()\n"
	"expect v3.13-rc4: lost-write, no deadlock vacuously;\n"
	"  v3.12: holds vacuously; v3.11~mashed: undecided; v3.10: holds;\n";

/* As little as a scenario can have. */
static void test_smallest(void **state)
{
	static const char text[] = "\xef\xbb\xbfNUMASIM a \"b\" {} c; tick 1;";
	struct scenario_ast *small;
	struct numasim_error err;

	if (scenario_parse(&small, text, sizeof(text) - 1, NULL, &err))
		fail_msg("%s", err.text);
	assert_string_equal(small->filename, "scenario");
	assert_int_equal(small->name.pos.column, 9); /* the byte order mark does not count */
	assert_int_equal(small->quantifier, SCENARIO_NO_CONDITION);
	assert_null(small->condition);
	assert_int_equal(small->nr_settings + small->nr_setup + small->nr_variables, 0);
	assert_int_equal(small->nr_events + small->nr_expects, 0);
	scenario_ast_free(small);
	scenario_ast_free(NULL);
}

/* Cut anywhere, the example is a scenario or an error with a place; never anything else. */
static void test_every_prefix(void **state)
{
	unsigned scenarios = 0;

	for (size_t len = 0; len < sizeof(example); len++) {
		struct scenario_ast *cut = (void *)1;
		struct numasim_error err = {0};
		int ret = scenario_parse(&cut, example, len, "x", &err);

		if (ret) {
			assert_int_equal(ret, -EINVAL);
			assert_null(cut);
			assert_true(err.line && err.column);
		} else {
			scenarios++;
			scenario_ast_free(cut);
		}
	}
	assert_true(scenarios > 5 && scenarios < 100);
}

/* The same with one byte taken out. */
static void test_every_byte_missing(void **state)
{
	char text[sizeof(example)];

	for (size_t at_byte = 0; at_byte + 1 < sizeof(example); at_byte++) {
		struct scenario_ast *cut = NULL;
		struct numasim_error err = {0};

		memcpy(text, example, at_byte);
		memcpy(text + at_byte, example + at_byte + 1, sizeof(example) - at_byte - 1);
		if (scenario_parse(&cut, text, sizeof(example) - 2, "x", &err))
			assert_true(err.code == -EINVAL && err.line && err.column);
		scenario_ast_free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_smallest),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_every_byte_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
