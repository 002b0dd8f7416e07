/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What reclaim leaves alone, lazy pages, and which slot comes next.
 *
 * Longer than 300 lines because each case is a world of its own.
 *
 * Rows that a test here fails without: 2a8f94493432.
 */
#include "backing_world.h"

static int setup(void **state, const char *release, uint64_t slots)
{
	struct backing_world *w = world_open(release);

	if (slots)
		assert_int_equal(swap_on(w->m, slots), 0);
	*state = w;
	return 0;
}

#define SETUP(name, release, slots)                                                                \
	static int setup_##name(void **state)                                                      \
	{                                                                                          \
		return setup(state, release, slots);                                               \
	}
SETUP(3_8, "v3.8", 1024)
SETUP(3_12, "v3.12", 1024)
SETUP(4_19, "v4.19", 2048)
SETUP(6_1, "debian-6.1.192", 2048)
SETUP(6_12, "debian-6.12.117", 2048)
SETUP(none, "debian-6.1.192", 0)
SETUP(small, "debian-6.1.192", 3)

static int teardown(void **state)
{
	world_close(*state);
	return 0;
}

static struct vm_area_struct *map_written(uint64_t start, uint64_t pages, uint64_t flags)
{
	struct vm_area_struct *vma = world_map(start, pages, ANON_RW | flags, NULL, 0);

	assert_non_null(vma);
	for (uint64_t i = 0; i < pages; i++)
		assert_int_equal(world_store(start + i * FRAME_SIZE, i + 1), 0);
	return vma;
}

/* The page stays, mapped as it was, with what it held. */
static void expect_kept(struct mm_struct *mm, pte_t before)
{
	assert_false(world_pageout(BASE));
	assert_int_equal(world_entry(BASE, 1), before);
	assert_int_equal(world_load(BASE), 1);
	assert_int_equal(mm->rss[MM_SWAPENTS], 0);
}

static long kept_locked(void)
{
	struct vm_area_struct *vma = map_written(BASE, 1, VM_LOCKED);
	struct page *page = pte_page(world_entry(BASE, 1));

	lru_add_drain_all();
	assert_true(isolate_lru_page(page));
	lock_page(page);
	assert_false(pageout_anon(page));
	assert_false(page->flags & PAGE_LOCKED);
	putback_lru_page(page);
	assert_true(pte_present(world_entry(BASE, 1)));
	assert_int_equal(world_load(BASE), 1);
	vma->vm_flags &= ~(uint64_t)VM_LOCKED;
	assert_true(world_pageout(BASE));
	return 0;
}

static void mlocked_stays(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, kept_locked()), 0);
	world_audit(*state);
}

/* Somebody's reference: the entry may go, the page may not; a fault finds it in the swap cache. */
static long kept_referenced(void)
{
	struct vm_area_struct *vma = map_written(BASE, 1, 0);
	struct page *page = pte_page(world_entry(BASE, 1));

	get_page(page);
	assert_false(world_pageout(BASE));
	assert_int_equal(page_mapcount(page), 0);
	assert_true(page->flags & PAGE_SWAPCACHE);
	assert_int_equal(page_swap_slot(page), pte_swap_slot(world_entry(BASE, 1)));
	assert_int_equal(world_swap_fault(vma, BASE, false), 0);
	assert_ptr_equal(pte_page(world_entry(BASE, 1)), page);
	assert_int_equal(current_machine()->mm->vm_event[VM_EVENT_PSWPIN], 0);
	put_page(page);
	assert_int_equal(world_load(BASE), 1);
	return 0;
}

static void referenced_stays(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, kept_referenced()), 0);
	world_audit(*state);
}

static long kept_without_device(void)
{
	map_written(BASE, 1, 0);
	expect_kept(current_task()->mm, world_entry(BASE, 1));
	return 0;
}

static void no_device(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, kept_without_device()), 0);
	world_audit(*state);
}

/* Three slots, the header among them: the third page finds none. */
static long kept_when_full(void)
{
	struct vm_area_struct *vma = map_written(BASE, 3, 0);
	uint64_t third = BASE + 2 * FRAME_SIZE;

	assert_true(world_pageout(BASE));
	assert_true(world_pageout(BASE + FRAME_SIZE));
	assert_false(world_pageout(third));
	assert_int_equal(world_load(third), 3);
	assert_int_equal(world_swap_fault(vma, BASE, true), 0);
	assert_true(world_pageout(third));
	assert_int_equal(world_load(BASE), 1);
	return 0;
}

static void device_full(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, kept_when_full()), 0);
	world_audit(*state);
}

/* No memory for the swap cache's books. */
static long kept_without_memory(void)
{
	map_written(BASE, 1, 0);
	alloc_fail_nth(current_machine(), 1);
	expect_kept(current_task()->mm, world_entry(BASE, 1));
	assert_int_equal(current_machine()->mm->swap->nr_used, 0);
	assert_true(world_pageout(BASE));
	return 0;
}

static void no_memory(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, kept_without_memory()), 0);
	world_audit(*state);
}

/* MADV_FREE (v4.12+): clean entry, clean page, no PAGE_SWAPBACKED. */
static struct page *make_lazy(struct vm_area_struct *vma)
{
	pte_t *pte = entry_find(current_machine(), vma->vm_mm, BASE, 1);
	struct page *page = pte_page(*pte);

	*pte = pte_mkold(kernel_pte_mkclean(current_kernel(), *pte));
	flush_tlb_page(vma, BASE);
	page->flags &= ~(PAGE_SWAPBACKED | PAGE_DIRTY);
	return page;
}

static long lazy_clean(void)
{
	struct vm_area_struct *vma = map_written(BASE, 1, 0);

	make_lazy(vma);
	assert_true(world_pageout(BASE));
	assert_int_equal(world_entry(BASE, 1), 0);
	assert_int_equal(vma->vm_mm->rss[MM_ANONPAGES], 0);
	assert_int_equal(current_machine()->mm->vm_event[VM_EVENT_PGLAZYFREED], 1);
	assert_int_equal(current_machine()->mm->vm_event[VM_EVENT_PSWPOUT], 0);
	assert_int_equal(world_load(BASE), 0);
	return 0;
}

static void lazy_clean_is_discarded(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, lazy_clean()), 0);
	world_audit(*state);
}

/* Written again: the page is an ordinary one again. */
static long lazy_dirty(void)
{
	struct vm_area_struct *vma = map_written(BASE, 1, 0);
	struct page *page = make_lazy(vma);

	assert_int_equal(world_store(BASE, 5), 0);
	assert_false(world_pageout(BASE));
	assert_true(page->flags & PAGE_SWAPBACKED);
	assert_int_equal(world_load(BASE), 5);
	assert_true(world_pageout(BASE));
	assert_int_equal(world_swap_fault(vma, BASE, false), 0);
	assert_int_equal(world_load(BASE), 5);
	return 0;
}

static void lazy_dirty_is_kept(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, lazy_dirty()), 0);
	world_audit(*state);
}

/* Somebody else looks at the lazy page (GUP): it must not be thrown away under him. */
static long lazy_referenced(void)
{
	struct vm_area_struct *vma = map_written(BASE, 1, 0);
	struct page *page = make_lazy(vma);

	get_page(page);
	assert_false(world_pageout(BASE));
	assert_true(pte_present(world_entry(BASE, 1)));
	assert_int_equal(world_load(BASE), 1);
	put_page(page);
	return 0;
}

static void lazy_referenced_is_kept(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, lazy_referenced()), 0);
	world_audit(*state);
}

static uint64_t slot_of(uint64_t address)
{
	assert_true(world_pageout(address));
	return pte_swap_slot(world_entry(address, 1));
}

static long slots_from(uint64_t start, uint64_t first)
{
	map_written(start, 4, 0);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(slot_of(start + i * FRAME_SIZE), first + i);
	return 0;
}

/* Each CPU has its cluster: 512 slots (256 to v4.12), the first not being free. */
static void slots_by_cluster(void **state)
{
	struct backing_world *w = *state;
	uint64_t cluster = w->m->mm->swap->cluster_slots;

	assert_int_equal(IN(w, slots_from(BASE, cluster)), 0);
	assert_int_equal(IN2(w, slots_from(BASE, 2 * cluster)), 0);
	assert_int_equal(IN(w, slots_from(2 * BASE, cluster + 4)), 0);
}

/* To v3.11 from the bottom, for all CPUs together. */
static void slots_by_run(void **state)
{
	struct backing_world *w = *state;

	assert_int_equal(w->m->mm->swap->nr_clusters, 0);
	assert_int_equal(IN(w, slots_from(BASE, 1)), 0);
	assert_int_equal(IN2(w, slots_from(BASE, 5)), 0);
}

/* A slot that was freed is taken again only when its cluster comes round. */
static long slots_reused(void)
{
	struct vm_area_struct *vma = map_written(BASE, 2, 0);
	struct swap_device *d = current_machine()->mm->swap;

	assert_int_equal(slot_of(BASE), d->cluster_slots);
	assert_int_equal(world_swap_fault(vma, BASE, true), 0);
	assert_int_equal(d->nr_used, 0);
	assert_int_equal(slot_of(BASE), d->cluster_slots + 1);
	return 0;
}

static void slots_come_round(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, slots_reused()), 0);
}

#define TEST(fn, release) cmocka_unit_test_setup_teardown(fn, setup_##release, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(mlocked_stays, 3_8),
		TEST(mlocked_stays, 6_1),
		TEST(referenced_stays, 3_8),
		TEST(referenced_stays, 4_19),
		TEST(referenced_stays, 6_12),
		TEST(no_device, none),
		TEST(device_full, small),
		TEST(no_memory, 3_8),
		TEST(no_memory, 6_1),
		TEST(lazy_clean_is_discarded, 4_19),
		TEST(lazy_clean_is_discarded, 6_12),
		TEST(lazy_dirty_is_kept, 4_19),
		TEST(lazy_dirty_is_kept, 6_12),
		TEST(lazy_referenced_is_kept, 6_1),
		TEST(slots_by_cluster, 3_12),
		TEST(slots_by_cluster, 4_19),
		TEST(slots_by_cluster, 6_12),
		TEST(slots_by_run, 3_8),
		TEST(slots_come_round, 6_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
