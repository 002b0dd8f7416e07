/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flushes that reclaim puts off: when they are made, and who makes up for them meanwhile (A7).
 *
 * Rows that a test here fails without: 3ea277194daa.
 */
#include "switch_world.h"

struct batch {
	struct switch_world w;
	struct numasim_process other; /* P's second thread, CPU 1 */
	struct mm_struct *mm;
	uint64_t x;
};

static void batch_open(struct batch *b, const char *release)
{
	struct task_struct *task;

	switch_world_open(&b->w, release);
	b->mm = b->w.p->task->mm;
	b->x = switch_world_map(&b->w, b->mm, 1);
	task = task_create(b->w.m, b->mm, 2000);
	mm_join(b->w.m, b->mm, task);
	b->other = (struct numasim_process){.system = b->w.system, .task = task,
					    .cpu = &b->w.m->cpu[1]};
	assert_int_equal(numasim_process_store(b->w.p, b->x, 1), 0);
	assert_int_equal(numasim_process_store(&b->other, b->x, 1), 0);
}

static bool anybody_has(const struct batch *b)
{
	return cached(&b->w.m->cpu[0], b->x) || cached(&b->w.m->cpu[1], b->x);
}

static const char *const releases[] = {"v4.3", "v4.12", "v4.13", BY_GEN, BY_LAZIER, "v5.13",
				       DEBIAN_OLD, DEBIAN_NEW};
#define NR_RELEASES (sizeof(releases) / sizeof(*releases))

static void deferred(const char *release, bool dirty)
{
	struct batch b;
	bool flushed_early;

	batch_open(&b, release);
	DO(b.w.p, assert_true(should_defer_flush(b.mm)));
	DO(b.w.p, set_tlb_ubc_flush_pending(b.mm, dirty));
	assert_true(cached(&b.w.m->cpu[0], b.x) && cached(&b.w.m->cpu[1], b.x));
	DO(b.w.p, try_to_unmap_flush_dirty());
	flushed_early = !anybody_has(&b);
	assert_int_equal(flushed_early, dirty);
	DO(b.w.p, try_to_unmap_flush());
	assert_false(anybody_has(&b));
	assert_false(b.w.p->task->tlb_batch_required);
	switch_world_close(&b.w);
}

static void test_deferred(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		deferred(releases[i], false);
		deferred(releases[i], true);
	}
}

/* Nobody else has the tables loaded: no reason to put anything off. And not before v4.3
 * (72b252aed506). */
static void test_not_worth_it(void **state)
{
	struct switch_world w;
	struct batch b;

	switch_world_open(&w, DEBIAN_NEW);
	DO(w.p, assert_false(should_defer_flush(w.p->task->mm)));
	switch_world_close(&w);
	batch_open(&b, "v4.2");
	DO(b.w.p, assert_false(should_defer_flush(b.mm)));
	switch_world_close(&b.w);
}

/* mprotect() and munmap() come across it: from v4.13 on they see that a flush is owed. */
static void test_pending(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct batch b;
		bool told;

		batch_open(&b, releases[i]);
		told = kernel_has(b.w.m->kernel, ROW_A7_FLUSH_BATCHED);
		DO(b.w.p, set_tlb_ubc_flush_pending(b.mm, false));
		DO(&b.other, flush_tlb_batched_pending(b.mm));
		assert_int_equal(anybody_has(&b), !told);
		assert_int_equal(numasim_process_store(&b.other, b.x, 2), 0);
		DO(&b.other, flush_tlb_batched_pending(b.mm));
		assert_true(cached(&b.w.m->cpu[1], b.x)); /* once is enough */
		switch_world_close(&b.w);
	}
}

/* One that is put off while another is made up for (5ee2fa2f0636): */
static void test_put_off_meanwhile(void **state)
{
	for (unsigned numbers = 0; numbers < 2; numbers++) {
		struct batch b;
		int32_t before;

		batch_open(&b, numbers ? "v5.17" : "v5.16");
		DO(b.w.p, set_tlb_ubc_flush_pending(b.mm, false));
		before = b.mm->tlb_flush_batched;
		DO(b.w.p, set_tlb_ubc_flush_pending(b.mm, false));
		/* a number can tell the two apart, a boolean cannot */
		assert_int_equal(b.mm->tlb_flush_batched != before, numbers);
		DO(&b.other, flush_tlb_batched_pending(b.mm));
		assert_int_equal(b.mm->tlb_flush_batched, numbers ? 2 | 2 << 16 : 0);
		switch_world_close(&b.w);
	}
}

/* The numbers start over before they run out. */
static void test_numbers_start_over(void **state)
{
	struct batch b;

	batch_open(&b, DEBIAN_NEW);
	b.mm->tlb_flush_batched = 0x4000 | 0x4000 << 16;
	DO(b.w.p, set_tlb_ubc_flush_pending(b.mm, false));
	assert_int_equal(b.mm->tlb_flush_batched, 1);
	DO(&b.other, flush_tlb_batched_pending(b.mm));
	assert_int_equal(b.mm->tlb_flush_batched, 1 | 1 << 16);
	switch_world_close(&b.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deferred),
		cmocka_unit_test(test_not_worth_it),
		cmocka_unit_test(test_pending),
		cmocka_unit_test(test_put_off_meanwhile),
		cmocka_unit_test(test_numbers_start_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
