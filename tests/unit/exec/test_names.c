/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of points, events, oracles and births: each has its own; oracles are found by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>

#include "exec/point.h"

#define ALL_DIFFER(nr, name_of)                                                                    \
	for (int i = 0; i < (nr); i++) {                                                           \
		assert_non_null(name_of(i));                                                       \
		assert_true(strlen(name_of(i)) > 1);                                               \
		for (int k = 0; k < i; k++)                                                        \
			assert_string_not_equal(name_of(i), name_of(k));                           \
	}                                                                                          \
	assert_string_equal(name_of(nr), "?")

static void test_all_have_names(void **state)
{
	ALL_DIFFER(POINT_NR, point_kind_name);
	ALL_DIFFER(EVENT_NR, event_kind_name);
	ALL_DIFFER(ORACLE_NR, oracle_name);
}

static void test_oracles_by_name(void **state)
{
	for (int i = 0; i < ORACLE_NR; i++)
		assert_int_equal(oracle_by_name(oracle_name(i)), i);
	assert_int_equal(oracle_by_name("lost-write"), ORACLE_LOST_WRITE);
	assert_int_equal(oracle_by_name("lost-writes"), -ENOENT);
	assert_int_equal(oracle_by_name(""), -ENOENT);
}

static void test_births(void **state)
{
	assert_string_equal(BIRTH_TEXT(12), "#12");
	assert_string_equal(BIRTH_TEXT(1u << BIRTH_BITS | 13), "#13a");
	assert_string_equal(BIRTH_TEXT(2u << BIRTH_BITS | 1), "#1b");
}

static void test_objects(void **state)
{
	uint64_t object = OBJECT(OBJ_CLOCK, 0xfedcba98, 0xabcdef);

	assert_int_equal(OBJECT_CLASS(object), OBJ_CLOCK);
	assert_int_equal(OBJECT_NAME(object), 0xfedcba98);
	assert_int_equal(OBJECT_PART(object), 0xabcdef);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_have_names),
		cmocka_unit_test(test_oracles_by_name),
		cmocka_unit_test(test_births),
		cmocka_unit_test(test_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
