/* SPDX-License-Identifier: BSD-2-Clause */
/* Bad input of every kind, each with the exact text that its user reads. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>

#include "topology_files_test.h"

/* The expected text, with the name of the file where it says FILE. */
static char *expected_error(const char *path)
{
	char *golden = beside(path, ".err"), *pattern, *file, *text;

	slurp(&pattern, golden);
	file = strstr(pattern, "FILE");
	pattern[strcspn(pattern, "\n")] = '\0';
	assert_non_null(file);
	*file = '\0';
	assert_true(asprintf(&text, "%s%s%s", pattern, path, file + strlen("FILE")) > 0);
	free(pattern);
	free(golden);
	return text;
}

static void bad_files_get_the_error_that_stands_beside_them(void **state)
{
	struct numasim_topology *untouched = (void *)&untouched, *t = untouched;
	struct numasim_error err;
	glob_t files;
	size_t i;

	assert_int_equal(glob(TOPOLOGY_DATA "/bad/*.xml", 0, NULL, &files), 0);
	assert_true(files.gl_pathc >= 20);
	for (i = 0; i < files.gl_pathc; i++) {
		char *expected = expected_error(files.gl_pathv[i]);

		assert_int_equal(numasim_topology_load(&t, files.gl_pathv[i], &err), -EINVAL);
		assert_int_equal(err.code, -EINVAL);
		assert_ptr_equal(t, untouched);
		assert_int_equal(numasim_topology_load(&t, files.gl_pathv[i], NULL), -EINVAL);
		assert_string_equal(err.text, expected);
		free(expected);
	}
	globfree(&files);
}

static const struct {
	int code;
	const char *what, *text;
} bad_names[] = {
	{-EINVAL, NULL,
	 "no topology given: name an XML file, a description such as "
	 "\"numa:2 core:2 pu:1\", or `host`"},
	{-EINVAL, "",
	 "no topology given: name an XML file, a description such as \"numa:2 "
	 "core:2 pu:1\", or `host`"},
	{-ENOENT, "no/such.xml",
	 "no/such.xml: No such file or directory; a topology is an "
	 "XML file, a description such as \"numa:2 core:2 pu:1\", "
	 "or `host`"},
	{-ENOENT, "such.xml",
	 "such.xml: No such file or directory; a topology is an XML "
	 "file, a description such as \"numa:2 core:2 pu:1\", or "
	 "`host`"},
	{-EISDIR, "/", "/: Is a directory"},
	{-EFBIG, "/dev/zero", "/dev/zero is larger than the limit of 67108864 bytes"},
	{-EINVAL, "/dev/null",
	 "/dev/null is empty: write a machine's topology with "
	 "`lstopo --of xml NEW.xml`"},
	{-EINVAL, "Host",
	 "\"Host\" is neither a file, nor `host`, nor a description that "
	 "hwloc can read: Synthetic string with unknown object type at "
	 "'Host'; a description is a line such as \"numa:2 core:2 pu:1\""},
	{-EINVAL, "numa:2 core:2",
	 "\"numa:2 core:2\" is neither a file, nor `host`, nor a "
	 "description that hwloc can read: Synthetic string "
	 "cannot use non-PU type for last level; a description "
	 "is a line such as \"numa:2 core:2 pu:1\""},
	{-EINVAL, "numa:0 pu:1",
	 "\"numa:0 pu:1\" is neither a file, nor `host`, nor a "
	 "description that hwloc can read: Synthetic string with "
	 "disallow 0 number of objects at '0 pu:1'; a description "
	 "is a line such as \"numa:2 core:2 pu:1\""},
	{-EINVAL, "pu:8193",
	 "\"pu:8193\" describes more than 8192 CPUs, the most that are "
	 "possible, as in Linux"},
	{-EINVAL, "numa:2 4 4 257 1",
	 "\"numa:2 4 4 257 1\" describes more than 8192 CPUs, "
	 "the most that are possible, as in Linux"},
	{-EINVAL, "pu:99999999999999999999",
	 "\"pu:99999999999999999999\" describes more "
	 "than 8192 CPUs, the most that are possible, "
	 "as in Linux"},
	{-EINVAL, "numa:1025 pu:1",
	 "numa:1025 pu:1 has 1025 NUMA nodes; at most 1024 are "
	 "possible, as in Linux"},
	{-EINVAL, "numa:1(memory=9007199254740992) pu:1",
	 "numa:1(memory=9007199254740992) pu:1: NUMA node 0 has 9007199254740992 bytes of "
	 "memory; an x86-64 machine can address at most 4503599627370496"},
	{-EINVAL, "numa:1 pu:2(indexes=1,70000)",
	 "numa:1 pu:2(indexes=1,70000): CPU 70000: CPU ids go up to 8191, as in Linux"},
};

static void bad_names_get_an_error_that_helps(void **state)
{
	struct numasim_topology *untouched = (void *)&untouched, *t = untouched;
	struct numasim_error err;
	size_t i;

	for (i = 0; i < sizeof(bad_names) / sizeof(*bad_names); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(numasim_topology_load(&t, bad_names[i].what, &err),
				 bad_names[i].code);
		assert_string_equal(err.text, bad_names[i].text);
		assert_int_equal(err.code, bad_names[i].code);
		assert_ptr_equal(t, untouched);
		assert_int_equal(numasim_topology_load(&t, bad_names[i].what, NULL),
				 bad_names[i].code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_files_get_the_error_that_stands_beside_them),
		cmocka_unit_test(bad_names_get_an_error_that_helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
