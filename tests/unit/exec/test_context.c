/* SPDX-License-Identifier: BSD-2-Clause */
/* Coroutines: control goes back and forth, locals and registers survive, stacks can be put back. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "exec/context.h"

#define STACK (64 * 1024)

struct trace {
	struct coroutine co[3];
	char text[64];
	unsigned used;
	uint64_t sum;
};

static void say(struct trace *t, char c)
{
	t->text[t->used++] = c;
	t->text[t->used] = '\0';
}

static void make(struct coroutine *co, context_fn fn, void *payload)
{
	co->stack = coroutine_stack_alloc(STACK);
	assert_non_null(co->stack);
	co->size = STACK;
	coroutine_reset(co, fn, payload);
}

static void count_down(void *payload)
{
	struct trace *t = payload;

	for (char c = 'a';; c++) {
		say(t, c);
		coroutine_yield(&t->co[0]);
	}
}

static void test_back_and_forth(void **state)
{
	struct trace t = {0};

	make(&t.co[0], count_down, &t);
	for (int i = 0; i < 3; i++) {
		say(&t, '1' + i);
		coroutine_resume(&t.co[0]);
	}
	assert_string_equal(t.text, "1a2b3c");
	coroutine_reset(&t.co[0], count_down, &t); /* over again from the beginning */
	coroutine_resume(&t.co[0]);
	assert_string_equal(t.text, "1a2b3ca");
	coroutine_stack_free(t.co[0].stack, STACK);
}

/* Doubles, many integers and a big array across switches; and the stack is aligned for SSE. */
static void busy(void *payload)
{
	struct trace *t = payload;
	_Alignas(16) unsigned char block[4096];
	uint64_t v[12];
	double d = 1;

	assert_int_equal((uintptr_t)block % 16, 0);
	memset(block, 0x5a, sizeof(block));
	for (uint64_t i = 0; i < 12; i++)
		v[i] = i * i;
	for (;;) {
		for (int i = 0; i < 12; i++)
			v[i] = v[i] * 31 + i;
		d = d * 1.5 + 1;
		t->sum = (uint64_t)d;
		for (int i = 0; i < 12; i++)
			t->sum = t->sum * 7 + v[i];
		for (size_t i = 0; i < sizeof(block); i++)
			t->sum += block[i] == 0x5a;
		coroutine_yield(&t->co[0]);
	}
}

static uint64_t busy_without_switches(int rounds)
{
	uint64_t v[12], sum = 0;
	double d = 1;

	for (uint64_t i = 0; i < 12; i++)
		v[i] = i * i;
	for (int round = 0; round < rounds; round++) {
		for (int i = 0; i < 12; i++)
			v[i] = v[i] * 31 + i;
		d = d * 1.5 + 1;
		sum = (uint64_t)d;
		for (int i = 0; i < 12; i++)
			sum = sum * 7 + v[i];
		sum += 4096;
	}
	return sum;
}

static void test_locals_survive(void **state)
{
	struct trace t = {0};

	make(&t.co[0], busy, &t);
	for (int i = 1; i <= 40; i++) {
		coroutine_resume(&t.co[0]);
		assert_int_equal(t.sum, busy_without_switches(i));
	}
	coroutine_stack_free(t.co[0].stack, STACK);
}

/* One coroutine may resume another: each goes back to its own resumer. */
static void inner(void *payload)
{
	struct trace *t = payload;

	for (;;) {
		say(t, 'i');
		coroutine_yield(&t->co[1]);
	}
}

static void outer(void *payload)
{
	struct trace *t = payload;

	for (;;) {
		say(t, 'o');
		coroutine_resume(&t->co[1]);
		say(t, 'O');
		coroutine_yield(&t->co[0]);
	}
}

static void test_nested(void **state)
{
	struct trace t = {0};

	make(&t.co[0], outer, &t);
	make(&t.co[1], inner, &t);
	coroutine_resume(&t.co[0]);
	say(&t, '.');
	coroutine_resume(&t.co[1]); /* this time from the test itself */
	say(&t, '.');
	coroutine_resume(&t.co[0]);
	assert_string_equal(t.text, "oiO.i.oiO");
	coroutine_stack_free(t.co[0].stack, STACK);
	coroutine_stack_free(t.co[1].stack, STACK);
}

/* The frames above the saved stack pointer are all that there is to a waiting coroutine. */
static void test_stack_is_put_back(void **state)
{
	struct trace t = {0}, saved;
	size_t used;
	char *copy;

	if (!coroutine_can_copy())
		skip();
	make(&t.co[0], busy, &t);
	for (int i = 0; i < 5; i++)
		coroutine_resume(&t.co[0]);
	saved = t;
	used = t.co[0].stack + STACK - (char *)t.co[0].sp;
	copy = malloc(used);
	memcpy(copy, t.co[0].sp, used);
	for (int round = 0; round < 3; round++) {
		for (int i = 6; i <= 9 + round; i++) {
			coroutine_resume(&t.co[0]);
			assert_int_equal(t.sum, busy_without_switches(i));
		}
		memset(t.co[0].stack + 64, 0xee, STACK - 64); /* the lowest word is not ours */
		t = saved;
		memcpy(t.co[0].sp, copy, used);
	}
	coroutine_resume(&t.co[0]);
	assert_int_equal(t.sum, busy_without_switches(6));
	free(copy);
	coroutine_stack_free(t.co[0].stack, STACK);
}

/* A coroutine that was begun in one thread goes on in another: nothing hangs on the thread. */
static void *resume_in_thread(void *payload)
{
	struct trace *t = payload;

	coroutine_resume(&t->co[0]);
	return NULL;
}

static void test_threads(void **state)
{
	struct trace t = {0};
	pthread_t thread;

	make(&t.co[0], count_down, &t);
	coroutine_resume(&t.co[0]);
	assert_int_equal(pthread_create(&thread, NULL, resume_in_thread, &t), 0);
	pthread_join(thread, NULL);
	coroutine_resume(&t.co[0]);
	assert_string_equal(t.text, "abc");
	coroutine_stack_free(t.co[0].stack, STACK);
}

static void test_no_stack(void **state)
{
	assert_null(coroutine_stack_alloc((size_t)1 << 60));
	coroutine_stack_free(NULL, STACK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back_and_forth),
		cmocka_unit_test(test_locals_survive),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_stack_is_put_back),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_no_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
