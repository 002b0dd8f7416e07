/* SPDX-License-Identifier: BSD-2-Clause */
/* Wrong calls of <numasim/kernel.h> in simulated code end in a sentence, never in a crash. */
#include "api_world.h"

static void releases_nothing(void *payload)
{
	struct world *w = payload;

	numasim_atomic_read(w->x);
	numasim_lock_release(w->lock);
}

static void reads_without_the_lock(void *payload)
{
	struct world *w = payload;

	numasim_atomic_read(w->x);
	numasim_guarded_read(w->g);
}

static void writes_without_the_lock(void *payload)
{
	struct world *w = payload;

	numasim_atomic_read(w->x);
	numasim_guarded_set(w->g, 1);
}

static void releases_no_read(void *payload)
{
	struct world *w = payload;

	numasim_atomic_read(w->x);
	numasim_rwsem_release_read(w->sem);
}

static void releases_a_read_as_write(void *payload)
{
	struct world *w = payload;

	numasim_rwsem_read(w->sem);
	numasim_rwsem_release_write(w->sem);
}

static void turns_on_what_is_on(void *payload)
{
	struct world *w = payload;

	numasim_atomic_read(w->x);
	numasim_local_irq_enable();
}

static void loads_without_mm(void *payload)
{
	struct world *w = payload;
	uint64_t value;

	numasim_atomic_read(w->x);
	numasim_user_load(&value, 0x1000);
}

static void allocates_without_mm(void *payload)
{
	struct world *w = payload;

	numasim_atomic_read(w->x);
	numasim_alloc_pages_node(0, 0, 0);
}

static void asserts(void *payload)
{
	struct world *w = payload;

	numasim_assert(numasim_atomic_read(w->x) == 6);
}

static void test_wrong_calls(void **state)
{
	static const struct {
		void (*fn)(void *);
		const char *oracle, *sentence;
	} cases[] = {
		{releases_nothing, "assertion", "a releases lock, which it does not hold"},
		{reads_without_the_lock, "assertion", "a reads g without holding its lock"},
		{writes_without_the_lock, "assertion", "a writes g without holding its lock"},
		{releases_no_read, "assertion", "a releases sem, which it does not hold"},
		{releases_a_read_as_write, "assertion", "a releases sem, which it does not hold"},
		{turns_on_what_is_on, "assertion", "a turns interrupts on that are on"},
		{loads_without_mm, "assertion", "a touches user memory, but has no address space"},
		{allocates_without_mm, "oops",
		 "the kernel oopses: alloc_pages_node() on a machine without address spaces"},
		{asserts, "assertion", "`numasim_atomic_read(w->x) == 6` does not hold"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		run(w, cases[i].fn);
		assert_non_null(w->oracle);
		assert_string_equal(w->oracle, cases[i].oracle);
		assert_string_equal(w->sentence, cases[i].sentence);
	}
}

/* With that oracle off they do no harm either. */
static void test_wrong_calls_unheard(void **state)
{
	static void (*const fn[])(void *) = {
		releases_nothing, reads_without_the_lock, writes_without_the_lock,
		releases_no_read, releases_a_read_as_write, turns_on_what_is_on, loads_without_mm,
		asserts,
	};
	static const char *const oracles[] = {"oops"};
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct world *w = *state;

	search.oracles = oracles;
	search.nr_oracles = 1;
	for (size_t i = 0; i < sizeof(fn) / sizeof(*fn); i++) {
		struct numasim_result_info info;

		w->program->nr_contexts = 0;
		assert_int_equal(numasim_program_add(w->program, "a", fn[i], w, NULL, NULL), 0);
		numasim_result_free(w->result);
		w->result = NULL;
		assert_int_equal(numasim_program_explore(&w->result, w->program, &search, NULL), 0);
		numasim_result_info(&info, w->result);
		assert_int_equal(info.verdict, NUMASIM_VERDICT_HOLDS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_wrong_calls),
		TEST(test_wrong_calls_unheard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
