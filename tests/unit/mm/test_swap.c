/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Swapping out and in, era by era. Entries of the Debian kernels are those that they were seen to
 * have.
 *
 * Longer than 300 lines because every era goes through all of it.
 *
 * Rows that a test here fails without: 38d8b4e6bdc8, 0bcac06f27d7, c145e0b47c77, c18160dba5ff.
 */
#include "backing_world.h"

#define SLOTS 4096

static int swap_setup(void **state, const char *release)
{
	struct backing_world *w = world_open(release);

	assert_int_equal(swap_on(w->m, SLOTS), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	world_close(*state);
	return 0;
}

#define SETUP(name, release)                                                                       \
	static int setup_##name(void **state)                                                      \
	{                                                                                          \
		return swap_setup(state, release);                                                 \
	}
SETUP(3_8, "v3.8")
SETUP(3_13, "v3.13")
SETUP(4_4, "v4.4")
SETUP(4_19, "v4.19")
SETUP(5_17, "v5.17")
SETUP(5_18, "v5.18")
SETUP(6_1, "debian-6.1.192")
SETUP(6_12, "debian-6.12.117")

static uint64_t event_count(const struct backing_world *w, enum vm_event event)
{
	return w->m->mm->vm_event[event];
}

/* @pages pages at BASE, page i holding i + 1. */
static struct vm_area_struct *map_written(uint64_t pages)
{
	struct vm_area_struct *vma = world_map(BASE, pages, ANON_RW, NULL, 0);

	assert_non_null(vma);
	for (uint64_t i = 0; i < pages; i++)
		assert_int_equal(world_store(BASE + i * FRAME_SIZE, i + 1), 0);
	return vma;
}

static long out_and_in(uint64_t readback, uint64_t slot0, uint64_t slot1)
{
	struct vm_area_struct *vma = map_written(64);

	for (uint64_t i = 0; i < 64; i++)
		assert_true(world_pageout(BASE + i * FRAME_SIZE));
	assert_int_equal(world_entry(BASE, 1), slot0);
	assert_int_equal(world_entry(BASE + FRAME_SIZE, 1), slot1);
	assert_int_equal(vma->vm_mm->rss[MM_SWAPENTS], 64);
	assert_int_equal(vma->vm_mm->rss[MM_ANONPAGES], 0);

	assert_int_equal(world_swap_fault(vma, BASE, false), 0);
	assert_int_equal(world_entry(BASE, 1) & ~PFN_FIELD, readback);
	assert_int_equal(world_load(BASE), 1);
	assert_int_equal(world_store(BASE, 3), 0);
	assert_int_equal(world_entry(BASE, 1) & ~PFN_FIELD, 0x8000000000000867);
	assert_int_equal(world_swap_fault(vma, BASE + FRAME_SIZE, true), 0);
	assert_int_equal(world_entry(BASE + FRAME_SIZE, 1) & ~PFN_FIELD, 0x8000000000000867);
	assert_int_equal(world_load(BASE + FRAME_SIZE), 2);
	for (uint64_t i = 2; i < 64; i++) {
		assert_int_equal(world_swap_fault(vma, BASE + i * FRAME_SIZE, i % 2), 0);
		assert_int_equal(world_load(BASE + i * FRAME_SIZE), i + 1);
	}
	assert_int_equal(vma->vm_mm->rss[MM_SWAPENTS], 0);
	assert_int_equal(vma->vm_mm->rss[MM_ANONPAGES], 64);
	assert_int_equal(current_machine()->mm->swap->nr_used, 0);
	return 0;
}

static void golden_6_1(void **state)
{
	struct backing_world *w = *state;

	assert_int_equal(IN(w, out_and_in(0x8000000000000825, 0x07fffffffffbfe0a,
					  0x07fffffffffbfc0a)), 0);
	assert_int_equal(event_count(w, VM_EVENT_PSWPOUT), 64);
	assert_int_equal(event_count(w, VM_EVENT_PSWPIN), 64);
	assert_int_equal(event_count(w, VM_EVENT_PGMAJFAULT), 64);
	world_audit(w);
}

static void golden_6_12(void **state)
{
	struct backing_world *w = *state;

	assert_int_equal(IN(w, out_and_in(0x8000000000000827, 0x07fffffffffbfe0a,
					  0x07fffffffffbfc0a)), 0);
	assert_int_equal(event_count(w, VM_EVENT_PSWPOUT), 64);
	assert_int_equal(event_count(w, VM_EVENT_PGMAJFAULT), 64);
	world_audit(w);
}

/* To v4.14 a page that is read in stays in the swap cache, clean: it is dropped without a write. */
static long cached_and_clean(void)
{
	struct vm_area_struct *vma = map_written(1);
	uint64_t *pswpout = &current_machine()->mm->vm_event[VM_EVENT_PSWPOUT];
	struct page *page;

	assert_true(world_pageout(BASE));
	assert_int_equal(pte_swap_slot(world_entry(BASE, 1)),
			 current_machine()->mm->swap->nr_clusters ? 256 : 1);
	assert_int_equal(*pswpout, 1);
	assert_int_equal(world_swap_fault(vma, BASE, false), 0);
	page = pte_page(world_entry(BASE, 1));
	assert_true(page->flags & PAGE_SWAPCACHE);
	assert_false(pte_write(world_entry(BASE, 1)));
	assert_true(world_pageout(BASE));
	assert_int_equal(*pswpout, 1);
	assert_int_equal(world_swap_fault(vma, BASE, false), 0);
	assert_int_equal(world_load(BASE), 1);

	/* a write gets it out of the cache, and the slot goes */
	assert_true(world_pageout(BASE));
	assert_int_equal(world_swap_fault(vma, BASE, true), 0);
	assert_false(pte_page(world_entry(BASE, 1))->flags & PAGE_SWAPCACHE);
	assert_true(pte_write(world_entry(BASE, 1)));
	assert_int_equal(current_machine()->mm->swap->nr_used, 0);
	return 0;
}

static void clean_is_dropped(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, cached_and_clean()), 0);
	world_audit(*state);
}

/* The point of the whole device: whoever loses D loses the write. */
static long lose_dirty(bool lose)
{
	struct vm_area_struct *vma = map_written(1);
	pte_t *pte;

	assert_true(world_pageout(BASE));
	assert_int_equal(world_swap_fault(vma, BASE, false), 0);
	pte = entry_find(current_machine(), vma->vm_mm, BASE, 1);
	*pte = pte_mkdirty(pte_mkwrite(*pte));
	flush_tlb_page(vma, BASE);
	assert_int_equal(world_store(BASE, 77), 0);
	if (lose)
		*pte = kernel_pte_mkclean(current_kernel(), *pte);
	assert_true(world_pageout(BASE));
	assert_int_equal(world_swap_fault(vma, BASE, false), 0);
	assert_int_equal(world_load(BASE), lose ? 1 : 77);
	return 0;
}

static void lost_dirty_is_lost_data(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, lose_dirty(true)), 0);
}

static void kept_dirty_is_kept_data(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, lose_dirty(false)), 0);
}

/* The second process shares the slot, as after a fork (which takes the exclusive mark away). */
static long share_slot(struct mm_struct *child, pte_t entry)
{
	struct vm_area_struct *vma = world_map(BASE, 1, ANON_RW, NULL, 0);
	pte_t *pte;

	assert_non_null(vma);
	pte = entry_alloc(child, BASE, 1);
	*pte = entry;
	assert_true(swap_duplicate(pte_swap_slot(entry)));
	child->rss[MM_SWAPENTS]++;
	return 0;
}

static long first_reader(struct mm_struct *mm)
{
	struct vm_area_struct *vma = find_vma(mm, BASE);
	uint64_t slot = pte_swap_slot(world_entry(BASE, 1));

	assert_int_equal(swap_count(slot), 2);
	assert_int_equal(world_swap_fault(vma, BASE, true), 0);
	assert_int_equal(world_load(BASE), 1);
	assert_int_equal(world_store(BASE, 9), 0);
	assert_int_equal(swap_count(slot), 1);
	return 0;
}

static long second_reader(struct mm_struct *mm)
{
	assert_int_equal(world_swap_fault(find_vma(mm, BASE), BASE, false), 0);
	assert_int_equal(world_load(BASE), 1);
	return 0;
}

static long unmap_all(struct mm_struct *mm)
{
	world_unmap(find_vma(mm, BASE));
	return 0;
}

/* Each reads what stood there, one's write is not the other's, and the slot goes with the last. */
static void two_share_a_slot(void **state)
{
	struct backing_world *w = *state;
	pte_t entry;

	assert_int_equal(IN(w, (map_written(1), world_pageout(BASE))), true);
	*entry_find(w->m, w->mm[0], BASE, 1) &= ~w->m->kernel->format.swp_exclusive;
	entry = *entry_find(w->m, w->mm[0], BASE, 1);
	assert_int_equal(IN2(w, share_slot(w->mm[1], entry)), 0);
	assert_int_equal(IN(w, first_reader(w->mm[0])), 0);
	assert_int_equal(IN2(w, second_reader(w->mm[1])), 0);
	assert_int_equal(IN(w, world_load(BASE)), 9);
	world_audit(w);
	assert_int_equal(IN(w, unmap_all(w->mm[0])), 0);
	assert_int_equal(IN2(w, unmap_all(w->mm[1])), 0);
	assert_int_equal(w->m->mm->swap->nr_used, 0);
	world_audit(w);
}

/* munmap of what is swapped out frees the slot, and another CPU's slots come from elsewhere. */
static long zap_swapped(void)
{
	struct vm_area_struct *vma = map_written(2);

	assert_true(world_pageout(BASE));
	assert_true(world_pageout(BASE + FRAME_SIZE));
	assert_int_equal(current_machine()->mm->swap->nr_used, 2);
	world_unmap(vma);
	assert_int_equal(current_machine()->mm->swap->nr_used, 0);
	return 0;
}

static void zap_frees_slots(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, zap_swapped()), 0);
	world_audit(*state);
}

/* Every allocation of a swap-in fails in turn: nothing is lost, and the next try succeeds. */
static long out_of_memory(void)
{
	struct vm_area_struct *vma = map_written(1);
	struct numasim_machine *m = current_machine();
	unsigned failures = 0;

	assert_true(world_pageout(BASE));
	for (uint64_t nth = 1;; nth++) {
		pte_t before = world_entry(BASE, 1);
		int ret;

		alloc_fail_nth(m, nth);
		ret = world_swap_fault(vma, BASE, false);
		alloc_fail_nth(m, 0);
		if (!ret)
			break;
		assert_int_equal(ret, -ENOMEM);
		assert_int_equal(world_entry(BASE, 1), before);
		failures++;
	}
	assert_true(failures >= 1);
	assert_int_equal(world_load(BASE), 1);
	return 0;
}

static void swap_in_without_memory(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, out_of_memory()), 0);
	world_audit(*state);
}

static long wrong_entries(void)
{
	struct vm_area_struct *vma = map_written(1);
	pte_t *pte = entry_find(current_machine(), vma->vm_mm, BASE, 1), good = *pte;
	const struct kernel *k = current_kernel();

	*pte = kernel_mk_migration(k, SWAP_MIGRATION_READ, kernel_pte_pfn(k, good), 0);
	assert_int_equal(pte_swap_slot(*pte), 0);
	assert_int_equal(world_swap_fault(vma, BASE, false), -ENOMEM);
	*pte = good;
	assert_int_equal(pte_swap_slot(good), 0);
	assert_int_equal(pte_swap_slot(0), 0);
	swap_free(0);
	swap_free(SLOTS);
	assert_false(swap_duplicate(0));
	assert_false(swap_duplicate(SLOTS));
	assert_false(swap_duplicate(5)); /* free */
	assert_int_equal(swapcache_prepare(5), -ENOENT);
	assert_int_equal(swapcache_prepare(SLOTS), -ENOENT);
	return 0;
}

static void wrong_entries_are_refused(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, wrong_entries()), 0);
}

static void swap_on_errors(void **state)
{
	struct backing_world *w = *state;

	assert_int_equal(swap_on(w->m, SLOTS), -EEXIST);
	w->m->mm->swap = NULL;
	assert_int_equal(swap_on(w->m, 1), -EINVAL);
	assert_int_equal(swap_on(w->m, UINT64_MAX), -EINVAL);
	assert_int_equal(swap_on(w->m, UINT64_C(1) << 26), -ENOMEM);
	assert_null(w->m->mm->swap);
}

#define TEST(fn, release) cmocka_unit_test_setup_teardown(fn, setup_##release, teardown)
#define ALL(fn)                                                                                    \
	TEST(fn, 3_8), TEST(fn, 3_13), TEST(fn, 4_4), TEST(fn, 4_19), TEST(fn, 5_17),              \
		TEST(fn, 5_18), TEST(fn, 6_1), TEST(fn, 6_12)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(golden_6_1, 6_1),
		TEST(golden_6_12, 6_12),
		TEST(clean_is_dropped, 3_8),
		TEST(clean_is_dropped, 3_13),
		TEST(clean_is_dropped, 4_4),
		TEST(lost_dirty_is_lost_data, 3_13),
		TEST(lost_dirty_is_lost_data, 4_4),
		TEST(kept_dirty_is_kept_data, 3_13),
		TEST(kept_dirty_is_kept_data, 4_4),
		ALL(two_share_a_slot),
		ALL(zap_frees_slots),
		ALL(swap_in_without_memory),
		ALL(wrong_entries_are_refused),
		TEST(swap_on_errors, 6_12),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
