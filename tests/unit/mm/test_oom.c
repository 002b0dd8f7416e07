/* SPDX-License-Identifier: BSD-2-Clause */
/* No memory: nodes that are used up, and the n-th allocation failing, for every n. */
#include "system_world.h"

/* ---- injected failure ---- */

static long nth(struct system_world *w)
{
	uint64_t before = alloc_count(w->m);
	struct page *page[2];
	void *object;

	alloc_fail_nth(w->m, 2);
	page[0] = alloc_page_node(0, false, false);
	assert_non_null(page[0]);
	assert_null(kmalloc(40)); /* objects are counted with pages */
	object = kmalloc(40);
	assert_non_null(object);
	for (int i = 0; i < 40; i++)
		assert_int_equal(((char *)object)[i], 0);
	assert_int_equal(alloc_count(w->m), before + 3);
	alloc_fail_nth(w->m, 1);
	assert_null(alloc_page_near(0, true, false)); /* no other node is asked either */
	page[1] = alloc_page_near(0, true, false);
	assert_non_null(page[1]);
	alloc_fail_nth(w->m, 1);
	alloc_fail_nth(w->m, 0);
	kfree(object, 40);
	object = kmalloc(40);
	assert_non_null(object);
	kfree(object, 40);
	put_page(page[0]);
	put_page(page[1]);
	return 0;
}

static void test_nth(void **state)
{
	struct system_world w;

	system_open_small(&w, "debian-6.12.117");
	assert_int_equal(system_run(&w, nth), 0);
	system_close(&w);
}

/* From the second on none is there, pages and objects alike, but for what may not fail. */
static long for_good(struct system_world *w)
{
	uint64_t in_use = kmem_in_use(w->m);
	void *object, *sure;

	alloc_fail_from(w->m, 2);
	object = kmalloc(40);
	assert_non_null(object);
	for (int i = 0; i < 3; i++) {
		assert_null(kmalloc(40));
		assert_null(alloc_page_near(0, false, false));
	}
	sure = kmalloc_nofail(w->m, 24);
	assert_non_null(sure);
	assert_int_equal(kmem_in_use(w->m), in_use + 64);
	alloc_fail_from(w->m, 0);
	kfree(object, 40);
	kfree(sure, 24);
	assert_int_equal(kmem_in_use(w->m), in_use);
	object = kmalloc(40);
	assert_non_null(object);
	kfree(object, 40);
	kfree(NULL, 40);
	assert_int_equal(kmem_in_use(w->m), in_use);
	return 0;
}

static void test_for_good(void **state)
{
	struct system_world w;

	system_open_small(&w, "debian-6.12.117");
	assert_int_equal(system_run(&w, for_good), 0);
	system_close(&w);
}

/* An object that is larger than what is left of the arena is refused like any other. */
static long too_large(struct system_world *w)
{
	return kmalloc(MACHINE_ARENA) == NULL && kmalloc(16) != NULL;
}

static void test_too_large(void **state)
{
	struct system_world w;

	system_open_small(&w, "v3.13");
	assert_int_equal(system_run(&w, too_large), 1);
	system_close(&w);
}

/* The digest knows that a failure is due, and forgets it when it is over. */
static long digest_changes(struct system_world *w)
{
	struct digest before = exec_digest(&w->m->exec);

	alloc_fail_nth(w->m, 2);
	assert_false(digest_equal(before, exec_digest(&w->m->exec)));
	kfree(kmalloc(16), 16);
	assert_null(kmalloc(16));
	assert_true(digest_equal(before, exec_digest(&w->m->exec)));
	alloc_fail_from(w->m, 1);
	assert_null(kmalloc(16));
	assert_false(digest_equal(before, exec_digest(&w->m->exec))); /* the next fails, too */
	alloc_fail_from(w->m, 0);
	assert_true(digest_equal(before, exec_digest(&w->m->exec)));
	return 0;
}

static void test_digest(void **state)
{
	struct system_world w;

	system_open_small(&w, "v3.13");
	assert_int_equal(system_run(&w, digest_changes), 0);
	system_close(&w);
}

/* ---- a first touch, failing at each of its allocations ---- */

/* Touch fresh memory with allocation @n failing; how many allocations there were. */
static uint64_t touch_failing(struct system_world *w, uint64_t address, uint64_t n, int *ret)
{
	uint64_t before = alloc_count(w->m);

	alloc_fail_nth(w->m, n);
	*ret = numasim_process_store(w->process, address, 7);
	alloc_fail_nth(w->m, 0);
	return alloc_count(w->m) - before;
}

/* Either the store did not happen and can be made afterwards, or it happened by a fallback. */
static void fails_at_each(const char *release, bool huge)
{
	unsigned failed = 0, fallbacks = 0;
	uint64_t n = 0, allocations, value;

	do {
		struct system_world w;
		uint64_t address;
		int ret;

		system_open_small(&w, release);
		address = system_map(&w, HPAGE_SIZE, huge);
		n++;
		allocations = touch_failing(&w, address, n, &ret);
		assert_false(w.system->dead);
		failed += ret != 0;
		fallbacks += !ret && allocations >= n;
		assert_true(ret == 0 || ret == -EFAULT || ret == -ENOMEM);
		if (ret)
			assert_int_equal(numasim_process_store(w.process, address, 7), 0);
		assert_int_equal(numasim_process_load(&value, w.process, address), 0);
		assert_int_equal(value, 7);
		check_pages(w.m);
		if (w.m->exec.violation.found)
			fail_msg("%s, allocation %u fails: %s", release, (unsigned)n,
				 w.m->exec.violation.text);
		system_close(&w);
	} while (allocations >= n); /* it met its failure; the last one did not */
	assert_true(n > 4); /* tables and the page, at least */
	assert_true(failed > 0);
	if (huge)
		assert_true(fallbacks > 0); /* a huge page that is not there is 512 others */
}

static void test_first_touch(void **state)
{
	static const char *const release[] = {"v3.8", "v3.13", "debian-6.1.192", "debian-6.12.117"};

	for (size_t i = 0; i < sizeof(release) / sizeof(*release); i++) {
		fails_at_each(release[i], false);
		fails_at_each(release[i], true);
	}
}

/* ---- really none left ---- */

/* Write to fresh pages until the kernel says no: both nodes are at their reserve, what was
 * written stands, and the books are right. */
static void test_exhausted(void **state)
{
	static const char *const release[] = {"v3.8", "debian-6.12.117"};

	for (size_t i = 0; i < sizeof(release) / sizeof(*release); i++) {
		struct system_world w;
		uint64_t address, n = 0, value;

		system_open_small(&w, release[i]);
		address = system_map(&w, 40 * MIB, false);
		while (n < 40 * MIB / FRAME_SIZE &&
		       !numasim_process_store(w.process, address + n * FRAME_SIZE, n))
			n++;
		assert_in_range(n, 7000, 8192);
		assert_false(w.system->dead);
		for (unsigned node = 0; node < 2; node++)
			assert_in_range(w.m->node[node].nr_free, 1,
					zone_of(w.m, node)->watermark[WMARK_MIN]);
		for (uint64_t k = 0; k < n; k += 97) {
			assert_int_equal(numasim_process_load(&value, w.process,
							      address + k * FRAME_SIZE), 0);
			assert_int_equal(value, k);
		}
		assert_true(zone_of(w.m, 1)->stat[NUMA_STAT_MISS] > 3000);
		assert_int_equal(zone_of(w.m, 1)->stat[NUMA_STAT_MISS],
				 zone_of(w.m, 0)->stat[NUMA_STAT_FOREIGN]);
		check_pages(w.m);
		if (w.m->exec.violation.found)
			fail_msg("%s", w.m->exec.violation.text);
		system_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nth),
		cmocka_unit_test(test_for_good),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_first_touch),
		cmocka_unit_test(test_exhausted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
