/* SPDX-License-Identifier: BSD-2-Clause */
/* What a system can be made of, and what it refuses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <numasim/system.h>
#include <numasim/topology.h>

static void test_options(void **state)
{
	static const struct {
		const char *release;
		enum numasim_thp thp;
		int ret;
		const char *text;
	} cases[] = {
		{NULL, NUMASIM_THP_ALWAYS, 0, ""},
		{"v3.8", NUMASIM_THP_NEVER, 0, ""},
		{"v6.12", NUMASIM_THP_MADVISE, 0, ""},
		{"v4.8+38e088546522", NUMASIM_THP_ALWAYS, 0, ""},
		{"v6.16", NUMASIM_THP_ALWAYS, -ENOTSUP, "built for v3.8 to v6.12"},
		{"v2.6.32", NUMASIM_THP_ALWAYS, -ENOENT, "v2.6.32"},
		{"v4.8+nonsense", NUMASIM_THP_ALWAYS, -ENOENT, "nonsense"},
		{"v4.8", (enum numasim_thp)9, -EINVAL, "thp"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct numasim_system_options options = {.release = cases[i].release,
							 .thp = cases[i].thp};
		struct numasim_system *system = NULL;
		struct numasim_error err = {0};

		assert_int_equal(numasim_system_create(&system, &options, &err), cases[i].ret);
		if (!strstr(err.text, cases[i].text))
			fail_msg("%s: %s", cases[i].release, err.text);
		numasim_system_free(system);
	}
}

static void test_too_many_cpus(void **state)
{
	struct numasim_system_options options = {0};
	struct numasim_topology *topology;
	struct numasim_system *system = NULL;
	struct numasim_error err = {0};

	assert_int_equal(numasim_topology_load(&topology, "numa:2 core:40 pu:1", &err), 0);
	options.topology = topology;
	assert_int_equal(numasim_system_create(&system, &options, &err), -EINVAL);
	assert_non_null(strstr(err.text, "64 CPUs"));
	assert_null(system);
	numasim_topology_free(topology);
}

static void test_processes(void **state)
{
	struct numasim_system *system;
	struct numasim_process *process;
	struct numasim_error err = {0};

	assert_int_equal(numasim_system_create(&system, NULL, &err), 0);
	assert_int_equal(numasim_process_create(&process, system, "", 0, &err), -EINVAL);
	assert_int_equal(numasim_process_create(&process, system, NULL, 0, &err), -EINVAL);
	assert_int_equal(numasim_process_create(&process, system, "P", 99, &err), -ENOENT);
	assert_non_null(strstr(err.text, "CPU 99"));
	assert_int_equal(numasim_process_create(&process, system, "P", 0, NULL), 0);
	assert_true(numasim_process_id(process) > 0);
	numasim_system_free(system);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_too_many_cpus),
		cmocka_unit_test(test_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
