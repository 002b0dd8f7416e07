/* SPDX-License-Identifier: BSD-2-Clause */
/* The oracles that watch what user space sees: kernel code with one mistake each fires them. */
#include "mm/mm_world.h"

/* ---- lost-write: a page is moved and a processor still writes to the old one ---- */

static void move_page(const struct mm_world *w, bool flush_first)
{
	uint64_t *pmd = numasim_mm_find_pmd(w->mm, w->x), old;
	struct page *from, *to = numasim_alloc_pages_node(1, NUMASIM_GFP_THISNODE,
							  NUMASIM_HPAGE_PMD_ORDER);

	old = numasim_entry_read(pmd);
	from = numasim_pmd_page(old);
	if (flush_first)
		old = numasim_pmdp_clear_flush(w->vma, w->x, pmd);
	numasim_copy_page(to, from);
	numasim_page_add_new_anon_rmap(to, w->vma, w->x);
	numasim_lock_take(numasim_pmd_lockptr(w->mm, pmd));
	numasim_set_entry_at(w->mm, w->x, pmd,
			     numasim_pmd_mkwrite(numasim_pmd_mkdirty(numasim_mk_huge_pmd(
				     to, numasim_vma_page_prot(w->vma)))));
	numasim_lock_release(numasim_pmd_lockptr(w->mm, pmd));
	if (!flush_first)
		numasim_flush_tlb_range(w->vma, w->x, w->x + HPAGE_SIZE);
	numasim_page_remove_rmap(from);
	numasim_put_page(from);
}

/* Holding mmap_sem for writing keeps faults away while the entry is empty. */
static void moves_safely(void *payload)
{
	const struct mm_world *w = payload;

	numasim_rwsem_write(numasim_mmap_sem(w->mm));
	move_page(w, true);
	numasim_rwsem_release_write(numasim_mmap_sem(w->mm));
}

static void moves_carelessly(void *payload)
{
	const struct mm_world *w = payload;

	numasim_rwsem_write(numasim_mmap_sem(w->mm));
	move_page(w, false);
	numasim_rwsem_release_write(numasim_mmap_sem(w->mm));
}

static void writes_two(void *payload)
{
	const struct mm_world *w = payload;

	numasim_user_store(w->x, 2);
}

static void test_lost_write(void **state)
{
	struct mm_world *w = *state;

	mm_world_add(w, "writer", writes_two, 0);
	mm_world_add(w, "mover", moves_carelessly, 1);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, "lost-write");
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
	assert_non_null(strstr(w->info.sentence, "the write is lost"));
}

static void test_no_lost_write(void **state)
{
	struct mm_world *w = *state;

	mm_world_add(w, "writer", writes_two, 0);
	mm_world_add(w, "mover", moves_safely, 1);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, NULL);
	if (w->info.verdict == NUMASIM_VERDICT_BROKEN)
		fail_msg("%s: %s", w->info.oracle, w->info.sentence);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
	assert_false(w->info.partial);
}

/* A load that returns what was never stored there: the kernel scribbles over the page. */
static void scribbles(void *payload)
{
	const struct mm_world *w = payload;
	struct page *page = numasim_pmd_page(numasim_entry_read(numasim_mm_find_pmd(w->mm, w->x)));
	struct page *other = numasim_alloc_pages_node(0, 0, NUMASIM_HPAGE_PMD_ORDER);

	numasim_copy_page(page, other);
	numasim_put_page(other);
}

static void reads(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value;

	numasim_user_load(&value, w->x);
}

static void test_wrong_load(void **state)
{
	struct mm_world *w = *state;

	mm_world_add(w, "reader", reads, 0);
	mm_world_add(w, "kernel", scribbles, 0);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, "lost-write");
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
}

/* ---- use-after-free ---- */

static void frees_under_the_writer(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t *pmd = numasim_mm_find_pmd(w->mm, w->x);
	uint64_t old = numasim_entry_get_and_clear(w->mm, w->x, pmd); /* and no flush */

	numasim_page_remove_rmap(numasim_pmd_page(old));
	numasim_put_page(numasim_pmd_page(old));
}

static void test_store_to_a_freed_frame(void **state)
{
	struct mm_world *w = *state;

	mm_world_add(w, "writer", writes_two, 0);
	mm_world_add(w, "kernel", frees_under_the_writer, 1);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, "use-after-free");
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
	assert_non_null(strstr(w->info.sentence, "a frame that was freed"));
}

static void looks_at_a_freed_page(void *payload)
{
	struct page *page = numasim_alloc_pages_node(0, 0, 0);

	numasim_put_page(page);
	numasim_page_count(page);
}

static void test_descriptor_of_a_freed_page(void **state)
{
	struct mm_world *w = *state;

	mm_world_add(w, "kernel", looks_at_a_freed_page, 0);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, NULL);
	assert_string_equal(w->info.oracle, "use-after-free");
	assert_non_null(strstr(w->info.sentence, "kernel reads the reference count of page"));
}

/* ---- stale-tlb: a flush that leaves out a processor ---- */

static void flushes_without_cpu_0(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t *pmd = numasim_mm_find_pmd(w->mm, w->x);

	numasim_rwsem_write(numasim_mmap_sem(w->mm));
	numasim_set_entry_at(w->mm, w->x, pmd,
			     numasim_pmd_wrprotect(numasim_entry_read(pmd)));
	numasim_flush_tlb_range(w->vma, w->x, w->x + HPAGE_SIZE);
	numasim_set_entry_at(w->mm, w->x, pmd, numasim_pmd_mkwrite(numasim_entry_read(pmd)));
	numasim_rwsem_release_write(numasim_mmap_sem(w->mm));
}

static void test_stale_tlb(void **state)
{
	struct mm_world *w = *state;

	mm_world_add(w, "user", reads, 0);
	mm_world_add(w, "kernel", flushes_without_cpu_0, 1);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, "stale-tlb");
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
	w->mm->cpumask &= ~UINT64_C(1); /* from now on nobody tells CPU 0 */
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, "stale-tlb");
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_BROKEN);
	assert_non_null(strstr(w->info.sentence, "CPU 0 still translates"));
}

/* ---- what is right stays quiet, also with page walkers and two-step walks ---- */

static void test_quiet(void **state)
{
	for (int two_steps = 0; two_steps < 2; two_steps++) {
		struct numasim_program_options options = {.walk_is_step = two_steps,
							  .walker_budget = 1};
		struct mm_world w;

		mm_world_open(&w, &options, true);
		mm_world_add(&w, "writer", writes_two, 0);
		mm_world_add(&w, "mover", moves_safely, 1);
		mm_world_search(&w, NUMASIM_ENGINE_GRAPH, NULL);
		if (w.info.verdict != NUMASIM_VERDICT_HOLDS)
			fail_msg("%s", w.info.sentence);
		mm_world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUGE_TEST(test_lost_write),
		HUGE_TEST(test_no_lost_write),
		HUGE_TEST(test_wrong_load),
		HUGE_TEST(test_store_to_a_freed_frame),
		HUGE_TEST(test_descriptor_of_a_freed_page),
		HUGE_TEST(test_stale_tlb),
		cmocka_unit_test(test_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
