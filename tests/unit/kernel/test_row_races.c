/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows that need somebody else to show: a split and a lockless get_user_pages() beside a move. */
#include "row_world.h"

static uint64_t mapped_pfn(const struct mm_world *w)
{
	return numasim_entry_read(numasim_mm_find_pmd(w->mm, w->x)) & X86_PFN_MASK;
}

static void faults(void *payload)
{
	row_world_loads(payload);
}

/*
 * 587fe586f44a: while a split has the family's lock, nobody gives the PMD another page.
 *
 *	split                          reader
 *	anon_vma lock (write)
 *	read PMD: page A               copy A to B
 *	                               PMD := B     <- only without the row
 *	read PMD: must be A
 */
static void splits(void *payload)
{
	const struct mm_world *w = payload;
	struct rwlock *family = &w->vma->anon_vma->lock;
	uint64_t pfn;

	rwlock_take_write(family);
	pfn = mapped_pfn(w);
	numasim_assert(mapped_pfn(w) == pfn);
	rwlock_release_write(family);
}

static const char *split_beside_a_move(const char *kernel)
{
	const char *verdict;
	struct mm_world w;

	row_world_open(&w, kernel, true);
	row_world_run(&w, row_world_arms, 0);
	mm_world_add(&w, "reader", faults, 1);
	mm_world_add(&w, "split", splits, 0);
	verdict = row_world_verdict(&w, "assertion");
	mm_world_close(&w);
	return verdict;
}

static void splits_are_kept_out(void **state)
{
	assert_null(split_beside_a_move("v3.13-rc4"));
	assert_string_equal(split_beside_a_move("v3.13-rc4~587fe586f44a~3f926ab945b6"),
			    "assertion");
	assert_string_equal(split_beside_a_move("v3.13-rc4~587fe586f44a"), "assertion");
}

/*
 * 2b4847e73004: a reference that get_user_pages_fast() takes, with interrupts off, on what it read
 * in the PMD is on the page that stays mapped.
 *
 *	gup                            reader
 *	interrupts off                 count of A is right
 *	read PMD: page A               clear PMD, flush (waits for gup's processor)
 *	take a reference on A
 *	interrupts on                  PMD := B; count of A again: put A back
 */
static void pins(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t *pmd = numasim_mm_find_pmd(w->mm, w->x);
	struct numasim_lock *ptl = numasim_pmd_lockptr(w->mm, pmd);
	struct page *page;
	uint64_t entry;

	numasim_local_irq_disable();
	entry = numasim_entry_read(pmd);
	page = numasim_pmd_trans_huge(entry) ? numasim_pmd_page(entry) : NULL;
	if (page)
		numasim_get_page(page);
	numasim_local_irq_enable();
	if (!page)
		return;
	numasim_lock_take(ptl);
	numasim_assert(numasim_pmd_page(numasim_entry_read(pmd)) == page);
	numasim_lock_release(ptl);
	numasim_put_page(page);
}

static const char *pin_beside_a_move(const char *kernel)
{
	const char *verdict;
	struct mm_world w;

	row_world_open(&w, kernel, true);
	row_world_run(&w, row_world_arms, 0);
	mm_world_add(&w, "reader", faults, 1);
	mm_world_add(&w, "gup", pins, 0);
	verdict = row_world_verdict(&w, "assertion");
	mm_world_close(&w);
	return verdict;
}

static void pinned_pages_stay(void **state)
{
	assert_null(pin_beside_a_move("v3.13"));
	assert_string_equal(pin_beside_a_move("v3.13~2b4847e73004"), "assertion");
	assert_string_equal(pin_beside_a_move("v3.13-rc4"), "assertion");
	assert_null(pin_beside_a_move("v3.13-rc4+2b4847e73004"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_are_kept_out),
		cmocka_unit_test(pinned_pages_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
