/* SPDX-License-Identifier: BSD-2-Clause */
/* Migration by hint faults: the page ends up on the faulting node with what it held, the books add
 * up, and the old frame is free. */
#include "mm_world.h"

static void arms(void *payload)
{
	const struct mm_world *w = payload;

	numasim_change_prot_numa(w->vma, w->x, numasim_vma_end(w->vma));
}

static void loads(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value = 0;

	numasim_assert(numasim_user_load(&value, w->x));
	numasim_assert(value == 1);
}

static void run_on(struct mm_world *w, void (*fn)(void *), unsigned node)
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_NODE, .id = node, .mm = w->mm};

	if (numasim_program_setup(w->program, fn, w, &seat, &w->err))
		fail_msg("%s", w->err.text);
}

static const struct page *page_of(const struct mm_world *w, bool huge)
{
	return entry_frame_page(w->m, *entry_find(w->m, w->mm, w->x, huge ? 2 : 1), huge ? 2 : 1);
}

/*
 * Hint faults from the other node until the page has moved; its filters want the same node twice in
 * some releases. Returns how many it took, 0: never.
 */
static unsigned move(struct mm_world *w, bool huge)
{
	for (unsigned n = 1; n <= 4; n++) {
		run_on(w, arms, 0);
		run_on(w, loads, 1);
		if (page_of(w, huge)->node == 1)
			return n;
	}
	return 0;
}

static void test_moves(void **state)
{
	static const char *const releases[] = {"v3.8", "v3.12", "v3.13-rc4", "v3.13"};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++) {
		for (int huge = 0; huge < 2; huge++) {
			struct numasim_program_options options = {.release = releases[i]};
			bool armed = !huge || i >= 2; /* A16: to v3.12 no huge page is armed */
			const struct page *page;
			struct mm_world w;

			mm_world_open(&w, &options, huge);
			if (!!move(&w, huge) != armed)
				fail_msg("%s, %s page", releases[i], huge ? "huge" : "base");
			page = page_of(&w, huge);
			assert_int_equal(page->mapcount, 1);
			assert_int_equal(page->count, 1);
			assert_true(page->flags & PAGE_LRU);
			assert_false(page->flags & PAGE_LOCKED);
			if (armed)
				assert_int_equal(w.m->mm->vm_event[VM_EVENT_NUMA_PAGES_MIGRATED],
						 huge ? BLOCK_FRAMES : 1);
			run_on(&w, loads, 0);
			mm_world_close(&w);
		}
	}
}

/* The frame that it came from can be had again. */
static void test_the_old_frame_is_free(void **state)
{
	struct mm_world *w = *state;
	uint64_t free_before = w->m->node[0].nr_free;

	assert_true(move(w, true) > 0);
	assert_int_equal(w->m->node[0].nr_free, free_before + BLOCK_FRAMES);
}

/* A page that somebody else holds stays, and is accessible again. */
static void holds(void *payload)
{
	const struct mm_world *w = payload;

	numasim_get_page(numasim_pmd_page(numasim_entry_read(numasim_mm_find_pmd(w->mm, w->x))));
}

static void test_a_page_that_is_held_stays(void **state)
{
	struct mm_world *w = *state;

	run_on(w, holds, 0);
	assert_int_equal(move(w, true), 0);
	assert_int_equal(page_of(w, true)->node, 0);
	assert_int_equal(page_of(w, true)->count, 2);
	run_on(w, loads, 0);
	assert_int_equal(w->m->mm->vm_event[VM_EVENT_NUMA_PAGES_MIGRATED], 0);
}

/* Nowhere to go: it stays, too. */
static void empties_node_1(void *payload)
{
	while (numasim_alloc_pages_node(1, NUMASIM_GFP_THISNODE, NUMASIM_HPAGE_PMD_ORDER))
		;
}

static void test_a_full_node(void **state)
{
	struct mm_world *w = *state;

	run_on(w, empties_node_1, 0);
	assert_int_equal(move(w, true), 0);
	run_on(w, loads, 0);
	run_on(w, loads, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves),
		HUGE_TEST(test_the_old_frame_is_free),
		HUGE_TEST(test_a_page_that_is_held_stays),
		HUGE_TEST(test_a_full_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
