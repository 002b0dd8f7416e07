/* SPDX-License-Identifier: BSD-2-Clause */
/* <numasim/program.h>: address spaces and set-ups, with every kind of bad input. */
#include "program_world.h"

#include "mm/mm.h"

static void nothing(void *payload)
{
}

static void reads_x0(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_read(w->x[0]);
}

/* ---- address spaces ---- */

static void test_bad_address_spaces(void **state)
{
	struct program_world *w = *state, other;
	struct mm_struct *mm = NULL, *foreign;
	struct vm_area_struct *vma = NULL;
	struct numasim_seat seat = {0};
	uint64_t value = 5;

	assert_int_equal(numasim_program_mm(&mm, w->program, "", &w->err), -EINVAL);
	assert_int_equal(numasim_program_mm(&mm, w->program, NULL, &w->err), -EINVAL);
	assert_null(mm);
	assert_false(numasim_program_peek(&value, w->program, NULL, 0x1000));
	assert_int_equal(value, 0);
	assert_int_equal(numasim_program_mm(&mm, w->program, "P", &w->err), 0);
	assert_int_equal(numasim_program_map(&vma, w->program, mm, 0, 1, &w->err), -EINVAL);
	assert_int_equal(numasim_program_map(&vma, w->program, mm, UINT64_MAX, 1, &w->err),
			 -EINVAL);
	assert_int_equal(numasim_program_map(&vma, w->program, mm, 4096, 8, &w->err), -EINVAL);
	assert_int_equal(numasim_program_map(&vma, w->program, NULL, 4096, 1, &w->err), -EINVAL);
	world_open(&other, NULL);
	assert_int_equal(numasim_program_mm(&foreign, other.program, "P", &other.err), 0);
	assert_int_equal(numasim_program_map(&vma, w->program, foreign, 4096, 1, &w->err),
			 -EINVAL);
	assert_null(vma);
	seat.mm = foreign;
	assert_int_equal(numasim_program_add(w->program, "a", nothing, NULL, &seat, &w->err),
			 -EINVAL);
	world_close(&other);
	assert_int_equal(numasim_program_watch(w->program, 4, &w->err), -EINVAL);
	for (int i = 1; i < 20; i++)
		assert_int_equal(numasim_program_mm(&mm, w->program, "P", &w->err), 0);
}

static void test_mappings(void **state)
{
	struct program_world *w = *state;
	struct vm_area_struct *a, *b;
	struct mm_struct *mm;
	uint64_t value = 1;

	assert_int_equal(numasim_program_mm(&mm, w->program, "P", &w->err), 0);
	assert_int_equal(numasim_program_map(&a, w->program, mm, 1, NUMASIM_MAP_READ, &w->err), 0);
	assert_int_equal(numasim_program_map(&b, w->program, mm, (1 << 21) + 1,
					     NUMASIM_MAP_READ | NUMASIM_MAP_HUGE, &w->err), 0);
	assert_int_equal(numasim_vma_end(a) - numasim_vma_start(a), 4096);
	assert_int_equal(numasim_vma_end(b) - numasim_vma_start(b), (1 << 21) + 4096);
	assert_int_equal(numasim_vma_start(b) % (1 << 21), 0);
	assert_true(numasim_vma_start(b) > numasim_vma_end(a));
	assert_ptr_equal(numasim_vma_mm(b), mm);
	assert_false(numasim_program_peek(&value, w->program, mm, numasim_vma_start(a)));
	assert_int_equal(value, 0); /* nothing is there yet */
}

/* ---- set-ups ---- */

static void waits_for_ever(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_set(w->x[0], 1);
	numasim_atomic_wait_eq(w->x[1], 1);
}

static void goes_round(void *payload)
{
	struct program_world *w = payload;

	for (;;)
		numasim_atomic_add_return(1, w->x[0]);
}

static void fails(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_set(w->x[0], 1);
	numasim_fail("no good");
}

static void sets_up(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_set(w->x[0], 9);
}

static void test_setups(void **state)
{
	static const struct {
		void (*fn)(void *);
		int code;
		const char *text;
	} bad[] = {
		{waits_for_ever, -EDEADLK, "waits for something"},
		{goes_round, -E2BIG, "steps"},
		{fails, -EPROTO, "the set-up breaks assertion: no good"},
		{NULL, -EINVAL, "nothing to run"},
	};
	struct program_world *w = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(numasim_program_setup(w->program, bad[i].fn, w, NULL, &w->err),
				 bad[i].code);
		assert_non_null(strstr(w->err.text, bad[i].text));
		assert_int_equal(numasim_atomic_read(w->x[0]), 0); /* as it was */
	}
	assert_int_equal(numasim_program_setup(w->program, sets_up, w, NULL, &w->err), 0);
	assert_int_equal(numasim_atomic_read(w->x[0]), 9); /* a good one stays */
	world_add(w, "a", reads_x0);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
	assert_int_equal(numasim_atomic_read(w->x[0]), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_bad_address_spaces),
		WORLD_TEST(test_mappings),
		WORLD_TEST(test_setups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
