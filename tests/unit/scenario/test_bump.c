/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory handed out piece by piece. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "scenario/bump.h"

static void test_pieces_are_zeroed_aligned_and_apart(void **state)
{
	unsigned char *pieces[300];
	struct bump bump;

	bump_init(&bump, 1 << 20);
	for (unsigned i = 0; i < 300; i++) {
		size_t size = i * 7 % 90 + 1;

		pieces[i] = bump_alloc(&bump, size);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		for (size_t k = 0; k < size; k++)
			assert_int_equal(pieces[i][k], 0);
		memset(pieces[i], i + 1, size);
	}
	for (unsigned i = 0; i < 300; i++)
		for (size_t k = 0; k < i * 7 % 90 + 1; k++)
			assert_int_equal(pieces[i][k], (i + 1) & 0xff);
	bump_destroy(&bump);
	assert_null(bump.chunks);
	assert_int_equal(bump.used, 0);
}

static void test_a_piece_may_be_larger_than_a_chunk(void **state)
{
	struct bump bump;
	char *piece;

	bump_init(&bump, 1 << 20);
	piece = bump_alloc(&bump, 100000);
	assert_non_null(piece);
	memset(piece, 1, 100000);
	assert_non_null(bump_alloc(&bump, 1));
	bump_destroy(&bump);
}

static void test_limit(void **state)
{
	struct bump bump;

	bump_init(&bump, 64);
	assert_null(bump_alloc(&bump, 65));
	assert_null(bump_alloc(&bump, SIZE_MAX));
	assert_non_null(bump_alloc(&bump, 48));
	assert_null(bump_alloc(&bump, 17));
	assert_non_null(bump_alloc(&bump, 16));
	assert_null(bump_alloc(&bump, 1));
	assert_null(bump_text(&bump, "x", 1));
	bump_destroy(&bump);
	assert_non_null(bump_alloc(&bump, 64)); /* can be used again */
	bump_destroy(&bump);
}

static void test_text(void **state)
{
	struct bump bump;

	bump_init(&bump, 1 << 10);
	assert_string_equal(bump_text(&bump, "wordrest", 4), "word");
	assert_string_equal(bump_text(&bump, "", 0), "");
	bump_destroy(&bump);
}

static void test_growing_list(void **state)
{
	struct bump bump;
	unsigned *list = NULL, nr = 0;

	bump_init(&bump, 1 << 20);
	for (unsigned i = 0; i < 1000; i++) {
		unsigned *slot = bump_push(&bump, (void **)&list, &nr, sizeof(*list));

		assert_ptr_equal(slot, &list[i]);
		assert_int_equal(*slot, 0);
		*slot = i * 3;
	}
	assert_int_equal(nr, 1000);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(list[i], i * 3);
	bump_destroy(&bump);
}

/* A list that cannot grow stays as it is. */
static void test_growing_fails(void **state)
{
	struct bump bump;
	uint64_t *list = NULL;
	unsigned nr = 0;

	bump_init(&bump, 16 + 16 + 32);
	for (unsigned i = 0; i < 4; i++)
		*(uint64_t *)bump_push(&bump, (void **)&list, &nr, sizeof(*list)) = i;
	assert_null(bump_push(&bump, (void **)&list, &nr, sizeof(*list)));
	assert_int_equal(nr, 4);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(list[i], i);
	bump_destroy(&bump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(test_a_piece_may_be_larger_than_a_chunk),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_growing_list),
		cmocka_unit_test(test_growing_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
