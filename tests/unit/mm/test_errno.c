/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of the calls about mappings are those that two real kernels gave; and after random
 * sequences of calls the mappings are what they were there. */
#include "script_world.h"

#include "mm/errno_data.h" /* made by the build: ERRNO_DATA */

static void replay(const char *release, const char *kernel, const char *path, unsigned cases)
{
	struct script_world w = {.release = release, .kernel = kernel};

	assert_int_equal(script_run(&w, path), 0);
	assert_true(w.cases >= cases);
}

static void errors_of_debian_6_1(void **state)
{
	replay("debian-6.1.192", "6.1", ERRNO_DATA "/mappings.script", 250);
}

static void errors_of_debian_6_12(void **state)
{
	replay("debian-6.12.117", "6.12", ERRNO_DATA "/mappings.script", 250);
}

static void sequences_of_debian_6_1(void **state)
{
	replay("debian-6.1.192", "6.1", ERRNO_DATA "/sequences.script", 200);
}

static void sequences_of_debian_6_12(void **state)
{
	replay("debian-6.12.117", "6.12", ERRNO_DATA "/sequences.script", 200);
}

/* The comparison sees a difference: answers of one kernel are not those of the other. */
static void differences_are_seen(void **state)
{
	struct script_world w = {.release = "debian-6.1.192", .kernel = "6.12", .quiet = true};

	assert_true(script_run(&w, ERRNO_DATA "/mappings.script") >= 5);
}

static void results_compare(void **state)
{
	assert_true(script_matches("EINVAL", "6.1", "EINVAL"));
	assert_false(script_matches("EINVAL", "6.1", "0"));
	assert_true(script_matches("6.1:0-4:rw-p 4-8:r--p 6.12:0-8:rw-p", "6.1",
				   "0-4:rw-p 4-8:r--p"));
	assert_false(script_matches("6.1:0-4:rw-p 4-8:r--p 6.12:0-8:rw-p", "6.1", "0-4:rw-p"));
	assert_true(script_matches("6.1:ENOMEM 6.12:0", "6.12", "0"));
	assert_false(script_matches("6.1:ENOMEM 6.12:0", "6.12", "ENOMEM"));
	assert_true(script_matches("6.1: 6.12:0", "6.1", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_compare),
		cmocka_unit_test(errors_of_debian_6_1),
		cmocka_unit_test(errors_of_debian_6_12),
		cmocka_unit_test(sequences_of_debian_6_1),
		cmocka_unit_test(sequences_of_debian_6_12),
		cmocka_unit_test(differences_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
