/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries: where they are, how they are read and stored, and that each access is one step. */
#include "mm_world.h"

static unsigned steps_taken(struct mm_world *w, void (*fn)(void *))
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;

	mm_world_add(w, "a", fn, 0);
	numasim_result_free(w->result);
	w->result = NULL;
	if (numasim_program_explore(&w->result, w->program, &search, &w->err))
		fail_msg("%s", w->err.text);
	numasim_result_info(&w->info, w->result);
	if (w->info.verdict != NUMASIM_VERDICT_HOLDS)
		fail_msg("%s", w->info.sentence);
	return w->info.transitions;
}

/* ---- the entry of a huge page ---- */

static void looks_at_the_pmd(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t *pmd = numasim_mm_find_pmd(w->mm, w->x), value = numasim_entry_read(pmd);

	numasim_assert(!numasim_mm_find_pte(w->mm, w->x));
	numasim_assert(numasim_mm_find_pmd(w->mm, w->x + 8) == pmd);
	numasim_assert(!numasim_mm_find_pmd(w->mm, w->x + (UINT64_C(1) << 40)));
	numasim_assert(numasim_pmd_present(value) && numasim_pmd_trans_huge(value));
	numasim_assert(numasim_pmd_write(value) && numasim_pmd_dirty(value));
	numasim_assert(!numasim_pmd_none(value) && !numasim_pmd_numa(value));
	numasim_assert(numasim_page_to_nid(numasim_pmd_page(value)) == 0);
}

static void test_huge(void **state)
{
	assert_int_equal(steps_taken(*state, looks_at_the_pmd), 1); /* one look, one step */
}

static void looks_at_the_pte(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t *pte = numasim_mm_find_pte(w->mm, w->x);
	uint64_t *pmd = numasim_mm_find_pmd(w->mm, w->x);

	numasim_assert(pte && pmd);
	numasim_assert(numasim_pte_present(numasim_entry_read(pte)));
	numasim_assert(numasim_pte_write(numasim_entry_read(pte)));
	numasim_assert(!numasim_pmd_trans_huge(numasim_entry_read(pmd)));
	numasim_assert(!numasim_pmd_bad(numasim_entry_read(pmd)));
	numasim_assert(numasim_pte_none(numasim_entry_read(pte + 1)));
	numasim_assert(numasim_pte_page(numasim_entry_read(pte)));
}

static void test_base(void **state)
{
	assert_int_equal(steps_taken(*state, looks_at_the_pte), 6);
}

/* ---- storing ---- */

static void stores(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t *pmd = numasim_mm_find_pmd(w->mm, w->x), old = numasim_entry_read(pmd);

	numasim_assert(numasim_entry_get_and_clear(w->mm, w->x, pmd) == old);
	numasim_assert(numasim_pmd_none(numasim_entry_read(pmd)));
	numasim_set_entry_at(w->mm, w->x, pmd, old);
	numasim_assert(numasim_entry_read(pmd) == old);
}

static void test_stores(void **state)
{
	assert_int_equal(steps_taken(*state, stores), 5);
}

/* What is cleared and flushed cannot be used by anybody. */
static void clears_and_flushes(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t *pmd = numasim_mm_find_pmd(w->mm, w->x), old;

	numasim_assert(this_cpu()->tlb->nr == 1);
	old = numasim_pmdp_clear_flush(w->vma, w->x, pmd);
	numasim_assert(this_cpu()->tlb->nr == 0);
	numasim_set_entry_at(w->mm, w->x, pmd, old);
}

static void test_clear_flush(void **state)
{
	mm_world_run(*state, clears_and_flushes);
}

/*
 * ptep_clear_flush() of an entry that is a hint: before 20841405940e no flush, because no processor
 * can have cached it; with it a flush while the mm says that one is pending.
 */
static void clears_a_hint(const struct mm_world *w, bool pending, bool flushed)
{
	uint64_t *pte = numasim_mm_find_pte(w->mm, w->x), value = numasim_entry_read(pte);

	numasim_assert(this_cpu()->tlb->nr == 1);
	numasim_set_entry_at(w->mm, w->x, pte, numasim_pte_mknuma(value));
	if (pending)
		numasim_set_tlb_flush_pending(w->mm);
	numasim_ptep_clear_flush(w->vma, w->x, pte);
	numasim_assert(this_cpu()->tlb->nr == !flushed);
	if (pending)
		numasim_clear_tlb_flush_pending(w->mm);
	numasim_set_entry_at(w->mm, w->x, pte, value);
}

static void hint_flushed(void *payload)
{
	clears_a_hint(payload, true, true);
}

static void hint_not_flushed(void *payload)
{
	clears_a_hint(payload, false, false);
}

static void hint_never_flushed(void *payload)
{
	clears_a_hint(payload, true, false);
}

static void test_clear_flush_of_hints(void **state)
{
	static const struct {
		const char *release;
		void (*fn)(void *);
	} cases[] = {
		{"v3.13", hint_flushed}, {"v3.13", hint_not_flushed},
		{"v3.13-rc4", hint_never_flushed},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct numasim_program_options options = {.release = cases[i].release};
		struct mm_world w;

		mm_world_open(&w, &options, false);
		mm_world_run(&w, cases[i].fn);
		mm_world_close(&w);
	}
}

/* ---- making entries ---- */

static void makes(void *payload)
{
	const struct mm_world *w = payload;
	struct page *page = numasim_pmd_page(numasim_entry_read(numasim_mm_find_pmd(w->mm, w->x)));
	uint64_t pmd = numasim_mk_huge_pmd(page, numasim_vma_page_prot(w->vma));

	numasim_assert(numasim_pmd_page(pmd) == page);
	numasim_assert(numasim_pmd_trans_huge(pmd) && !numasim_pmd_write(pmd));
	numasim_assert(numasim_pmd_write(numasim_pmd_mkwrite(pmd)));
	numasim_assert(!numasim_pmd_write(numasim_pmd_wrprotect(numasim_pmd_mkwrite(pmd))));
	numasim_assert(numasim_pmd_dirty(numasim_pmd_mkdirty(pmd)));
	numasim_assert(!numasim_pmd_dirty(numasim_pmd_mkclean(numasim_pmd_mkdirty(pmd))));
	numasim_assert(!numasim_pmd_young(numasim_pmd_mkold(pmd)));
	numasim_assert(numasim_pmd_young(numasim_pmd_mkyoung(numasim_pmd_mkold(pmd))));
	numasim_assert(numasim_pmd_numa(numasim_pmd_mknuma(pmd)));
	numasim_assert(numasim_pmd_mknonnuma(numasim_pmd_mknuma(pmd)) == pmd);
}

static void test_makes(void **state)
{
	mm_world_run(*state, makes);
}

/* The lock of a huge entry is its table's own from v3.13-rc1 on. */
static void expects_split_lock(void *payload)
{
	const struct mm_world *w = payload;

	numasim_assert(numasim_pmd_lockptr(w->mm, numasim_mm_find_pmd(w->mm, w->x)) !=
		       numasim_page_table_lock(w->mm));
}

static void expects_one_lock(void *payload)
{
	const struct mm_world *w = payload;

	numasim_assert(numasim_pmd_lockptr(w->mm, numasim_mm_find_pmd(w->mm, w->x)) ==
		       numasim_page_table_lock(w->mm));
}

static void test_lock_of_a_pmd(void **state)
{
	for (int split = 0; split < 2; split++) {
		struct numasim_program_options options = {.release = split ? "v3.13" : "v3.12"};
		struct mm_world w;

		mm_world_open(&w, &options, true);
		mm_world_run(&w, split ? expects_split_lock : expects_one_lock);
		mm_world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUGE_TEST(test_huge),
		BASE_TEST(test_base),
		HUGE_TEST(test_stores),
		HUGE_TEST(test_clear_flush),
		cmocka_unit_test(test_clear_flush_of_hints),
		HUGE_TEST(test_makes),
		cmocka_unit_test(test_lock_of_a_pmd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
