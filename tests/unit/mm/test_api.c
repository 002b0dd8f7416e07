/* SPDX-License-Identifier: BSD-2-Clause */
/* <numasim/kernel.h>: variables, locks and waits for users. */
#include "api_world.h"

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

static void waits_for_6(void *payload)
{
	struct world *w = payload;

	numasim_atomic_wait_eq(w->x, 6);
	numasim_assert(numasim_atomic_wait_ne(w->x, 5) == 6);
}

static void sets_6(void *payload)
{
	struct world *w = payload;

	numasim_atomic_set(w->x, 6);
}

/* Alone it waits for ever; with somebody who sets the value it goes on in every order. */
static void test_waiting(void **state)
{
	struct world *w = *state;

	run(w, waits_for_6);
	assert_string_equal(w->oracle, "deadlock");
	w->program->nr_contexts = 0;
	assert_int_equal(numasim_program_add(w->program, "b", sets_6, w, NULL, &w->err), 0);
	assert_int_equal(numasim_program_add(w->program, "a", waits_for_6, w, NULL, &w->err), 0);
	search_again(w);
	assert_null(w->oracle);
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
		TEST(test_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
