/* SPDX-License-Identifier: BSD-2-Clause */
/* <numasim/kernel.h>: variables, locks and waits for users, and what happens to wrong calls. */
#include "mm/api.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "explore/program.h"

struct world {
	struct numasim_program *program;
	struct numasim_machine *m;
	struct numasim_atomic *x, *y;
	struct numasim_lock *lock;
	struct numasim_rwsem *sem;
	struct numasim_guarded *g;
	struct numasim_error err;
	const char *sentence, *oracle;
	struct numasim_result *result;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_int_equal(numasim_program_create(&w->program, NULL, &w->err), 0);
	w->m = numasim_program_machine(w->program);
	assert_int_equal(numasim_atomic_new(&w->x, w->m, "x", 5, &w->err), 0);
	assert_int_equal(numasim_atomic_new(&w->y, w->m, "y", -1, &w->err), 0);
	assert_int_equal(numasim_lock_new(&w->lock, w->m, "lock", &w->err), 0);
	assert_int_equal(numasim_rwsem_new(&w->sem, w->m, "sem", &w->err), 0);
	assert_int_equal(numasim_guarded_new(&w->g, w->m, "g", 7, w->lock, &w->err), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	numasim_result_free(w->result);
	numasim_program_free(w->program);
	free(w);
	return 0;
}

/* What breaks when @fn runs alone: w->oracle is NULL if nothing does. */
static void run(struct world *w, void (*fn)(void *))
{
	struct numasim_result_info info;

	numasim_result_free(w->result);
	w->result = NULL;
	w->program->nr_contexts = 0; /* one after the other, on the same CPU */
	assert_int_equal(numasim_program_add(w->program, "a", fn, w, NULL, &w->err), 0);
	if (numasim_program_explore(&w->result, w->program, NULL, &w->err))
		fail_msg("%s", w->err.text);
	numasim_result_info(&info, w->result);
	w->oracle = info.oracle;
	w->sentence = info.sentence ? info.sentence : "";
}

static void run_well(struct world *w, void (*fn)(void *))
{
	run(w, fn);
	if (w->oracle)
		fail_msg("%s", w->sentence);
}

/* ---- making things ---- */

static void test_labels(void **state)
{
	struct world *w = *state;
	struct numasim_atomic *v = NULL;
	struct numasim_lock *l = NULL;
	struct numasim_guarded *g = NULL;

	assert_int_equal(numasim_atomic_new(&v, w->m, "", 0, &w->err), -EINVAL);
	assert_int_equal(numasim_atomic_new(&v, w->m, NULL, 0, &w->err), -EINVAL);
	assert_int_equal(numasim_atomic_new(&v, w->m, "a label of 24 characters", 0, &w->err),
			 -EINVAL);
	assert_int_equal(numasim_atomic_new(&v, w->m, "x", 0, &w->err), -EEXIST);
	assert_non_null(strstr(w->err.text, "\"x\""));
	assert_int_equal(numasim_lock_new(&l, w->m, "x", NULL), -EEXIST);
	assert_int_equal(numasim_guarded_new(&g, w->m, "h", 0, NULL, &w->err), -EINVAL);
	assert_null(v);
	assert_null(l);
	assert_null(g);
	assert_int_equal(numasim_atomic_new(&v, w->m, "a label of 23 character", 0, &w->err), 0);
}

static void makes_one(void *payload)
{
	struct world *w = payload;
	struct numasim_atomic *v;

	numasim_atomic_read(w->x);
	numasim_assert(numasim_atomic_new(&v, w->m, "late", 0, NULL) == -EBUSY);
}

static void test_not_while_it_runs(void **state)
{
	run_well(*state, makes_one);
}

static void test_full_arena(void **state)
{
	struct world *w = *state;
	struct numasim_atomic *v = NULL;

	while (arena_alloc(w->m->arena, 1 << 16))
		;
	while (arena_alloc(w->m->arena, 16))
		;
	assert_int_equal(numasim_atomic_new(&v, w->m, "z", 0, &w->err), -ENOMEM);
	assert_null(v);
}

/* ---- variables ---- */

static void uses_variables(void *payload)
{
	struct world *w = payload;

	numasim_assert(numasim_atomic_read(w->x) == 5);
	numasim_atomic_set(w->x, INT64_MIN);
	numasim_assert(numasim_atomic_add_return(-1, w->x) == INT64_MAX); /* wraps */
	numasim_assert(numasim_atomic_xchg(w->x, 3) == INT64_MAX);
	numasim_assert(numasim_atomic_cmpxchg(w->x, 4, 9) == 3);
	numasim_assert(numasim_atomic_cmpxchg(w->x, 3, 9) == 3);
	numasim_assert(numasim_atomic_read(w->x) == 9);
	numasim_atomic_wait_eq(w->x, 9);
	numasim_assert(numasim_atomic_wait_ne(w->x, 8) == 9);
	numasim_assert(numasim_atomic_read(w->y) == -1);
}

static void test_variables(void **state)
{
	run_well(*state, uses_variables);
}

/* Before a search and in a check, the same calls are no steps. */
static void test_outside(void **state)
{
	struct world *w = *state;

	numasim_atomic_set(w->x, 1);
	assert_int_equal(numasim_atomic_read(w->x), 1);
	assert_int_equal(numasim_atomic_add_return(4, w->x), 5);
	assert_int_equal(numasim_atomic_xchg(w->x, 6), 5);
	assert_int_equal(numasim_atomic_cmpxchg(w->x, 6, 5), 6);
	assert_int_equal(numasim_guarded_read(w->g), 7);
	numasim_guarded_set(w->g, 8);
	assert_int_equal(numasim_guarded_read(w->g), 8);
	numasim_atomic_wait_eq(w->x, 99); /* nobody waits here */
	numasim_lock_take(w->lock);
	numasim_lock_take(w->lock);
	assert_false(numasim_lock_try(w->lock));
	assert_false(numasim_lock_is_held(w->lock));
	numasim_lock_release(w->lock);
	numasim_rwsem_read(w->sem);
	numasim_rwsem_release_write(w->sem);
	numasim_assume(false);
	numasim_fail("nobody hears this");
	numasim_note("nor this");
	numasim_progress();
	numasim_loop_head("here", NULL, 0);
	numasim_local_irq_disable();
	assert_null(numasim_alloc_pages_node(0, 0, 0));
	numasim_put_page(NULL);
	assert_false(numasim_pmd_none(0));
	assert_null(numasim_current_mm());
}

static void sets_x_to_6(void *payload)
{
	struct world *w = payload;

	numasim_atomic_wait_eq(w->x, 6);
	numasim_atomic_set(w->y, 1);
}

static void sets_x(void *payload)
{
	struct world *w = payload;

	numasim_atomic_set(w->x, 6);
}

static void test_waiting(void **state)
{
	struct world *w = *state;

	assert_int_equal(numasim_program_add(w->program, "b", sets_x, w, NULL, &w->err), 0);
	w->program->nr_contexts = 0;
	run(w, sets_x_to_6);
	assert_string_equal(w->oracle, "deadlock");
	assert_int_equal(numasim_program_add(w->program, "b", sets_x, w, NULL, &w->err), 0);
	numasim_result_free(w->result);
	assert_int_equal(numasim_program_explore(&w->result, w->program, NULL, &w->err), 0);
}

/* ---- locks ---- */

static void uses_locks(void *payload)
{
	struct world *w = payload;

	numasim_lock_take(w->lock);
	numasim_assert(numasim_lock_is_held(w->lock));
	numasim_assert(!numasim_lock_try(w->lock));
	numasim_guarded_set(w->g, numasim_guarded_read(w->g) + 1);
	numasim_assert(numasim_guarded_read(w->g) == 8);
	numasim_lock_release(w->lock);
	numasim_assert(numasim_lock_try(w->lock));
	numasim_lock_release(w->lock);
	numasim_assert(!numasim_lock_is_held(w->lock));
	numasim_rwsem_read(w->sem);
	numasim_assert(numasim_rwsem_try_read(w->sem));
	numasim_assert(!numasim_rwsem_try_write(w->sem));
	numasim_rwsem_release_read(w->sem);
	numasim_rwsem_release_read(w->sem);
	numasim_rwsem_write(w->sem);
	numasim_assert(!numasim_rwsem_try_read(w->sem));
	numasim_rwsem_release_write(w->sem);
	numasim_assert(numasim_rwsem_try_write(w->sem));
	numasim_rwsem_release_write(w->sem);
}

static void test_locks(void **state)
{
	run_well(*state, uses_locks);
}

/* ---- wrong calls in simulated code: a sentence, no crash ---- */

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

/* ---- where code runs ---- */

static void on_cpu_9(void *payload)
{
	struct world *w = payload;

	numasim_atomic_read(w->x);
	numasim_assert(numasim_smp_processor_id() == 9);
	numasim_assert(numasim_numa_node_id() == 1);
	numasim_assert(!numasim_current_mm());
}

static void test_where(void **state)
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_CPU, .id = 9};
	struct world *w = *state;

	assert_int_equal(numasim_program_setup(w->program, on_cpu_9, w, &seat, &w->err), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_labels),
		TEST(test_not_while_it_runs),
		TEST(test_full_arena),
		TEST(test_variables),
		TEST(test_outside),
		TEST(test_waiting),
		TEST(test_locks),
		TEST(test_wrong_calls),
		TEST(test_wrong_calls_unheard),
		TEST(test_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
