/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every NAME.nsim of tests/data/bad-scenarios is refused with the text of NAME.err, exactly. The
 * two files together are a test: adding one needs no C.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <cmocka.h>

#include "scenario/parse.h"
#include "scenario/scenario_paths.h"

#define AT_LEAST 40 /* files; fewer: the folder was not found whole */

/* A whole file; *len is its size. */
static char *slurp(const char *name, const char *suffix, size_t *len)
{
	char path[4096], *text;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s%s", BAD_SCENARIOS, name, suffix);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	text = malloc(SCENARIO_MAX_BYTES + 1);
	assert_non_null(text);
	*len = fread(text, 1, SCENARIO_MAX_BYTES, file);
	text[*len] = '\0';
	fclose(file);
	return text;
}

static void check(const char *name)
{
	struct numasim_error err = {0};
	struct scenario_ast *ast = (void *)1;
	size_t len, expected_len;
	char *text = slurp(name, ".nsim", &len), *expected = slurp(name, ".err", &expected_len);
	char shown[300];
	unsigned line = 0, column = 0;

	if (expected_len && expected[expected_len - 1] == '\n')
		expected[expected_len - 1] = '\0';
	snprintf(shown, sizeof(shown), "%s.nsim", name);
	assert_int_equal(scenario_parse(&ast, text, len, shown, &err), -EINVAL);
	assert_null(ast);
	assert_string_equal(err.text, expected);
	assert_int_equal(err.code, -EINVAL);
	/* the fields say what the text says */
	assert_int_equal(sscanf(expected + strlen(shown), ":%u:%u:", &line, &column), 2);
	assert_int_equal(err.line, line);
	assert_int_equal(err.column, column);
	/* and without a place for the text the verdict is the same */
	assert_int_equal(scenario_parse(&ast, text, len, NULL, NULL), -EINVAL);
	free(text);
	free(expected);
}

static void test_bad_scenarios(void **state)
{
	DIR *folder = opendir(BAD_SCENARIOS);
	struct dirent *entry;
	unsigned found = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		char name[256];
		char *dot;

		snprintf(name, sizeof(name), "%s", entry->d_name);
		dot = strrchr(name, '.');
		if (!dot || strcmp(dot, ".nsim"))
			continue;
		*dot = '\0';
		print_message("# %s\n", name);
		check(name);
		found++;
	}
	closedir(folder);
	assert_true(found >= AT_LEAST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_scenarios),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
