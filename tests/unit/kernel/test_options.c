/* SPDX-License-Identifier: BSD-2-Clause */
/* Build options: their names, and which kernels have which. */
#include "kernel_test.h"

static void options_are_found_by_name(void **state)
{
	for (int bit = 0; bit < NR_KERNEL_OPTIONS; bit++)
		assert_int_equal(kernel_option_find(kernel_option_get((unsigned)bit)->name), bit);
	assert_int_equal(kernel_option_find("Device-Private"), OPTION_BIT_DEVICE_PRIVATE);
	assert_int_equal(kernel_option_find("device"), -1);
	assert_int_equal(kernel_option_find(""), -1);
}

static void debian_has_no_device_memory(void **state)
{
	struct kernel mainline = kernel_named("v6.12"), debian = kernel_named("debian-6.12.117");

	assert_true(kernel_option(&mainline, OPTION_DEVICE_PRIVATE));
	assert_false(kernel_option(&debian, OPTION_DEVICE_PRIVATE));
	assert_true(kernel_option(&debian, OPTION_MEMORY_FAILURE));
}

static void options_are_switched_like_rows(void **state)
{
	struct kernel k = kernel_named("v6.12~device-private+shadow-stack");

	assert_false(kernel_option(&k, OPTION_DEVICE_PRIVATE));
	assert_true(kernel_option(&k, OPTION_SHADOW_STACK));
	assert_true(k.format.shadow_stack);
	k = kernel_named("v6.5+shadow-stack"); /* the option comes before its feature */
	assert_false(k.format.shadow_stack);
	k = kernel_named("v4.11+five-levels");
	assert_int_equal(k.format.pfn_mask >> 45, 1);
	k = kernel_named("v4.12+five-levels");
	assert_int_equal(k.format.pfn_mask >> 51, 1);
}

static void one_option_both_ways_is_refused(void **state)
{
	struct numasim_error err = { 0 };
	struct kernel k;

	assert_int_equal(kernel_config(&k, "v6.12+thp~thp", NULL, 0, NULL, 0, NULL, 0, &err),
			 -EINVAL);
	assert_text_has(err.text, "thp cannot be both");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_found_by_name),
		cmocka_unit_test(debian_has_no_device_memory),
		cmocka_unit_test(options_are_switched_like_rows),
		cmocka_unit_test(one_option_both_ways_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
