/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that change LRU lists do so when their CPU's batch is full or drained:
 *
 *	asked for | in the batch: one more reference, flags as before
 *	          |                                        | drained: on the other list
 */
#include "system_world.h"

#include "mm/lru_batch.h"

static const char *const all[] = {"v3.8", "v3.11", "v4.7", "v5.10", "v5.11", "debian-6.1.192"};

static void run(const char *release, long (*fn)(struct system_world *w))
{
	struct system_world w;

	system_open_small(&w, release);
	assert_int_equal(system_run(&w, fn), 0);
	system_close(&w);
}

/* A page of its own on a list, with one reference. */
static struct page *listed_page(uint32_t flags)
{
	struct page *page = alloc_page_node(0, false, false);

	page->flags |= flags;
	lru_cache_add(page);
	lru_add_drain();
	page->flags |= flags; /* lists that keep generations have dropped marks */
	assert_true(page->flags & PAGE_LRU);
	return page;
}

static bool waits(struct system_world *w, const struct page *page)
{
	return lru_batch_holds(w->m, page) == 1 && page->count == 2;
}

static long activated(struct system_world *w)
{
	struct page *page = listed_page(PAGE_SWAPBACKED), *locked;

	mark_page_accessed(page);
	assert_int_equal(page->flags & (PAGE_REFERENCED | PAGE_ACTIVE), PAGE_REFERENCED);
	assert_false(waits(w, page));
	mark_page_accessed(page);
	assert_int_equal(page->flags & (PAGE_REFERENCED | PAGE_ACTIVE), 0);
	assert_true(waits(w, page));
	lru_add_drain();
	assert_int_equal(page->flags & (PAGE_LRU | PAGE_ACTIVE), PAGE_LRU | PAGE_ACTIVE);
	assert_int_equal(page->count, 1);
	locked = listed_page(PAGE_SWAPBACKED | PAGE_UNEVICTABLE | PAGE_REFERENCED);
	mark_page_accessed(locked);
	assert_false(waits(w, locked));
	return 0;
}

static void test_activated(void **state)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		run(all[i], activated);
}

/* A page that is new on this CPU: from v3.11 on it is active where it waits. */
static long activated_in_batch(struct system_world *w)
{
	struct page *page = alloc_page_node(0, false, false);
	long active;

	lru_cache_add(page);
	mark_page_accessed(page);
	mark_page_accessed(page);
	active = !!(page->flags & PAGE_ACTIVE);
	assert_int_equal(!!(page->flags & PAGE_REFERENCED), !active);
	return active;
}

static void test_activated_in_batch(void **state)
{
	static const struct {
		const char *release;
		long active;
	} era[] = {{"v3.8", 0}, {"v3.10", 0}, {"v3.11", 1}, {"debian-6.1.192", 1}};

	for (size_t i = 0; i < sizeof(era) / sizeof(*era); i++) {
		struct system_world w;

		system_open_small(&w, era[i].release);
		assert_int_equal(system_run(&w, activated_in_batch), era[i].active);
		system_close(&w);
	}
}

/* Lists that keep generations have tiers instead (seen on 6.12.117). */
static long raised(struct system_world *w)
{
	struct page *page = listed_page(PAGE_SWAPBACKED);

	mark_page_accessed(page);
	assert_int_equal(page->flags & (PAGE_REFERENCED | PAGE_WORKINGSET), PAGE_REFERENCED);
	mark_page_accessed(page);
	assert_true(page->flags & PAGE_WORKINGSET);
	assert_false(page->flags & PAGE_ACTIVE);
	assert_int_equal(lru_batch_holds(w->m, page), 0);
	return 0;
}

static void test_generations(void **state)
{
	run("debian-6.12.117", raised);
}

static long deactivated(struct system_world *w)
{
	struct page *page = listed_page(PAGE_SWAPBACKED | PAGE_ACTIVE), *idle, *file;

	deactivate_page(page);
	assert_true(waits(w, page));
	assert_true(page->flags & PAGE_ACTIVE);
	lru_add_drain();
	assert_int_equal(page->flags & (PAGE_LRU | PAGE_ACTIVE), PAGE_LRU);
	idle = listed_page(PAGE_SWAPBACKED);
	deactivate_page(idle); /* it is not active: nothing to do */
	assert_false(waits(w, idle));
	file = listed_page(PAGE_ACTIVE);
	deactivate_file_page(file);
	assert_true(waits(w, file));
	assert_true(file->flags & PAGE_ACTIVE);
	lru_add_drain();
	assert_false(file->flags & PAGE_ACTIVE);
	return 0;
}

static void test_deactivated(void **state)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		run(all[i], deactivated);
}

/* Between the asking and the draining somebody locks the page, or takes it off its list. */
static long looked_at_again(struct system_world *w)
{
	struct page *locked = listed_page(PAGE_SWAPBACKED | PAGE_ACTIVE);
	struct page *taken = listed_page(PAGE_SWAPBACKED | PAGE_ACTIVE);

	deactivate_page(locked);
	deactivate_page(taken);
	locked->flags |= PAGE_UNEVICTABLE;
	assert_true(isolate_lru_page(taken));
	lru_add_drain();
	assert_true(locked->flags & PAGE_ACTIVE);
	assert_true(locked->flags & PAGE_LRU);
	assert_true(taken->flags & PAGE_ACTIVE);
	assert_false(taken->flags & PAGE_LRU);
	assert_int_equal(taken->count, 2); /* the isolation's */
	return 0;
}

static void test_looked_at_again(void **state)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		run(all[i], looked_at_again);
}

static uint64_t lazy_events(const struct system_world *w)
{
	return w->m->mm->vm_event[VM_EVENT_PGLAZYFREE];
}

/* v4.12+: all of a batch's pages are swap-backed until the last one comes. */
static long lazy_batch(struct system_world *w)
{
	struct page *page[LRU_BATCH_MOST + 1];
	long n = 0;

	for (unsigned i = 0; i <= LRU_BATCH_MOST; i++)
		page[i] = listed_page(PAGE_SWAPBACKED | PAGE_ANON);
	while (n <= LRU_BATCH_MOST && page[0]->flags & PAGE_SWAPBACKED)
		mark_page_lazyfree(page[n++]);
	assert_int_equal(lazy_events(w), n);
	return n;
}

static void test_lazy(void **state)
{
	static const struct {
		const char *release;
		long pages;
	} era[] = {{"v4.12", 14}, {"v4.16", 15}, {"debian-6.1.192", 15}, {"debian-6.12.117", 31}};

	for (size_t i = 0; i < sizeof(era) / sizeof(*era); i++) {
		struct system_world w;

		system_open_small(&w, era[i].release);
		assert_int_equal(system_run(&w, lazy_batch), era[i].pages);
		system_close(&w);
	}
}

/* To v4.11 MADV_FREE makes an active page inactive; it stays swap-backed. */
static long lazy_before(struct system_world *w)
{
	struct page *page = listed_page(PAGE_SWAPBACKED | PAGE_ANON | PAGE_ACTIVE);

	mark_page_lazyfree(page);
	assert_true(page->flags & PAGE_ACTIVE);
	lru_add_drain();
	assert_int_equal(page->flags & (PAGE_ACTIVE | PAGE_SWAPBACKED), PAGE_SWAPBACKED);
	assert_int_equal(lazy_events(w), 0);
	return 0;
}

static void test_lazy_before(void **state)
{
	run("v4.11", lazy_before);
}

/* A drain by anybody else's hand, and the end of a set-up, which takes no steps. */
static long drained_all(struct system_world *w)
{
	struct page *page = listed_page(PAGE_SWAPBACKED | PAGE_ACTIVE), *again;

	deactivate_page(page);
	lru_add_drain_all();
	assert_false(page->flags & PAGE_ACTIVE);
	again = listed_page(PAGE_SWAPBACKED | PAGE_ACTIVE);
	deactivate_page(again);
	lru_drain_setup(w->m);
	assert_false(again->flags & PAGE_ACTIVE);
	assert_int_equal(again->count, 1);
	assert_int_equal(lru_batch_holds(w->m, again), 0);
	return 0;
}

static void test_drained(void **state)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		run(all[i], drained_all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_activated),
		cmocka_unit_test(test_activated_in_batch),
		cmocka_unit_test(test_generations),
		cmocka_unit_test(test_deactivated),
		cmocka_unit_test(test_looked_at_again),
		cmocka_unit_test(test_lazy),
		cmocka_unit_test(test_lazy_before),
		cmocka_unit_test(test_drained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
