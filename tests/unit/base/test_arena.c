/* SPDX-License-Identifier: BSD-2-Clause */
/* The arena: blocks are zeroed, aligned, apart, handed out again, and undone by a copy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"

#define RESERVE ((size_t)1 << 20)

static bool all_zero(const void *p, size_t size)
{
	const unsigned char *byte = p;

	for (size_t i = 0; i < size; i++)
		if (byte[i])
			return false;
	return true;
}

static void test_blocks_are_zeroed_aligned_and_apart(void **state)
{
	static const size_t sizes[] = {1, 15, 16, 17, 100, 4096, 5000, 31, 1};
	enum { N = sizeof(sizes) / sizeof(*sizes) };
	struct arena *arena = arena_create(RESERVE);
	unsigned char *block[N];

	assert_non_null(arena);
	for (int i = 0; i < N; i++) {
		block[i] = arena_alloc(arena, sizes[i]);
		assert_non_null(block[i]);
		assert_int_equal((uintptr_t)block[i] % ARENA_ALIGN, 0);
		assert_true(all_zero(block[i], sizes[i]));
		memset(block[i], 'a' + i, sizes[i]);
	}
	for (int i = 0; i < N; i++)
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(block[i][k], 'a' + i);
	arena_destroy(arena);
}

static void test_freed_blocks_come_back_last_first(void **state)
{
	struct arena *arena = arena_create(RESERVE);
	char *a = arena_alloc(arena, 100), *b = arena_alloc(arena, 100), *c;
	size_t used = arena->used;

	memset(a, 1, 100);
	memset(b, 1, 100);
	arena_free(arena, a, 100);
	arena_free(arena, b, 100);
	c = arena_alloc(arena, 112); /* the same class: 97 to 112 bytes */
	assert_ptr_equal(c, b);
	assert_true(all_zero(c, 112));
	assert_ptr_equal(arena_alloc(arena, 97), a);
	assert_int_equal(arena->used, used);
	arena_free(arena, a, 97);
	assert_ptr_not_equal(arena_alloc(arena, 96), a); /* other classes */
	assert_ptr_not_equal(arena_alloc(arena, 113), a);
	assert_ptr_equal(arena_alloc(arena, 100), a);
	arena_free(arena, NULL, 10);
	arena_destroy(arena);
}

/* Whatever its size, a block holds it, and at most a quarter more (or 15 bytes). */
static void test_little_is_lost(void **state)
{
	struct arena *arena = arena_create((size_t)1 << 26);

	for (size_t size = 1; size < 70000; size += size < 600 ? 1 : 97) {
		size_t before = arena->used, room;

		assert_non_null(arena_alloc(arena, size));
		room = arena->used - before;
		assert_true(room >= size);
		assert_true(room <= size + 15 || room <= size + size / 4);
	}
	arena_destroy(arena);
}

static void test_full(void **state)
{
	struct arena *arena = arena_create(RESERVE);
	size_t used;
	void *block;

	assert_null(arena_alloc(arena, RESERVE));
	assert_null(arena_alloc(arena, SIZE_MAX));
	assert_null(arena_alloc(arena, SIZE_MAX - 15));
	used = arena->used;
	assert_null(arena_alloc(arena, RESERVE - 4096)); /* rounds up to more than there is */
	assert_int_equal(arena->used, used);
	while (arena_alloc(arena, 4096))
		;
	block = arena_alloc(arena, 16);
	while (arena_alloc(arena, 16))
		;
	assert_null(arena_alloc(arena, 1));
	assert_true(arena->used <= arena->reserved);
	arena_free(arena, block, 16); /* what is given back can be had again */
	assert_ptr_equal(arena_alloc(arena, 9), block);
	assert_null(arena_alloc(arena, 1));
	arena_destroy(arena);
}

/* Allocation itself is undone when the used part is put back. */
static void test_copy_is_an_undo(void **state)
{
	struct arena *arena = arena_create(RESERVE);
	char *a = arena_alloc(arena, 64), *b, *b2;
	size_t used = arena->used;
	char *copy = malloc(used);

	memset(a, 7, 64);
	memcpy(copy, arena, used);
	b = arena_alloc(arena, 64);
	memset(b, 9, 64);
	memset(a, 8, 64);
	arena_free(arena, a, 64);
	memcpy(arena, copy, used);
	assert_int_equal(arena->used, used);
	assert_int_equal(a[0], 7);
	b2 = arena_alloc(arena, 64); /* the same block again, and not with its old contents */
	assert_ptr_equal(b2, b);
	assert_true(all_zero(b2, 64));
	free(copy);
	arena_destroy(arena);
}

static void test_no_address_space(void **state)
{
	assert_null(arena_create((size_t)1 << 60));
	arena_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks_are_zeroed_aligned_and_apart),
		cmocka_unit_test(test_freed_blocks_come_back_last_first),
		cmocka_unit_test(test_little_is_lost),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_copy_is_an_undo),
		cmocka_unit_test(test_no_address_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
