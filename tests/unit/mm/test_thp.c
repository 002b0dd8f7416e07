/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults of huge pages: who gets one, what a write to a shared one does, by era.
 *
 * Rows that a test here fails without: 6b251fc96cf2, 3917c80280c9.
 */
#include "fault_world.h"

#define NX UINT64_C(0x8000000000000000)

static uint64_t open_huge(struct fault_world *w, const char *release)
{
	world_open(w, release, NUMASIM_THP_ALWAYS);
	return world_map(w, 2 * HPAGE_SIZE, RW_FLAGS, true)->vm_start;
}

/* Golden "thp": 8e7 */
static void a_write_gets_a_huge_page(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_huge(&w, release);

		world_store(&w, at + 0x123458, 5);
		assert_entry(&w, world_pmd(&w, at), with_soft_dirty(&w, NX | 0x0e7));
		assert_int_equal(world_load(&w, at + 0x123458), 5);
		assert_int_equal(world_load(&w, at), 0);
		assert_int_equal(world_page(&w, at)->mapcount, 1);
		assert_int_equal(w.mm->rss[MM_ANONPAGES], BLOCK_FRAMES);
		assert_int_equal(world_count(&w, VM_EVENT_THP_FAULT_ALLOC), 1);
		assert_int_equal(world_count(&w, VM_EVENT_PGFAULT), 1);
		world_close(&w);
	}
}

/* always, madvise, never; and neither where the 2 MiB do not fit into the VMA */
static void who_gets_a_huge_page(void **state)
{
	static const struct {
		enum numasim_thp thp;
		uint64_t flags, size;
		bool huge;
	} cases[] = {
		{NUMASIM_THP_ALWAYS, RW_FLAGS, HPAGE_SIZE, true},
		{NUMASIM_THP_ALWAYS, RW_FLAGS | VM_NOHUGEPAGE, HPAGE_SIZE, false},
		{NUMASIM_THP_ALWAYS, RW_FLAGS, HPAGE_SIZE - FRAME_SIZE, false},
		{NUMASIM_THP_MADVISE, RW_FLAGS, HPAGE_SIZE, false},
		{NUMASIM_THP_MADVISE, RW_FLAGS | VM_HUGEPAGE, HPAGE_SIZE, true},
		{NUMASIM_THP_NEVER, RW_FLAGS | VM_HUGEPAGE, HPAGE_SIZE, false},
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		EACH_RELEASE(release) {
			struct fault_world w;
			uint64_t at;

			world_open(&w, release, cases[i].thp);
			at = world_map(&w, cases[i].size, cases[i].flags, true)->vm_start;
			world_store(&w, at, 1);
			assert_int_equal(!!(world_pmd(&w, at) & X86_PSE), cases[i].huge);
			world_close(&w);
		}
	}
}

/* No huge page: a base page. A huge page and no table: a base page, from v4.3 on no memory. */
static void without_memory_it_falls_back(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_huge(&w, release), other;
		bool failed;

		other = at + HPAGE_SIZE;
		world_store(&w, other, 1); /* tables above are there */
		alloc_fail_nth(w.m, 1);
		world_store(&w, at, 1);
		alloc_fail_nth(w.m, 0);
		assert_int_equal(world_count(&w, VM_EVENT_THP_FAULT_FALLBACK), 1);
		assert_false(world_pmd(&w, at) & X86_PSE);
		assert_entry(&w, world_pte(&w, at), with_soft_dirty(&w, NX | 0x067));
		world_close(&w);

		at = open_huge(&w, release);
		world_store(&w, at + HPAGE_SIZE, 1);
		alloc_fail_nth(w.m, 2);
		failed = numasim_process_store(w.process, at, 1);
		alloc_fail_nth(w.m, 0);
		assert_int_equal(failed, kernel_has(w.m->kernel, ROW_THP_FAULT_OOM));
		assert_int_equal(w.mm->rss[MM_ANONPAGES], BLOCK_FRAMES + !failed);
		world_store(&w, at, 2);
		assert_int_equal(!!(world_pmd(&w, at) & X86_PSE), failed);
		world_close(&w);
	}
}

/* The mapping lost RW (mprotect and back); nobody else has the page. */
static void a_huge_page_of_ones_own_is_reused(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_huge(&w, release), entry;
		struct page *page;

		world_store(&w, at, 1);
		page = world_page(&w, at);
		world_drain(&w);
		entry = world_entry(&w, at, 2);
		world_set(&w, at, 2, kernel_pmd_wrprotect(w.m->kernel, entry));
		world_store(&w, at, 2);
		assert_entry(&w, world_entry(&w, at, 2), entry);
		assert_ptr_equal(world_page(&w, at), page);
		assert_false(page->flags & PAGE_LOCKED);
		assert_int_equal(page->count, 1);
		world_close(&w);
	}
}

/* Another maps the page too: the whole is copied (to v5.7), or one base page. */
static struct page *share(struct fault_world *w, uint64_t at)
{
	struct page *page;

	world_store(w, at, 1);
	world_store(w, at + 5 * FRAME_SIZE, 6);
	page = world_page(w, at);
	world_set(w, at, 2, kernel_pmd_wrprotect(w->m->kernel, world_entry(w, at, 2)));
	world_drain(w);
	IN_PROCESS(w->process, ({
			   page_dup_rmap(page);
			   get_page(page);
			   page_set_anon_exclusive(page, 0, false);
			   0;
		   }));
	return page;
}

static void a_shared_huge_page_is_copied_by_era(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_huge(&w, release);
		struct page *page = share(&w, at);

		world_store(&w, at, 2);
		if (kernel_has(w.m->kernel, ROW_THP_COW_SPLITS)) {
			assert_entry(&w, world_pmd(&w, at), 0x067);
			assert_entry(&w, world_pte(&w, at), with_soft_dirty(&w, NX | 0x067));
			assert_int_equal(world_count(&w, VM_EVENT_THP_SPLIT_PMD), 1);
			assert_ptr_equal(world_page(&w, at + FRAME_SIZE), page);
			assert_false(world_pte(&w, at + FRAME_SIZE) & X86_RW);
		} else {
			assert_entry(&w, world_pmd(&w, at), with_soft_dirty(&w, NX | 0x0e7));
			assert_int_equal(page->mapcount, 1);
			assert_int_equal(page->count, 1);
		}
		assert_ptr_not_equal(world_page(&w, at), page);
		assert_int_equal(world_load(&w, at), 2);
		assert_int_equal(world_load(&w, at + 5 * FRAME_SIZE), 6);
		assert_int_equal(w.mm->rss[MM_ANONPAGES], BLOCK_FRAMES);
		world_close(&w);
	}
}

/* To v5.7, no huge page to copy to: 512 base pages. */
static void without_a_huge_page_it_is_copied_in_parts(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_huge(&w, release);
		struct page *page = share(&w, at);

		if (!kernel_has(w.m->kernel, ROW_THP_COW_SPLITS)) {
			alloc_fail_nth(w.m, 1);
			world_store(&w, at, 2);
			alloc_fail_nth(w.m, 0);
			assert_entry(&w, world_pmd(&w, at), 0x067);
			assert_int_equal(page->mapcount, 1);
			assert_int_equal(page->count, 1);
			for (unsigned i = 0; i < BLOCK_FRAMES; i += 73)
				assert_entry(&w, world_pte(&w, at + i * FRAME_SIZE) | 0x060,
					     with_soft_dirty(&w, NX | 0x067));
			assert_int_equal(world_load(&w, at), 2);
			assert_int_equal(world_load(&w, at + 5 * FRAME_SIZE), 6);
			assert_int_equal(w.mm->rss[MM_ANONPAGES], BLOCK_FRAMES);
		}
		world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_gets_a_huge_page),
		cmocka_unit_test(who_gets_a_huge_page),
		cmocka_unit_test(without_memory_it_falls_back),
		cmocka_unit_test(a_huge_page_of_ones_own_is_reused),
		cmocka_unit_test(a_shared_huge_page_is_copied_by_era),
		cmocka_unit_test(without_a_huge_page_it_is_copied_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
