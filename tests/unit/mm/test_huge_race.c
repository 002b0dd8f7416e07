/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A huge PMD that others change while somebody looks at it, under every order of steps: emptied and
 * put back (A16, A22), filled by a fault (A32), written while it is split (A31). Each test names
 * the last release that has the bug and the first that has not; scenario files go on from there.
 */
#include "mm_world.h"

#include "mm/abi.h"
#include "mm/mmap_lock.h"
#include "mm/mprotect.h"
#include "mm/ranges.h"
#include "mm/syscalls.h"

static uint64_t pmd_of(const struct mm_world *w)
{
	return *entry_find(w->m, w->mm, w->x, 2);
}

static void forgets(void *payload)
{
	const struct mm_world *w = payload;

	sys_madvise(w->x, HPAGE_SIZE, MADV_DONTNEED);
}

static void scans(void *payload)
{
	const struct mm_world *w = payload;

	mmap_read_lock(w->mm);
	change_prot_numa(w->vma, w->x, w->x + HPAGE_SIZE);
	mmap_read_unlock(w->mm);
}

static void stores(void *payload)
{
	const struct mm_world *w = payload;

	numasim_user_store(w->x, 2);
}

static void loads(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value;

	numasim_user_load(&value, w->x);
}

static void splits(void *payload)
{
	const struct mm_world *w = payload;

	sys_mprotect(w->x + FRAME_SIZE, FRAME_SIZE, PROT_READ);
}

static void cleans(void *payload)
{
	const struct mm_world *w = payload;

	sys_madvise(w->x, HPAGE_SIZE, MADV_FREE);
}

struct race {
	const char *release;
	void (*setup)(void *payload); /* before the columns start; may be NULL */
	void (*a)(void *payload);
	void (*b)(void *payload);
	void (*check)(void *payload); /* at the end of every order; may be NULL */
	const char *oracle;
};

/* NULL: no order breaks it; else what the verdict says (until the next call). */
static const char *broken(const struct race *race)
{
	struct numasim_program_options options = {.release = race->release};
	static char sentence[512];
	struct mm_world w;

	mm_world_open(&w, &options, true);
	if (race->setup)
		mm_world_run(&w, race->setup);
	mm_world_add(&w, "a", race->a, 0);
	mm_world_add(&w, "b", race->b, 0);
	if (race->check)
		assert_int_equal(numasim_program_check(w.program, race->check, &w), 0);
	mm_world_search(&w, NUMASIM_ENGINE_GRAPH, race->oracle);
	if (w.info.verdict == NUMASIM_VERDICT_UNDECIDED)
		fail_msg("%s: %s", race->release, w.info.undecided);
	assert_true(w.info.states > 10);
	*sentence = 0;
	if (w.info.verdict == NUMASIM_VERDICT_BROKEN)
		snprintf(sentence, sizeof(sentence), "%s", w.info.sentence);
	if (strstr(sentence, "the model itself"))
		fail_msg("%s: %s", race->release, sentence);
	mm_world_close(&w);
	return *sentence ? sentence : NULL;
}

static void breaks(struct race race, const char *release, const char *how)
{
	const char *sentence;

	race.release = release;
	sentence = broken(&race) ?: "nothing breaks";
	if (!strstr(sentence, how))
		fail_msg("%s: %s", release, sentence);
}

static void holds(struct race race, const char *release)
{
	const char *sentence;

	race.release = release;
	sentence = broken(&race);
	if (sentence)
		fail_msg("%s: %s", release, sentence);
}

static void is_forgotten(void *payload)
{
	numasim_assert(kernel_pmd_none(current_kernel(), pmd_of(payload)));
}

/*
 *	scans		forgets
 *	clear PMD
 *			empty? nothing to do
 *	set PMD
 */
static void test_emptied_by_the_scanner(void **state)
{
	struct race race = {.a = scans, .b = forgets, .check = is_forgotten,
			    .oracle = "assertion"};

	breaks(race, "v3.12", "");
	breaks(race, "v3.13-rc4", "");
	holds(race, "v3.13-rc4+5a6dac3ec5f5");
	breaks(race, "v4.0", "");
	breaks(race, "v4.10", "");
	holds(race, "v4.10+ced108037c2a");
	holds(race, "v4.11");
}

/* The same window in MADV_FREE: 58ceeb6bec86. */
static void test_emptied_by_madv_free(void **state)
{
	struct race race = {.a = cleans, .b = forgets, .check = is_forgotten,
			    .oracle = "assertion"};

	breaks(race, "v4.10", "");
	holds(race, "v4.10+58ceeb6bec86");
	holds(race, "v4.11");
}

/* A huge page that was written stays. */
static void is_there(void *payload)
{
	numasim_assert(!kernel_pmd_none(current_kernel(), pmd_of(payload)));
}

/*
 *	scans		stores
 *	huge? no
 *			map huge page
 *	bad? cleared
 */
static void test_huge_page_is_bad(void **state)
{
	struct race race = {.setup = forgets, .a = scans, .b = stores, .check = is_there,
			    .oracle = "assertion"};

	breaks(race, "v3.8", "");
	breaks(race, "v3.14", "");
	breaks(race, "v4.10", "");
	breaks(race, "v4.11", ""); /* 175ad4f1e7a2 is a rework */
	breaks(race, "v5.5", "");
	holds(race, "v5.5+8b272b3cbbb5");
	holds(race, "v5.6");
}

/* 1ad9f620c3a2: v3.15's look for a huge page leaves a table that has gone to the second look. */
static void test_table_looked_at_again(void **state)
{
	struct race race = {.a = scans, .b = forgets, .oracle = "oops"};

	breaks(race, "v3.15~1ad9f620c3a2", "change_pte_range takes PMD");
	holds(race, "v3.15");
	holds(race, "v3.14");
}

/* What was written is marked dirty somewhere: else reclaim would throw it away. */
static void stays_dirty(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t entry = pmd_of(w);

	if (!kernel_pmd_trans_huge(current_kernel(), entry))
		entry = *entry_find(w->m, w->mm, w->x, 1);
	numasim_assert(kernel_entry_dirty(current_kernel(), entry) ||
		       pfn_to_page(w->m, kernel_pte_pfn(current_kernel(), entry))->flags &
			       PAGE_DIRTY);
}

/*
 *	splits			stores
 *	dirty? no
 *				D in the PMD
 *	fill the table: clean
 *	invalidate the PMD
 */
static void test_written_while_split(void **state)
{
	struct race race = {.setup = cleans, .a = splits, .b = stores, .check = stays_dirty,
			    .oracle = "assertion"};

	breaks(race, "v4.5", "");
	breaks(race, "v4.15", "");
	breaks(race, "v4.15+d52605d7cb30", ""); /* the split does not use what it returns */
	holds(race, "v4.15+423ac9af3cef");
	holds(race, "v4.16");
}

static void forbids(void *payload)
{
	const struct mm_world *w = payload;

	sys_mprotect(w->x, HPAGE_SIZE, PROT_NONE);
}

/* 027ef6c87853 (3.7): an entry without P, and without PSE for the look, maps nothing. */
static void test_split_without_access(void **state)
{
	struct race race = {.setup = forbids, .a = splits, .b = loads, .oracle = "oops"};

	breaks(race, "v3.8~027ef6c87853", "map count is 1, mappings found: 0");
	holds(race, "v3.8");
	holds(race, "v4.4");
	holds(race, "v6.12");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_emptied_by_the_scanner),
		cmocka_unit_test(test_emptied_by_madv_free),
		cmocka_unit_test(test_huge_page_is_bad),
		cmocka_unit_test(test_table_looked_at_again),
		cmocka_unit_test(test_written_while_split),
		cmocka_unit_test(test_split_without_access),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
