/* SPDX-License-Identifier: BSD-2-Clause */
/* What single rows change, each with and without, in one straight run. */
#include "row_world.h"

#include "mm/entry.h"

/* ---- arming ---- */

static void counts_updates(void *payload)
{
	struct mm_world *w = payload;

	w->info.states = numasim_change_prot_numa(w->vma, w->x, numasim_vma_end(w->vma));
}

static uint64_t updates(const char *kernel)
{
	uint64_t n;
	struct mm_world w;

	row_world_open(&w, kernel, true);
	row_world_run(&w, counts_updates, 0);
	n = w.info.states;
	mm_world_close(&w);
	return n;
}

/* 0255d4918480: one for a huge page; 72403b4a0fbd: 512 again, and the scan is charged otherwise. */
static void one_huge_page_counts_as(void **state)
{
	assert_int_equal(updates("v3.11"), 512);
	assert_int_equal(updates("v3.12"), 1);
	assert_int_equal(updates("v3.12~0255d4918480"), 512);
	assert_int_equal(updates("v3.13"), 512);
	assert_int_equal(updates("v3.13~72403b4a0fbd"), 1);
}

static bool shared_page_is_armed(const char *kernel)
{
	struct mm_world w;
	bool armed;

	row_world_open(&w, kernel, true);
	row_world_page(&w)->mapcount = 2;
	row_world_run(&w, row_world_arms, 0);
	armed = kernel_pmd_hint(w.m->kernel, *row_world_pmd(&w));
	mm_world_close(&w);
	return armed;
}

/* 1bc115d87dff: also pages that are mapped more than once. */
static void shared_pages_are_armed(void **state)
{
	assert_true(shared_page_is_armed("v3.13"));
	assert_false(shared_page_is_armed("v3.13~1bc115d87dff"));
	assert_false(shared_page_is_armed("v3.12+f123d74abf91"));
}

/* ---- counting ---- */

/* v3.12, base page, marked table: how often is a fault counted whose page may stay? */
static uint64_t counted(const char *kernel)
{
	struct task_struct *task;
	uint64_t n = 0;
	struct mm_world w;

	row_world_open(&w, kernel, false);
	row_world_run(&w, row_world_arms, 0);
	assert_true(kernel_pmd_hint(w.m->kernel, *row_world_pmd(&w)));
	row_world_run(&w, row_world_loads, 0);
	assert_false(kernel_pte_hint(w.m->kernel, *entry_find(w.m, w.mm, w.x, 1)));
	TAILQ_FOREACH(task, &w.m->mm->tasks, link)
		n += task->numa_faults[0] + task->numa_faults[1];
	mm_world_close(&w);
	return n;
}

/* c61109e34f60: counted also where the page stays and the fault came by a marked table. */
static void faults_of_pages_that_stay_count(void **state)
{
	assert_int_equal(counted("v3.12"), 1);
	assert_int_equal(counted("v3.12~c61109e34f60"), 0);
	assert_int_equal(counted("v3.11"), 0);
}

/* ---- locks ---- */

static bool pmd_has_its_lock(const char *kernel)
{
	struct mm_world w;
	struct exec *outer = exec_current;
	bool own;

	row_world_open(&w, kernel, true);
	exec_current = &w.m->exec;
	own = pmd_lockptr(w.mm, row_world_pmd(&w)) != &w.mm->page_table_lock;
	exec_current = outer;
	mm_world_close(&w);
	return own;
}

/* e009bb30c8df: a lock for each table of PMDs. */
static void pmds_have_their_lock(void **state)
{
	assert_true(pmd_has_its_lock("v3.13"));
	assert_false(pmd_has_its_lock("v3.13~e009bb30c8df"));
	assert_false(pmd_has_its_lock("v3.12"));
}

/* ---- moving ---- */

static void holds(void *payload)
{
	const struct mm_world *w = payload;

	numasim_get_page(numasim_pmd_page(numasim_entry_read(numasim_mm_find_pmd(w->mm, w->x))));
}

static bool held_page_moves(const char *kernel)
{
	struct mm_world w;
	bool moved;

	row_world_open(&w, kernel, true);
	row_world_run(&w, holds, 0);
	moved = row_world_moves(&w);
	mm_world_close(&w);
	return moved;
}

/* 04fa5d6a6547: a page with a reference that nobody can explain stays; 340ef3902cf2 counts anew. */
static void held_pages_stay(void **state)
{
	assert_false(held_page_moves("v3.12+f123d74abf91"));
	assert_false(held_page_moves("v3.12+f123d74abf91~340ef3902cf2"));
	assert_true(held_page_moves("v3.12+f123d74abf91~340ef3902cf2~04fa5d6a6547"));
}

static bool page_without_family_moves(const char *kernel)
{
	struct mm_world w;
	bool moved;

	row_world_open(&w, kernel, true);
	row_world_page(&w)->mapping = 0;
	moved = row_world_moves(&w);
	if (!moved) /* and it is no hint any more */
		assert_false(kernel_pmd_hint(w.m->kernel, *row_world_pmd(&w)));
	mm_world_close(&w);
	return moved;
}

/* c3a489cac38d: what has no anon_vma to lock stays. */
static void pages_without_family_stay(void **state)
{
	assert_false(page_without_family_moves("v3.13"));
	assert_true(page_without_family_moves("v3.13~c3a489cac38d"));
	assert_true(page_without_family_moves("v3.13-rc4"));
	assert_false(page_without_family_moves("v3.13-rc4+c3a489cac38d"));
}

static void arms_and_does_not_flush(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t *pmd = numasim_mm_find_pmd(w->mm, w->x);

	numasim_set_tlb_flush_pending(w->mm);
	numasim_set_entry_at(w->mm, w->x, pmd, numasim_pmd_mknuma(numasim_entry_read(pmd)));
}

static void flush_is_over(void *payload)
{
	const struct mm_world *w = payload;

	numasim_clear_tlb_flush_pending(w->mm);
}

static bool fault_flushes_for_a_page_that_stays(const char *kernel)
{
	struct mm_world w;
	bool flushed;

	row_world_open(&w, kernel, true);
	row_world_run(&w, holds, 0); /* so that it is not isolated */
	assert_int_equal(w.m->cpu[0].tlb->nr, 1);
	row_world_run(&w, arms_and_does_not_flush, 0);
	row_world_run(&w, row_world_loads, 1);
	flushed = w.m->cpu[0].tlb->nr == 0;
	assert_int_equal(row_world_page(&w)->node, 0);
	row_world_run(&w, flush_is_over, 0);
	mm_world_close(&w);
	return flushed;
}

/* b0943d61b8fa: flush only once the page is isolated. a9b802500ebb takes it away again. */
static void flush_is_put_off(void **state)
{
	const char *with = "a9b802500ebb";
	struct kernel k;

	assert_int_equal(kernel_config(&k, "v3.13", &with, 1, NULL, 0, NULL, 0, NULL), 0);
	assert_false(kernel_has(&k, ROW_A4_DEFER_THP_FLUSH));
	assert_false(fault_flushes_for_a_page_that_stays("v3.13"));
	assert_true(fault_flushes_for_a_page_that_stays("v3.13~b0943d61b8fa"));
	assert_true(fault_flushes_for_a_page_that_stays("v3.13-rc4+20841405940e"));
	assert_false(fault_flushes_for_a_page_that_stays("v3.13-rc4"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_huge_page_counts_as),
		cmocka_unit_test(shared_pages_are_armed),
		cmocka_unit_test(faults_of_pages_that_stay_count),
		cmocka_unit_test(pmds_have_their_lock),
		cmocka_unit_test(held_pages_stay),
		cmocka_unit_test(pages_without_family_stay),
		cmocka_unit_test(flush_is_put_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
