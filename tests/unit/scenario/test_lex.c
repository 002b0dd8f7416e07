/* SPDX-License-Identifier: BSD-2-Clause */
/* From text to tokens. What is refused stands in tests/data/bad-scenarios. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "scenario/lex.h"

#include <errno.h>

static struct numasim_error err;

/* All tokens of a text as "KIND@LINE:COLUMN+LENGTH text" lines; NULL after an error. */
static const char *lex(const char *text)
{
	struct scenario_ast ast = {.filename = "f", .text = text, .len = strlen(text)};
	static char all[4096]; /* of the test, not of the library */
	struct token token;
	struct lexer lexer;
	size_t len = 0;

	all[0] = '\0';
	if (lex_init(&lexer, &ast, &err))
		return NULL;
	do {
		if (lex_next(&lexer, &token))
			return NULL;
		len += snprintf(all + len, sizeof(all) - len, "%u@%u:%u+%u %.*s\n", token.kind,
				token.pos.line, token.pos.column, token.pos.length,
				(int)token.size, token.text);
		assert_true(len < sizeof(all));
	} while (token.kind != TOK_END);
	assert_int_equal(lex_next(&lexer, &token), 0);
	assert_int_equal(token.kind, TOK_END); /* again and again */
	return all;
}

static void expect(const char *text, const char *tokens)
{
	const char *got = lex(text);

	if (!got)
		fail_msg("%s", err.text);
	assert_string_equal(got, tokens);
}

static void test_words_and_numbers(void **state)
{
	assert_int_equal(TOK_END, 0);
	assert_int_equal(TOK_WORD, 1);
	assert_int_equal(TOK_NUMBER, 2);
	assert_int_equal(TOK_STRING, 3);
	expect("a _b9 thp-hint v3.13-rc4 debian-6.1.192",
	       "1@1:1+1 a\n1@1:3+3 _b9\n1@1:7+8 thp-hint\n1@1:16+9 v3.13-rc4\n"
	       "1@1:26+14 debian-6.1.192\n0@1:40+1 \n");
	expect("2M 0x1f 20841405940e 1-2", "2@1:1+2 2M\n2@1:4+4 0x1f\n2@1:9+12 20841405940e\n"
	       "2@1:22+3 1-2\n0@1:25+1 \n");
}

static void test_signs(void **state)
{
	static const char *const signs[] = {"{", "}", "(", ")", ";", ":", ",", "|", "@", "=", "!=",
					    "+", "~", "/\\", "\\/"};
	char expected[100];

	for (unsigned i = 0; i < 15; i++) {
		unsigned len = strlen(signs[i]);

		snprintf(expected, sizeof(expected), "%u@1:1+%u %s\n0@1:%u+1 \n",
			 TOK_OPEN_BRACE + i, len, signs[i], len + 1);
		expect(signs[i], expected);
	}
	expect("r0=P:x+8;", "1@1:1+2 r0\n13@1:3+1 =\n1@1:4+1 P\n9@1:5+1 :\n1@1:6+1 x\n15@1:7+1 +\n"
	       "2@1:8+1 8\n8@1:9+1 ;\n0@1:10+1 \n");
	expect("a/\\b\\/c", "1@1:1+1 a\n17@1:2+2 /\\\n1@1:4+1 b\n18@1:5+2 \\/\n1@1:7+1 c\n"
	       "0@1:8+1 \n");
}

static void test_strings(void **state)
{
	expect("\"\" \"a b\"", "3@1:1+2 \n3@1:4+5 a b\n0@1:9+1 \n");
	expect("\"a\\\"b\\\\\"", "3@1:1+8 a\\\"b\\\\\n0@1:9+1 \n");
	expect("\"# (* \u00e4\"", "3@1:1+9 # (* \u00e4\n0@1:10+1 \n");
}

static void test_blanks_and_comments(void **state)
{
	expect("", "0@1:1+1 \n");
	expect(" \t\n\r\n", "0@1:1+1 \n");
	expect("a # b \"c\n d", "1@1:1+1 a\n1@2:2+1 d\n0@2:3+1 \n");
	expect("a # to the end", "1@1:1+1 a\n0@1:2+1 \n");
	expect("a(* b\n # *) c", "1@1:1+1 a\n1@2:7+1 c\n0@2:8+1 \n");
	expect("(*(*\n*)(**)*)a\n", "1@2:9+1 a\n0@2:10+1 \n");
	expect("((*)*)(*) *)", "6@1:1+1 (\n0@1:2+1 \n");
	expect("(* (*) *) *) a", "1@1:14+1 a\n0@1:15+1 \n");
}

/* Exactly the longest that is allowed, and one more. */
static void test_limits(void **state)
{
	char text[700];

	memset(text, 'a', sizeof(text));
	text[SCENARIO_MAX_NAME] = '\0';
	assert_non_null(lex(text));
	text[SCENARIO_MAX_NAME] = 'a';
	text[SCENARIO_MAX_NAME + 1] = '\0';
	assert_null(lex(text));
	assert_non_null(strstr(err.text, "a word of 65 letters"));

	memset(text, 'a', sizeof(text));
	text[0] = text[SCENARIO_MAX_STRING + 1] = '"';
	text[SCENARIO_MAX_STRING + 2] = '\0';
	assert_non_null(lex(text));
	memset(text, '\\', sizeof(text)); /* escaped backslashes count once */
	text[0] = text[2 * 300 + 1] = '"';
	text[2 * 300 + 2] = '\0';
	assert_non_null(lex(text));
	memset(text, 'a', sizeof(text));
	text[0] = text[SCENARIO_MAX_STRING + 2] = '"';
	text[SCENARIO_MAX_STRING + 3] = '\0';
	assert_null(lex(text));
	assert_non_null(strstr(err.text, "a string of more than 512 bytes"));
}

static void test_nested_comments(void **state)
{
	char text[4 * 65 + 1] = "";

	for (unsigned i = 0; i < 64; i++)
		strcat(text, "(*");
	for (unsigned i = 0; i < 64; i++)
		strcat(text, "*)");
	assert_non_null(lex(text));
	text[0] = '\0';
	for (unsigned i = 0; i < 65; i++)
		strcat(text, "(*");
	assert_null(lex(text));
	assert_non_null(strstr(err.text, "more than 64 comments in one another"));
	assert_int_equal(err.column, 129);
}

/* Every byte by itself: it is a token, a blank, or refused with a caret; never anything else. */
static void test_every_byte(void **state)
{
	static const char refused[] = "!\"$%&'*-./<>?[\\]^`";

	for (unsigned c = 1; c < 256; c++) {
		char text[2] = {c};
		bool fine = c == '\t' || c == '\n' ||
			    (c >= 0x20 && c < 0x7f && !strchr(refused, c));

		if ((lex(text) != NULL) != fine)
			fail_msg("byte %u: %s", c, err.text);
		if (!fine)
			assert_int_equal(err.code, -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_and_numbers),
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_blanks_and_comments),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_nested_comments),
		cmocka_unit_test(test_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
