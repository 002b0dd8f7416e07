/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Huge pages that are to be split when memory is short: counted once each when a part of them is
 * mapped no more.
 *
 * Rows that a test here fails without: 98046944a159.
 */
#include "system_world.h"

#include "mm/split.h"

#include <sys/mman.h>

struct era {
	const char *release;
	uint64_t part, all; /* counted when one part goes; when all of a split mapping go */
};
static const struct era eras[] = {
	{"v4.4", 0, 0}, {"v4.5", 1, 1}, {"v5.10", 1, 1}, {"debian-6.1.192", 1, 1},
	{"v6.9", 1, 1}, {"v6.10", 1, 0}, {"debian-6.12.117", 1, 0},
};

static uint64_t counted(const struct system_world *w)
{
	return w->m->mm->vm_event[VM_EVENT_THP_DEFERRED_SPLIT_PAGE];
}

static void open_with_huge(struct system_world *w, const char *release, uint64_t *p)
{
	system_open_small(w, release);
	*p = system_map(w, 2 * HPAGE_SIZE, true);
	assert_int_equal(numasim_touch(w->process, *p, HPAGE_SIZE, true), 0);
}

static void test_part(void **state)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(*eras); i++) {
		struct system_world w;
		uint64_t p;

		open_with_huge(&w, eras[i].release, &p);
		assert_int_equal(numasim_sys_madvise(w.process, p + 5 * 4096, 4096, MADV_DONTNEED),
				 0);
		assert_int_equal(counted(&w), eras[i].part);
		assert_int_equal(numasim_sys_madvise(w.process, p + 9 * 4096, 4096, MADV_DONTNEED),
				 0);
		assert_int_equal(counted(&w), eras[i].part); /* it is on the queue already */
		assert_int_equal(numasim_sys_munmap(w.process, p, HPAGE_SIZE), 0);
		assert_int_equal(counted(&w), eras[i].part);
		assert_int_equal(numasim_touch(w.process, p + HPAGE_SIZE, HPAGE_SIZE, true), 0);
		assert_int_equal(numasim_sys_munmap(w.process, p + HPAGE_SIZE, 4096), 0);
		assert_int_equal(counted(&w), 2 * eras[i].part); /* a page of its own */
		system_close(&w);
	}
}

static uint64_t huge;

static long split_entry(struct system_world *w)
{
	split_huge_pmd(find_vma(w->mm, huge), entry_find(w->m, w->mm, huge, 2), huge);
	return 0;
}

static void test_all_at_once(void **state)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(*eras); i++) {
		struct system_world w;
		uint64_t p;

		open_with_huge(&w, eras[i].release, &p);
		huge = p;
		assert_int_equal(system_run(&w, split_entry), 0);
		assert_int_equal(counted(&w), 0);
		assert_int_equal(numasim_sys_madvise(w.process, p, HPAGE_SIZE, MADV_DONTNEED), 0);
		assert_int_equal(counted(&w), eras[i].all);
		system_close(&w);
	}
}

/* A huge entry that goes leaves nothing to be split. */
static void test_whole(void **state)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(*eras); i++) {
		struct system_world w;
		uint64_t p;

		open_with_huge(&w, eras[i].release, &p);
		assert_int_equal(numasim_sys_madvise(w.process, p, HPAGE_SIZE, MADV_DONTNEED), 0);
		assert_int_equal(counted(&w), 0);
		system_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_part),
		cmocka_unit_test(test_all_at_once),
		cmocka_unit_test(test_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
