/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mremap()'s moving of entries: contents arrive, the old place is empty and flushed, whole tables
 * and huge pages go at once where the release does that.
 *
 * Rows that a test here fails without: 2c91bd4a4e2e.
 */
#include "ranges_world.h"

static const char *const releases[] = {"v3.8", "v3.13", "v4.4", "v4.9", "v4.19", "v5.0", "v5.11",
				       DEBIAN_6_1, DEBIAN_6_12};
#define NR_RELEASES (sizeof(releases) / sizeof(*releases))

/* A second mapping, empty, that pages of the first go to: a copy of its families, as copy_vma()
 * makes it. */
static struct vm_area_struct *target(struct ranges_world *w, uint64_t bytes)
{
	struct vm_area_struct *vma;

	assert_int_equal(mm_map_anon(w->m, &vma, w->mm, bytes, RW_FLAGS, true), 0);
	vma->vm_pgoff = w->vma->vm_pgoff;
	IN(w, {
		unlink_anon_vmas(vma);
		vma->anon_vma = w->vma->anon_vma;
		assert_int_equal(anon_vma_clone(vma, w->vma), 0);
	});
	return vma;
}

static void check_contents(struct ranges_world *w, uint64_t at, uint64_t pages)
{
	for (uint64_t i = 0; i < pages; i++) {
		uint64_t value = 0;

		assert_int_equal(numasim_process_load(&value, w->process, at + i * FRAME_SIZE), 0);
		assert_int_equal(value, 1 + i);
	}
}

/* Some pages, not aligned alike. */
static void test_pages(void **state)
{
	for (size_t i = 0; i < NR_RELEASES; i++) {
		struct vm_area_struct *to;
		struct ranges_world w;
		uint64_t moved;

		ranges_open(&w, releases[i], false, HPAGE_SIZE);
		ranges_touch(&w, w.x, 8 * FRAME_SIZE);
		to = target(&w, HPAGE_SIZE);
		moved = IN_PROCESS(w.process,
				   move_page_tables(w.vma, w.x, to, to->vm_start + 3 * FRAME_SIZE,
						    8 * FRAME_SIZE));
		assert_int_equal(moved, 8 * FRAME_SIZE);
		assert_int_equal(w.process->cpu->tlb->nr, 0);
		for (unsigned k = 0; k < 8; k++)
			assert_true(PTE_AT(&w, w.x + k * FRAME_SIZE) == 0);
		check_contents(&w, to->vm_start + 3 * FRAME_SIZE, 8);
		assert_int_equal(w.mm->rss[MM_ANONPAGES], 8);
		ranges_close(&w);
	}
}

/* 2 MiB that are aligned alike: v5.0 hangs the table elsewhere, and it is the same table. */
static void test_whole_table(void **state)
{
	for (size_t i = 0; i < NR_RELEASES; i++) {
		bool same = i >= 5;
		struct vm_area_struct *to;
		struct ranges_world w;
		uint64_t pmd;

		ranges_open(&w, releases[i], false, HPAGE_SIZE);
		ranges_touch(&w, w.x, HPAGE_SIZE);
		to = target(&w, HPAGE_SIZE);
		pmd = PMD_AT(&w, w.x);
		IN(&w, move_page_tables(w.vma, w.x, to, to->vm_start, HPAGE_SIZE));
		assert_int_equal(PMD_AT(&w, to->vm_start) == pmd, same);
		assert_true(PTE_AT(&w, w.x) == 0);
		assert_true(entry_table(w.m, entry_find(w.m, w.mm, to->vm_start, 1))->base ==
			    to->vm_start);
		check_contents(&w, to->vm_start, BLOCK_FRAMES);
		assert_int_equal(w.mm->rss[MM_ANONPAGES], BLOCK_FRAMES);
		ranges_close(&w);
	}
}

/* A huge page goes whole if it can, with the table that waits for its split. */
static void test_huge(void **state)
{
	for (size_t i = 0; i < 2 * NR_RELEASES; i++) {
		bool aligned = i % 2;
		struct vm_area_struct *to;
		struct ranges_world w;
		uint64_t at;

		ranges_open(&w, releases[i / 2], true, HPAGE_SIZE);
		ranges_touch(&w, w.x, HPAGE_SIZE);
		to = target(&w, 2 * HPAGE_SIZE);
		at = to->vm_start + (aligned ? 0 : 5 * FRAME_SIZE);
		IN(&w, move_page_tables(w.vma, w.x, to, at, HPAGE_SIZE));
		assert_int_equal(kernel_pmd_trans_huge(w.m->kernel, PMD_AT(&w, at)), aligned);
		check_contents(&w, at, BLOCK_FRAMES);
		if (aligned)
			IN(&w, split_huge_pmd(to, entry_find(w.m, w.mm, at, 2), at));
		check_contents(&w, at, BLOCK_FRAMES);
		ranges_close(&w);
	}
}

static uint64_t move_one(struct ranges_world *w, uint64_t from, struct vm_area_struct *to,
			 uint64_t at, uint64_t length)
{
	return IN_PROCESS(w->process, move_page_tables(w->vma, from, to, at, length));
}

/* c49dd3401802 (v5.11): a gigabyte by its PUD; the tables below know where they are now. */
static void test_gigabyte(void **state)
{
	const uint64_t gib = UINT64_C(1) << 30;

	for (int i = 0; i < 2; i++) {
		struct vm_area_struct *to = NULL;
		struct ranges_world w;
		uint64_t from = 0, at = 0, moved;

		ranges_open(&w, i ? DEBIAN_6_12 : "v5.0", false, 3 * gib);
		from = (w.x + gib - 1) & ~(gib - 1);
		ranges_touch(&w, from, 4 * FRAME_SIZE);
		ranges_touch(&w, from + HPAGE_SIZE, FRAME_SIZE);
		to = target(&w, 3 * gib);
		at = (to->vm_start + gib - 1) & ~(gib - 1);
		moved = move_one(&w, from, to, at, gib);
		assert_true(moved == gib);
		assert_true(entry_table(w.m, entry_find(w.m, w.mm, at + HPAGE_SIZE, 1))->base ==
			    at + HPAGE_SIZE);
		assert_true(PTE_AT(&w, from) == 0);
		assert_true(PTE_AT(&w, at + 3 * FRAME_SIZE));
		assert_true(PTE_AT(&w, at + HPAGE_SIZE));
		ranges_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_whole_table),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_gigabyte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
