/* SPDX-License-Identifier: BSD-2-Clause */
/* The oracles that watch the kernel's own books: refcount, oops. */
#include "mm/mm_world.h"

/* ---- refcount ---- */

static void leaks(void *payload)
{
	const struct mm_world *w = payload;

	numasim_get_page(numasim_pmd_page(numasim_entry_read(numasim_mm_find_pmd(w->mm, w->x))));
}

static void leaks_a_new_page(void *payload)
{
	numasim_alloc_pages_node(0, 0, 0);
}

static void counts_a_mapping_too_many(void *payload)
{
	const struct mm_world *w = payload;

	numasim_page_remove_rmap(numasim_pmd_page(
		numasim_entry_read(numasim_mm_find_pmd(w->mm, w->x))));
}

static void leaves_it_locked(void *payload)
{
	const struct mm_world *w = payload;

	numasim_lock_page(numasim_pmd_page(numasim_entry_read(numasim_mm_find_pmd(w->mm, w->x))));
}

static void leaves_it_isolated(void *payload)
{
	const struct mm_world *w = payload;
	struct page *page = numasim_pmd_page(numasim_entry_read(numasim_mm_find_pmd(w->mm, w->x)));

	numasim_isolate_lru_page(page);
	numasim_put_page(page);
}

static void test_books(void **state)
{
	static const struct {
		void (*fn)(void *);
		const char *sentence;
	} cases[] = {
		{leaks, "references"},		    {leaks_a_new_page, "it leaks"},
		{counts_a_mapping_too_many, "map count"}, {leaves_it_locked, "still locked"},
		{leaves_it_isolated, "on no LRU list"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct mm_world w;

		mm_world_open(&w, NULL, true);
		mm_world_add(&w, "kernel", cases[i].fn, 0);
		mm_world_search(&w, NUMASIM_ENGINE_GRAPH, NULL);
		assert_int_equal(w.info.verdict, NUMASIM_VERDICT_BROKEN);
		assert_string_equal(w.info.oracle, "refcount");
		if (!strstr(w.info.sentence, cases[i].sentence))
			fail_msg("%s", w.info.sentence);
		mm_world_close(&w);
	}
}

/* ---- oops ---- */

static void puts_null(void *payload)
{
	numasim_put_page(NULL);
}

static void reads_no_entry(void *payload)
{
	uint64_t value = 0;

	numasim_entry_read(&value);
}

static void test_oops(void **state)
{
	static const struct {
		void (*fn)(void *);
		const char *sentence;
	} cases[] = {{puts_null, "put_page(NULL)"}, {reads_no_entry, "no entry of a page table"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct mm_world w;

		mm_world_open(&w, NULL, true);
		mm_world_add(&w, "kernel", cases[i].fn, 0);
		mm_world_search(&w, NUMASIM_ENGINE_GRAPH, NULL);
		assert_string_equal(w.info.oracle, "oops");
		assert_non_null(strstr(w.info.sentence, cases[i].sentence));
		mm_world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_books),
		cmocka_unit_test(test_oops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
