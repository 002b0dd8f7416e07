/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared words: one access, one step, and what was learned is observed. */
#include "exec_world.h"

static void use_all(void *payload)
{
	struct world *w = payload;
	uint64_t *word = w->word;
	int32_t *half = (int32_t *)&word[1];

	assert_int_equal(shared_read64(VAR(0), &word[0]), 5);
	shared_write64(VAR(0), &word[0], 6);
	assert_int_equal(shared_cmpxchg64(VAR(0), &word[0], 7, 8), 6);
	assert_int_equal(shared_cmpxchg64(VAR(0), &word[0], 6, 8), 6);
	assert_int_equal(shared_read32(VAR(1), half), -2);
	shared_write32(VAR(1), half, 10);
	assert_int_equal(shared_add32(VAR(1), half, -11), -1);
}

/*
 *  step   0     1        2                 3                 4      5         6
 *         read  write 6  cmpxchg 7 fails   cmpxchg 6 -> 8    read   write 10  add -11
 */
static void test_each_access_is_a_step(void **state)
{
	static const struct {
		enum point_kind kind;
		enum access_mode mode;
		unsigned word;
		uint64_t before, after;
	} steps[] = {
		{POINT_READ, ACCESS_READ, 0, 5, 5},    {POINT_WRITE, ACCESS_WRITE, 0, 5, 6},
		{POINT_UPDATE, ACCESS_WRITE, 0, 6, 6}, {POINT_UPDATE, ACCESS_WRITE, 0, 6, 8},
		{POINT_READ, ACCESS_READ, 1, 0xfffffffe, 0xfffffffe},
		{POINT_WRITE, ACCESS_WRITE, 1, 0xfffffffe, 10},
		{POINT_UPDATE, ACCESS_WRITE, 1, 10, 0xffffffff},
	};
	struct world *w = *state;
	struct context *c = world_add(w, "a", use_all);

	w->word[0] = 5;
	w->word[1] = 0xfffffffe;
	exec_start(&w->exec);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct announcement a = world_ask(w, 0);
		uint64_t observed = c->observed;

		assert_int_equal(a.kind, steps[i].kind);
		assert_int_equal(a.object, VAR(steps[i].word));
		assert_int_equal(a.nr, 1);
		assert_int_equal(a.access[0].object, VAR(steps[i].word));
		assert_int_equal(a.access[0].mode, steps[i].mode);
		assert_int_equal(w->word[steps[i].word], steps[i].before);
		world_step(w, 0);
		assert_int_equal(w->word[steps[i].word], steps[i].after);
		assert_true(c->observed != observed);
	}
	assert_int_equal(c->status, CONTEXT_DONE);
}

/* Runs that read different values are told apart; what a plain write replaced is not learned. */
static void read_one(void *payload)
{
	struct world *w = payload;

	shared_read64(VAR(0), &w->word[0]);
	shared_read64(VAR(1), &w->word[1]);
}

static void write_one(void *payload)
{
	struct world *w = payload;

	shared_write64(VAR(0), &w->word[0], 1);
	shared_read64(VAR(1), &w->word[1]);
}

static uint64_t observed_after_one(struct world *w, context_fn fn, uint64_t value)
{
	struct context *c = world_add(w, "a", fn);
	uint64_t observed;

	w->word[0] = value;
	exec_start(&w->exec);
	world_step(w, 0);
	observed = c->observed;
	exec_drop_contexts(&w->exec);
	return observed;
}

static void test_what_was_learned(void **state)
{
	struct world *w = *state;

	assert_true(observed_after_one(w, read_one, 1) != observed_after_one(w, read_one, 2));
	assert_true(observed_after_one(w, read_one, 1) == observed_after_one(w, read_one, 1));
	assert_true(observed_after_one(w, write_one, 1) == observed_after_one(w, write_one, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_each_access_is_a_step),
		WORLD_TEST(test_what_was_learned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
