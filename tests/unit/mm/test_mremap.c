/* SPDX-License-Identifier: BSD-2-Clause */
/* mremap() and advice by release, and that contents go where they should. */
#include "call_world.h"

static uint64_t load(struct call_world *w, unsigned page)
{
	uint64_t value = UINT64_MAX;

	numasim_process_load(&value, w->p, W + P(page));
	return value;
}

static void fill(struct call_world *w, unsigned page, unsigned pages)
{
	for (unsigned i = 0; i < pages; i++)
		assert_int_equal(numasim_process_store(w->p, W + P(page + i), 1000 + page + i), 0);
}

static const char *const releases[] = {"v3.8", "v3.13", "v4.4", "v4.20", "v5.10",
				       "debian-6.1.192", "debian-6.12.117"};

static void moves_contents(void **state)
{
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		struct call_world w;

		call_open(&w, releases[i]);
		map_at(&w, 0, 8, RW);
		fill(&w, 0, 8);
		assert_int_equal(CALL(&w, sys_mremap(W + P(2), P(3), P(5),
						     MREMAP_MAYMOVE | MREMAP_FIXED, W + P(100))),
				 W + P(100));
		assert_int_equal(load(&w, 100), 1002);
		assert_int_equal(load(&w, 102), 1004);
		assert_int_equal(load(&w, 103), 0);
		assert_false(store(&w, 2));
		assert_int_equal(load(&w, 1), 1001);
		assert_int_equal(load(&w, 5), 1005);
		assert_int_equal(w.mm->total_vm, 10);
		assert_int_equal(CALL(&w, sys_mremap(W + P(100), P(5), P(2), 0, 0)), W + P(100));
		assert_false(store(&w, 102));
		assert_int_equal(w.mm->total_vm, 7);
		assert_int_equal(w.mm->mmap_sem.writer | w.mm->mmap_sem.readers, 0);
		call_close(&w);
	}
}

static void grows(const char *release, unsigned end)
{
	struct call_world w;
	long ret;

	call_open(&w, release);
	map_at(&w, 0, 4, RW);
	map_at(&w, 6, 4, RW);
	ret = CALL(&w, sys_mremap(W, P(4), P(6), 0, 0));
	assert_int_equal(ret, W);
	assert_vma(&w, 0, 0, end);
	call_close(&w);
}

/* Growing up to a neighbour: one mapping from v6.0 on (ca3d76b0aa80). */
static void grown_together(void **state)
{
	grows("v5.19", 6);
	grows("v6.0", 10);
}

/* e346b3813067 */
static void dontunmap(void **state)
{
	const unsigned long flags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
	struct call_world w;

	call_open(&w, "v5.6");
	map_at(&w, 0, 4, RW);
	assert_int_equal(CALL(&w, sys_mremap(W, P(4), P(4), flags, W + P(100))), -EINVAL);
	call_close(&w);
	call_open(&w, "v5.7");
	map_at(&w, 0, 4, RW);
	fill(&w, 0, 4);
	assert_int_equal(CALL(&w, sys_mremap(W, P(4), P(4), flags, W + P(100))), W + P(100));
	assert_int_equal(load(&w, 103), 1003);
	assert_int_equal(load(&w, 3), 0);
	CALL(&w, sys_mmap(W + P(8), P(4), RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, NULL, 0));
	assert_int_equal(CALL(&w, sys_mremap(W + P(8), P(4), P(4), flags, W + P(200))), -EINVAL);
	call_close(&w);
}

/* dba58d3b8c50 */
static void old_special_cases(void **state)
{
	struct call_world w;

	call_open(&w, "v4.13");
	map_at(&w, 0, 4, RW);
	fill(&w, 0, 4);
	/* a copy without contents, of a private mapping */
	assert_int_equal(CALL(&w, sys_mremap(W, 0, P(2), MREMAP_MAYMOVE | MREMAP_FIXED,
					     W + P(100))), W + P(100));
	assert_int_equal(load(&w, 100), 0);
	assert_int_equal(load(&w, 0), 1000);
	/* nothing is mapped there, and to shrink it succeeds */
	assert_int_equal(CALL(&w, sys_mremap(W + P(300), P(2), P(1), 0, 0)), W + P(300));
	call_close(&w);
	call_open(&w, "v4.14");
	map_at(&w, 0, 4, RW);
	assert_int_equal(CALL(&w, sys_mremap(W, 0, P(2), MREMAP_MAYMOVE, 0)), -EINVAL);
	call_close(&w);
}

/* Each behaviour came with a release: 854e9ed09ded, d2cd9ede6e19, 9c276cc65a58, 4ca9b3859dac,
 * 9457056ac426. */
static void advice_by_release(void **state)
{
	static const struct {
		int behavior;
		const char *before, *since;
	} advice[] = {
		{MADV_FREE, "v4.4", "v4.5"}, {MADV_WIPEONFORK, "v4.13", "v4.14"},
		{MADV_KEEPONFORK, "v4.13", "v4.14"}, {MADV_COLD, "v5.3", "v5.4"},
		{MADV_PAGEOUT, "v5.3", "v5.4"}, {MADV_POPULATE_READ, "v5.13", "v5.14"},
		{MADV_POPULATE_WRITE, "v5.13", "v5.14"}, {MADV_DONTNEED_LOCKED, "v5.17", "v5.18"},
	};

	for (size_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
		struct call_world w;

		call_open(&w, advice[i].before);
		map_at(&w, 0, 4, RW);
		assert_int_equal(CALL(&w, sys_madvise(W, P(4), advice[i].behavior)), -EINVAL);
		call_close(&w);
		call_open(&w, advice[i].since);
		map_at(&w, 0, 4, RW);
		assert_int_equal(CALL(&w, sys_madvise(W, P(4), advice[i].behavior)), 0);
		call_close(&w);
	}
}

static void dontneed_forgets(void **state)
{
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		struct call_world w;

		call_open(&w, releases[i]);
		map_at(&w, 0, 4, RW);
		fill(&w, 0, 4);
		assert_int_equal(CALL(&w, sys_madvise(W + P(1), P(2), MADV_DONTNEED)), 0);
		assert_int_equal(load(&w, 0), 1000);
		assert_int_equal(load(&w, 1), 0);
		assert_int_equal(load(&w, 3), 1003);
		call_close(&w);
	}
}

/* The row huge-advice-twice. */
static void huge_advice_twice(void **state)
{
	struct call_world w;

	call_open(&w, "v4.4");
	map_at(&w, 0, 4, RW);
	assert_int_equal(CALL(&w, sys_madvise(W, P(4), MADV_HUGEPAGE)), 0);
	assert_int_equal(CALL(&w, sys_madvise(W, P(4), MADV_HUGEPAGE)), -EINVAL);
	call_close(&w);
	call_open(&w, "v4.5");
	map_at(&w, 0, 4, RW);
	assert_int_equal(CALL(&w, sys_madvise(W, P(4), MADV_HUGEPAGE)), 0);
	assert_int_equal(CALL(&w, sys_madvise(W, P(4), MADV_HUGEPAGE)), 0);
	assert_int_equal(CALL(&w, sys_mmap(W + P(8), P(1), RW,
					   MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, NULL, 0)),
			 W + P(8));
	assert_int_equal(CALL(&w, sys_madvise(W + P(8), P(1), MADV_HUGEPAGE)), -EINVAL);
	call_close(&w);
}

/* Faulted in at once: what is locked, populated, or made writable while locked. */
static void populates(void **state)
{
	struct call_world w;
	uint64_t faults;

	call_open(&w, "debian-6.12.117");
	faults = w.system->machine->mm->vm_event[VM_EVENT_PGFAULT];
	map_at(&w, 0, 8, RW);
	assert_int_equal(CALL(&w, sys_mlock(W, P(3))), 0);
	assert_int_equal(w.mm->rss[MM_ANONPAGES], 3);
	assert_int_equal(CALL(&w, sys_mlock2(W + P(3), P(1), MLOCK_ONFAULT)), 0);
	assert_int_equal(w.mm->rss[MM_ANONPAGES], 3);
	assert_int_equal(w.mm->locked_vm, 4);
	CALL(&w, sys_mmap(W + P(8), P(2), RW, FIXED | MAP_POPULATE, NULL, 0));
	assert_int_equal(w.mm->rss[MM_ANONPAGES], 5);
	CALL(&w, sys_mmap(W + P(20), P(2), PROT_READ, FIXED | MAP_LOCKED, NULL, 0));
	assert_int_equal(w.mm->rss[MM_ANONPAGES], 5); /* the zero page */
	assert_int_equal(CALL(&w, sys_mprotect(W + P(20), P(2), RW)), 0);
	assert_int_equal(w.mm->rss[MM_ANONPAGES], 7);
	assert_int_equal(w.system->machine->mm->vm_event[VM_EVENT_PGFAULT], faults + 3 + 2 + 2 + 2);
	assert_int_equal(CALL(&w, sys_munlockall()), 0);
	assert_int_equal(w.mm->locked_vm, 0);
	call_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves_contents),    cmocka_unit_test(grown_together),
		cmocka_unit_test(dontunmap),	     cmocka_unit_test(old_special_cases),
		cmocka_unit_test(advice_by_release), cmocka_unit_test(dontneed_forgets),
		cmocka_unit_test(huge_advice_twice), cmocka_unit_test(populates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
