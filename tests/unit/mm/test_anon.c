/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of anonymous base pages: the entries that real kernels were seen to have, by era. */
#include "fault_world.h"

#define NX UINT64_C(0x8000000000000000)

/* read: the zero page, 225. then written: a page of its own, 867 (067 without soft-dirty) */
static void a_read_maps_the_zero_page_and_a_write_replaces_it(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at;

		world_open(&w, release, NUMASIM_THP_NEVER);
		at = world_map(&w, 4 * FRAME_SIZE, RW_FLAGS, false)->vm_start;
		assert_int_equal(world_load(&w, at), 0);
		assert_entry(&w, world_pte(&w, at), NX | 0x225);
		assert_ptr_equal(world_page(&w, at), pfn_to_page(w.m, w.m->mm->zero_pfn));
		assert_int_equal(w.mm->rss[MM_ANONPAGES], 0);
		world_store(&w, at + 8, 7);
		assert_entry(&w, world_pte(&w, at), with_soft_dirty(&w, NX | 0x067));
		assert_int_equal(world_load(&w, at), 0);
		assert_int_equal(world_load(&w, at + 8), 7);
		assert_int_equal(w.mm->rss[MM_ANONPAGES], 1);
		assert_int_equal(world_load(&w, at + FRAME_SIZE), 0);
		world_close(&w);
	}
}

static void a_first_write_maps_a_page_of_its_own(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		struct page *page;
		uint64_t at;

		world_open(&w, release, NUMASIM_THP_NEVER);
		at = world_map(&w, 2 * FRAME_SIZE, RW_FLAGS, false)->vm_start;
		world_store(&w, at, 5);
		assert_entry(&w, world_pte(&w, at), with_soft_dirty(&w, NX | 0x067));
		assert_entry(&w, world_pmd(&w, at), 0x067);
		page = world_page(&w, at);
		assert_int_equal(page->mapcount, 1);
		assert_int_equal(page->node, 0);
		assert_true(page->flags & PAGE_UPTODATE && page->flags & PAGE_SWAPBACKED);
		assert_true(page_is_anon(page));
		assert_entry(&w, world_pte(&w, at + FRAME_SIZE), 0);
		assert_int_equal(world_count(&w, VM_EVENT_PGFAULT), 1);
		world_close(&w);
	}
}

static void a_read_only_mapping_reads_zeroes_and_refuses_writes(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at;

		world_open(&w, release, NUMASIM_THP_NEVER);
		at = world_map(&w, FRAME_SIZE, RW_FLAGS & ~VM_WRITE, false)->vm_start;
		assert_int_equal(numasim_process_store(w.process, at, 1), -EFAULT);
		assert_entry(&w, world_pte(&w, at), 0);
		assert_int_equal(world_load(&w, at), 0);
		assert_entry(&w, world_pte(&w, at), NX | 0x225);
		assert_int_equal(numasim_process_store(w.process, at, 1), -EFAULT);
		assert_entry(&w, world_pte(&w, at), NX | 0x225);
		world_close(&w);
	}
}

/* The golden scenario "protnone", seen from the fault: 6.12 hides D in bit 58 meanwhile. */
static void rights_come_back_with_the_dirty_bit(void **state)
{
	static const struct {
		const char *release;
		uint64_t read_only;
	} seen[] = {
		{"debian-6.1.192", NX | 0x865},
		{"debian-6.12.117", UINT64_C(0x84) << 56 | 0x825},
	};

	for (unsigned i = 0; i < 2; i++) {
		struct fault_world w;
		uint64_t at;

		world_open(&w, seen[i].release, NUMASIM_THP_NEVER);
		at = world_map(&w, FRAME_SIZE, RW_FLAGS, false)->vm_start;
		world_store(&w, at, 3);
		world_set(&w, at, 1, kernel_pte_wrprotect(w.m->kernel, world_entry(&w, at, 1)));
		assert_entry(&w, world_pte(&w, at), seen[i].read_only);
		world_store(&w, at, 4); /* exclusive: reused */
		assert_entry(&w, world_pte(&w, at), NX | 0x867);
		assert_int_equal(world_load(&w, at), 4);
		world_close(&w);
	}
}

/* Soft-dirty was cleared (and RW with it): the write brings both back. */
static void a_write_marks_soft_dirty_again(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at, clean;

		world_open(&w, release, NUMASIM_THP_NEVER);
		at = world_map(&w, FRAME_SIZE, RW_FLAGS, false)->vm_start;
		world_store(&w, at, 3);
		clean = kernel_pte_clear_soft_dirty(
			w.m->kernel, kernel_pte_wrprotect(w.m->kernel, world_entry(&w, at, 1)));
		world_set(&w, at, 1, clean);
		assert_int_equal(world_load(&w, at), 3);
		assert_int_equal(world_entry(&w, at, 1), clean);
		world_store(&w, at, 4);
		assert_entry(&w, world_pte(&w, at), with_soft_dirty(&w, NX | 0x067));
		world_close(&w);
	}
}

static unsigned fault_in(struct fault_world *w, uint64_t at)
{
	return numasim_process_store(w->process, at, 9) ? 1 : 0;
}

/* Each allocation on the way fails in turn: the access fails, the next one works, nothing leaks. */
static void without_memory_the_access_fails_and_nothing_is_lost(void **state)
{
	EACH_RELEASE(release) {
		for (unsigned nth = 1; nth < 8; nth++) {
			struct fault_world w;
			uint64_t at, before;
			unsigned failed;

			world_open(&w, release, NUMASIM_THP_NEVER);
			at = world_map(&w, FRAME_SIZE, RW_FLAGS, false)->vm_start;
			before = alloc_count(w.m);
			alloc_fail_nth(w.m, nth);
			failed = fault_in(&w, at);
			alloc_fail_nth(w.m, 0);
			assert_int_equal(w.mm->mmap_sem.readers, 0);
			if (failed) {
				assert_entry(&w, world_pte(&w, at), 0);
				assert_int_equal(w.mm->rss[MM_ANONPAGES], 0);
			}
			world_store(&w, at, 9);
			assert_int_equal(world_load(&w, at), 9);
			assert_int_equal(w.mm->rss[MM_ANONPAGES], 1);
			assert_int_equal(failed, alloc_count(w.m) - before >= nth && nth <= 4);
			world_close(&w);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_maps_the_zero_page_and_a_write_replaces_it),
		cmocka_unit_test(a_first_write_maps_a_page_of_its_own),
		cmocka_unit_test(a_read_only_mapping_reads_zeroes_and_refuses_writes),
		cmocka_unit_test(rights_come_back_with_the_dirty_bit),
		cmocka_unit_test(a_write_marks_soft_dirty_again),
		cmocka_unit_test(without_memory_the_access_fails_and_nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
