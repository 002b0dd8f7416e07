/* SPDX-License-Identifier: BSD-2-Clause */
/* kswapd comes to a page: which go, which stay, and what the looks leave behind. */
#include "backing_world.h"

#include "mm/mm_life.h"
#include "mm/zap.h"

/* fn(arg) in a process of @release with swap. */
static long run_in(const char *release, long (*fn)(bool), bool arg)
{
	struct backing_world *w = world_open(release);
	long ret;

	assert_int_equal(swap_on(w->m, 2048), 0);
	ret = IN(w, fn(arg));
	world_audit(w);
	world_close(w);
	return ret;
}

static struct vm_area_struct *written(void)
{
	struct vm_area_struct *vma = world_map(BASE, 1, ANON_RW, NULL, 0);

	assert_non_null(vma);
	assert_int_equal(world_store(BASE, 7), 0);
	return vma;
}

static const char *const eras[] = {"v3.8", "v3.15", "v3.16", "v4.3", "v4.7", "v4.15", "v5.9",
				   "v5.19", "debian-6.1.192", "v6.12"};

/* A page that was just written goes all the same: the first look makes it old. */
static long goes_and_comes_back(bool unused)
{
	const struct numasim_machine *m = current_machine();
	struct vm_area_struct *vma = written();

	assert_int_equal(reclaim_page_at(vma->vm_mm, BASE + 8), 0);
	assert_true(pte_swap_slot(world_entry(BASE, 1)));
	assert_int_equal(vma->vm_mm->rss[MM_ANONPAGES], 0);
	assert_int_equal(m->mm->vm_event[VM_EVENT_PSWPOUT], 1);
	assert_int_equal(reclaim_page_at(vma->vm_mm, BASE), -ENOENT);
	assert_int_equal(world_load(BASE), 7);
	assert_true(pte_present(world_entry(BASE, 1)));
	return 0;
}

static void a_page_goes_and_comes_back(void **state)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(*eras); i++)
		assert_int_equal(run_in(eras[i], goes_and_comes_back, false), 0);
}

/* Nothing there, in no process's tables, of no device: -ENOENT; locked by a system call: -EBUSY. */
static long stays(bool unused)
{
	struct vm_area_struct *vma = written(), *empty;
	struct page *page;

	empty = world_map(2 * BASE, 1, ANON_RW, NULL, 0);
	assert_non_null(empty);
	assert_int_equal(reclaim_page_at(vma->vm_mm, 2 * BASE), -ENOENT);
	assert_int_equal(world_load(2 * BASE), 0); /* the page of zeroes */
	assert_int_equal(reclaim_page_at(vma->vm_mm, 2 * BASE), -ENOENT);
	vma->vm_flags |= VM_LOCKED;
	assert_int_equal(reclaim_page_at(vma->vm_mm, BASE), -EBUSY);
	assert_true(pte_present(world_entry(BASE, 1)));
	vma->vm_flags &= ~(uint64_t)VM_LOCKED;
	page = pte_page(world_entry(BASE, 1));
	lru_add_drain_all();
	lock_page(page);
	assert_int_equal(reclaim_page_at(vma->vm_mm, BASE), -EBUSY);
	unlock_page(page);
	get_page(page);
	assert_int_equal(reclaim_page_at(vma->vm_mm, BASE), -EBUSY);
	put_page(page);
	assert_int_equal(world_load(BASE), 7);
	assert_int_equal(reclaim_page_at(vma->vm_mm, BASE), 0);
	return 0;
}

static void what_is_held_stays(void **state)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(*eras); i++)
		assert_int_equal(run_in(eras[i], stays, false), 0);
}

/* MADV_FREE from v4.12 on: no slot, the page is forgotten; written again, it is ordinary. */
static long lazy(bool unused)
{
	struct vm_area_struct *vma = written();

	lru_add_drain_all();
	madvise_free_range(vma, BASE, BASE + FRAME_SIZE);
	assert_int_equal(reclaim_page_at(vma->vm_mm, BASE), 0);
	assert_int_equal(world_entry(BASE, 1), 0);
	assert_int_equal(world_store(BASE, 8), 0);
	lru_add_drain_all();
	madvise_free_range(vma, BASE, BASE + FRAME_SIZE);
	assert_int_equal(world_store(BASE, 9), 0);
	assert_int_equal(reclaim_page_at(vma->vm_mm, BASE), -EBUSY);
	assert_int_equal(world_load(BASE), 9);
	return 0;
}

static void a_lazy_page_is_forgotten(void **state)
{
	static const char *const releases[] = {"v4.12", "debian-6.1.192", "v6.12"};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++)
		assert_int_equal(run_in(releases[i], lazy, false), 0);
}

/* b13b1d2d8692, v3.16: the processor keeps its translation, and A stays clear while it is used. */
static long looked_at(bool flushes)
{
	struct vm_area_struct *vma = written();
	pte_t *pte = entry_find(current_machine(), vma->vm_mm, BASE, 1);
	struct lock *ptl = pte_lockptr(vma->vm_mm, pte);

	lock_take(ptl);
	assert_true(ptep_clear_flush_young(vma, BASE, pte));
	assert_false(ptep_clear_flush_young(vma, BASE, pte));
	lock_release(ptl);
	assert_int_equal(world_load(BASE), 7);
	assert_int_equal(!!(*pte & X86_A), flushes);
	return 0;
}

static void a_look_flushes_by_release(void **state)
{
	static const struct {
		const char *release;
		bool flushes;
	} known[] = {{"v3.15", true}, {"v3.15+b13b1d2d8692", false}, {"v3.16", false},
		     {"v3.16~b13b1d2d8692", true}, {"v6.12", false}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_int_equal(run_in(known[i].release, looked_at, known[i].flushes), 0);
}

/* An entry that is young again when it is taken away: to v5.10 it stays, and is old. */
static long used_again(bool stays)
{
	struct vm_area_struct *vma = written();
	struct page *page = pte_page(world_entry(BASE, 1));

	lru_add_drain_all();
	assert_true(isolate_lru_page(page));
	lock_page(page);
	assert_true(world_entry(BASE, 1) & X86_A);
	assert_int_equal(pageout_unused_anon(page), !stays);
	if (stays) {
		assert_true(pte_present(world_entry(BASE, 1)));
		assert_false(world_entry(BASE, 1) & X86_A);
		putback_lru_page(page);
	}
	assert_int_equal(world_load(BASE), 7);
	return vma->vm_mm->rss[MM_SWAPENTS];
}

static void a_used_entry_stays_by_release(void **state)
{
	static const struct {
		const char *release;
		bool stays;
	} known[] = {{"v3.8", true}, {"v5.10", true}, {"v5.10+013339df116c", false},
		     {"v5.11", false}, {"v5.11~013339df116c", true}, {"v6.12", false}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_int_equal(run_in(known[i].release, used_again, known[i].stays), 0);
}

/* A huge page is split, and the part goes. */
static long huge(bool unused)
{
	const uint64_t base = BASE & HPAGE_MASK;
	struct vm_area_struct *vma = world_map(base, BLOCK_FRAMES, ANON_RW | VM_HUGEPAGE, NULL, 0);
	struct mm_struct *mm;

	assert_non_null(vma);
	mm = vma->vm_mm;
	current_machine()->mm->thp = THP_ALWAYS;
	assert_int_equal(world_store(base, 1), 0);
	assert_true(pmd_trans_huge(world_entry(base, 2)));
	assert_int_equal(world_store(base + 5 * FRAME_SIZE, 5), 0);
	assert_int_equal(reclaim_page_at(mm, base + 5 * FRAME_SIZE), 0);
	assert_true(pte_swap_slot(world_entry(base + 5 * FRAME_SIZE, 1)));
	assert_true(pte_present(world_entry(base, 1)));
	assert_int_equal(mm->rss[MM_ANONPAGES], BLOCK_FRAMES - 1);
	assert_int_equal(reclaim_page_at(mm, base), 0);
	assert_int_equal(world_load(base + 5 * FRAME_SIZE), 5);
	assert_int_equal(world_load(base), 1);
	return 0;
}

static void a_huge_page_goes_in_parts(void **state)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(*eras); i++)
		assert_int_equal(run_in(eras[i], huge, false), 0);
}

/* Two address spaces lead to the page: both entries become old, and both go. */
static long shared(bool unused)
{
	const struct numasim_machine *m = current_machine();
	struct vm_area_struct *vma = written();
	struct task_struct *child;
	uint64_t slot;
	pte_t *pte;

	assert_int_equal(do_fork(&child, 0, 77, NULL), 0);
	assert_int_equal(reclaim_page_at(vma->vm_mm, BASE), 0);
	slot = pte_swap_slot(world_entry(BASE, 1));
	pte = entry_find(current_machine(), child->mm, BASE, 1);
	assert_int_equal(pte_swap_slot(*pte), slot);
	assert_int_equal(m->mm->swap->slot[slot].count, 2);
	return 0;
}

static void all_mappings_go(void **state)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(*eras); i++)
		assert_int_equal(run_in(eras[i], shared, false), 0);
}

/* An entry of another device: a load is killed, and whoever takes the entry away frees nothing. */
static long wrong_type(bool unused)
{
	const struct numasim_machine *m = current_machine();
	const struct kernel *k = current_kernel();
	struct vm_area_struct *vma = written();
	uint64_t slot;
	pte_t *pte;

	assert_int_equal(reclaim_page_at(vma->vm_mm, BASE), 0);
	pte = entry_find(current_machine(), vma->vm_mm, BASE, 1);
	slot = pte_swap_slot(*pte);
	*pte = kernel_swp_entry(k, 16, slot);
	assert_int_equal(pte_swap_slot(*pte), 0);
	assert_int_equal(world_load(BASE), UINT64_MAX);
	zap_page_range(vma, BASE, FRAME_SIZE);
	assert_int_equal(*pte, 0);
	assert_int_equal(m->mm->swap->slot[slot].count, 1);
	*pte = kernel_swp_entry(k, 0, m->mm->swap->nr_slots);
	assert_int_equal(pte_swap_slot(*pte), 0);
	assert_int_equal(world_load(BASE), UINT64_MAX);
	*pte = kernel_swp_entry(k, 0, slot);
	vma->vm_mm->rss[MM_SWAPENTS]++;
	assert_int_equal(world_load(BASE), 7);
	return 0;
}

static void an_entry_of_no_device(void **state)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(*eras); i++)
		assert_int_equal(run_in(eras[i], wrong_type, false), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_goes_and_comes_back),
		cmocka_unit_test(what_is_held_stays),
		cmocka_unit_test(a_lazy_page_is_forgotten),
		cmocka_unit_test(a_look_flushes_by_release),
		cmocka_unit_test(a_used_entry_stays_by_release),
		cmocka_unit_test(a_huge_page_goes_in_parts),
		cmocka_unit_test(all_mappings_go),
		cmocka_unit_test(an_entry_of_no_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
