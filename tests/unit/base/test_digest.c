/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests: words in, 128 bits out; the same in every process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/digest.h"

static struct digest digest_of(struct digest_sink *sink, const uint64_t *words, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		digest_put(sink, words[i]);
	return digest_take(sink);
}

static void test_every_word_and_its_place_count(void **state)
{
	uint64_t word[600] = {0};
	struct digest_sink sink;
	struct digest zero, one;

	assert_int_equal(digest_sink_init(&sink), 0);
	zero = digest_of(&sink, word, 600);
	assert_true(digest_equal(zero, digest_of(&sink, word, 600)));
	assert_false(digest_equal(zero, digest_of(&sink, word, 599)));
	for (int i = 0; i < 600; i += 37) {
		word[i] = 1;
		one = digest_of(&sink, word, 600);
		assert_false(digest_equal(zero, one));
		word[i] = 0;
		word[(i + 1) % 600] = 1;
		assert_false(digest_equal(one, digest_of(&sink, word, 600)));
		word[(i + 1) % 600] = 0;
	}
	digest_sink_destroy(&sink);
}

/* Known values of XXH3-128 with seed 0 (xxHash 0.8, xxhsum -H2): digests stand in no file, but two
 * machines that compare theirs must agree. */
static void test_known_values(void **state)
{
	struct digest_sink sink;
	struct digest d;

	assert_int_equal(digest_sink_init(&sink), 0);
	d = digest_take(&sink);
	assert_int_equal(d.high, UINT64_C(0x99aa06d3014798d8));
	assert_int_equal(d.low, UINT64_C(0x6001c324468d497f));
	digest_sink_destroy(&sink);
}

static void test_taking_empties_the_sink(void **state)
{
	const uint64_t words[2] = {1, 2};
	struct digest_sink sink;
	struct digest first;

	assert_int_equal(digest_sink_init(&sink), 0);
	first = digest_of(&sink, words, 2);
	assert_int_equal(sink.count, 0);
	assert_true(digest_equal(first, digest_of(&sink, words, 2)));
	assert_false(sink.failed);
	digest_sink_destroy(&sink);
	assert_null(sink.word);
}

/* No two of a million neighbouring pairs mix to the same word, and every bit moves. */
static int compare_words(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void test_mix_tells_neighbours_apart(void **state)
{
	enum { SIDE = 300 };
	uint64_t *mixed = malloc(SIDE * SIDE * sizeof(*mixed)), ones = 0, zeros = 0;

	for (uint64_t a = 0; a < SIDE; a++)
		for (uint64_t b = 0; b < SIDE; b++) {
			mixed[a * SIDE + b] = digest_mix(a, b);
			ones |= mixed[a * SIDE + b];
			zeros |= ~mixed[a * SIDE + b];
		}
	assert_int_equal(ones, UINT64_MAX);
	assert_int_equal(zeros, UINT64_MAX);
	qsort(mixed, SIDE * SIDE, sizeof(*mixed), compare_words);
	for (int i = 1; i < SIDE * SIDE; i++)
		assert_true(mixed[i - 1] != mixed[i]);
	assert_true(digest_mix(1, 2) != digest_mix(2, 1));
	free(mixed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_word_and_its_place_count),
		cmocka_unit_test(test_known_values),
		cmocka_unit_test(test_taking_empties_the_sink),
		cmocka_unit_test(test_mix_tells_neighbours_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
