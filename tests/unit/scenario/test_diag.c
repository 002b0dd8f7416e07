/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors that point at the place. Their parts must never push one another out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "scenario/diag.h"

static struct numasim_error err;

static const char *point(const char *text, struct srcpos pos, const char *message)
{
	struct scenario_ast ast = {.filename = "f", .text = text, .len = strlen(text)};

	memset(&err, 0x55, sizeof(err));
	assert_int_equal(scenario_error_at(&err, -EINVAL, &ast, pos, "%s", message), -EINVAL);
	return err.text;
}

static void test_place(void **state)
{
	assert_string_equal(point("one\ntwo three\nfour", (struct srcpos){2, 5, 5}, "what\nhelp"),
			    "f:2:5: what\n  two three\n      ^~~~~\n  help: help");
	assert_int_equal(err.code, -EINVAL);
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 5);
	assert_string_equal(point("one", (struct srcpos){1, 1, 1}, "what"),
			    "f:1:1: what\n  one\n  ^");
	assert_string_equal(point("one\n", (struct srcpos){1, 4, 1}, "behind the end"),
			    "f:1:4: behind the end\n  one\n     ^");
}

static void test_no_place(void **state)
{
	assert_string_equal(point("one", (struct srcpos){0}, "what\nhelp"),
			    "f: what\n  help: help");
	assert_int_equal(err.line, 0);
	assert_string_equal(point("", (struct srcpos){1, 1, 1}, "empty"), "f:1:1: empty");
	assert_string_equal(point("a\n\nb", (struct srcpos){2, 1, 1}, "empty line"),
			    "f:2:1: empty line");
}

/* A caller's wrong place shows something, and reads nothing that is not there. */
static void test_place_outside(void **state)
{
	assert_string_equal(point("one\ntwo", (struct srcpos){9, 9, 9}, "w"), "f:9:9: w");
	assert_string_equal(point("one\ntwo", (struct srcpos){2, 900, 9}, "w"),
			    "f:2:900: w\n  two\n     ^");
	assert_string_equal(point("one\ntwo", (struct srcpos){1, 2, 900}, "w"),
			    "f:1:2: w\n  one\n   ^~");
	assert_string_equal(point("one\ntwo", (struct srcpos){1, 2, UINT32_MAX}, "w"),
			    "f:1:2: w\n  one\n   ^~");
	assert_string_equal(point("one", (struct srcpos){1, 3, 0}, "w"), "f:1:3: w\n  one\n    ^");
}

static void test_tabs_and_wide_characters(void **state)
{
	assert_string_equal(point("\ta\tbc", (struct srcpos){1, 4, 2}, "w"),
			    "f:1:4: w\n  \ta\tbc\n  \t \t^~");
	assert_string_equal(point("\u00e9 bc", (struct srcpos){1, 4, 2}, "w"),
			    "f:1:4: w\n  \u00e9 bc\n    ^~");
	assert_string_equal(point("\u65e5x", (struct srcpos){1, 4, 1}, "w"),
			    "f:1:4: w\n  \u65e5x\n    ^");
	assert_string_equal(point("\u65e5x", (struct srcpos){1, 1, 4}, "w"),
			    "f:1:1: w\n  \u65e5x\n  ^~~");
	assert_string_equal(point("e\u0301x", (struct srcpos){1, 4, 1}, "w"),
			    "f:1:4: w\n  e\u0301x\n   ^");
	assert_string_equal(point("a b\r\nc", (struct srcpos){1, 3, 1}, "w"),
			    "f:1:3: w\n  a b\n    ^");
	assert_string_equal(point("a\xff\x01" "b", (struct srcpos){1, 4, 1}, "w"),
			    "f:1:4: w\n  a??b\n     ^");
}

/* Of a long line, the part around the caret. */
static void test_long_line(void **state)
{
	char line[1001];
	const char *shown;

	for (unsigned i = 0; i < 1000; i++)
		line[i] = "0123456789"[i % 10];
	line[1000] = '\0';
	shown = point(line, (struct srcpos){1, 501, 3}, "w");
	assert_true(!strncmp(shown, "f:1:501: w\n  ...0123", 20));
	shown = strchr(shown, '\n') + 1;
	assert_int_equal(strchr(shown, '\n') - shown, 2 + 3 + 100 + 3);
	/* the caret is under byte 501, a 0, 60 columns behind the start of what is shown */
	assert_int_equal(strchr(shown, '^') - strchr(shown, '\n') - 1, 2 + 3 + 60);
	assert_int_equal(shown[2 + 3 + 60], '0');
	assert_string_equal(strchr(shown, '^'), "^~~");
}

/* All parts as long as they can be: each is cut by itself, and the text is UTF-8 to its end. */
static void test_everything_too_long(void **state)
{
	char *file = calloc(1, 4001), *message = calloc(1, 4001), *line = calloc(1, 4001);
	struct scenario_ast ast = {.filename = file, .text = line, .len = 4000};

	for (unsigned i = 0; i < 4000; i += 2)
		memcpy(file + i, "\u00e4", 2);
	for (unsigned i = 0; i < 4000; i += 4)
		memcpy(line + i, "\U0001f600", 4);
	memset(message, 'm', 500);
	message[500] = '\n';
	memset(message + 501, 'h', 400);
	for (unsigned at = 1; at < 400; at += 4) {
		struct srcpos pos = {1, at, 4000};

		scenario_error_at(&err, -EINVAL, &ast, pos, "%s", message);
		assert_true(strlen(err.text) < NUMASIM_ERROR_TEXT - 1);
		assert_non_null(strstr(err.text, "mmm...\n  "));
		assert_non_null(strstr(err.text, "\U0001f600...\n  "));
		assert_non_null(strstr(err.text, "^~~~"));
		assert_non_null(strstr(err.text, "\n  help: hhh"));
		assert_string_equal(err.text + strlen(err.text) - 6, "hhh...");
		assert_memory_equal(err.text, "...\u00e4\u00e4", 7);
	}
	free(file);
	free(message);
	free(line);
}

static void test_null_error(void **state)
{
	struct scenario_ast ast = {.filename = "f", .text = "x", .len = 1};

	assert_int_equal(scenario_error_at(NULL, -ENOMEM, &ast, (struct srcpos){1, 1, 1}, "w"),
			 -ENOMEM);
}

static void test_join(void **state)
{
	struct srcpos joined = srcpos_join((struct srcpos){3, 5, 2}, (struct srcpos){3, 9, 4});

	assert_int_equal(joined.line, 3);
	assert_int_equal(joined.column, 5);
	assert_int_equal(joined.length, 8);
	joined = srcpos_join((struct srcpos){3, 5, 2}, (struct srcpos){4, 1, 4});
	assert_int_equal(joined.line, 3);
	assert_int_equal(joined.length, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_no_place),
		cmocka_unit_test(test_place_outside),
		cmocka_unit_test(test_tabs_and_wide_characters),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_everything_too_long),
		cmocka_unit_test(test_null_error),
		cmocka_unit_test(test_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
