/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Per-CPU lists of free pages: their sizes, who gets a freed page, when pages go back.
 *
 * Rows that a test here fails without: d8a759b57035, b92ca18e8ca5.
 */
#include "system_world.h"

struct sizes {
	const char *release;
	unsigned batch, high;
};

/* Nodes of 1 GiB and two CPUs: a thousandth of a node is 256 pages; the low watermark is that of
 * test_alloc.c. */
static void test_sizes(void **state)
{
	static const struct sizes sizes[] = {
		{"v3.8", 31, 186},
		{"v4.18", 31, 186},
		{"v4.19", 63, 378},
		{"v5.13", 63, 378},
		{"v5.14", 63, 986 / 2},
		{"debian-6.12.117", 63, 986 / 2},
	};
	const uint64_t memory[] = {1024 * MIB, 1024 * MIB};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct system_world w;

		system_open(&w, sizes[i].release, 2, memory, NULL);
		assert_int_equal(zone_of(w.m, 1)->batch, sizes[i].batch);
		assert_int_equal(zone_of(w.m, 1)->high, sizes[i].high);
		system_close(&w);
	}
}

/* A batch comes at a time, from the bottom; the page freed last is the first to be taken. */
static long batches(struct system_world *w)
{
	struct page *page[200];
	uint64_t free, pfn;

	pcp_drain_all(w->m);
	free = w->m->node[0].nr_free;
	page[0] = alloc_page_node(0, false, false);
	assert_int_equal(w->m->node[0].nr_free, free - 31);
	assert_int_equal(pcp_count(w->m, 0), 30);
	pfn = page_to_pfn(w->m, page[0]);
	for (int i = 1; i < 31; i++)
		page[i] = alloc_page_node(0, false, false);
	assert_int_equal(pcp_count(w->m, 0), 0);
	assert_true(page_to_pfn(w->m, page[30]) > pfn);
	put_page(page[7]);
	put_page(page[3]);
	assert_true(page[3]->flags & PAGE_FREE);
	assert_int_equal(w->m->node[0].nr_free, free - 31);
	assert_ptr_equal(alloc_page_node(0, false, false), page[3]);
	assert_ptr_equal(alloc_page_node(0, false, false), page[7]);
	for (int i = 31; i < 200; i++)
		page[i] = alloc_page_node(0, false, false);
	for (int i = 0; i < 200; i++) {
		put_page(page[i]);
		assert_true(pcp_count(w->m, 0) < 186);
	}
	assert_true(pcp_count(w->m, 0) >= 186 - 31);
	pcp_drain_all(w->m);
	assert_int_equal(pcp_count(w->m, 0), 0);
	assert_int_equal(w->m->node[0].nr_free, free);
	return 0;
}

static void test_batches(void **state)
{
	const uint64_t memory[] = {256 * MIB, 256 * MIB};
	struct system_world w;

	system_open(&w, "v3.13", 2, memory, NULL);
	for (unsigned i = 0; i < 2; i++) {
		zone_of(w.m, i)->batch = 31;
		zone_of(w.m, i)->high = 186;
	}
	assert_int_equal(system_run(&w, batches), 0);
	system_close(&w);
}

/* What another CPU keeps is not lost: it comes back before the answer is no. */
static long all_of_it(struct system_world *w)
{
	uint64_t mark = zone_of(w->m, 0)->watermark[WMARK_MIN];

	while (alloc_page_node(0, false, false))
		;
	assert_int_equal(pcp_count(w->m, 0), 0);
	assert_in_range(w->m->node[0].nr_free, 0, mark);
	return 0;
}

static long keep_some(struct system_world *w)
{
	put_page(alloc_page_node(0, false, false));
	return pcp_count(w->m, 0);
}

static void test_drained_before_failing(void **state)
{
	const uint64_t memory[] = {64 * MIB, 64 * MIB};
	struct numasim_process *other;
	struct system_world w;

	system_open(&w, "v4.19", 2, memory, NULL);
	assert_int_equal(numasim_process_create(&other, w.system, "Q", 1, NULL), 0);
	assert_in_range(IN_PROCESS(other, keep_some(&w)), 1, 31);
	assert_int_equal(system_run(&w, all_of_it), 0);
	system_close(&w);
}

/* A machine of the explorer keeps nothing back: everybody gets what anybody freed. */
static void test_off_at_boot(void **state)
{
	struct system_world w;

	system_open_small(&w, "v3.13");
	for (unsigned i = 0; i < 2; i++)
		zone_of(w.m, i)->high = 0;
	assert_int_equal(system_run(&w, keep_some), 0);
	system_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_drained_before_failing),
		cmocka_unit_test(test_off_at_boot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
