/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flushes by release: which translations go, where, and that a processor which missed one catches
 * up. The system's P has threads on CPUs 0, 1 and 2.
 */
#include "switch_world.h"

struct threads {
	struct switch_world w;
	struct numasim_process thread[3];
	struct mm_struct *mm;
	uint64_t x; /* 64 pages */
};

static void threads_open(struct threads *t, const char *release)
{
	switch_world_open(&t->w, release);
	t->mm = t->w.p->task->mm;
	t->x = switch_world_map(&t->w, t->mm, 64);
	for (unsigned i = 0; i < 3; i++) {
		struct task_struct *task = i ? task_create(t->w.m, t->mm, 2000 + i)
					     : t->w.p->task;

		if (i)
			mm_join(t->w.m, t->mm, task);
		t->thread[i] = (struct numasim_process){.system = t->w.system, .task = task,
							.cpu = &t->w.m->cpu[i]};
	}
}

static void threads_close(struct threads *t)
{
	switch_world_close(&t->w);
}

/* Thread @i has page @page cached on its CPU. */
static void touch_page(struct threads *t, unsigned i, unsigned page)
{
	assert_int_equal(numasim_process_store(&t->thread[i], t->x + page * FRAME_SIZE, 1), 0);
}

static bool has_page(const struct threads *t, unsigned cpu, unsigned page)
{
	return cached(&t->w.m->cpu[cpu], t->x + page * FRAME_SIZE);
}

static void flush(struct threads *t, unsigned from, unsigned page, unsigned pages)
{
	uint64_t start = t->x + page * FRAME_SIZE;

	DO(&t->thread[from], flush_tlb_mm_range(t->mm, start, start + pages * FRAME_SIZE, false));
}

static const char *const releases[] = {"v3.8", BY_MASK, "v3.17", "v4.13", BY_GEN, BY_LAZIER,
				       "v5.13", DEBIAN_OLD, DEBIAN_NEW, "v6.13", "v6.16"};
#define NR_RELEASES (sizeof(releases) / sizeof(*releases))

/* One page: gone everywhere, and nothing else. */
static void one_page(const char *release)
{
	struct threads t;

	threads_open(&t, release);
	for (unsigned i = 0; i < 3; i++) {
		touch_page(&t, i, 0);
		touch_page(&t, i, 1);
	}
	flush(&t, 1, 0, 1);
	for (unsigned i = 0; i < 3; i++) {
		assert_false(has_page(&t, i, 0));
		assert_true(has_page(&t, i, 1));
	}
	threads_close(&t);
}

static void test_one_page(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++)
		one_page(releases[i]);
}

/* How many pages are flushed one by one; one more, and everything goes (e9f4e0a9fe27). */
static unsigned ceiling(const struct threads *t)
{
	return kernel_has(t->w.m->kernel, ROW_FLUSH_CEILING) ? 33 : 16;
}

static void many_pages(const char *release, bool above)
{
	struct threads t;

	threads_open(&t, release);
	for (unsigned i = 0; i < 3; i++)
		touch_page(&t, i, 63);
	flush(&t, 0, 0, ceiling(&t) + above);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(has_page(&t, i, 63), !above);
	threads_close(&t);
}

static void test_ceiling(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		many_pages(releases[i], false);
		many_pages(releases[i], true);
	}
}

/* Somebody else flushes, who does not run on the mm: to v4.13 everything goes. */
static void from_outside(const char *release)
{
	struct threads t;
	struct numasim_process q;

	threads_open(&t, release);
	q = *t.w.q;
	q.cpu = &t.w.m->cpu[2];
	touch_page(&t, 0, 0);
	touch_page(&t, 0, 1);
	DO(&q, flush_tlb_mm_range(t.mm, t.x, t.x + FRAME_SIZE, false));
	assert_false(has_page(&t, 0, 0));
	assert_int_equal(has_page(&t, 0, 1), kernel_has(t.w.m->kernel, ROW_D4_TLB_GEN));
	threads_close(&t);
}

static void test_from_outside(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++)
		from_outside(releases[i]);
}

/* Is CPU 1 still in the mask after a flush from CPU 0, when it has something else loaded? */
static bool stays_in_mask(const char *release, bool switching)
{
	struct threads t;
	struct cpu *cpu;
	bool stays;

	threads_open(&t, release);
	touch_page(&t, 0, 0);
	touch_page(&t, 1, 0);
	cpu = &t.w.m->cpu[1];
	cpu->mm = t.w.q->task->mm;
	cpu->tlbstate.switching = switching;
	t.mm->next_trim_cpumask = *t.w.m->clock + 1;
	flush(&t, 0, 0, 1);
	cpu->tlbstate.switching = false;
	stays = t.mm->cpumask & 2;
	cpu->mm = t.mm;
	t.mm->cpumask |= 2;
	threads_close(&t);
	return stays;
}

/* 6db2526c1d69: who has something else loaded is not asked, but once a second; fea4e317f9e7: who is
 * just switching is. Who is asked for nothing leaves the mask. */
static void test_who_is_asked(void **state)
{
	assert_false(stays_in_mask("v6.13", false));
	assert_true(stays_in_mask("v6.14", false));
	assert_false(stays_in_mask("v6.14~6db2526c1d69", false));
	assert_true(stays_in_mask("v6.14", true));
	assert_false(stays_in_mask("v6.15", true));
	assert_true(stays_in_mask("v6.15~fea4e317f9e7", true));
	assert_true(stays_in_mask("v6.15", false));
}

/* 4ce94eabac16: the own part depends on the mask, too, once others are in it. */
static bool flushed_outside_mask(const char *release)
{
	struct threads t;
	bool flushed;

	threads_open(&t, release);
	touch_page(&t, 0, 0);
	touch_page(&t, 1, 0);
	IN_PROCESS(&t.thread[0], ({
		t.mm->cpumask &= ~UINT64_C(1);
		flush_tlb_mm_range(t.mm, t.x, t.x + FRAME_SIZE, false);
		t.mm->cpumask |= 1;
		0;
	}));
	flushed = !has_page(&t, 0, 0);
	threads_close(&t);
	return flushed;
}

static void test_own_part(void **state)
{
	assert_true(flushed_outside_mask("v5.12"));
	assert_true(flushed_outside_mask("v5.13~4ce94eabac16"));
	assert_false(flushed_outside_mask("v5.13"));
}

/* ---- generations ---- */

/* Each flush has a number (f39681ed0f48), and whoever takes part is there afterwards. */
static void test_numbers(void **state)
{
	struct threads t;

	threads_open(&t, DEBIAN_OLD);
	touch_page(&t, 0, 0);
	touch_page(&t, 1, 0);
	assert_int_equal(t.mm->tlb_gen, 0);
	flush(&t, 0, 0, 1);
	flush(&t, 1, 0, 1);
	assert_int_equal(t.mm->tlb_gen, 2);
	for (unsigned i = 0; i < 2; i++) {
		const struct tlb_state *s = &t.w.m->cpu[i].tlbstate;

		assert_int_equal(s->ctx[s->asid].ctx_id, t.mm->ctx_id);
		assert_int_equal(s->ctx[s->asid].tlb_gen, 2);
	}
	threads_close(&t);
}

/* Behind by two: a flush of one page drops everything, for what the other asked is not known. */
static void test_behind(void **state)
{
	struct threads t;
	struct cpu *cpu;

	threads_open(&t, DEBIAN_OLD);
	cpu = &t.w.m->cpu[0];
	touch_page(&t, 0, 0);
	touch_page(&t, 0, 1);
	t.mm->tlb_gen++; /* somebody raised it and has not asked yet */
	touch_page(&t, 1, 2);
	flush(&t, 1, 0, 1);
	assert_int_equal(cpu->tlbstate.ctx[cpu->tlbstate.asid].tlb_gen, 2);
	assert_false(has_page(&t, 0, 0));
	assert_false(has_page(&t, 0, 1));
	threads_close(&t);
}

/* Caught up already: the interrupt that comes late drops nothing. */
static void test_up_to_date(void **state)
{
	struct threads t;
	struct cpu *cpu;

	threads_open(&t, DEBIAN_OLD);
	cpu = &t.w.m->cpu[0];
	touch_page(&t, 0, 0);
	touch_page(&t, 1, 0);
	cpu->tlbstate.ctx[cpu->tlbstate.asid].tlb_gen = 1; /* did number 1 by the way */
	flush(&t, 1, 0, 1);
	assert_true(has_page(&t, 0, 0));
	assert_false(has_page(&t, 1, 0));
	threads_close(&t);
}

/* Switched away when the flush came, back later: PCIDs keep the translations, the number tells. */
static void test_missed_while_away(void **state)
{
	struct threads t;

	threads_open(&t, DEBIAN_NEW);
	touch_page(&t, 0, 0);
	touch_page(&t, 1, 0);
	DO(t.w.q, (void)0);
	assert_int_equal(t.mm->cpumask, 2);
	flush(&t, 1, 0, 1);
	DO(t.w.p, (void)0);
	assert_false(has_page(&t, 0, 0));
	threads_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_page),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_from_outside),
		cmocka_unit_test(test_who_is_asked),
		cmocka_unit_test(test_own_part),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_behind),
		cmocka_unit_test(test_up_to_date),
		cmocka_unit_test(test_missed_while_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
