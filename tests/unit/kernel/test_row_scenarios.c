/* SPDX-License-Identifier: BSD-2-Clause */
/* Every scenario in scenarios/ shows what it expects, with and without the rows that it names. */
#include "kernel_test.h"
#include "kernel/kernel_paths.h"

#include <dirent.h>

#include <numasim/scenario.h>

#define FOLDER SOURCE_ROOT "/tests/unit/kernel/scenarios/"

static struct numasim_scenario *parsed(const char *name)
{
	struct numasim_scenario *scenario;
	struct numasim_error err = { 0 };
	char path[4096], text[16384];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), FOLDER "%s", name);
	file = fopen(path, "r");
	assert_non_null(file);
	len = fread(text, 1, sizeof(text), file);
	assert_true(len < sizeof(text));
	fclose(file);
	if (numasim_scenario_parse(&scenario, text, len, name, &err))
		fail_msg("%s: %s", name, err.text);
	return scenario;
}

static void check_file(const char *name)
{
	struct numasim_scenario *scenario = parsed(name);
	struct numasim_error err = { 0 };
	struct numasim_check_row row;
	struct numasim_check *check;

	if (numasim_scenario_check(&check, scenario, NULL, &err))
		fail_msg("%s: %s", name, err.text);
	assert_true(numasim_check_count(check) >= 2);
	for (size_t i = 0; !numasim_check_row(&row, check, i); i++)
		if (row.status != NUMASIM_CHECK_OK)
			fail_msg("%s:%u: %s: expected %s, found %s", name, row.line, row.kernel,
				 row.expected, row.found);
	numasim_check_free(check);
	numasim_scenario_free(scenario);
}

static void rows_do_what_scenarios_expect(void **state)
{
	DIR *folder = opendir(FOLDER);
	const struct dirent *entry;
	unsigned files = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		check_file(entry->d_name);
		files++;
	}
	closedir(folder);
	assert_true(files >= 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_do_what_scenarios_expect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
