/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Huge pages: counts of the whole and of parts, who owns a part, pins, falling apart.
 *
 * Rows that a test here fails without: 3faa52c03f44.
 */
#include "system_world.h"

static const char *const eras[] = {"v4.5", "v4.20", "v5.10", "debian-6.1.192", "v6.2",
				   "debian-6.12.117"};

static struct vm_area_struct *any_vma(struct system_world *w)
{
	return find_vma(w->mm, 0);
}

/* A huge page as a fault maps it: one PMD, its reference and the fault's. */
static struct page *mapped_huge(struct system_world *w)
{
	struct page *page = alloc_page_node(0, true, false);
	struct vm_area_struct *vma = any_vma(w);

	page->flags |= PAGE_UPTODATE | PAGE_DIRTY;
	page_add_new_anon_rmap(page, vma, vma->vm_start);
	lru_add_drain();
	return page;
}

static void run_eras(long (*fn)(struct system_world *w), const char *const *release, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct system_world w;

		system_open_small(&w, release[i]);
		system_map(&w, HPAGE_SIZE, true);
		assert_int_equal(system_run(&w, fn), 0);
		system_close(&w);
	}
}

/* ---- counts ---- */

static long counts(struct system_world *w)
{
	struct vm_area_struct *vma = any_vma(w);
	struct page *page = mapped_huge(w);
	uint64_t pfn = page_to_pfn(w->m, page);

	assert_int_equal(page_part(page, pfn + 7), 7);
	assert_int_equal(compound_mapcount(page), 1);
	assert_int_equal(subpage_mapcount(page, 7), 1);
	assert_int_equal(total_mapcount(page), 1);
	page_dup_rmap(page); /* a child's PMD */
	page_map_parts(page); /* which is split */
	assert_int_equal(compound_mapcount(page), 1);
	assert_int_equal(subpage_mapcount(page, 0), 2);
	assert_int_equal(total_mapcount(page), 1 + 512);
	assert_int_equal(page_parts_mapped(page), 512);
	page_remove_rmap_pte(page, 7);
	assert_int_equal(subpage_mapcount(page, 7), 1);
	assert_int_equal(page_parts_mapped(page), 511);
	page_dup_rmap_pte(page, 8);
	assert_int_equal(subpage_mapcount(page, 8), 3);
	assert_int_equal(page_parts_mapped(page), 511);
	page_remove_rmap(page);
	assert_int_equal(compound_mapcount(page), 0);
	assert_int_equal(subpage_mapcount(page, 7), 0);
	assert_int_equal(total_mapcount(page), 512);
	page_add_anon_rmap_pte(page, 7, vma, vma->vm_start + 7 * FRAME_SIZE);
	page_remove_rmap_pte(page, 8);
	for (unsigned i = 0; i < 512; i++)
		page_remove_rmap_pte(page, i);
	assert_int_equal(total_mapcount(page), 0);
	assert_int_equal(page_parts_mapped(page), 0);
	assert_int_equal(page->index, (uint32_t)linear_page_index(vma, vma->vm_start));
	return 0;
}

static void test_counts(void **state)
{
	run_eras(counts, eras, sizeof(eras) / sizeof(*eras));
}

/* For a base page there is one count, whatever it is asked by. */
static long base_counts(struct system_world *w)
{
	struct vm_area_struct *vma = any_vma(w);
	struct page *page = alloc_page_node(0, false, false);

	assert_int_equal(page_part(page, page_to_pfn(w->m, page)), 0);
	page_add_anon_rmap_pte(page, 0, vma, vma->vm_start + 3 * FRAME_SIZE);
	page_dup_rmap_pte(page, 0);
	assert_int_equal(page_mapcount(page), 2);
	assert_int_equal(compound_mapcount(page), 2);
	assert_int_equal(subpage_mapcount(page, 0), 2);
	assert_int_equal(total_mapcount(page), 2);
	assert_int_equal(page_parts_mapped(page), 0);
	assert_int_equal(page->index, (uint32_t)linear_page_index(vma, vma->vm_start) + 3);
	assert_true(page->flags & PAGE_ANON);
	page_remove_rmap_pte(page, 0);
	page_remove_rmap(page);
	assert_int_equal(page_mapcount(page), 0);
	put_page(page);
	return 0;
}

static void test_base_counts(void **state)
{
	static const char *const all[] = {"v3.8", "v4.5", "debian-6.12.117"};

	run_eras(base_counts, all, 3);
}

/* ---- PageAnonExclusive ---- */

static long exclusive(struct system_world *w)
{
	struct page *page = mapped_huge(w);

	assert_true(page_anon_exclusive(page, 0));
	assert_false(page_anon_exclusive(page, 9)); /* no PTE maps it */
	page_map_parts(page);
	assert_true(page_anon_exclusive(page, 0));
	assert_true(page_anon_exclusive(page, 9));
	page_set_anon_exclusive(page, 9, false);
	assert_false(page_anon_exclusive(page, 9));
	assert_true(page_anon_exclusive(page, 8));
	page_set_anon_exclusive(page, 0, false);
	assert_false(page_anon_exclusive(page, 0));
	assert_true(page_anon_exclusive(page, 511));
	return 0;
}

static long never_exclusive(struct system_world *w)
{
	return page_anon_exclusive(mapped_huge(w), 0);
}

static void test_exclusive(void **state)
{
	static const char *const with[] = {"v5.19", "debian-6.1.192", "debian-6.12.117"};
	static const char *const without[] = {"v3.8", "v5.18"};

	run_eras(exclusive, with, 3);
	run_eras(never_exclusive, without, 2);
}

/* ---- pins ---- */

static long pins(struct system_world *w)
{
	struct page *base = alloc_page_node(0, false, false);
	struct page *huge = alloc_page_node(0, true, false);

	page_pin(base);
	page_pin(huge);
	page_pin(huge);
	assert_int_equal(base->count, 1 + GUP_PIN_COUNTING_BIAS);
	assert_int_equal(huge->count, 3);
	assert_true(page_maybe_dma_pinned(base));
	assert_true(page_maybe_dma_pinned(huge));
	page_unpin(huge);
	assert_true(page_maybe_dma_pinned(huge));
	page_unpin(huge);
	assert_false(page_maybe_dma_pinned(huge));
	page_ref_add(huge, 2000);
	assert_false(page_maybe_dma_pinned(huge)); /* references are no pins */
	page_unpin(base);
	assert_int_equal(base->count, 1);
	page_ref_add(base, GUP_PIN_COUNTING_BIAS - 1);
	assert_true(page_maybe_dma_pinned(base)); /* but may look so */
	return 0;
}

static long no_pins(struct system_world *w)
{
	struct page *page = alloc_page_node(0, false, false);

	page_pin(page);
	assert_int_equal(page->count, 2);
	assert_false(page_maybe_dma_pinned(page));
	page_unpin(page);
	return page->count - 1;
}

static void test_pins(void **state)
{
	static const char *const with[] = {"v5.7", "debian-6.1.192", "debian-6.12.117"};
	static const char *const without[] = {"v3.8", "v5.6"};

	run_eras(pins, with, 3);
	run_eras(no_pins, without, 2);
}

/* ---- falling apart ---- */

/* v3.8: PMDs map it still; each page is mapped once, and its PTE will have that reference. */
static long split_mapped(struct system_world *w)
{
	struct page *page = mapped_huge(w), *tail;
	uint64_t pfn = page_to_pfn(w->m, page), used = system_used(w, 0);

	page->flags &= ~PAGE_DIRTY;
	get_page(page);
	split_page_frames(page);
	assert_int_equal(system_used(w, 0), used);
	assert_int_equal(page_nr_frames(page), 1);
	assert_int_equal(page->count, 2);
	assert_int_equal(page->mapcount, 1);
	tail = pfn_to_page(w->m, pfn + 511);
	assert_int_equal(tail->count, 1);
	assert_int_equal(tail->mapcount, 1);
	assert_int_equal(tail->mapping, page->mapping);
	assert_int_equal(tail->index, page->index + 511);
	assert_int_equal(!!(tail->flags & PAGE_DIRTY), !has(ROW_NO_SPLITTING));
	assert_true(tail->flags & PAGE_LRU && tail->flags & PAGE_ANON);
	assert_false(tail->flags & PAGE_HEAD);
	for (unsigned i = 0; i < 512; i++)
		page_remove_rmap(pfn_to_page(w->m, pfn + i));
	for (unsigned i = 0; i < 512; i++)
		put_page(pfn_to_page(w->m, pfn + i));
	put_page(page);
	assert_int_equal(system_used(w, 0), used - 512);
	return 0;
}

static void test_split(void **state)
{
	static const char *const all[] = {"v3.8", "v3.13", "v4.4", "debian-6.1.192"};

	run_eras(split_mapped, all, 4);
}

/* In a batch: the page that keeps the record keeps its place there. */
static long split_in_batch(struct system_world *w)
{
	struct page *page = alloc_page_node(0, true, false);
	struct vm_area_struct *vma = any_vma(w);

	page_add_new_anon_rmap(page, vma, vma->vm_start);
	assert_int_equal(page->count, 2);
	split_page_frames(page);
	assert_int_equal(lru_batch_holds(w->m, page), 1);
	assert_false(isolate_lru_page(page));
	lru_add_drain();
	assert_int_equal(page->count, 1);
	assert_true(isolate_lru_page(page));
	return 0;
}

static void test_split_in_batch(void **state)
{
	static const char *const all[] = {"v3.8", "v4.4"};

	run_eras(split_in_batch, all, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_base_counts),
		cmocka_unit_test(test_exclusive),
		cmocka_unit_test(test_pins),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_split_in_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
