/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Huge PMDs become tables: entries as the two Debian kernels left them (scenario thp), pages whole
 * from v4.5 on and in 512 pieces before.
 *
 * Rows that a test here fails without: 3c811f788337, 4b471e8898c3, 2e3468778dbe.
 */
#include "ranges_world.h"

#include "mm/split.h"

static const char *const releases[] = {"v3.8", "v3.13", "v3.16", "v4.4", "v4.5", "v4.14",
				       "v4.19", "v5.10", DEBIAN_6_1, DEBIAN_6_12};
#define NR_RELEASES (sizeof(releases) / sizeof(*releases))

/* mprotect(PROT_READ) of the second of 512 pages. */
static void test_mprotect_one_page(void **state)
{
	static const struct {
		const char *release;
		uint64_t p0, p1;
	} cases[] = {
		{DEBIAN_6_1, 0x8000000000000825, 0x8000000000000825},
		{DEBIAN_6_12, 0x8000000000000867, 0x8400000000000825},
	};

	for (size_t i = 0; i < 2; i++) {
		struct ranges_world w;

		ranges_open(&w, cases[i].release, true, HPAGE_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		IN(&w, change_protection(w.vma, w.x, w.x + HPAGE_SIZE, prot_of(0), 0));
		IN(&w, change_protection(w.vma, w.x, w.x + HPAGE_SIZE, prot_of(3),
					 CP_TRY_WRITABLE));
		IN(&w, change_protection(w.vma, w.x + FRAME_SIZE, w.x + 2 * FRAME_SIZE,
					 prot_of(RIGHT_READ), 0));
		assert_true(FLAGS(PMD_AT(&w, w.x)) == 0x67);
		assert_true(FLAGS(PTE_AT(&w, w.x)) == cases[i].p0);
		assert_true(FLAGS(PTE_AT(&w, w.x + FRAME_SIZE)) == cases[i].p1);
		assert_true(FLAGS(PTE_AT(&w, w.x + 2 * FRAME_SIZE)) == cases[i].p0);
		assert_int_equal(events(&w, VM_EVENT_THP_SPLIT_PMD), 1);
		ranges_close(&w);
	}
}

/* The memory is the same before and after, each 4 KiB still where it was, counts agree. */
static void test_same_memory(void **state)
{
	for (size_t i = 0; i < NR_RELEASES; i++) {
		bool whole = i >= 4; /* v4.5 */
		struct ranges_world w;
		uint64_t first, tables, value;
		struct page *page;

		ranges_open(&w, releases[i], true, HPAGE_SIZE);
		ranges_touch(&w, w.x, HPAGE_SIZE);
		IN(&w, lru_add_drain_all());
		first = kernel_pmd_pfn(w.m->kernel, PMD_AT(&w, w.x));
		tables = w.mm->pgtables_bytes;
		IN(&w, split_huge_pmd(w.vma, entry_find(w.m, w.mm, w.x, 2), w.x));
		for (unsigned k = 0; k < BLOCK_FRAMES; k++) {
			uint64_t pte = PTE_AT(&w, w.x + k * FRAME_SIZE);

			assert_true(kernel_pte_pfn(w.m->kernel, pte) == first + k);
			assert_int_equal(numasim_process_load(&value, w.process,
							      w.x + k * FRAME_SIZE), 0);
			assert_int_equal(value, 1 + k);
		}
		page = pfn_to_page(w.m, first);
		if (!!(page->flags & PAGE_HEAD) != whole)
			fail_msg("%s: page is %s", releases[i], whole ? "split" : "whole");
		assert_int_equal(page->count, whole ? BLOCK_FRAMES : 1);
		assert_int_equal(w.mm->pgtables_bytes, tables);
		assert_int_equal(w.process->cpu->tlb->nr > 1, true);
		/* and a second split finds nothing to do */
		IN(&w, split_huge_pmd(w.vma, entry_find(w.m, w.mm, w.x, 2), w.x));
		IN(&w, zap_page_range(w.vma, w.x, HPAGE_SIZE));
		assert_int_equal(w.mm->rss[MM_ANONPAGES], 0);
		assert_true(pfn_to_page(w.m, first)->flags & PAGE_FREE ||
			    pfn_to_page(w.m, first)->count == 0);
		ranges_close(&w);
	}
}

/* MADV_DONTNEED of one page of a huge page (scenario thp, zap_p0 and zap_p1). */
static void test_zap_part(void **state)
{
	for (size_t i = 0; i < NR_RELEASES; i++) {
		struct ranges_world w;
		uint64_t value;

		ranges_open(&w, releases[i], true, HPAGE_SIZE);
		ranges_touch(&w, w.x, HPAGE_SIZE);
		IN(&w, zap_page_range(w.vma, w.x + FRAME_SIZE, FRAME_SIZE));
		assert_true(PTE_AT(&w, w.x + FRAME_SIZE) == 0);
		assert_int_equal(w.mm->rss[MM_ANONPAGES], BLOCK_FRAMES - 1);
		assert_int_equal(numasim_process_load(&value, w.process, w.x), 0);
		assert_int_equal(value, 1);
		ranges_close(&w);
	}
}

/* A mapping that is to be cut inside a huge page. */
static void test_cut(void **state)
{
	struct ranges_world w;

	ranges_open(&w, DEBIAN_6_12, true, 2 * HPAGE_SIZE);
	ranges_touch(&w, w.x, FRAME_SIZE);
	ranges_touch(&w, w.x + HPAGE_SIZE, FRAME_SIZE);
	IN(&w, vma_adjust_trans_huge(w.vma, w.x, w.x + HPAGE_SIZE));
	assert_true(kernel_pmd_trans_huge(w.m->kernel, PMD_AT(&w, w.x)));
	IN(&w, vma_adjust_trans_huge(w.vma, w.x, w.x + HPAGE_SIZE + FRAME_SIZE));
	assert_true(kernel_pmd_trans_huge(w.m->kernel, PMD_AT(&w, w.x)));
	assert_false(kernel_pmd_trans_huge(w.m->kernel, PMD_AT(&w, w.x + HPAGE_SIZE)));
	IN(&w, vma_adjust_trans_huge(w.vma, w.x + FRAME_SIZE, w.x + HPAGE_SIZE));
	assert_false(kernel_pmd_trans_huge(w.m->kernel, PMD_AT(&w, w.x)));
	ranges_close(&w);
}

/* abc40bd2eeb7 (v3.17): a huge hint leaves no hints. To v3.16 it does. */
static void test_split_of_hint(void **state)
{
	static const struct {
		const char *release;
		bool hints;
	} cases[] = {{"v3.13", true}, {"v3.16", true}, {"v3.17", false}, {"v4.4", false},
		     {DEBIAN_6_1, false}, {DEBIAN_6_12, false}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ranges_world w;

		ranges_open(&w, cases[i].release, true, HPAGE_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		IN(&w, change_protection(w.vma, w.x, w.x + HPAGE_SIZE, PAGE_NONE_PROT,
					 CP_PROT_NUMA));
		assert_true(kernel_pmd_hint(w.m->kernel, PMD_AT(&w, w.x)));
		IN(&w, split_huge_pmd(w.vma, entry_find(w.m, w.mm, w.x, 2), w.x));
		if (kernel_pte_hint(w.m->kernel, PTE_AT(&w, w.x)) != cases[i].hints)
			fail_msg("%s: %#llx", cases[i].release,
				 (unsigned long long)PTE_AT(&w, w.x));
		ranges_close(&w);
	}
}

/* v4.14+: the migration entry of a huge page becomes 512, kind and marks kept. */
static void test_split_of_migration(void **state)
{
	struct ranges_world w;
	const struct kernel *k;
	uint64_t *pmd, pfn;

	ranges_open(&w, DEBIAN_6_12, true, HPAGE_SIZE);
	k = w.m->kernel;
	ranges_touch(&w, w.x, FRAME_SIZE);
	pmd = entry_find(w.m, w.mm, w.x, 2);
	pfn = kernel_pmd_pfn(k, *pmd);
	*pmd = kernel_mk_migration(k, SWAP_MIGRATION_READ_EXCLUSIVE, pfn,
				   MIGRATION_YOUNG | MIGRATION_SOFT_DIRTY);
	IN(&w, split_huge_pmd(w.vma, pmd, w.x));
	for (unsigned i = 0; i < BLOCK_FRAMES; i += 511) {
		uint64_t pte = PTE_AT(&w, w.x + i * FRAME_SIZE);

		assert_int_equal(kernel_swp_kind(k, pte), SWAP_MIGRATION_READ_EXCLUSIVE);
		assert_true(kernel_migration_pfn(k, pte) == pfn + i);
		assert_int_equal(kernel_migration_marks(k, pte),
				 MIGRATION_YOUNG | MIGRATION_SOFT_DIRTY);
	}
	ranges_close(&w);
}

/* split_huge_page(): refused while somebody else has a reference; then 512 pages. */
static void test_split_page(void **state)
{
	for (size_t i = 0; i < NR_RELEASES; i++) {
		struct ranges_world w;
		struct page *page;
		uint64_t pfn;

		ranges_open(&w, releases[i], true, HPAGE_SIZE);
		ranges_touch(&w, w.x, HPAGE_SIZE);
		IN(&w, lru_add_drain_all());
		pfn = kernel_pmd_pfn(w.m->kernel, PMD_AT(&w, w.x));
		page = pfn_to_page(w.m, pfn);
		if (i >= 4) {
			page->count += 2;
			assert_int_equal(IN_PROCESS(w.process, ({ lock_page(page);
					 int r = split_huge_page(page); unlock_page(page); r; })),
					 -EBUSY);
			page->count -= 2;
			assert_true(page->flags & PAGE_HEAD);
		}
		IN(&w, { get_page(page); lock_page(page);
			 assert_int_equal(split_huge_page(page), 0);
			 unlock_page(page); put_page(page); });
		assert_false(pfn_to_page(w.m, pfn)->flags & PAGE_HEAD);
		for (unsigned k = 0; k < BLOCK_FRAMES; k++) {
			uint64_t value;

			assert_int_equal(pfn_to_page(w.m, pfn + k)->mapcount, 1);
			assert_int_equal(pfn_to_page(w.m, pfn + k)->count, 1);
			assert_int_equal(numasim_process_load(&value, w.process,
							      w.x + k * FRAME_SIZE), 0);
			assert_int_equal(value, 1 + k);
		}
		ranges_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mprotect_one_page),
		cmocka_unit_test(test_same_memory),
		cmocka_unit_test(test_zap_part),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_split_of_hint),
		cmocka_unit_test(test_split_of_migration),
		cmocka_unit_test(test_split_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
