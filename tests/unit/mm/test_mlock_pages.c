/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What mlock(2), munlock(2) and unmapping make of pages: Mlocked, Unevictable, unevictable_pgs_*.
 *
 * Rows that a test here fails without: 7225522bb429, unevictable-pages, 2fbb0c10d1e8,
 * mlock-huge-later.
 *
 * Longer than 300 lines because one set of helpers serves base pages and huge ones.
 */
#include "system_world.h"

#include "mm/lru_batch.h"
#include "mm/mlock.h"
#include "mm/split.h"

#include <sys/mman.h>

#define LOCKED (PAGE_MLOCKED | PAGE_UNEVICTABLE)

static const char *const all[] = {"v3.8", "v3.11", "v3.12", "v4.3", "v4.16", "v4.17", "v5.10",
				  "v5.11", "v5.17", "v5.18", "debian-6.1.192", "v6.6", "v6.7",
				  "debian-6.12.117"};
#define NR_ALL (sizeof(all) / sizeof(*all))

static uint64_t event_of(const struct system_world *w, enum vm_event event)
{
	return w->m->mm->vm_event[event];
}
#define EVENT(name) event_of(&w, VM_EVENT_UNEVICTABLE_PG##name)

static struct page *page_at(const struct system_world *w, uint64_t address)
{
	const uint64_t *pte = entry_find(w->m, w->mm, address, 1);

	if (!pte)
		return pfn_to_page(w->m, kernel_pmd_pfn(w->m->kernel,
							*entry_find(w->m, w->mm, address, 2)));
	return pfn_to_page(w->m, kernel_pte_pfn(w->m->kernel, *pte));
}

static uint32_t lock_flags(const struct system_world *w, uint64_t address)
{
	const struct page *page = page_at(w, address);

	assert_true(page->flags & PAGE_LRU);
	return page->flags & LOCKED;
}

static bool since(const struct system_world *w, enum kernel_row row)
{
	return kernel_has(w->m->kernel, row);
}

/* ---- pages that are there, and new ones ---- */

static void lock_four(struct system_world *wp, uint64_t p)
{
	struct system_world w = *wp;

	assert_int_equal(numasim_touch(w.process, p, 4096, true), 0);
	numasim_system_drain(w.system);
	assert_int_equal(lock_flags(&w, p), 0);
	assert_int_equal(numasim_sys_mlock(w.process, p, 4 * 4096), 0);
	numasim_system_drain(w.system);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(lock_flags(&w, p + i * 4096), LOCKED);
	assert_int_equal(EVENT(MLOCKED), 4);
	/* to v4.16 new pages do not come from another list */
	assert_int_equal(EVENT(CULLED), since(&w, ROW_MLOCK_BATCHED) ? 4 : 1);
}

static void test_there_and_back(void **state)
{
	for (size_t i = 0; i < NR_ALL; i++) {
		struct system_world w;
		uint64_t p;

		system_open_small(&w, all[i]);
		p = system_map(&w, 4 * 4096, false);
		lock_four(&w, p);
		assert_int_equal(numasim_sys_munlock(w.process, p, 2 * 4096), 0);
		numasim_system_drain(w.system);
		assert_int_equal(lock_flags(&w, p), 0);
		assert_int_equal(lock_flags(&w, p + 4096), 0);
		assert_int_equal(lock_flags(&w, p + 2 * 4096), LOCKED);
		assert_int_equal(EVENT(MUNLOCKED), 2);
		assert_int_equal(EVENT(RESCUED), 2);
		assert_int_equal(numasim_sys_munmap(w.process, p, 4 * 4096), 0);
		assert_int_equal(EVENT(MUNLOCKED), 4);
		assert_int_equal(EVENT(RESCUED), 4);
		assert_int_equal(EVENT(CLEARED) + EVENT(STRANDED), 0);
		system_close(&w);
	}
}

/* mlockall(), munlockall(); a page that is locked twice is locked once. */
static void test_all_of_it(void **state)
{
	for (size_t i = 0; i < NR_ALL; i++) {
		struct system_world w;
		uint64_t p;

		system_open_small(&w, all[i]);
		p = system_map(&w, 4 * 4096, false);
		assert_int_equal(numasim_sys_mlockall(w.process, MCL_CURRENT), 0);
		assert_int_equal(numasim_sys_mlock(w.process, p, 4 * 4096), 0);
		assert_int_equal(EVENT(MLOCKED), 4);
		assert_int_equal(numasim_sys_munlockall(w.process), 0);
		numasim_system_drain(w.system);
		assert_int_equal(EVENT(MUNLOCKED), 4);
		assert_int_equal(lock_flags(&w, p), 0);
		system_close(&w);
	}
}

/* mlock2(MLOCK_ONFAULT): what is there is locked, what is not comes when it is used. */
static void test_on_fault(void **state)
{
	static const char *const release[] = {"v4.4", "v5.17", "debian-6.1.192",
					      "debian-6.12.117"};

	for (size_t i = 0; i < sizeof(release) / sizeof(*release); i++) {
		struct system_world w;
		uint64_t p;

		system_open_small(&w, release[i]);
		p = system_map(&w, 4 * 4096, false);
		assert_int_equal(numasim_touch(w.process, p, 4096, true), 0);
		assert_int_equal(numasim_sys_mlock2(w.process, p, 4 * 4096, 1), 0);
		assert_int_equal(EVENT(MLOCKED), 1);
		assert_int_equal(numasim_touch(w.process, p + 4096, 4096, true), 0);
		numasim_system_drain(w.system);
		assert_int_equal(EVENT(MLOCKED), 2);
		assert_int_equal(lock_flags(&w, p), LOCKED);
		assert_int_equal(lock_flags(&w, p + 4096), LOCKED);
		system_close(&w);
	}
}

/* ---- a page that two mappings lock ---- */

static void test_locked_twice(void **state)
{
	for (size_t i = 0; i < NR_ALL; i++) {
		struct system_world w;
		uint64_t p;
		long q;

		system_open_small(&w, all[i]);
		p = (uint64_t)numasim_sys_mmap(w.process, 0, 4096, PROT_READ | PROT_WRITE,
					       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		assert_int_equal(numasim_sys_mlock(w.process, p, 4096), 0);
		/* mremap() of nothing: the same shared page a second time, in a locked mapping */
		q = numasim_sys_mremap(w.process, p, 0, 4096, MREMAP_MAYMOVE, 0);
		assert_true(q > 0);
		assert_int_equal(numasim_sys_mlock(w.process, (uint64_t)q, 4096), 0);
		numasim_system_drain(w.system);
		assert_ptr_equal(page_at(&w, p), page_at(&w, (uint64_t)q));
		assert_int_equal(lock_flags(&w, p), LOCKED);
		assert_int_equal(numasim_sys_munlock(w.process, p, 4096), 0);
		numasim_system_drain(w.system);
		assert_int_equal(lock_flags(&w, p), LOCKED);
		assert_int_equal(numasim_sys_munlock(w.process, (uint64_t)q, 4096), 0);
		numasim_system_drain(w.system);
		assert_int_equal(lock_flags(&w, p), 0);
		system_close(&w);
	}
}

/* ---- the batch of v5.18+ ---- */

static struct page *first_page(struct system_world *w)
{
	return page_at(w, vma_first(w->mm)->vm_start);
}

static long in_batch(struct system_world *w)
{
	struct page *page = first_page(w);

	mlock_page(page);
	assert_int_equal(page->flags & (LOCKED | PAGE_LRU), PAGE_MLOCKED | PAGE_LRU);
	assert_int_equal(lru_batch_holds(w->m, page), 1);
	lru_add_drain();
	assert_int_equal(page->flags & LOCKED, LOCKED);
	mlock_page(page); /* by somebody else */
	munlock_page(page);
	lru_add_drain();
	assert_int_equal(page->flags & LOCKED, LOCKED);
	munlock_page(page);
	assert_int_equal(page->flags & LOCKED, LOCKED);
	lru_add_drain();
	assert_int_equal(page->flags & (LOCKED | PAGE_LRU | PAGE_MLOCK_COUNT), PAGE_LRU);
	assert_int_equal(lru_batch_holds(w->m, page), 0);
	return 0;
}

/* Who has the page off its list meanwhile leaves it on the wrong one. */
static long stranded(struct system_world *w)
{
	struct page *page = first_page(w);

	mlock_page(page);
	lru_add_drain();
	assert_true(isolate_lru_page(page));
	munlock_page(page);
	lru_add_drain();
	assert_int_equal(page->flags & LOCKED, PAGE_UNEVICTABLE);
	assert_int_equal(event_of(w, VM_EVENT_UNEVICTABLE_PGSTRANDED), 1);
	assert_int_equal(event_of(w, VM_EVENT_UNEVICTABLE_PGMUNLOCKED), 0);
	putback_lru_page(page);
	lru_add_drain();
	assert_int_equal(page->flags & (LOCKED | PAGE_LRU), PAGE_LRU);
	assert_int_equal(event_of(w, VM_EVENT_UNEVICTABLE_PGRESCUED), 1);
	return 0;
}

static void test_batch(void **state)
{
	static const char *const release[] = {"v5.18", "debian-6.1.192", "debian-6.12.117"};
	static long (*const fn[])(struct system_world *w) = {in_batch, stranded};

	for (size_t i = 0; i < 6; i++) {
		struct system_world w;

		system_open_small(&w, release[i / 2]);
		assert_int_equal(numasim_touch(w.process, system_map(&w, 4096, false), 4096, true),
				 0);
		numasim_system_drain(w.system);
		assert_int_equal(system_run(&w, fn[i % 2]), 0);
		system_close(&w);
	}
}

/* ---- v3.12: batches of munlock() leave new pages of this CPU where they wait ---- */

static void test_munlock_drains(void **state)
{
	for (size_t i = 1; i < 3; i++) {
		struct system_world w;
		struct page *other;
		uint64_t p, q;

		system_open_small(&w, all[i]);
		p = system_map(&w, 4096, false);
		q = system_map(&w, 4096, false);
		assert_int_equal(numasim_sys_mlock(w.process, p, 4096), 0);
		assert_int_equal(numasim_touch(w.process, q, 4096, true), 0);
		other = page_at(&w, q);
		assert_false(other->flags & PAGE_LRU);
		assert_int_equal(numasim_sys_munlock(w.process, p, 4096), 0);
		assert_int_equal(!!(other->flags & PAGE_LRU), !since(&w, ROW_MUNLOCK_BATCHED));
		system_close(&w);
	}
}

/* ---- huge pages ---- */

static void test_huge_counts(void **state)
{
	static const struct {
		const char *release;
		uint64_t pages;
	} era[] = {{"v4.17", 1}, {"v5.8", 1}, {"v5.9", 512}, {"debian-6.1.192", 512},
		   {"debian-6.12.117", 512}};

	for (size_t i = 0; i < sizeof(era) / sizeof(*era); i++) {
		struct system_world w;
		uint64_t p;

		system_open_small(&w, era[i].release);
		p = system_map(&w, HPAGE_SIZE, true);
		assert_int_equal(numasim_sys_mlock(w.process, p, HPAGE_SIZE), 0);
		numasim_system_drain(w.system);
		assert_int_equal(EVENT(MLOCKED), era[i].pages);
		assert_int_equal(EVENT(CULLED), era[i].pages);
		assert_int_equal(lock_flags(&w, p), LOCKED);
		assert_int_equal(numasim_sys_munlock(w.process, p, HPAGE_SIZE), 0);
		numasim_system_drain(w.system);
		assert_int_equal(EVENT(MUNLOCKED), era[i].pages);
		assert_int_equal(lock_flags(&w, p), 0);
		system_close(&w);
	}
}

static uint64_t huge;

static long split_entry(struct system_world *w)
{
	split_huge_pmd(find_vma(w->mm, huge), entry_find(w->m, w->mm, huge, 2), huge);
	return 0;
}

/* v6.7+: mlock() of a huge page that is mapped in parts, all of them, locks it. */
static void test_huge_in_parts(void **state)
{
	static const char *const release[] = {"debian-6.1.192", "v6.6", "v6.7",
					      "debian-6.12.117"};

	for (size_t i = 0; i < 4; i++) {
		struct system_world w;
		uint64_t p;

		system_open_small(&w, release[i]);
		p = system_map(&w, HPAGE_SIZE, true);
		assert_int_equal(numasim_touch(w.process, p, 4096, true), 0);
		huge = p;
		assert_int_equal(system_run(&w, split_entry), 0);
		assert_int_equal(numasim_sys_mlock(w.process, p + 4096, 4096), 0);
		assert_int_equal(lock_flags(&w, p), 0);
		assert_int_equal(numasim_sys_munlock(w.process, p, HPAGE_SIZE), 0);
		assert_int_equal(numasim_sys_mlock(w.process, p, HPAGE_SIZE), 0);
		assert_int_equal(lock_flags(&w, p), i < 2 ? 0 : LOCKED);
		assert_int_equal(numasim_sys_munlock(w.process, p, HPAGE_SIZE), 0);
		assert_int_equal(lock_flags(&w, p), 0);
		system_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_all_of_it),
		cmocka_unit_test(test_on_fault),
		cmocka_unit_test(test_locked_twice),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_munlock_drains),
		cmocka_unit_test(test_huge_counts),
		cmocka_unit_test(test_huge_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
