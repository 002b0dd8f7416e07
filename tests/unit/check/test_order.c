/* SPDX-License-Identifier: BSD-2-Clause */
/* The oracles' own books order the steps that write and read them: an engine that leaves out one of
 * two orders of independent steps must not leave out the one that breaks. */
#include "mm/mm_world.h"

/* The page moves, and CPU 0 is never told: it goes on with the old one, which nobody frees. */
static void moves_and_tells_nobody(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t *pmd = numasim_mm_find_pmd(w->mm, w->x);
	uint64_t old = numasim_entry_get_and_clear(w->mm, w->x, pmd);
	struct page *to = numasim_alloc_pages_node(1, NUMASIM_GFP_THISNODE,
						   NUMASIM_HPAGE_PMD_ORDER);

	numasim_copy_page(to, numasim_pmd_page(old));
	numasim_set_entry_at(w->mm, w->x, pmd,
			     numasim_pmd_mkwrite(numasim_pmd_mkdirty(numasim_mk_huge_pmd(
				     to, numasim_vma_page_prot(w->vma)))));
}

static void writes_two(void *payload)
{
	const struct mm_world *w = payload;

	numasim_user_store(w->x, 2);
}

static void writes_three(void *payload)
{
	const struct mm_world *w = payload;

	numasim_user_store(w->x, 3);
}

static void reads(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value;

	numasim_user_load(&value, w->x);
}

static void open_moved(struct mm_world *w)
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_CPU, .id = 8};

	mm_world_open(w, NULL, true);
	seat.mm = w->mm;
	if (numasim_program_setup(w->program, moves_and_tells_nobody, w, &seat, &w->err))
		fail_msg("%s", w->err.text);
}

/*
 *   CPU 0, old page    CPU 8, new page
 *   x = 2
 *                      x = 3               3 was promised last, and stands in the new page
 *
 *                      x = 3
 *   x = 2                                  2 was promised last: it is lost
 *
 * The two stores reach different frames by different ways: only the promise is common to them.
 */
static void test_two_stores(void **state)
{
	for (int engine = NUMASIM_ENGINE_GRAPH; engine <= NUMASIM_ENGINE_TREE_MERGED; engine++) {
		struct mm_world w;

		open_moved(&w);
		mm_world_add(&w, "late", writes_two, 0);
		mm_world_add(&w, "right", writes_three, 1);
		mm_world_search(&w, engine, "lost-write");
		assert_int_equal(w.info.verdict, NUMASIM_VERDICT_BROKEN);
		assert_non_null(strstr(w.info.sentence, "2 was stored to"));
		if (engine != NUMASIM_ENGINE_GRAPH)
			assert_int_equal(w.info.classes, 2);
		mm_world_close(&w);
	}
}

/* Loads promise nothing: their order is nobody's business. */
static void test_two_loads(void **state)
{
	struct mm_world w;

	open_moved(&w);
	mm_world_add(&w, "late", reads, 0);
	mm_world_add(&w, "right", reads, 1);
	mm_world_search(&w, NUMASIM_ENGINE_TREE, "lost-write");
	assert_int_equal(w.info.verdict, NUMASIM_VERDICT_HOLDS);
	assert_true(w.info.schedules > 1);
	assert_int_equal(w.info.classes, 1);
	mm_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_stores),
		cmocka_unit_test(test_two_loads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
