/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The huge zero page: who gets it, who counts as its user, what a write makes of it.
 *
 * Rows that a test here fails without: 6fcb52a56ff6.
 */
#include "fault_world.h"

#include "mm/huge_zero.h"

#define NX UINT64_C(0x8000000000000000)

static uint64_t open_huge(struct fault_world *w, const char *release)
{
	world_open(w, release, NUMASIM_THP_ALWAYS);
	return world_map(w, 4 * HPAGE_SIZE, RW_FLAGS, true)->vm_start;
}

static void end_of_mm(struct fault_world *w)
{
	IN_PROCESS(w->process, ({ mm_put_huge_zero_page(w->mm); 0; }));
}

/* Golden "thp", step huge_zero: 0a5; nobody's books know the page. */
static void a_read_maps_the_huge_zero_page(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_huge(&w, release);
		bool per_mm = kernel_has(w.m->kernel, ROW_HUGE_ZERO_PER_MM);

		assert_int_equal(w.m->mm->huge_zero_users, 0);
		assert_int_equal(world_load(&w, at + 0x1000), 0);
		assert_entry(&w, world_pmd(&w, at), NX | 0x0a5);
		assert_int_equal(world_count(&w, VM_EVENT_THP_ZERO_PAGE_ALLOC), 1);
		assert_true(is_huge_zero_page(world_page(&w, at)));
		assert_int_equal(w.m->mm->huge_zero_users, 2); /* and the shrinker */
		assert_int_equal(world_load(&w, at + HPAGE_SIZE), 0);
		assert_ptr_equal(world_page(&w, at), world_page(&w, at + HPAGE_SIZE));
		assert_int_equal(w.m->mm->huge_zero_users, per_mm ? 2 : 3);
		assert_int_equal(world_count(&w, VM_EVENT_THP_ZERO_PAGE_ALLOC), 1);
		assert_int_equal(w.mm->rss[MM_ANONPAGES], 0);
		end_of_mm(&w);
		assert_int_equal(w.m->mm->huge_zero_users, per_mm ? 1 : 3);
		world_close(&w);
	}
}

static void with_use_zero_page_off_a_read_gets_a_page(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_huge(&w, release);

		w.m->mm->thp_zero_page = false;
		assert_int_equal(world_load(&w, at), 0);
		assert_entry(&w, world_pmd(&w, at), with_soft_dirty(&w, NX | 0x0e7));
		assert_int_equal(w.m->mm->huge_zero_users, 0);
		world_close(&w);
	}
}

/* To v5.7 a huge page of its own; then a table of zero pages, and one page where the write is. */
static void a_write_replaces_it_by_era(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_huge(&w, release);

		assert_int_equal(world_load(&w, at), 0);
		world_store(&w, at + 3 * FRAME_SIZE, 4);
		if (kernel_has(w.m->kernel, ROW_THP_COW_SPLITS)) {
			assert_entry(&w, world_pmd(&w, at), 0x067);
			assert_entry(&w, world_pte(&w, at + 3 * FRAME_SIZE), NX | 0x867);
			assert_entry(&w, world_pte(&w, at), NX | 0x225);
			assert_entry(&w, world_pte(&w, at + HPAGE_SIZE - 1), NX | 0x225);
			assert_int_equal(world_count(&w, VM_EVENT_THP_SPLIT_PMD), 1);
			assert_int_equal(w.mm->rss[MM_ANONPAGES], 1);
		} else {
			assert_entry(&w, world_pmd(&w, at), with_soft_dirty(&w, NX | 0x0e7));
			assert_int_equal(w.mm->rss[MM_ANONPAGES], BLOCK_FRAMES);
		}
		assert_int_equal(w.m->mm->huge_zero_users,
				 kernel_has(w.m->kernel, ROW_HUGE_ZERO_PER_MM) ? 2 : 1);
		assert_int_equal(world_load(&w, at), 0);
		assert_int_equal(world_load(&w, at + 3 * FRAME_SIZE), 4);
		world_close(&w);
	}
}

/* No huge page is free: one base page, zero pages around it. */
static void without_a_huge_page_one_base_page_appears(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_huge(&w, release);

		assert_int_equal(world_load(&w, at), 0);
		if (!kernel_has(w.m->kernel, ROW_THP_COW_SPLITS)) {
			alloc_fail_nth(w.m, 1);
			world_store(&w, at + 3 * FRAME_SIZE, 4);
			alloc_fail_nth(w.m, 0);
			assert_entry(&w, world_pmd(&w, at), 0x067);
			assert_entry(&w, world_pte(&w, at + 3 * FRAME_SIZE),
				     with_soft_dirty(&w, NX | 0x067));
			assert_entry(&w, world_pte(&w, at), NX | 0x225);
			assert_int_equal(w.mm->rss[MM_ANONPAGES], 1);
			assert_int_equal(world_count(&w, VM_EVENT_THP_FAULT_FALLBACK), 1);
		}
		world_close(&w);
	}
}

static void without_memory_for_it_reads_get_base_pages(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_huge(&w, release);

		world_store(&w, at + HPAGE_SIZE, 1);
		alloc_fail_nth(w.m, 2); /* the table comes first */
		assert_int_equal(world_load(&w, at), 0);
		alloc_fail_nth(w.m, 0);
		assert_entry(&w, world_pte(&w, at), NX | 0x225);
		assert_int_equal(world_count(&w, VM_EVENT_THP_ZERO_PAGE_ALLOC_FAILED), 1);
		assert_int_equal(world_count(&w, VM_EVENT_THP_FAULT_FALLBACK), 1);
		assert_int_equal(w.m->mm->huge_zero_users, 0);
		world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_maps_the_huge_zero_page),
		cmocka_unit_test(with_use_zero_page_off_a_read_gets_a_page),
		cmocka_unit_test(a_write_replaces_it_by_era),
		cmocka_unit_test(without_a_huge_page_one_base_page_appears),
		cmocka_unit_test(without_memory_for_it_reads_get_base_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
