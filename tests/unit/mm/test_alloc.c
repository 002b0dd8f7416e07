/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which node a page comes from, how far down nodes are used, and what is counted.
 *
 * Rows that a test here fails without: 795ae7a0de6b.
 */
#include "system_world.h"

/* ---- watermarks ---- */

struct marks {
	const char *release;
	uint64_t min, low, high;
};

/* Two nodes of 1 GiB: the square root of 16 * 2097152 KiB is 5792 KiB, 724 pages each. */
static void test_watermarks(void **state)
{
	static const struct marks marks[] = {
		{"v3.8", 724, 724 + 181, 724 + 362},
		{"v4.5", 724, 724 + 181, 724 + 362},
		{"v4.6", 724, 724 + 262, 724 + 524}, /* a thousandth of 262144 is more than 181 */
		{"debian-6.1.192", 724, 724 + 262, 724 + 524},
	};
	const uint64_t memory[] = {1024 * MIB, 1024 * MIB};

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		struct system_world w;

		system_open(&w, marks[i].release, 2, memory, NULL);
		for (int node = 0; node < 2; node++) {
			const uint64_t *mark = zone_of(w.m, node)->watermark;

			assert_int_equal(mark[WMARK_MIN], marks[i].min);
			assert_int_equal(mark[WMARK_LOW], marks[i].low);
			assert_int_equal(mark[WMARK_HIGH], marks[i].high);
		}
		system_close(&w);
	}
}

/*
 * min-free-256M, v5.10: 1 TiB asks for 131072 KiB, of which 65536 were the most before. The small
 * node, which has its share of it, is where pages come from: of the large one no page is touched,
 * so the host need not have the room.
 */
static void test_large_watermarks(void **state)
{
	const uint64_t memory[] = {64 * MIB, 1048576 * MIB};
	static const struct {
		const char *release;
		uint64_t min;
	} known[] = {{"v5.9", 16383}, {"v5.10~min-free-256M", 16383}, {"v5.10", 32766}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct system_world w;

		system_open(&w, known[i].release, 2, memory, NULL);
		assert_int_equal(zone_of(w.m, 1)->watermark[WMARK_MIN], known[i].min);
		assert_null(w.m->space[1].window);
		system_close(&w);
	}
}

/* The reserve is shared by size, and never less than 128 KiB in all. */
static void test_small_watermarks(void **state)
{
	const uint64_t memory[] = {2 * MIB, 6 * MIB};
	struct system_world w;

	system_open(&w, "v3.13", 2, memory, NULL);
	/* sqrt(16 * 8192) = 362 KiB, 90 pages */
	assert_int_equal(zone_of(w.m, 0)->watermark[WMARK_MIN], 22);
	assert_int_equal(zone_of(w.m, 1)->watermark[WMARK_MIN], 67);
	system_close(&w);
}

/* ---- fallback ---- */

static unsigned fallback_of(struct system_world *w, unsigned from, unsigned place)
{
	struct exec *outer = exec_current;
	unsigned node;

	exec_current = &w->m->exec;
	node = zonelist_from(w->m, from)[place];
	exec_current = outer;
	return node;
}

/* Distances need not be the same both ways; a node without memory is never taken from. Node 2 is
 * second from node 0, so node 1 spares it. */
static void test_fallback_by_distance(void **state)
{
	static const uint8_t distance[] = {
		10, 30, 20, 25,
		15, 10, 40, 40,
		20, 21, 10, 99,
		30, 20, 30, 10,
	};
	static const unsigned expected[4][3] = {{0, 2, 3}, {0, 3, 2}, {2, 0, 3}, {3, 0, 2}};
	const uint64_t memory[] = {8 * MIB, 0, 8 * MIB, 8 * MIB};
	struct system_world w;

	system_open(&w, "v3.13", 4, memory, distance);
	for (unsigned from = 0; from < 4; from++)
		for (unsigned i = 0, place = from == 1; i < 3; i++, place++)
			if (fallback_of(&w, from, place) != expected[from][i])
				fail_msg("from node %u, place %u: node %u", from, place,
					 fallback_of(&w, from, place));
	system_close(&w);
}

/* Among equals the next one up comes first, so that lists spread. */
static void test_fallback_spreads(void **state)
{
	const uint64_t memory[] = {8 * MIB, 8 * MIB, 8 * MIB, 8 * MIB};
	struct system_world w;

	system_open(&w, "v3.13", 4, memory, NULL);
	for (unsigned from = 0; from < 4; from++) {
		bool seen[4] = {false};

		assert_int_equal(fallback_of(&w, from, 0), from);
		for (unsigned place = 0; place < 4; place++)
			seen[fallback_of(&w, from, place)] = true;
		assert_true(seen[0] && seen[1] && seen[2] && seen[3]);
	}
	assert_int_equal(fallback_of(&w, 0, 1), 1);
	assert_int_equal(fallback_of(&w, 1, 1), 2);
	assert_int_equal(fallback_of(&w, 2, 1), 3);
	system_close(&w);
}

/* 54d032ced983, v5.16: two pairs of nodes. In the lists of nodes 0 to 2, node 0 came early twice,
 * node 1 once: node 3 takes node 1 first. Before, the last time only replaced the others. */
static void test_fallback_adds_up(void **state)
{
	static const uint8_t distance[] = {
		10, 12, 32, 32,
		12, 10, 32, 32,
		32, 32, 10, 12,
		32, 32, 12, 10,
	};
	static const struct {
		const char *release;
		unsigned third;
	} known[] = {{"v5.15", 0}, {"v5.16~54d032ced983", 0}, {"v5.16", 1}};
	const uint64_t memory[] = {8 * MIB, 8 * MIB, 8 * MIB, 8 * MIB};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct system_world w;

		system_open(&w, known[i].release, 4, memory, distance);
		assert_int_equal(fallback_of(&w, 3, 1), 2);
		assert_int_equal(fallback_of(&w, 3, 2), known[i].third);
		assert_int_equal(fallback_of(&w, 3, 3), !known[i].third);
		system_close(&w);
	}
}

/* ---- effort ---- */

static long take_all(struct system_world *w, gfp_t gfp, unsigned node)
{
	long n = 0;

	while (alloc_pages_nodes(gfp | GFP_THISNODE, 0, node, NULL))
		n++;
	return n;
}

static long effort(struct system_world *w)
{
	const uint64_t *mark = zone_of(w->m, 0)->watermark;
	uint64_t frames = w->m->node[0].nr_frames;

	take_all(w, GFP_NOWAIT, 0);
	assert_int_equal(w->m->node[0].nr_free, mark[WMARK_LOW]);
	take_all(w, 0, 0);
	assert_int_equal(w->m->node[0].nr_free, mark[WMARK_MIN]);
	assert_int_equal(pcp_count(w->m, 0), 0); /* what CPUs kept was asked for too */
	take_all(w, GFP_HIGH, 0);
	assert_int_equal(w->m->node[0].nr_free, mark[WMARK_MIN] - mark[WMARK_MIN] / 2);
	assert_true(system_used(w, 0) < frames);
	assert_null(alloc_pages_nodes(GFP_THISNODE, HPAGE_ORDER, 0, NULL));
	assert_non_null(alloc_pages_nodes(0, HPAGE_ORDER, 0, NULL)); /* from node 1 */
	return 0;
}

static void test_effort(void **state)
{
	static const char *const release[] = {"v3.8", "v3.13", "v5.10", "debian-6.12.117"};

	for (size_t i = 0; i < sizeof(release) / sizeof(*release); i++) {
		struct system_world w;

		system_open_small(&w, release[i]);
		system_run(&w, effort);
		system_close(&w);
	}
}

/* ---- counters ---- */

static uint64_t stat_of(const struct system_world *w, unsigned node, enum numa_stat item)
{
	return zone_of(w->m, node)->stat[item];
}

static long counts(struct system_world *w)
{
	struct nodeset only_1 = {{0}};
	struct zone before[2] = {*zone_of(w->m, 0), *zone_of(w->m, 1)};
	uint64_t got = w->m->mm->vm_event[VM_EVENT_PGALLOC_NORMAL];
	uint64_t freed = w->m->mm->vm_event[VM_EVENT_PGFREE];
	struct page *page;

	nodeset_add(&only_1, 1);
	put_page(alloc_pages_nodes(0, 0, 0, NULL));		/* hit, local on 0 */
	put_page(alloc_pages_nodes(0, HPAGE_ORDER, 1, NULL));	/* hit, other on 1 */
	put_page(alloc_pages_nodes(0, 0, 0, &only_1));		/* 1 is the first that may: a hit */
	assert_int_equal(stat_of(w, 0, NUMA_STAT_HIT), before[0].stat[NUMA_STAT_HIT] + 1);
	assert_int_equal(stat_of(w, 0, NUMA_STAT_LOCAL), before[0].stat[NUMA_STAT_LOCAL] + 1);
	assert_int_equal(stat_of(w, 1, NUMA_STAT_HIT), before[1].stat[NUMA_STAT_HIT] + 2);
	assert_int_equal(stat_of(w, 1, NUMA_STAT_OTHER), before[1].stat[NUMA_STAT_OTHER] + 2);
	assert_int_equal(w->m->mm->vm_event[VM_EVENT_PGALLOC_NORMAL], got + 514);
	assert_int_equal(w->m->mm->vm_event[VM_EVENT_PGFREE], freed + 514);
	take_all(w, 0, 0);
	page = alloc_pages_nodes(0, 0, 0, NULL);
	assert_int_equal(page->node, 1);
	assert_int_equal(stat_of(w, 1, NUMA_STAT_MISS), before[1].stat[NUMA_STAT_MISS] + 1);
	assert_int_equal(stat_of(w, 0, NUMA_STAT_FOREIGN), before[0].stat[NUMA_STAT_FOREIGN] + 1);
	assert_int_equal(stat_of(w, 1, NUMA_STAT_OTHER), before[1].stat[NUMA_STAT_OTHER] + 3);
	return 0;
}

static void test_counters(void **state)
{
	struct system_world w;

	system_open_small(&w, "debian-6.1.192");
	assert_int_equal(system_run(&w, counts), 0);
	system_close(&w);
}

/* ---- orders ---- */

static long orders(struct system_world *w)
{
	uint64_t used = system_used(w, 0);
	struct page *page[11];

	for (unsigned order = 0; order <= 10; order++) {
		page[order] = alloc_pages_nodes(0, order, 0, NULL);
		assert_non_null(page[order]);
		assert_int_equal(page[order]->count, 1);
		assert_int_equal(page_order(page[order]), order);
		assert_int_equal(page_to_pfn(w->m, page[order]) % (1 << order), 0);
	}
	assert_int_equal(!!(page[9]->flags & PAGE_HEAD), 1);
	assert_int_equal(system_used(w, 0), used + 2047);
	assert_null(alloc_pages_nodes(0, 11, 0, NULL));
	for (unsigned order = 0; order <= 10; order++)
		put_page(page[order]);
	assert_int_equal(system_used(w, 0), used);
	return 0;
}

static void test_orders(void **state)
{
	struct system_world w;

	system_open_small(&w, "debian-6.12.117");
	assert_int_equal(system_run(&w, orders), 0);
	system_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_watermarks),
		cmocka_unit_test(test_small_watermarks),
		cmocka_unit_test(test_large_watermarks),
		cmocka_unit_test(test_fallback_by_distance),
		cmocka_unit_test(test_fallback_spreads),
		cmocka_unit_test(test_fallback_adds_up),
		cmocka_unit_test(test_effort),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
