/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fork's copying of entries; the two Debian kernels' values are those of scenario fork.
 *
 * Rows that a test here fails without: c3d16e16522f.
 */
#include "ranges_world.h"

#include "mm/swap.h"

struct family {
	struct ranges_world w;
	struct mm_struct *child;
	struct vm_area_struct *vma; /* of the child */
};

/* A child with a copy of the parent's only mapping, its entries not copied yet. */
static void family_open(struct family *f, const char *release, bool huge)
{
	struct ranges_world *w = &f->w;

	ranges_open(w, release, huge, 2 * HPAGE_SIZE);
	assert_int_equal(mm_create(w->m, &f->child, "C"), 0);
	assert_int_equal(mm_map_anon(w->m, &f->vma, f->child, 2 * HPAGE_SIZE, RW_FLAGS, true), 0);
	IN(w, {
		vma_unlink(f->child, f->vma);
		unlink_anon_vmas(f->vma);
		f->vma->vm_start = w->vma->vm_start;
		f->vma->vm_end = w->vma->vm_end;
		f->vma->vm_pgoff = w->vma->vm_pgoff;
		vma_link(f->child, f->vma);
	});
}

static void family_fork(struct family *f)
{
	IN(&f->w, {
		assert_int_equal(anon_vma_fork(f->vma, f->w.vma), 0);
		assert_int_equal(copy_page_range(f->vma, f->w.vma), 0);
	});
}

static uint64_t child_at(const struct family *f, uint64_t address, unsigned level)
{
	return entry_of(&f->w, f->child, address, level);
}

/* Both lose RW, the child's is old; one page, two mappings, two references. */
static void test_base_as_recorded(void **state)
{
	static const struct {
		const char *release;
		uint64_t parent, child;
	} cases[] = {
		{"v3.8", 0x8000000000000065, 0x8000000000000045},
		{"v4.4", 0x8000000000000865, 0x8000000000000845},
		{"v5.10", 0x8000000000000865, 0x8000000000000845},
		{DEBIAN_6_1, 0x8000000000000865, 0x8000000000000845},
		{DEBIAN_6_12, 0x8400000000000825, 0x8400000000000805},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct page *page;
		struct family f;

		family_open(&f, cases[i].release, false);
		ranges_touch(&f.w, f.w.x, FRAME_SIZE);
		IN(&f.w, lru_add_drain_all());
		family_fork(&f);
		assert_true(FLAGS(PTE_AT(&f.w, f.w.x)) == cases[i].parent);
		if (FLAGS(child_at(&f, f.w.x, 1)) != cases[i].child)
			fail_msg("%s: %#llx", cases[i].release,
				 (unsigned long long)child_at(&f, f.w.x, 1));
		page = pfn_to_page(f.w.m, kernel_pte_pfn(f.w.m->kernel, PTE_AT(&f.w, f.w.x)));
		assert_int_equal(page->mapcount, 2);
		assert_int_equal(page->count, 2);
		assert_false(page->flags & PAGE_ANON_EXCLUSIVE);
		assert_int_equal(f.child->rss[MM_ANONPAGES], 1);
		assert_int_equal(f.w.mm->write_protect_seq % 2, 0);
		ranges_close(&f.w);
	}
}

/* A huge page is shared as a whole; the child puts a table of its own by. */
static void test_huge(void **state)
{
	static const char *const releases[] = {"v3.8", "v4.4", "v4.14", DEBIAN_6_1, DEBIAN_6_12};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++) {
		const struct kernel *k;
		struct page *page;
		struct family f;

		family_open(&f, releases[i], true);
		k = f.w.m->kernel;
		ranges_touch(&f.w, f.w.x, FRAME_SIZE);
		IN(&f.w, lru_add_drain_all());
		family_fork(&f);
		page = pfn_to_page(f.w.m, kernel_pmd_pfn(k, PMD_AT(&f.w, f.w.x)));
		assert_int_equal(page->mapcount, 2);
		assert_int_equal(page->count, 2);
		assert_false(kernel_pmd_write(k, PMD_AT(&f.w, f.w.x)));
		assert_false(kernel_pmd_write(k, child_at(&f, f.w.x, 2)));
		assert_false(kernel_pmd_young(k, child_at(&f, f.w.x, 2)));
		assert_true(kernel_pmd_young(k, PMD_AT(&f.w, f.w.x)));
		assert_int_equal(f.child->rss[MM_ANONPAGES], BLOCK_FRAMES);
		/* the table is there: the child's can be split */
		IN(&f.w, split_huge_pmd(f.vma, entry_find(f.w.m, f.child, f.w.x, 2), f.w.x));
		assert_true(child_at(&f, f.w.x, 1));
		assert_false(kernel_pte_write(k, child_at(&f, f.w.x, 1)));
		ranges_close(&f.w);
	}
}

/* 70e806e4e645: a pinned page stays the parent's, the child gets a copy; and a huge one is split
 * for that (d042035eaf5f). Before, both shared it, and the parent lost it at its next write. */
static void test_pinned(void **state)
{
	static const struct {
		const char *release;
		bool copies;
	} cases[] = {{"v5.8", false}, {"v5.10", true}, {DEBIAN_6_1, true}, {DEBIAN_6_12, true}};

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		bool huge = i % 2, copies = cases[i / 2].copies;
		struct page *page;
		struct family f;
		uint64_t pfn;

		family_open(&f, cases[i / 2].release, huge);
		ranges_touch(&f.w, f.w.x, FRAME_SIZE);
		pfn = huge ? kernel_pmd_pfn(f.w.m->kernel, PMD_AT(&f.w, f.w.x))
			   : kernel_pte_pfn(f.w.m->kernel, PTE_AT(&f.w, f.w.x));
		page = pfn_to_page(f.w.m, pfn);
		f.w.mm->has_pinned = 1;
		IN(&f.w, page_pin(page));
		family_fork(&f);
		if (huge && !copies) {
			assert_true(kernel_pmd_pfn(f.w.m->kernel, child_at(&f, f.w.x, 2)) == pfn);
		} else {
			uint64_t pte = child_at(&f, f.w.x, 1), theirs;

			theirs = kernel_pte_pfn(f.w.m->kernel, pte);
			if ((theirs != pfn) != copies)
				fail_msg("%s: %s", cases[i / 2].release,
					 copies ? "shares" : "copies");
			assert_true(!copies || kernel_pte_write(f.w.m->kernel, pte));
			assert_true(!copies ||
				    kernel_pte_write(f.w.m->kernel, PTE_AT(&f.w, f.w.x)));
		}
		ranges_close(&f.w);
	}
}

/* What a child that shares nothing private need not copy. */
static void test_not_copied(void **state)
{
	struct family f;

	family_open(&f, DEBIAN_6_12, false);
	ranges_touch(&f.w, f.w.x, FRAME_SIZE);
	IN(&f.w, unlink_anon_vmas(f.w.vma));
	IN(&f.w, assert_int_equal(copy_page_range(f.vma, f.w.vma), 0));
	assert_null(entry_find(f.w.m, f.child, f.w.x, 3));
	ranges_close(&f.w);
}

/* Tables without entries: the child gets as many levels as the parent has, down to the PMDs. */
static void test_empty_tables(void **state)
{
	static const char *const releases[] = {"v3.8", "v4.4", DEBIAN_6_1, DEBIAN_6_12};

	for (size_t i = 0; i < 3 * sizeof(releases) / sizeof(*releases); i++) {
		unsigned level = 2 + i % 3; /* whose table is the parent's lowest */
		struct family f;

		family_open(&f, releases[i / 3], false);
		IN(&f.w, assert_non_null(entry_alloc(f.w.mm, f.w.x, level)));
		family_fork(&f);
		for (unsigned l = 2; l <= 4; l++)
			if (!entry_find(f.w.m, f.child, f.w.x, l) != (l < level))
				fail_msg("%s: a parent's table of level %u, the child's of %u",
					 releases[i / 3], level, l);
		assert_null(entry_find(f.w.m, f.child, f.w.x, 1));
		ranges_close(&f.w);
	}
}

/* Migration entries become READ on both sides, soft-dirty kept. */
static void test_migration(void **state)
{
	static const char *const releases[] = {"v3.12", "v4.14", DEBIAN_6_1, DEBIAN_6_12};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++) {
		const struct kernel *k;
		struct family f;
		uint64_t *pte, pfn;
		unsigned marks;

		family_open(&f, releases[i], false);
		k = f.w.m->kernel;
		ranges_touch(&f.w, f.w.x, FRAME_SIZE);
		pte = entry_find(f.w.m, f.w.mm, f.w.x, 1);
		pfn = kernel_pte_pfn(k, *pte);
		*pte = kernel_mk_migration(k, SWAP_MIGRATION_WRITE, pfn, 7);
		marks = kernel_migration_marks(k, *pte);
		family_fork(&f);
		assert_int_equal(kernel_swp_kind(k, *pte), SWAP_MIGRATION_READ);
		assert_int_equal(kernel_migration_marks(k, *pte), marks);
		assert_true(child_at(&f, f.w.x, 1) == *pte);
		assert_int_equal(f.child->rss[MM_ANONPAGES], 1);
		*pte = 0;
		ranges_close(&f.w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_as_recorded),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_not_copied),
		cmocka_unit_test(test_empty_tables),
		cmocka_unit_test(test_migration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
