/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking entries away: what becomes of pages, counts, translations and tables.
 *
 * Rows that a test here fails without: f7ad2a6cb9f7.
 */
#include "ranges_world.h"

#include "mm/tlb.h"

static const char *const releases[] = {"v3.8", "v3.13", "v3.19", "v4.4", "v4.14", "v5.10", "v6.4",
				       DEBIAN_6_1, DEBIAN_6_12};
#define NR_RELEASES (sizeof(releases) / sizeof(*releases))

static int64_t rss(const struct ranges_world *w)
{
	return w->mm->rss[MM_ANONPAGES];
}

/* MADV_DONTNEED of one page: its entry is empty, its page free, its translation gone; the
 * neighbours stay. More pages than a batch holds go as well. */
static void test_dontneed(void **state)
{
	for (size_t i = 0; i < NR_RELEASES; i++) {
		const uint64_t pages = 50 * GATHER_BUNDLE + 5;
		struct ranges_world w;
		uint64_t before;

		ranges_open(&w, releases[i], false, HPAGE_SIZE);
		ranges_touch(&w, w.x, pages * FRAME_SIZE);
		IN(&w, lru_add_drain_all());
		before = free_frames(&w);
		assert_int_equal(rss(&w), pages);
		IN(&w, zap_page_range(w.vma, w.x + FRAME_SIZE, (pages - 2) * FRAME_SIZE));
		assert_true(PTE_AT(&w, w.x));
		assert_true(PTE_AT(&w, w.x + (pages - 1) * FRAME_SIZE));
		for (uint64_t p = 1; p < pages - 1; p++)
			assert_true(PTE_AT(&w, w.x + p * FRAME_SIZE) == 0);
		assert_int_equal(rss(&w), 2);
		if (free_frames(&w) != before + pages - 2)
			fail_msg("%s: %d frames came back", releases[i],
				 (int)(free_frames(&w) - before));
		assert_int_equal(w.mm->tlb_flush_pending, 0);
		ranges_close(&w);
	}
}

/* A huge page goes as a whole, with the table that waited for its split. */
static void test_huge(void **state)
{
	for (size_t i = 0; i < NR_RELEASES; i++) {
		struct ranges_world w;
		uint64_t before, tables;

		ranges_open(&w, releases[i], true, HPAGE_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		IN(&w, lru_add_drain_all());
		before = free_frames(&w);
		tables = w.mm->pgtables_bytes;
		assert_int_equal(rss(&w), BLOCK_FRAMES);
		IN(&w, zap_page_range(w.vma, w.x, HPAGE_SIZE));
		assert_true(PMD_AT(&w, w.x) == 0);
		assert_int_equal(rss(&w), 0);
		assert_int_equal(free_frames(&w) - before, BLOCK_FRAMES + 1);
		assert_int_equal(tables - w.mm->pgtables_bytes, FRAME_SIZE);
		assert_int_equal(w.process->cpu->tlb->nr, 0);
		ranges_close(&w);
	}
}

/* Unmapping everything frees the tables below the top one, and all that was counted. */
static void test_free_tables(void **state)
{
	for (size_t i = 0; i < 2 * NR_RELEASES; i++) {
		bool huge = i % 2;
		struct mmu_gather tlb;
		struct ranges_world w;
		uint64_t before;

		ranges_open(&w, releases[i / 2], huge, 2 * HPAGE_SIZE);
		before = free_frames(&w);
		ranges_touch(&w, w.x, FRAME_SIZE);
		ranges_touch(&w, w.x + HPAGE_SIZE, FRAME_SIZE);
		IN(&w, lru_add_drain_all());
		IN(&w, {
			tlb_gather_mmu(&tlb, w.mm, w.x, w.x + 2 * HPAGE_SIZE);
			unmap_vmas(&tlb, w.vma, w.x, w.x + 2 * HPAGE_SIZE);
			free_pgtables(&tlb, w.vma, 0, 0);
			tlb_finish_mmu(&tlb, w.x, w.x + 2 * HPAGE_SIZE);
		});
		assert_int_equal(w.mm->pgtables_bytes, 0);
		assert_int_equal(rss(&w), 0);
		if (free_frames(&w) != before)
			fail_msg("%s: %d frames leak", releases[i / 2],
				 (int)(before - free_frames(&w)));
		assert_null(entry_find(w.m, w.mm, w.x, 3));
		assert_true(RB_MIN(table_tree, &w.mm->tables) == RB_MAX(table_tree, &w.mm->tables));
		ranges_close(&w);
	}
}

/* Neighbours keep the tables that they share with what was unmapped. */
static void test_floor_and_ceiling(void **state)
{
	struct mmu_gather tlb;
	struct ranges_world w;

	ranges_open(&w, DEBIAN_6_12, false, 3 * HPAGE_SIZE);
	for (int i = 0; i < 3; i++)
		ranges_touch(&w, w.x + i * HPAGE_SIZE, FRAME_SIZE);
	/* the last page of the first table and the first of the third have other owners */
	IN(&w, {
		tlb_gather_mmu(&tlb, w.mm, w.x, w.x + 3 * HPAGE_SIZE);
		unmap_vmas(&tlb, w.vma, w.x, w.x + 3 * HPAGE_SIZE);
		free_pgtables(&tlb, w.vma, w.x + FRAME_SIZE, w.x + 2 * HPAGE_SIZE + FRAME_SIZE);
		tlb_finish_mmu(&tlb, w.x, w.x + 3 * HPAGE_SIZE);
	});
	assert_true(PMD_AT(&w, w.x));
	assert_true(PMD_AT(&w, w.x + HPAGE_SIZE) == 0);
	assert_true(PMD_AT(&w, w.x + 2 * HPAGE_SIZE));
	ranges_close(&w);
}

/* What is not a page: a migration entry is dropped and still counted off, an empty one is not. */
static void test_not_present(void **state)
{
	for (size_t i = 0; i < NR_RELEASES; i++) {
		struct ranges_world w;
		struct page *page;
		uint64_t *pte, pfn;

		ranges_open(&w, releases[i], false, HPAGE_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		pte = entry_find(w.m, w.mm, w.x, 1);
		pfn = kernel_pte_pfn(w.m->kernel, *pte);
		page = pfn_to_page(w.m, pfn);
		*pte = kernel_mk_migration(w.m->kernel, SWAP_MIGRATION_WRITE, pfn, 0);
		page->mapcount = 0;
		IN(&w, zap_page_range(w.vma, w.x, HPAGE_SIZE));
		assert_true(*pte == 0);
		assert_int_equal(rss(&w), 0);
		assert_true(page->count > 0); /* the migration's own */
		ranges_close(&w);
	}
}

/* 99baac21e458 (A5): a gather that finds another under way flushes although it found nothing. */
static void test_nested_gather(void **state)
{
	static const struct {
		const char *release;
		bool flushes;
	} cases[] = {{"v4.12", false}, {"v4.13", true}, {"v5.10", true}, {DEBIAN_6_12, true}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct mmu_gather first;
		struct ranges_world w;
		uint64_t *pte, kept;

		ranges_open(&w, cases[i].release, false, HPAGE_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		pte = entry_find(w.m, w.mm, w.x, 1);
		kept = *pte;
		IN(&w, {
			tlb_gather_mmu(&first, w.mm, w.x, w.x + HPAGE_SIZE);
			*pte = 0; /* by the first, which has not flushed */
			zap_page_range(w.vma, w.x, HPAGE_SIZE);
		});
		assert_int_equal(w.process->cpu->tlb->nr, !cases[i].flushes);
		*pte = kept;
		IN(&w, tlb_finish_mmu(&first, w.x, w.x + HPAGE_SIZE));
		assert_int_equal(w.mm->tlb_flush_pending, 0);
		ranges_close(&w);
	}
}

/* fb7332a9fedf (v3.19): only what was touched is flushed. */
static void test_flushed_range(void **state)
{
	struct mmu_gather tlb;
	struct ranges_world w;

	ranges_open(&w, "v3.19", false, HPAGE_SIZE);
	ranges_touch(&w, w.x, 4 * FRAME_SIZE);
	IN(&w, tlb_gather_mmu(&tlb, w.mm, w.x, w.x + HPAGE_SIZE));
	assert_true(tlb.end == 0);
	IN(&w, tlb_remove_tlb_entry(&tlb, w.x + FRAME_SIZE, FRAME_SIZE));
	IN(&w, tlb_remove_tlb_entry(&tlb, w.x + 3 * FRAME_SIZE, FRAME_SIZE));
	assert_true(tlb.start == w.x + FRAME_SIZE && tlb.end == w.x + 4 * FRAME_SIZE);
	IN(&w, tlb_finish_mmu(&tlb, w.x, w.x + HPAGE_SIZE));
	assert_int_equal(w.process->cpu->tlb->nr, 1);
	ranges_close(&w);
}

/* 3ea277194daa (A7): a flush that reclaim put off is made up for before rights change. */
static void test_batched_pending(void **state)
{
	static const struct {
		const char *release;
		bool flushes;
	} cases[] = {{"v4.12", false}, {"v4.13", true}, {DEBIAN_6_12, true}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ranges_world w;

		ranges_open(&w, cases[i].release, false, HPAGE_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		*entry_find(w.m, w.mm, w.x, 1) = 0;
		w.mm->tlb_flush_batched = 1;
		IN(&w, zap_page_range(w.vma, w.x, HPAGE_SIZE));
		assert_int_equal(w.process->cpu->tlb->nr, !cases[i].flushes);
		ranges_close(&w);
	}
}

/* MADV_COLD (scenario protnone, madv_cold); MADV_FREE: the page stays, clean, lazy from v4.12. */
static void test_aging(void **state)
{
	static const struct {
		const char *release;
		bool lazy;
	} cases[] = {{"v4.5", false}, {"v4.12", true}, {DEBIAN_6_1, true}, {DEBIAN_6_12, true}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ranges_world w;
		struct page *page;

		ranges_open(&w, cases[i].release, false, HPAGE_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		page = pfn_to_page(w.m, kernel_pte_pfn(w.m->kernel, PTE_AT(&w, w.x)));
		IN(&w, lru_add_drain_all());
		IN(&w, madvise_cold_range(w.vma, w.x, w.x + HPAGE_SIZE, false));
		assert_true(FLAGS(PTE_AT(&w, w.x)) == 0x8000000000000847);
		assert_int_equal(w.process->cpu->tlb->nr, 0);
		page->flags |= PAGE_DIRTY;
		IN(&w, madvise_free_range(w.vma, w.x, w.x + HPAGE_SIZE));
		assert_true(FLAGS(PTE_AT(&w, w.x)) == 0x8000000000000807);
		assert_false(page->flags & PAGE_DIRTY);
		assert_true(page->flags & PAGE_SWAPBACKED);
		IN(&w, lru_add_drain_all());
		assert_int_equal(!(page->flags & PAGE_SWAPBACKED), cases[i].lazy);
		assert_int_equal(page->count, 1);
		ranges_close(&w);
	}
}

/* A part of a huge page: the page is split, the part alone is freed lazily. */
static void test_aging_part(void **state)
{
	struct ranges_world w;

	ranges_open(&w, DEBIAN_6_12, true, HPAGE_SIZE);
	ranges_touch(&w, w.x, HPAGE_SIZE);
	IN(&w, lru_add_drain_all());
	IN(&w, madvise_free_range(w.vma, w.x + FRAME_SIZE, w.x + 2 * FRAME_SIZE));
	assert_int_equal(events(&w, VM_EVENT_THP_SPLIT_PAGE), 1);
	assert_false(kernel_pte_dirty(w.m->kernel, PTE_AT(&w, w.x + FRAME_SIZE)));
	assert_true(kernel_pte_dirty(w.m->kernel, PTE_AT(&w, w.x)));
	assert_true(kernel_pte_dirty(w.m->kernel, PTE_AT(&w, w.x + 2 * FRAME_SIZE)));
	ranges_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dontneed),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_free_tables),
		cmocka_unit_test(test_floor_and_ceiling),
		cmocka_unit_test(test_not_present),
		cmocka_unit_test(test_nested_gather),
		cmocka_unit_test(test_flushed_range),
		cmocka_unit_test(test_batched_pending),
		cmocka_unit_test(test_aging),
		cmocka_unit_test(test_aging_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
