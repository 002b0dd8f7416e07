/* SPDX-License-Identifier: BSD-2-Clause */
/* Scripts of calls about policies come out as on two real kernels (tests/errno). */
#include "script_world.h"

#include "mm/errno_data.h" /* made by the build: ERRNO_DATA */

static void replay(const char *release, const char *kernel)
{
	struct script_world w = {.release = release, .kernel = kernel};

	assert_int_equal(script_run(&w, ERRNO_DATA "/policies.script"), 0);
	assert_true(w.cases >= 340);
}

static void as_debian_6_1(void **state)
{
	replay("debian-6.1.192", "6.1");
}

static void as_debian_6_12(void **state)
{
	replay("debian-6.12.117", "6.12");
}

/* The comparison sees what differs between the two. */
static void differences_are_seen(void **state)
{
	struct script_world w = {.release = "debian-6.1.192", .kernel = "6.12", .quiet = true};

	assert_true(script_run(&w, ERRNO_DATA "/policies.script") >= 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_debian_6_1),
		cmocka_unit_test(as_debian_6_12),
		cmocka_unit_test(differences_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
