/* SPDX-License-Identifier: BSD-2-Clause */
/* What pages hold: words by address, chunks by what is watched. Checked against plain arrays. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "machine/content.h"

#define BASE  0x40000000
#define PAGE  4096
#define HUGE_ 0x200000

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct content));
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

/* Ascending, without zeros: that is what makes equal contents equal bytes. */
static void expect_sound(const struct content *c)
{
	for (unsigned i = 0; i < c->nr; i++) {
		assert_true(c->word[i].value != 0);
		assert_int_equal(c->word[i].pa % 8, 0);
		if (i)
			assert_true(c->word[i - 1].pa < c->word[i].pa);
	}
	for (unsigned i = c->nr; i < CONTENT_WORDS; i++)
		assert_true(!c->word[i].pa && !c->word[i].value);
}

static void test_get_and_set(void **state)
{
	struct content *c = *state;

	assert_int_equal(content_get(c, BASE), 0);
	assert_int_equal(content_set(c, BASE + 8, 2), 0);
	assert_int_equal(content_set(c, BASE, 1), 0);
	assert_int_equal(content_set(c, BASE + 16, 3), 0);
	assert_int_equal(content_get(c, BASE), 1);
	assert_int_equal(content_get(c, BASE + 8), 2);
	assert_int_equal(content_get(c, BASE + 16), 3);
	assert_int_equal(content_get(c, BASE + 24), 0);
	expect_sound(c);
	assert_int_equal(content_set(c, BASE + 8, 0), 0); /* zero is what stands nowhere */
	assert_int_equal(c->nr, 2);
	assert_int_equal(content_get(c, BASE + 8), 0);
	assert_int_equal(content_set(c, BASE + 8, 0), 0);
	assert_int_equal(content_set(c, BASE, 9), 0);
	assert_int_equal(c->nr, 2);
	expect_sound(c);
}

static void test_full(void **state)
{
	struct content *c = *state;

	for (uint64_t i = 0; i < CONTENT_WORDS; i++)
		assert_int_equal(content_set(c, BASE + i * 8, i + 1), 0);
	assert_int_equal(content_set(c, BASE + 8000, 1), -ENOSPC);
	assert_int_equal(content_get(c, BASE + 8000), 0);
	assert_int_equal(content_set(c, BASE + 8000, 0), 0);
	assert_int_equal(content_set(c, BASE, 77), 0); /* what stands there can be changed */
	assert_int_equal(content_copy(c, BASE + HUGE_, BASE, 0, PAGE), -ENOSPC);
	content_clear(c, BASE, 0, PAGE);
	assert_int_equal(content_set(c, BASE + 8000, 1), 0);
	expect_sound(c);
}

/* Random sets, copies and clears among four pages, beside four plain arrays. */
static void test_against_arrays(void **state)
{
	enum { WORDS = 8, PAGES = 4 };
	static const uint64_t offset[WORDS] = {0, 8, 64, 1000, 2048, 2056, 4000, 4088};
	uint64_t plain[PAGES][WORDS] = {{0}}, seed = 5;
	struct content *c = *state;

	for (int n = 0; n < 20000; n++) {
		unsigned a, b, k;

		seed = seed * UINT64_C(6364136223846793005) + 1;
		a = seed >> 40 & 3;
		b = seed >> 42 & 3;
		k = seed >> 44 & 7;
		switch (seed >> 50 & 3) {
		case 0:
		case 1:
			plain[a][k] = seed >> 60;
			assert_int_equal(content_set(c, BASE + a * PAGE + offset[k],
						     plain[a][k]), 0);
			break;
		case 2:
			for (unsigned i = 0; i < WORDS && a != b; i++)
				if (offset[i] >= offset[k])
					plain[b][i] = plain[a][i];
			if (a != b)
				assert_int_equal(content_copy(c, BASE + b * PAGE, BASE + a * PAGE,
							      offset[k], PAGE), 0);
			break;
		case 3:
			for (unsigned i = 0; i < k; i++)
				plain[a][i] = 0;
			content_clear(c, BASE + a * PAGE, 0, offset[k]);
			break;
		}
		for (unsigned i = 0; i < WORDS; i++)
			assert_int_equal(content_get(c, BASE + b * PAGE + offset[i]), plain[b][i]);
		expect_sound(c);
	}
}

/* ---- chunks ---- */

/*
 * A page is copied in as many steps as there are watched words in it, at least two; together they
 * are the page, and no chunk holds two watched words.
 */
static void expect_chunks(struct content *c, uint64_t bytes, unsigned nr)
{
	uint64_t at = 0;

	assert_int_equal(content_chunks(c, BASE, bytes), nr);
	for (unsigned i = 0; i < nr; i++) {
		uint64_t from, to;
		int64_t watched;

		content_chunk(c, BASE, bytes, i, &from, &to, &watched);
		assert_int_equal(from, at);
		assert_true(to > from);
		if (watched >= 0)
			assert_true((uint64_t)watched >= from && (uint64_t)watched + 8 <= to);
		at = to;
	}
	assert_int_equal(at, bytes);
}

static void test_chunks(void **state)
{
	struct content *c = *state;

	expect_chunks(c, PAGE, 2);
	expect_chunks(c, HUGE_, 2);
	assert_int_equal(content_watch(c, 0x7f0000000000), 0);
	expect_chunks(c, PAGE, 2);
	assert_int_equal(content_watch(c, 0x7f0000000000), 0); /* twice the same is once */
	assert_int_equal(c->nr_watched, 1);
	assert_int_equal(content_watch(c, 0x7f0000001008), 0);
	assert_int_equal(content_watch(c, 0x7f0000000010), 0);
	expect_chunks(c, HUGE_, 3);
	expect_chunks(c, PAGE, 3); /* in a base page offsets count modulo its size */
	assert_int_equal(content_watch(c, 0x7f0000002008), 0);
	expect_chunks(c, HUGE_, 4);
	expect_chunks(c, PAGE, 3);
	assert_int_equal(content_watch(c, 0x7f00001ffff8), 0); /* the last word of all */
	expect_chunks(c, HUGE_, 5);
}

static void test_too_many_watched(void **state)
{
	struct content *c = *state;

	for (uint64_t i = 0; i < CONTENT_WATCHED; i++)
		assert_int_equal(content_watch(c, i * 4096), 0);
	assert_int_equal(content_watch(c, 8), -ENOSPC);
	assert_int_equal(content_watch(c, 4096), 0);
	expect_chunks(c, HUGE_, CONTENT_WATCHED);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_get_and_set),
		TEST(test_full),
		TEST(test_against_arrays),
		TEST(test_chunks),
		TEST(test_too_many_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
