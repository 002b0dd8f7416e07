/* SPDX-License-Identifier: BSD-2-Clause */
/* The set of digests: numbers in the order of first sight, through growth and collisions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "explore/visited.h"

#define MANY 100000

/* Keys that all start at the same few slots: their low words differ only in high bits. */
static struct digest key_of(uint64_t i, bool clash)
{
	return clash ? (struct digest){i << 40 | (i & 3), 5} : (struct digest){digest_mix(i, 1), i};
}

static void add_many(bool clash, uint64_t nr)
{
	struct visited set;
	bool fresh;

	assert_int_equal(visited_init(&set), 0);
	for (uint64_t i = 0; i < nr; i++) {
		assert_int_equal(visited_add(&set, key_of(i, clash), &fresh), i);
		assert_true(fresh);
		assert_int_equal(visited_add(&set, key_of(i / 2, clash), &fresh), i / 2);
		assert_false(fresh);
	}
	assert_int_equal(set.count, nr);
	for (uint64_t i = nr; i-- > 0;) {
		assert_int_equal(visited_add(&set, key_of(i, clash), &fresh), i);
		assert_false(fresh);
	}
	assert_int_equal(set.count, nr);
	visited_destroy(&set);
	assert_null(set.key);
}

static void test_many(void **state)
{
	add_many(false, MANY);
}

static void test_collisions(void **state)
{
	add_many(true, 4000);
}

static void test_both_halves_count(void **state)
{
	struct visited set;
	bool fresh;

	assert_int_equal(visited_init(&set), 0);
	assert_int_equal(visited_add(&set, (struct digest){1, 2}, &fresh), 0);
	assert_int_equal(visited_add(&set, (struct digest){1, 3}, &fresh), 1);
	assert_true(fresh);
	assert_int_equal(visited_add(&set, (struct digest){2, 2}, &fresh), 2);
	assert_true(fresh);
	assert_int_equal(visited_add(&set, (struct digest){0, 0}, &fresh), 3);
	assert_true(fresh);
	visited_destroy(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_collisions),
		cmocka_unit_test(test_both_halves_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
