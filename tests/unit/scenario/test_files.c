/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scenarios that people read: those in the documentation and in examples/ are read, and printed and
 * read again they are the same; the limits that the documentation lists are those of the parser.
 */
#include <dirent.h>
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
#include "scenario/scenario_paths.h"

static char *slurp(const char *folder, const char *name, size_t *len)
{
	char path[4096], *text = calloc(1, SCENARIO_MAX_BYTES + 1);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	*len = fread(text, 1, SCENARIO_MAX_BYTES, file);
	fclose(file);
	return text;
}

/* False: not a scenario; err says why. Otherwise the way to text and back loses nothing. */
static bool goes_round(const char *text, size_t len, const char *name, struct numasim_error *err)
{
	struct scenario_ast *ast, *again;
	size_t printed_len;
	char *printed;

	if (scenario_parse(&ast, text, len, name, err))
		return false;
	assert_int_equal(scenario_print(&printed, &printed_len, ast, err), 0);
	if (scenario_parse(&again, printed, printed_len, name, err))
		fail_msg("%s", err->text);
	assert_true(ast_equal(ast, again));
	free(printed);
	scenario_ast_free(again);
	scenario_ast_free(ast);
	return true;
}

/* Every file of a folder, or those with an ending; how many are scenarios. */
static unsigned folder_goes_round(const char *folder, const char *ending, bool must)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned scenarios = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		size_t name = strlen(entry->d_name), end = strlen(ending), len;
		struct numasim_error err = {0};
		char *text;

		if (entry->d_name[0] == '.' || name < end ||
		    strcmp(entry->d_name + name - end, ending))
			continue;
		text = slurp(folder, entry->d_name, &len);
		if (goes_round(text, len, entry->d_name, &err))
			scenarios++;
		else if (must)
			fail_msg("%s", err.text);
		free(text);
	}
	closedir(dir);
	return scenarios;
}

static void test_examples(void **state)
{
	assert_true(folder_goes_round(EXAMPLES, ".nsim", true) > 0);
}

/* The fuzzer starts from scenarios, and from some that are nearly ones. */
static void test_corpus(void **state)
{
	assert_true(folder_goes_round(FUZZ_CORPUS, "", false) >= 9);
}

/* Each block of docs/scenario-language.md that is marked nsim. */
static void test_documentation(void **state)
{
	static const char fence[] = "```nsim\n";
	size_t len;
	char *text = slurp(SCENARIO_DOCS, "scenario-language.md", &len), *at = text;
	unsigned blocks = 0;

	while ((at = strstr(at, fence))) {
		char *start = at + strlen(fence), *end = strstr(start, "\n```");
		struct numasim_error err;

		assert_non_null(end);
		if (!goes_round(start, end - start, "scenario-language.md", &err))
			fail_msg("%s", err.text);
		blocks++;
		at = end;
	}
	assert_true(blocks > 0);
	free(text);
}

/* The manual page's example stands between .Bd and .Ed. */
static void test_manual(void **state)
{
	size_t len;
	char *text = slurp(SCENARIO_DOCS, "man/numasim-scenario.5", &len);
	char *start = strstr(text, "NUMASIM thp-hint-vs-migrate"), *end;
	struct numasim_error err;

	assert_non_null(start);
	end = strstr(start, "\n.Ed");
	assert_non_null(end);
	for (char *at = start; at < end; at++) /* roff's \e would be a backslash */
		assert_true(*at != '\\');
	if (!goes_round(start, end - start, "numasim-scenario.5", &err))
		fail_msg("%s", err.text);
	free(text);
}

static void test_documented_limits(void **state)
{
	static const struct {
		const char *what;
		unsigned limit;
	} rows[] = {
		{"bytes of a file", SCENARIO_MAX_BYTES},
		{"letters of a word or digits of a number", SCENARIO_MAX_NAME},
		{"bytes in a string", SCENARIO_MAX_STRING},
		{"settings", SCENARIO_MAX_SETTINGS},
		{"mappings and statements in the initial state", SCENARIO_MAX_SETUP},
		{"processes", SCENARIO_MAX_PROCESSES},
		{"variables of all processes", SCENARIO_MAX_VARIABLES},
		{"flags of a mapping", SCENARIO_MAX_FLAGS},
		{"columns", SCENARIO_MAX_COLUMNS},
		{"rows", SCENARIO_MAX_ROWS},
		{"registers of a column", SCENARIO_MAX_REGISTERS},
		{"arguments of a call", SCENARIO_MAX_ARGS},
		{"`(` and `~` in one another, comments in one another", SCENARIO_MAX_NESTING},
		{"comparisons", SCENARIO_MAX_ATOMS},
		{"events", SCENARIO_MAX_EVENTS},
		{"entries of expect", SCENARIO_MAX_EXPECTS},
		{"`+` and `~` behind a release", SCENARIO_MAX_CHANGES},
		{"verdicts of an entry", SCENARIO_MAX_VERDICTS},
	};
	size_t len;
	char *text = slurp(SCENARIO_DOCS, "scenario-language.md", &len), line[200];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(line, sizeof(line), "\n| %s | %u |\n", rows[i].what, rows[i].limit);
		if (!strstr(text, line))
			fail_msg("not in the documentation: %s", line);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),      cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_documentation), cmocka_unit_test(test_manual),
		cmocka_unit_test(test_documented_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
