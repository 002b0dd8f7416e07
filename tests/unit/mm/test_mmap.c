/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mmap(), munmap() and brk(), where releases differ and recorded scripts do not reach.
 *
 * Rows that a test here fails without: 1be7107fbe18.
 */
#include "call_world.h"

static void hint_is_rounded_down(void **state)
{
	struct call_world w;

	call_open(&w, "v4.14");
	assert_int_equal(CALL(&w, sys_mmap(W + 123, P(1), RW, MAP_PRIVATE | MAP_ANONYMOUS, NULL,
					   0)), W);
	assert_int_equal(CALL(&w, sys_mmap(123, P(1), RW, MAP_PRIVATE | MAP_ANONYMOUS, NULL, 0)),
			 w.mm->mmap_base - P(1)); /* no hint at all */
	call_close(&w);
}

/* v4.16 does not know the flag: a hint. v4.17 (a4ff8e8620d3) only looked where the range starts,
 * v4.19 (7aa867dd8952) at all of it. */
static void noreplace_by_release(void **state)
{
	static const struct {
		const char *release;
		bool start, overlap; /* is it refused? */
	} expect[] = {{"v4.16", false, false}, {"v4.17", true, false}, {"v4.19", true, true}};
	const unsigned long flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;

	for (size_t i = 0; i < sizeof(expect) / sizeof(expect[0]); i++) {
		struct call_world w;
		long ret;

		call_open(&w, expect[i].release);
		map_at(&w, 4, 4, PROT_READ);
		ret = CALL(&w, sys_mmap(W + P(4), P(1), RW, flags, NULL, 0));
		assert_int_equal(ret == -EEXIST, expect[i].start);
		assert_true(vma_at(&w, 4)->vm_flags & VM_READ);
		ret = CALL(&w, sys_mmap(W + P(2), P(4), RW, flags, NULL, 0));
		assert_int_equal(ret == -EEXIST, expect[i].overlap);
		if (i == 1) /* the bug: what was there is gone */
			assert_vma(&w, 4, 2, 6);
		call_close(&w);
	}
}

/* Room is looked for from the top; where nothing fits below mmap_base, from the bottom. */
static void topdown_then_bottomup(void **state)
{
	const unsigned long flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	struct call_world w;
	long first, second, third;

	call_open(&w, "v5.10");
	assert_int_equal(w.mm->mmap_base, 0x7ffff7fff000);
	first = CALL(&w, sys_mmap(0, P(2), RW, flags, NULL, 0));
	assert_int_equal(first, 0x7ffff7ffd000);
	second = CALL(&w, sys_mmap(0, P(1), PROT_READ, flags, NULL, 0));
	assert_int_equal(second, first - P(1));
	assert_int_equal(CALL(&w, sys_munmap(first, P(2))), 0);
	third = CALL(&w, sys_mmap(0, P(1), PROT_EXEC, flags, NULL, 0));
	assert_int_equal(third, first + P(1)); /* the highest room */
	assert_int_equal(CALL(&w, sys_mmap(P(16), 0x7ffff7ff0000 - P(16), 0, flags | MAP_FIXED,
					   NULL, 0)), P(16));
	assert_int_equal(CALL(&w, sys_mmap(0, P(64), RW, flags, NULL, 0)), 0x7ffff7fff000);
	call_close(&w);
}

/* v4.12+: 256 pages below a stack stay free. */
static void gap_below_stack(void **state)
{
	const unsigned long stack = FIXED | MAP_GROWSDOWN, hint = MAP_PRIVATE | MAP_ANONYMOUS;
	struct call_world w;

	call_open(&w, "v4.11");
	CALL(&w, sys_mmap(W + P(300), P(1), RW, stack, NULL, 0));
	assert_int_equal(CALL(&w, sys_mmap(W + P(299), P(1), RW, hint, NULL, 0)), W + P(299));
	call_close(&w);
	call_open(&w, "v4.12");
	CALL(&w, sys_mmap(W + P(300), P(1), RW, stack, NULL, 0));
	assert_int_not_equal(CALL(&w, sys_mmap(W + P(44), P(1), RW, hint, NULL, 0)), W + P(44));
	assert_int_equal(CALL(&w, sys_mmap(W + P(43), P(1), RW, hint, NULL, 0)), W + P(43));
	call_close(&w);
}

/* RLIMIT_AS counts what MAP_FIXED replaces; RLIMIT_DATA is for all data from v4.5 on
 * (84638335900f). */
static void limits(void **state)
{
	struct call_world w;

	call_open(&w, "v4.4");
	w.mm->rlimit_as = P(10);
	w.mm->rlimit_data = P(2);
	assert_int_equal(map_at(&w, 0, 10, RW), W);
	assert_int_equal(map_at(&w, 0, 10, RW), W);
	assert_int_equal(map_at(&w, 1, 10, RW), -ENOMEM);
	assert_int_equal(map_at(&w, 20, 1, RW), -ENOMEM);
	call_close(&w);
	call_open(&w, "v4.5");
	w.mm->rlimit_data = P(2);
	assert_int_equal(map_at(&w, 0, 3, RW), -ENOMEM);
	assert_int_equal(map_at(&w, 0, 3, PROT_READ), W);
	assert_int_equal(CALL(&w, sys_mprotect(W, P(3), RW)), -ENOMEM);
	assert_int_equal(map_at(&w, 0, 2, RW), W);
	assert_int_equal(w.mm->data_vm, 2);
	assert_int_equal(w.mm->total_vm, 3);
	call_close(&w);
}

/* Pages and tables of what was unmapped are free again. */
static void munmap_gives_back(void **state)
{
	static const char *const releases[] = {"v3.8", "v3.13", "v4.4", "v5.10", "debian-6.1.192",
					       "debian-6.12.117"};

	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		struct call_world w;

		call_open(&w, releases[i]);
		map_at(&w, 0, 2048, RW);
		for (unsigned page = 0; page < 2048; page += 100)
			assert_true(store(&w, page));
		assert_true(w.mm->rss[MM_ANONPAGES] > 0);
		assert_int_equal(CALL(&w, sys_munmap(W + P(100), P(1))), 0);
		assert_false(store(&w, 100));
		assert_true(store(&w, 99) && store(&w, 101));
		assert_int_equal(CALL(&w, sys_munmap(W, P(2048))), 0);
		assert_int_equal(w.mm->rss[MM_ANONPAGES], 0);
		assert_int_equal(w.mm->total_vm, 0);
		assert_null(RB_MIN(vma_tree, &w.mm->vmas));
		assert_int_equal(w.mm->mmap_sem.writer | w.mm->mmap_sem.readers, 0);
		call_close(&w);
	}
}

static void brk_moves(void **state)
{
	static const char *const releases[] = {"v3.8", "v4.20", "debian-6.1.192", "v6.12"};

	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		struct call_world w;
		uint64_t start, old;

		call_open(&w, releases[i]);
		start = old = CALL(&w, sys_brk(0));
		assert_int_equal(start, w.mm->start_brk);
		assert_int_equal(CALL(&w, sys_brk(start + 100)), start + 100);
		assert_int_equal(w.mm->total_vm, 1);
		assert_int_equal(CALL(&w, sys_brk(start + P(5))), start + P(5));
		assert_int_equal(w.mm->map_count, 1);
		assert_int_equal(numasim_process_store(w.p, start + P(4), 1), 0);
		assert_int_equal(CALL(&w, sys_brk(start + P(2))), start + P(2));
		assert_int_equal(w.mm->total_vm, 2);
		assert_int_equal(numasim_process_store(w.p, start + P(4), 1), -EFAULT);
		old = start + P(2);
		assert_int_equal(CALL(&w, sys_brk(start - 1)), old);
		CALL(&w, sys_mmap(start + P(8), P(1), RW, FIXED, NULL, 0));
		assert_int_equal(CALL(&w, sys_brk(start + P(8))), old); /* a page must stay free */
		assert_int_equal(CALL(&w, sys_brk(start + P(7))), start + P(7));
		w.mm->rlimit_data = P(7);
		assert_int_equal(CALL(&w, sys_brk(start + P(7) + 1)), start + P(7));
		call_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hint_is_rounded_down), cmocka_unit_test(noreplace_by_release),
		cmocka_unit_test(topdown_then_bottomup), cmocka_unit_test(gap_below_stack),
		cmocka_unit_test(limits),	    cmocka_unit_test(munmap_gives_back),
		cmocka_unit_test(brk_moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
