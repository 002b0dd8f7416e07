/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Batches on the way to the LRU:
 *
 *	new page | in the batch: one more reference, nobody can isolate it
 *	         |                     | full, or drained: on the LRU, the reference is dropped
 *
 * Rows that a test here fails without: 13f7f78981e4, 8f182270dfec, pagevec-15, 9c4e6b1a7027,
 * pagevec-31.
 */
#include "system_world.h"

static struct page *new_page(void)
{
	struct page *page = alloc_page_node(0, false, false);

	page->flags |= PAGE_SWAPBACKED;
	lru_cache_add(page);
	return page;
}

/* How many pages are added until the first is on its list. */
static long pages_until_full(struct system_world *w)
{
	struct page *first, *page;
	long n = 1;

	lru_add_drain();
	for (first = page = new_page(); !(first->flags & PAGE_LRU); n++) {
		assert_int_equal(first->count, 2);
		assert_int_equal(lru_batch_holds(w->m, first), 1);
		assert_false(isolate_lru_page(first));
		page = new_page();
	}
	assert_int_equal(first->count, 1);
	assert_int_equal(lru_batch_holds(w->m, first), 0);
	assert_true(isolate_lru_page(first));
	assert_int_equal(first->count, 2);
	return page->flags & PAGE_LRU ? n : n - 1; /* the last one filled it, or came too late */
}

struct size {
	const char *release;
	long pages;
	bool huge_waits;
};

static long huge_waits(struct system_world *w)
{
	struct page *page = alloc_page_node(0, true, false);

	lru_cache_add(page);
	return !(page->flags & PAGE_LRU);
}

static void test_sizes(void **state)
{
	static const struct size size[] = {
		{"v3.8", 14, true},	     {"v3.13", 14, true},
		{"v4.6", 14, true},	     {"v4.7", 14, false},
		{"v4.15", 14, false},	     {"v4.16", 15, false},
		{"debian-6.1.192", 15, false}, {"debian-6.12.117", 31, false},
	};

	for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++) {
		struct system_world w;

		system_open_small(&w, size[i].release);
		assert_int_equal(system_run(&w, pages_until_full), size[i].pages);
		assert_int_equal(system_run(&w, huge_waits), size[i].huge_waits);
		system_close(&w);
	}
}

/* ---- draining ---- */

static struct page *waiting;

static long make_one(struct system_world *w)
{
	waiting = new_page();
	return waiting->flags & PAGE_LRU;
}

static long drain_own(struct system_world *w)
{
	lru_add_drain();
	return !!(waiting->flags & PAGE_LRU);
}

static long drain_all(struct system_world *w)
{
	lru_add_drain_all();
	return !!(waiting->flags & PAGE_LRU);
}

/* A CPU drains its own pages, lru_add_drain_all() those of all. */
static void test_whose_batch(void **state)
{
	struct numasim_process *other;
	struct system_world w;

	system_open_small(&w, "debian-6.1.192");
	assert_int_equal(numasim_process_create(&other, w.system, "Q", 2, NULL), 0);
	assert_int_equal(IN_PROCESS(other, make_one(&w)), 0);
	assert_int_equal(system_run(&w, drain_own), 0);
	assert_int_equal(system_run(&w, drain_all), 1);
	assert_int_equal(waiting->count, 1);
	assert_int_equal(system_run(&w, make_one), 0);
	assert_int_equal(IN_PROCESS(other, drain_own(&w)), 0);
	assert_int_equal(system_run(&w, drain_own), 1);
	system_close(&w);
}

/* A page that only its batch holds is freed when the batch lets go. */
static long free_in_batch(struct system_world *w)
{
	uint64_t used = system_used(w, 0);
	struct page *page = new_page();

	put_page(page);
	assert_false(page->flags & PAGE_FREE);
	assert_int_equal(system_used(w, 0), used + 1);
	lru_add_drain();
	assert_true(page->flags & PAGE_FREE);
	assert_int_equal(system_used(w, 0), used);
	return 0;
}

static void test_freed_with_the_batch(void **state)
{
	struct system_world w;

	system_open_small(&w, "debian-6.12.117");
	assert_int_equal(system_run(&w, free_in_batch), 0);
	system_close(&w);
}

/* At the end of a set-up all are on their lists, those that nobody holds are free. */
static long leave_two(struct system_world *w)
{
	waiting = new_page();
	put_page(new_page());
	return 0;
}

static void test_end_of_setup(void **state)
{
	struct system_world w;
	uint64_t used;

	system_open_small(&w, "v3.13");
	used = system_used(&w, 0);
	system_run(&w, leave_two);
	lru_drain_setup(w.m);
	assert_true(waiting->flags & PAGE_LRU);
	assert_int_equal(waiting->count, 1);
	assert_int_equal(system_used(&w, 0), used + 1);
	system_close(&w);
}

/* ---- which list ---- */

/* To v3.10 active and inactive pages have batches of their own. */
static long two_kinds(struct system_world *w)
{
	struct page *first = new_page(), *page;
	long n = 1;

	for (; !(first->flags & PAGE_LRU) && n < 40; n++) {
		page = alloc_page_node(0, false, false);
		page->flags |= PAGE_SWAPBACKED | PAGE_ACTIVE;
		lru_cache_add(page);
	}
	return n;
}

static void test_a_batch_per_list(void **state)
{
	struct system_world w;

	system_open_small(&w, "v3.10");
	assert_int_equal(system_run(&w, two_kinds), 40);
	system_close(&w);
	system_open_small(&w, "v3.11");
	assert_int_equal(system_run(&w, two_kinds), 15);
	system_close(&w);
}

static long locked_mapping(struct system_world *w)
{
	struct vm_area_struct vma = {.vm_flags = VM_LOCKED};
	struct page *page = alloc_page_node(0, false, false);
	long at_once;

	page->flags |= PAGE_SWAPBACKED | PAGE_ACTIVE;
	lru_cache_add_vma(page, &vma);
	at_once = !!(page->flags & PAGE_LRU);
	lru_add_drain();
	assert_int_equal(page->flags & (PAGE_LRU | PAGE_MLOCKED | PAGE_UNEVICTABLE | PAGE_ACTIVE),
			 PAGE_LRU | PAGE_MLOCKED | PAGE_UNEVICTABLE);
	return at_once;
}

static void test_locked_mappings(void **state)
{
	struct system_world w;

	system_open_small(&w, "v4.16");
	assert_int_equal(system_run(&w, locked_mapping), 1);
	system_close(&w);
	system_open_small(&w, "v4.17");
	assert_int_equal(system_run(&w, locked_mapping), 0);
	system_close(&w);
}

static long accessed(struct system_world *w)
{
	struct page *page = new_page();

	page->flags &= ~(PAGE_ACTIVE | PAGE_REFERENCED);
	mark_page_accessed(page);
	assert_int_equal(page->flags & (PAGE_ACTIVE | PAGE_REFERENCED), PAGE_REFERENCED);
	mark_page_accessed(page);
	assert_int_equal(page->flags & (PAGE_ACTIVE | PAGE_REFERENCED), PAGE_ACTIVE);
	mark_page_accessed(page);
	assert_int_equal(page->flags & (PAGE_ACTIVE | PAGE_REFERENCED),
			 PAGE_ACTIVE | PAGE_REFERENCED);
	return 0;
}

static void test_accessed(void **state)
{
	struct system_world w;

	system_open_small(&w, "v3.13");
	assert_int_equal(system_run(&w, accessed), 0);
	system_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_whose_batch),
		cmocka_unit_test(test_freed_with_the_batch),
		cmocka_unit_test(test_end_of_setup),
		cmocka_unit_test(test_a_batch_per_list),
		cmocka_unit_test(test_locked_mappings),
		cmocka_unit_test(test_accessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
