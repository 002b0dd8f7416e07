/* SPDX-License-Identifier: BSD-2-Clause */
/* Flushes: here, then on every other processor that has the address space, and only then back. */
#include "mm_world.h"

static void touches(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value;

	numasim_user_load(&value, w->x);
}

static struct cpu *cpu_with_id(const struct mm_world *w, unsigned id)
{
	for (unsigned i = 0; i < w->m->nr_cpus; i++)
		if (w->m->cpu[i].id == id)
			return &w->m->cpu[i];
	return NULL;
}

/* Bring x into the TLB of CPU @id. */
static void cache_on(struct mm_world *w, unsigned id)
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_CPU, .id = id, .mm = w->mm};

	assert_int_equal(numasim_program_setup(w->program, touches, w, &seat, &w->err), 0);
	assert_int_equal(cpu_with_id(w, id)->tlb->nr, 1);
}

static void flushes(void *payload)
{
	const struct mm_world *w = payload;

	numasim_flush_tlb_range(w->vma, w->x, w->x + FRAME_SIZE);
	for (unsigned i = 0; i < w->m->nr_cpus; i++)
		numasim_assert(w->m->cpu[i].tlb->nr == 0);
}

/* From CPU 0: gone on 0, 3 and 8 by the time the flush returns. */
static void test_everywhere(void **state)
{
	struct mm_world *w = *state;

	cache_on(w, 3);
	cache_on(w, 8);
	mm_world_run(w, flushes);
}

/* In every order, with somebody using the page all the time: what is loaded after is not old. */
static void uses(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value;

	for (int i = 0; i < 3; i++)
		numasim_user_load(&value, w->x);
}

static void write_protects(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t *pmd = numasim_mm_find_pmd(w->mm, w->x), old;

	numasim_rwsem_write(numasim_mmap_sem(w->mm));
	old = numasim_entry_read(pmd);
	numasim_set_entry_at(w->mm, w->x, pmd, numasim_pmd_wrprotect(old));
	numasim_flush_tlb_range(w->vma, w->x, w->x + HPAGE_SIZE);
	for (unsigned i = 0; i < w->m->nr_cpus; i++)
		for (unsigned k = 0; k < w->m->cpu[i].tlb->nr; k++)
			numasim_assert(!w->m->cpu[i].tlb->entry[k].rw);
	numasim_set_entry_at(w->mm, w->x, pmd, old);
	numasim_rwsem_release_write(numasim_mmap_sem(w->mm));
}

static void test_nothing_old_is_left(void **state)
{
	struct mm_world *w = *state;

	mm_world_add(w, "user", uses, 0);
	mm_world_add(w, "other", uses, 1);
	mm_world_add(w, "kernel", write_protects, 1);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, NULL);
	if (w->info.verdict != NUMASIM_VERDICT_HOLDS)
		fail_msg("%s", w->info.sentence);
	assert_true(w->info.states > 100);
}

/* A processor that has interrupts off keeps the flusher waiting. */
static void turns_interrupts_off(void *payload)
{
	struct mm_world *w = payload;

	numasim_local_irq_disable();
	numasim_page_count(numasim_pmd_page(
		numasim_entry_read(numasim_mm_find_pmd(w->mm, w->x))));
	if (this_cpu()->ipi[0].pending || this_cpu()->ipi[1].pending)
		numasim_assert(this_cpu()->tlb->nr == 1); /* asked, and not answered */
	numasim_local_irq_enable();
}

static void test_interrupts_off(void **state)
{
	struct mm_world *w = *state;

	mm_world_add(w, "off", turns_interrupts_off, 0);
	mm_world_add(w, "kernel", flushes, 1);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, NULL);
	if (w->info.verdict != NUMASIM_VERDICT_HOLDS)
		fail_msg("%s", w->info.sentence);
}

static void never_turns_them_on(void *payload)
{
	numasim_local_irq_disable();
}

static void test_interrupts_off_for_ever(void **state)
{
	struct mm_world *w = *state;

	mm_world_add(w, "off", never_turns_them_on, 0);
	mm_world_add(w, "kernel", flushes, 1);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, NULL);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
	assert_string_equal(w->info.oracle, "deadlock");
	assert_non_null(strstr(w->info.sentence, "kernel waits for interrupts of CPU 0"));
}

/* ---- the flag that says that a flush is pending ---- */

static void raises_twice(const struct mm_world *w, bool counts)
{
	numasim_assert(!numasim_mm_tlb_flush_pending(w->mm));
	numasim_set_tlb_flush_pending(w->mm);
	numasim_set_tlb_flush_pending(w->mm);
	numasim_assert(numasim_mm_tlb_flush_pending(w->mm));
	numasim_clear_tlb_flush_pending(w->mm);
	numasim_assert(numasim_mm_tlb_flush_pending(w->mm) == counts);
	numasim_clear_tlb_flush_pending(w->mm);
	numasim_assert(numasim_mm_tlb_flush_pending(w->mm) == false);
}

static void is_a_boolean(void *payload)
{
	raises_twice(payload, false);
}

static void is_a_counter(void *payload)
{
	raises_twice(payload, true);
}

static void test_pending(void **state)
{
	for (int counter = 0; counter < 2; counter++) {
		struct numasim_program_options options = {
			.release = counter ? "v3.13+16af97dc5a89" : "v3.13"};
		struct mm_world w;

		mm_world_open(&w, &options, true);
		mm_world_run(&w, counter ? is_a_counter : is_a_boolean);
		mm_world_close(&w);
	}
}

/* ---- a TLB that is full ---- */

static void touches_many(void *payload)
{
	const struct mm_world *w = payload;

	for (uint64_t i = 0; i <= CPU_TLB_ENTRIES; i++)
		numasim_user_store(w->x + i * FRAME_SIZE, 1);
}

/* A search that comes there is undecided, whatever oracles are on, and says why. */
static void expect_undecided(struct mm_world *w, const struct numasim_seat *seat)
{
	assert_int_equal(numasim_program_add(w->program, "a", touches_many, w, seat, &w->err), 0);
	for (int engine = NUMASIM_ENGINE_GRAPH; engine <= NUMASIM_ENGINE_TREE_MERGED; engine++) {
		mm_world_search(w, engine, "deadlock");
		assert_int_equal(w->info.verdict, NUMASIM_VERDICT_UNDECIDED);
		assert_non_null(strstr(w->info.undecided, "the model has no room for that"));
	}
	w->program->nr_contexts = 0; /* and the next search starts afresh */
	assert_int_equal(numasim_program_add(w->program, "b", touches, w, seat, &w->err), 0);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, NULL);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
}

/* One translation more than the model keeps is said loudly, and none is lost in silence. */
static void test_full_tlb(void **state)
{
	struct numasim_seat seat = {0};
	struct mm_world *w = *state;

	assert_int_equal(numasim_program_map(&w->vma, w->program, w->mm,
					     (CPU_TLB_ENTRIES + 1) * FRAME_SIZE,
					     NUMASIM_MAP_READ | NUMASIM_MAP_WRITE, &w->err), 0);
	w->x = numasim_vma_start(w->vma);
	seat.mm = w->mm;
	seat.where = NUMASIM_SEAT_CPU;
	seat.id = 5;
	assert_int_equal(numasim_program_setup(w->program, touches_many, w, &seat, &w->err),
			 -ENOSPC);
	assert_non_null(strstr(w->err.text, "translations: the model has no room for that"));
	expect_undecided(w, &seat);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUGE_TEST(test_everywhere),
		HUGE_TEST(test_nothing_old_is_left),
		HUGE_TEST(test_interrupts_off),
		HUGE_TEST(test_interrupts_off_for_ever),
		cmocka_unit_test(test_pending),
		BASE_TEST(test_full_tlb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
