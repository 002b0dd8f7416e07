/* SPDX-License-Identifier: BSD-2-Clause */
/* Arming: which entries become hints in which release, and what an access to one does. */
#include "mm_world.h"

static void arms(void *payload)
{
	const struct mm_world *w = payload;

	numasim_change_prot_numa(w->vma, w->x, numasim_vma_end(w->vma));
}

static uint64_t leaf(const struct mm_world *w, bool huge)
{
	return *entry_find(w->m, w->mm, w->x, huge ? 2 : 1);
}

static bool is_hint(const struct mm_world *w, bool huge)
{
	return huge ? kernel_pmd_hint(w->m->kernel, leaf(w, huge))
		    : kernel_pte_hint(w->m->kernel, leaf(w, huge));
}

/*
 * v3.8 to v3.12 clear a huge entry before they look at its page, and then see frame 0: huge pages
 * are never armed (A16). f123d74abf91 reads first. Base pages are armed in all of them.
 */
static void test_who_is_armed(void **state)
{
	static const struct {
		const char *release;
		bool huge, armed;
	} cases[] = {
		{"v3.8", false, true},	{"v3.8", true, false},	{"v3.12", true, false},
		{"v3.12+f123d74abf91", true, true}, {"v3.13-rc1", true, true},
		{"v3.13", true, true},	{"v3.13", false, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct numasim_program_options options = {.release = cases[i].release};
		struct mm_world w;

		mm_world_open(&w, &options, cases[i].huge);
		assert_false(is_hint(&w, cases[i].huge));
		mm_world_run(&w, arms);
		if (is_hint(&w, cases[i].huge) != cases[i].armed)
			fail_msg("%s, %s page", cases[i].release, cases[i].huge ? "huge" : "base");
		mm_world_close(&w);
	}
}

/* After arming, no processor can use its old translation. */
static void test_arming_flushes(void **state)
{
	struct mm_world *w = *state;

	assert_int_equal(w->m->cpu[0].tlb->nr, 1);
	mm_world_run(w, arms);
	assert_int_equal(w->m->cpu[0].tlb->nr, 0);
	assert_int_equal(w->mm->tlb_flush_pending, 0);
	assert_true(w->m->mm->vm_event[VM_EVENT_NUMA_PTE_UPDATES] > 0);
}

/* A hint fault on its own node takes the hint away and leaves the page where it is. */
static void uses_from_home(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value = 0;

	numasim_assert(numasim_user_load(&value, w->x));
	numasim_assert(value == 1);
}

static void test_hint_fault_at_home(void **state)
{
	for (int huge = 0; huge < 2; huge++) {
		struct mm_world w;
		uint64_t before;

		mm_world_open(&w, NULL, huge);
		before = leaf(&w, huge);
		mm_world_run(&w, arms);
		assert_true(is_hint(&w, huge));
		mm_world_run(&w, uses_from_home);
		assert_false(is_hint(&w, huge));
		assert_int_equal(w.m->mm->vm_event[VM_EVENT_NUMA_HINT_FAULTS], 1);
		assert_true((leaf(&w, huge) | X86_A) == (before | X86_A));
		mm_world_close(&w);
	}
}

/* Arming twice changes nothing the second time. */
static void test_arming_again(void **state)
{
	struct mm_world *w = *state;
	uint64_t armed;

	mm_world_run(w, arms);
	armed = leaf(w, true);
	mm_world_run(w, arms);
	assert_true(leaf(w, true) == armed);
}

/* With nobody else about, arming and using in every order breaks nothing. */
static void test_every_order(void **state)
{
	static const char *const releases[] = {"v3.8", "v3.12", "v3.13-rc4", "v3.13"};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++) {
		for (int huge = 0; huge < 2; huge++) {
			struct numasim_program_options options = {.release = releases[i]};
			struct mm_world w;

			mm_world_open(&w, &options, huge);
			mm_world_add(&w, "scanner", arms, 0);
			mm_world_add(&w, "user", uses_from_home, 0);
			mm_world_search(&w, NUMASIM_ENGINE_GRAPH, NULL);
			if (w.info.verdict != NUMASIM_VERDICT_HOLDS)
				fail_msg("%s: %s", releases[i], w.info.sentence);
			mm_world_close(&w);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_armed),
		HUGE_TEST(test_arming_flushes),
		cmocka_unit_test(test_hint_fault_at_home),
		HUGE_TEST(test_arming_again),
		cmocka_unit_test(test_every_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
