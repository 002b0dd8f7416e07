/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of functions on other processors: who runs them, and who waits for what. */
#include "sched_world.h"

#include "sched/smp.h"

/* The function leaves its mark where a test can see it: the translations a processor holds. */
static void leaves_mark(struct cpu *cpu, const struct ipi *call)
{
	const struct x86_tlb_entry mark = {.va = call->start, .level = 1, .us = true};

	x86_tlb_fill(cpu->tlb, &mark);
}

#define CALL &(struct ipi){.fn = leaves_mark, .start = 0x1000}
#define SECOND_CALL &(struct ipi){.fn = leaves_mark, .start = 0x2000}
#define MARKS(w, i) ((w)->m->cpu[i].tlb->nr)

static void idles(void *payload)
{
	const struct sched_world *w = payload;

	numasim_atomic_wait_eq(w->x[0], 1);
}

static void calls_all(void *payload)
{
	const struct sched_world *w = payload;

	smp_call_function_many(UINT64_MAX, CALL, true);
	numasim_assert(MARKS(w, 0) == 1 && MARKS(w, 1) == 1 && MARKS(w, 2) == 0);
	numasim_atomic_set(w->x[0], 1);
}

static void test_many(void **state)
{
	struct sched_world *w = *state;

	sched_add(w, "a", idles, 0);
	sched_add(w, "b", idles, 1);
	sched_add(w, "caller", calls_all, 2);
	sched_search(w, NUMASIM_VERDICT_HOLDS);
}

static void calls_self(void *payload)
{
	const struct sched_world *w = payload;

	smp_call_function_single(this_cpu(), CALL, true);
	numasim_assert(MARKS(w, 0) == 1 && MARKS(w, 1) == 0);
	numasim_atomic_set(w->x[0], 1);
}

static void test_single_here(void **state)
{
	struct sched_world *w = *state;

	sched_add(w, "caller", calls_self, 0);
	sched_add(w, "b", idles, 1);
	sched_search(w, NUMASIM_VERDICT_HOLDS);
}

/* Without waiting it may not have run yet, and in some order it has not. */
static void calls_and_goes_on(void *payload)
{
	const struct sched_world *w = payload;

	smp_call_function_single(&w->m->cpu[1], CALL, false);
	numasim_assert(MARKS(w, 1) == 1);
}

static void test_no_wait(void **state)
{
	struct sched_world *w = *state;

	sched_add(w, "caller", calls_and_goes_on, 0);
	sched_add(w, "b", idles, 1);
	sched_search(w, NUMASIM_VERDICT_BROKEN);
	assert_string_equal(w->info.oracle, "assertion");
}

/* A second call waits until the first has been taken: none is lost. */
static void calls_twice(void *payload)
{
	const struct sched_world *w = payload;

	smp_call_function_single(&w->m->cpu[1], CALL, false);
	smp_call_function_single(&w->m->cpu[1], SECOND_CALL, true);
	numasim_assert(MARKS(w, 1) == 2);
	numasim_atomic_set(w->x[0], 1);
}

static void test_twice(void **state)
{
	struct sched_world *w = *state;

	sched_add(w, "caller", calls_twice, 0);
	sched_add(w, "b", idles, 1);
	sched_search(w, NUMASIM_VERDICT_HOLDS);
}

static bool is_even(const struct cpu *cpu, const void *arg)
{
	return cpu->index % 2 == 0;
}

static void calls_even(void *payload)
{
	const struct sched_world *w = payload;

	on_each_cpu_cond_mask(UINT64_MAX, is_even, NULL, CALL, true);
	numasim_assert(MARKS(w, 0) == 1 && MARKS(w, 1) == 0 && MARKS(w, 2) == 1);
	numasim_atomic_set(w->x[0], 1);
}

static void test_cond(void **state)
{
	struct sched_world *w = *state;

	sched_add(w, "caller", calls_even, 0);
	sched_add(w, "a", idles, 1);
	sched_add(w, "b", idles, 2);
	sched_search(w, NUMASIM_VERDICT_HOLDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCHED_TEST(test_many),
		SCHED_TEST(test_single_here),
		SCHED_TEST(test_no_wait),
		SCHED_TEST(test_twice),
		SCHED_TEST(test_cond),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
