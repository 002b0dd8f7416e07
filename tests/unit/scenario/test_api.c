/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading scenarios through the public functions. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <numasim/scenario.h>

#include "scenario/limits.h"

static const char text[] =
	"NUMASIM t \"t\"\n{ P: mmap x 4K; }\n a ;\n r0 = P:x ;\nexists (a:r0 = 0)\n";

static void write_file(char path[64], const char *bytes, size_t len)
{
	int fd;

	strcpy(path, "/tmp/numasim-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

static void test_load(void **state)
{
	struct numasim_scenario *scenario;
	struct numasim_result *result;
	struct numasim_result_info info;
	char path[64];

	write_file(path, text, strlen(text));
	assert_int_equal(numasim_scenario_load(&scenario, path, NULL), 0);
	unlink(path);
	assert_string_equal(numasim_scenario_name(scenario), "t");
	assert_int_equal(numasim_scenario_explore(&result, scenario, NULL, NULL, NULL), 0);
	numasim_scenario_free(scenario); /* the result needs it no more */
	numasim_result_info(&info, result);
	assert_string_equal(info.scenario, "t");
	assert_int_equal(info.verdict, NUMASIM_VERDICT_HOLDS);
	numasim_result_free(result);
	numasim_scenario_free(NULL);
}

static void test_not_there(void **state)
{
	struct numasim_scenario *scenario = NULL;
	struct numasim_error err = {0};

	assert_int_equal(numasim_scenario_load(&scenario, "/nonexistent/x.nsim", &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/x.nsim"));
	assert_int_equal(numasim_scenario_load(&scenario, "/", &err), -EISDIR);
	assert_null(scenario);
}

static void test_too_large(void **state)
{
	char *big = malloc(SCENARIO_MAX_BYTES + 1), path[64];
	struct numasim_scenario *scenario = NULL;

	memset(big, ' ', SCENARIO_MAX_BYTES + 1);
	write_file(path, big, SCENARIO_MAX_BYTES + 1);
	assert_int_equal(numasim_scenario_load(&scenario, path, NULL), -EFBIG);
	assert_int_equal(numasim_scenario_parse(&scenario, big, SCENARIO_MAX_BYTES + 1, NULL, NULL),
			 -EFBIG);
	unlink(path);
	free(big);
	assert_null(scenario);
}

static void test_bad(void **state)
{
	struct numasim_scenario *scenario = NULL;
	struct numasim_error err = {0};

	assert_int_equal(numasim_scenario_parse(&scenario, "NUMASIM", 7, "bad.nsim", &err),
			 -EINVAL);
	assert_int_equal(err.line, 1);
	assert_non_null(strstr(err.text, "bad.nsim:1:"));
	assert_int_equal(numasim_scenario_parse(&scenario, "", 0, NULL, &err), -EINVAL);
	assert_non_null(strstr(err.text, "scenario:"));
	assert_null(scenario);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_not_there),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
