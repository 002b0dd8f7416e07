/* SPDX-License-Identifier: BSD-2-Clause */
/* Cutting and merging: what decides it, by release, and what happens when memory runs out. */
#include "call_world.h"

/* A new mapping between two that have pages of different families (4dd1b84140c1, cacded5e42b9):
 *
 *	aaaa    bbbb	to v6.0, and v6.12: joins a; v6.1 to v6.11: joins b
 *	aaaannnnbbbb
 */
static void between_two_families(void **state)
{
	static const struct {
		const char *release;
		unsigned start, end;
	} expect[] = {{"v3.8", 0, 8}, {"v6.0", 0, 8}, {"v6.1", 4, 12}, {"v6.11", 4, 12},
		      {"debian-6.1.192", 4, 12}, {"v6.12", 0, 8}};

	for (size_t i = 0; i < sizeof(expect) / sizeof(expect[0]); i++) {
		struct call_world w;

		call_open(&w, expect[i].release);
		map_at(&w, 0, 4, RW);
		map_at(&w, 8, 4, RW);
		assert_true(store(&w, 0) && store(&w, 8));
		assert_ptr_not_equal(vma_at(&w, 0)->anon_vma, vma_at(&w, 8)->anon_vma);
		assert_int_equal(map_at(&w, 4, 4, RW), W + P(4));
		assert_vma(&w, 4, expect[i].start, expect[i].end);
		assert_int_equal(w.mm->map_count, 2);
		call_close(&w);
	}
}

/* One that has pages and one that has none: v6.1's mmap() does not join all three. */
static void beside_untouched(void **state)
{
	static const struct {
		const char *release;
		unsigned start;
	} expect[] = {{"v3.8", 0}, {"v6.0", 0}, {"v6.1", 4}, {"v6.12", 0}};

	for (size_t i = 0; i < sizeof(expect) / sizeof(expect[0]); i++) {
		struct call_world w;

		call_open(&w, expect[i].release);
		map_at(&w, 0, 4, RW);
		map_at(&w, 8, 4, RW);
		assert_true(store(&w, 8));
		map_at(&w, 4, 4, RW);
		assert_vma(&w, 4, expect[i].start, 12);
		call_close(&w);
	}
}

/* v3.12 and v3.13, before 34228d473efe: what is new has no mark yet, what is there counts as
 * written; so neighbours stay apart unless user space cleared the mark. */
static void soft_dirty_keeps_apart(void **state)
{
	static const struct {
		const char *release;
		unsigned end;
	} expect[] = {{"v3.8", 8}, {"v3.12", 4}, {"v3.13", 4}, {"v3.14", 8}, {"v6.12", 8}};

	for (size_t i = 0; i < sizeof(expect) / sizeof(expect[0]); i++) {
		struct call_world w;

		call_open(&w, expect[i].release);
		map_at(&w, 0, 4, RW);
		map_at(&w, 4, 4, RW);
		assert_vma(&w, 0, 0, expect[i].end);
		vma_at(&w, 7)->vm_flags &= ~(uint64_t)VM_SOFTDIRTY;
		map_at(&w, 8, 4, RW);
		assert_vma(&w, 8, expect[i].end % 8, 12);
		call_close(&w);
	}
}

/* Whose rights or advice change, with him his neighbour gets all his flags: the soft-dirty mark of
 * the neighbour goes. */
static void soft_dirty_goes_with_merge(void **state)
{
	static const char *const releases[] = {"v3.14", "v5.10", "debian-6.1.192",
					       "debian-6.12.117"};

	for (size_t i = 0; i < 2 * sizeof(releases) / sizeof(releases[0]); i++) {
		struct call_world w;

		call_open(&w, releases[i / 2]);
		map_at(&w, 0, 4, RW);
		assert_int_equal(CALL(&w, i % 2 ? sys_madvise(W, P(4), MADV_RANDOM)
						: sys_mprotect(W, P(4), PROT_READ)), 0);
		map_at(&w, 4, 4, RW);
		vma_at(&w, 4)->vm_flags &= ~(uint64_t)VM_SOFTDIRTY;
		assert_true(vma_at(&w, 0)->vm_flags & VM_SOFTDIRTY);
		assert_int_equal(CALL(&w, i % 2 ? sys_madvise(W + P(4), P(4), MADV_RANDOM)
						: sys_mprotect(W + P(4), P(4), PROT_READ)), 0);
		assert_vma(&w, 0, 0, 8);
		assert_false(vma_at(&w, 0)->vm_flags & VM_SOFTDIRTY);
		call_close(&w);
	}
}

/* A part cut out and given its rights back is one mapping again, with all pages of one family. */
static void cut_and_mended(void **state)
{
	static const char *const releases[] = {"v3.8", "v4.4", "v5.10", "debian-6.1.192", "v6.12"};

	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		struct call_world w;
		uint64_t value = 0;

		call_open(&w, releases[i]);
		map_at(&w, 0, 9, RW);
		for (unsigned page = 0; page < 9; page++)
			assert_true(store(&w, page));
		assert_int_equal(CALL(&w, sys_mprotect(W + P(3), P(3), PROT_READ)), 0);
		assert_int_equal(w.mm->map_count, 3);
		assert_ptr_equal(vma_at(&w, 0)->anon_vma, vma_at(&w, 8)->anon_vma);
		assert_int_equal(vma_at(&w, 3)->vm_pgoff, (W + P(3)) >> FRAME_SHIFT);
		assert_false(store(&w, 4));
		assert_int_equal(CALL(&w, sys_mprotect(W + P(3), P(3), RW)), 0);
		assert_int_equal(w.mm->map_count, 1);
		assert_true(store(&w, 4));
		assert_int_equal(numasim_process_load(&value, w.p, W + P(8)), 0);
		assert_int_equal(value, 1);
		call_close(&w);
	}
}

/* v6.4+: whoever changes a mapping has marked it, and the marks are gone with the lock. */
static void marks_of_writers(void **state)
{
	struct call_world w;
	uint32_t before;

	call_open(&w, "v6.12");
	map_at(&w, 0, 8, RW);
	before = w.mm->mm_lock_seq;
	assert_int_equal(CALL(&w, sys_mprotect(W, P(4), PROT_READ)), 0);
	assert_int_equal(vma_at(&w, 0)->vm_lock_seq, before);
	assert_int_equal(vma_at(&w, 4)->vm_lock_seq, before);
	assert_int_equal(w.mm->mm_lock_seq, before + 1);
	call_close(&w);
	call_open(&w, "v6.3");
	map_at(&w, 0, 8, RW);
	assert_int_equal(w.mm->mm_lock_seq, 0);
	call_close(&w);
}

/* No more than 65530 mappings: then nothing is cut, and the call says so. */
static void limit_of_mappings(void **state)
{
	struct call_world w;
	unsigned page;

	call_open(&w, "debian-6.12.117");
	map_at(&w, 0, 2 * MAX_MAP_COUNT, RW);
	for (page = 1; w.mm->map_count < MAX_MAP_COUNT - 1; page += 2)
		assert_int_equal(CALL(&w, sys_mprotect(W + P(page), P(1), PROT_READ)), 0);
	/* one place is left, and a page in the middle needs two */
	assert_int_equal(CALL(&w, sys_mprotect(W + P(page), P(1), PROT_READ)), -ENOMEM);
	assert_int_equal(w.mm->map_count, MAX_MAP_COUNT);
	assert_int_equal(CALL(&w, sys_munmap(W + P(page + 4), P(1))), -ENOMEM);
	assert_int_equal(CALL(&w, sys_madvise(W + P(page + 4), P(1), MADV_DONTFORK)), -EAGAIN);
	assert_int_equal(CALL(&w, sys_mremap(W, P(1), P(1), MREMAP_MAYMOVE | MREMAP_FIXED,
					     W - P(10))), -ENOMEM);
	/* an end, and a whole mapping, can go */
	assert_int_equal(CALL(&w, sys_munmap(W + P(2 * MAX_MAP_COUNT - 1), P(1))), 0);
	assert_int_equal(CALL(&w, sys_munmap(W + P(1), P(1))), 0);
	assert_int_equal(w.mm->map_count, MAX_MAP_COUNT - 1);
	call_close(&w);
}

/* Memory runs out at every allocation in turn: -ENOMEM, and all mappings are as they were, or the
 * call is done. */
static void out_of_memory(void **state)
{
	for (unsigned nth = 1; nth < 12; nth++) {
		struct call_world w;
		long ret;

		call_open(&w, "debian-6.1.192");
		map_at(&w, 0, 9, RW);
		assert_true(store(&w, 4));
		alloc_fail_nth(w.system->machine, nth);
		ret = CALL(&w, sys_mprotect(W + P(3), P(3), PROT_READ));
		alloc_fail_nth(w.system->machine, 0);
		assert_true(ret == 0 || ret == -ENOMEM);
		assert_int_equal(!!(vma_at(&w, 4)->vm_flags & VM_WRITE), ret != 0);
		assert_true(vma_at(&w, 0)->vm_flags & VM_WRITE);
		assert_int_equal(w.mm->total_vm, 9);
		if (nth == 1)
			assert_int_equal(ret, -ENOMEM);
		if (nth == 11)
			assert_int_equal(ret, 0);
		assert_int_equal(CALL(&w, sys_munmap(W, P(9))), 0);
		assert_int_equal(w.mm->map_count, 0);
		call_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(between_two_families), cmocka_unit_test(beside_untouched),
		cmocka_unit_test(soft_dirty_keeps_apart), cmocka_unit_test(cut_and_mended),
		cmocka_unit_test(soft_dirty_goes_with_merge),
		cmocka_unit_test(marks_of_writers),	  cmocka_unit_test(limit_of_mappings),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
