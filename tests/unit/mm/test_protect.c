/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes of protections: what entries become. The numbers of the two Debian kernels are what they
 * left in the recorded runs (scenarios protnone, thp, numahint), without frames.
 *
 * Rows that a test here fails without: b191f9b106ea, 64fe24a3e05e, c27f479e63c0, 3e32158767b0.
 */
#include "ranges_world.h"

static void protect(struct ranges_world *w, uint64_t bytes, unsigned rights)
{
	uint64_t flags = w->vma->vm_flags & ~(uint64_t)VM_ACCESS;

	w->vma->vm_flags = flags | (rights & RIGHT_READ ? VM_READ : 0) |
			   (rights & RIGHT_WRITE ? VM_WRITE : 0) |
			   (rights & RIGHT_EXEC ? VM_EXEC : 0);
	IN(w, change_protection(w->vma, w->x, w->x + bytes, prot_of(rights),
				rights & RIGHT_WRITE ? CP_TRY_WRITABLE : 0));
}

struct step {
	unsigned rights;
	uint64_t v6_1, v6_12;
};

static const struct step base_steps[] = {
	{0, 0x0000000000000960, 0x0400000000000920},
	{RIGHT_READ | RIGHT_WRITE, 0x8000000000000867, 0x8000000000000867},
	{RIGHT_READ, 0x8000000000000865, 0x8400000000000825},
	{RIGHT_READ | RIGHT_WRITE, 0x8000000000000867, 0x8000000000000867},
	{RIGHT_READ | RIGHT_EXEC, 0x0000000000000865, 0x0400000000000825},
};

/* Scenario protnone; between the frames' complement and back, the page is the same. */
static void test_base_as_recorded(void **state)
{
	static const char *const releases[] = {DEBIAN_6_1, DEBIAN_6_12};

	for (int r = 0; r < 2; r++) {
		struct ranges_world w;
		uint64_t pfn;

		ranges_open(&w, releases[r], false, 16 * FRAME_SIZE);
		ranges_touch(&w, w.x, 16 * FRAME_SIZE);
		assert_true(FLAGS(PTE_AT(&w, w.x)) == 0x8000000000000867);
		pfn = kernel_pte_pfn(w.m->kernel, PTE_AT(&w, w.x));
		for (size_t i = 0; i < sizeof(base_steps) / sizeof(*base_steps); i++) {
			uint64_t want = r ? base_steps[i].v6_12 : base_steps[i].v6_1;

			protect(&w, 16 * FRAME_SIZE, base_steps[i].rights);
			if (FLAGS(PTE_AT(&w, w.x)) != want)
				fail_msg("%s step %zu: %#llx", releases[r], i,
					 (unsigned long long)PTE_AT(&w, w.x));
			assert_true(kernel_pte_pfn(w.m->kernel, PTE_AT(&w, w.x)) == pfn);
			assert_int_equal(w.mm->tlb_flush_pending, 0);
		}
		ranges_close(&w);
	}
}

/* Scenario thp: v6.1 does not give RW back at once, v6.12 does. Both count a huge update. */
static void test_huge_as_recorded(void **state)
{
	static const struct {
		const char *release;
		uint64_t none, back;
	} cases[] = {
		{DEBIAN_6_1, 0x00000000000009e0, 0x80000000000008e5},
		{DEBIAN_6_12, 0x04000000000009a0, 0x80000000000008e7},
	};

	for (size_t i = 0; i < 2; i++) {
		struct ranges_world w;

		ranges_open(&w, cases[i].release, true, HPAGE_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		assert_true(FLAGS(PMD_AT(&w, w.x)) == 0x80000000000008e7);
		protect(&w, HPAGE_SIZE, 0);
		assert_true(FLAGS(PMD_AT(&w, w.x)) == cases[i].none);
		assert_int_equal(events(&w, VM_EVENT_NUMA_HUGE_PTE_UPDATES), 1);
		assert_int_equal(events(&w, VM_EVENT_NUMA_PTE_UPDATES), 0);
		protect(&w, HPAGE_SIZE, RIGHT_READ | RIGHT_WRITE);
		assert_true(FLAGS(PMD_AT(&w, w.x)) == cases[i].back);
		ranges_close(&w);
	}
}

/* No processor can use what a change took away. */
static void test_flushes(void **state)
{
	static const char *const releases[] = {"v3.8", "v3.13", "v4.4", "v5.10", "v5.19",
					       DEBIAN_6_12};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++) {
		struct ranges_world w;

		ranges_open(&w, releases[i], false, 2 * FRAME_SIZE);
		ranges_touch(&w, w.x, 2 * FRAME_SIZE);
		assert_int_equal(w.process->cpu->tlb->nr, 2);
		protect(&w, FRAME_SIZE, RIGHT_READ);
		for (unsigned t = 0; t < w.process->cpu->tlb->nr; t++)
			if (w.process->cpu->tlb->entry[t].va == w.x)
				fail_msg("%s: the old translation is left", releases[i]);
		ranges_close(&w);
	}
}

/* c9fe66560bf2 (v5.19): what gains rights only is not flushed, but RW counts as a change. */
static void test_flush_rule(void **state)
{
	struct ranges_world w;

	ranges_open(&w, DEBIAN_6_1, false, FRAME_SIZE);
	ranges_touch(&w, w.x, FRAME_SIZE);
	protect(&w, FRAME_SIZE, 0);
	assert_int_equal(w.process->cpu->tlb->nr, 0);
	IN(&w, change_protection(w.vma, w.x, w.x + FRAME_SIZE, prot_of(0), 0));
	assert_int_equal(w.mm->tlb_flush_pending, 0);
	ranges_close(&w);
}

/* The entry of a hint, and how many updates count, era by era. A thread on node 1 scans pages that
 * are on node 0, so that nothing is where its only user runs. */
static void test_arming(void **state)
{
	static const struct {
		const char *release;
		uint64_t base, huge;
		unsigned long updates; /* of the huge page */
	} cases[] = {
		{"v3.13", 0x8000000000000166 | 0x800, 0x80000000000001e6 | 0x800, 512},
		{"v3.16", 0x8000000000000266 | 0x800, 0x80000000000002e6 | 0x800, 512},
		{"v4.4", 0x0000000000000962, 0x00000000000009e2, 512},
		{"v4.14", 0x0000000000000962, 0x00000000000009e2, 512},
		{DEBIAN_6_1, 0x0000000000000962, 0x00000000000009e2, 512},
		{DEBIAN_6_12, 0x0400000000000920, 0x04000000000009a0, 512},
	};

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		size_t c = i / 2;
		bool huge = i % 2;
		uint64_t want = huge ? cases[c].huge : cases[c].base, got;
		struct ranges_world w;
		unsigned long updates;

		ranges_open(&w, cases[c].release, huge, HPAGE_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		w.mm->mm_users = 2;
		IN(&w, lru_add_drain_all());
		updates = IN_PROCESS(w.process,
				     change_protection(w.vma, w.x, w.x + HPAGE_SIZE,
						       PAGE_NONE_PROT, CP_PROT_NUMA));
		got = entry_of(&w, w.mm, w.x, huge ? 2 : 1);
		if (FLAGS(got) != want)
			fail_msg("%s %s: %#llx", cases[c].release, huge ? "huge" : "base",
				 (unsigned long long)got);
		assert_int_equal(updates, huge ? cases[c].updates : 1);
		/* again: nothing changes */
		updates = IN_PROCESS(w.process,
				     change_protection(w.vma, w.x, w.x + HPAGE_SIZE,
						       PAGE_NONE_PROT, CP_PROT_NUMA));
		assert_int_equal(updates, 0);
		assert_true(entry_of(&w, w.mm, w.x, huge ? 2 : 1) == got);
		ranges_close(&w);
	}
}

/* v4.10+: pages on the node of the only thread are left alone; a second thread changes that. */
static void test_local_pages_skipped(void **state)
{
	static const struct {
		const char *release;
		bool skips;
	} cases[] = {{"v4.9", false}, {"v4.10", true}, {DEBIAN_6_1, true}, {DEBIAN_6_12, true}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ranges_world w;

		ranges_open(&w, cases[i].release, false, FRAME_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		IN(&w, lru_add_drain_all());
		IN(&w, change_protection(w.vma, w.x, w.x + FRAME_SIZE, PAGE_NONE_PROT,
					 CP_PROT_NUMA));
		assert_int_equal(kernel_pte_hint(w.m->kernel, PTE_AT(&w, w.x)), !cases[i].skips);
		w.mm->mm_users = 2;
		IN(&w, change_protection(w.vma, w.x, w.x + FRAME_SIZE, PAGE_NONE_PROT,
					 CP_PROT_NUMA));
		assert_true(kernel_pte_hint(w.m->kernel, PTE_AT(&w, w.x)));
		ranges_close(&w);
	}
}

/* 859d4adc3415, 80d47f5de5e3, d2136d749d76: who else may have the page. */
static void test_shared_pages_skipped(void **state)
{
	static const struct {
		const char *release;
		bool second_map, reference;
	} cases[] = {{"v4.15", true, true}, {"v4.16", false, true}, {DEBIAN_6_1, false, false},
		     {DEBIAN_6_12, false, true}};

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		bool map = i % 2, armed = map ? cases[i / 2].second_map : cases[i / 2].reference;
		struct ranges_world w;
		struct page *page;

		ranges_open(&w, cases[i / 2].release, false, FRAME_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		w.mm->mm_users = 2;
		IN(&w, lru_add_drain_all());
		page = pfn_to_page(w.m, kernel_pte_pfn(w.m->kernel, PTE_AT(&w, w.x)));
		page->count++;
		page->mapcount += map;
		IN(&w, change_protection(w.vma, w.x, w.x + FRAME_SIZE, PAGE_NONE_PROT,
					 CP_PROT_NUMA));
		if (kernel_pte_hint(w.m->kernel, PTE_AT(&w, w.x)) != armed)
			fail_msg("%s, %s", cases[i / 2].release, map ? "map" : "reference");
		page->count--;
		page->mapcount -= map;
		ranges_close(&w);
	}
}

/* 1667918b6483 (A15): before, mprotect() of a hint keeps it a hint with the new rights. */
static void test_mprotect_of_hint(void **state)
{
	static const char *const releases[] = {"v3.13-rc4", "v3.13"};

	for (int i = 0; i < 2; i++) {
		struct ranges_world w;

		ranges_open(&w, releases[i], false, FRAME_SIZE);
		ranges_touch(&w, w.x, FRAME_SIZE);
		IN(&w, change_protection(w.vma, w.x, w.x + FRAME_SIZE, PAGE_NONE_PROT,
					 CP_PROT_NUMA));
		assert_true(kernel_pte_hint(w.m->kernel, PTE_AT(&w, w.x)));
		protect(&w, FRAME_SIZE, RIGHT_READ);
		assert_true(PTE_AT(&w, w.x) & X86_P);
		assert_false(kernel_pte_write(w.m->kernel, PTE_AT(&w, w.x)));
		ranges_close(&w);
	}
}

/* A write migration entry loses its right: READ, and READ_EXCLUSIVE from v5.19 on. Others stay. */
static void test_migration_entry(void **state)
{
	static const struct {
		const char *release;
		enum swap_kind kind;
	} cases[] = {{"v3.8", SWAP_MIGRATION_READ}, {"v4.14", SWAP_MIGRATION_READ},
		     {DEBIAN_6_1, SWAP_MIGRATION_READ_EXCLUSIVE},
		     {DEBIAN_6_12, SWAP_MIGRATION_READ_EXCLUSIVE}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct kernel *k;
		struct ranges_world w;
		uint64_t *pte, pfn;
		unsigned marks;

		ranges_open(&w, cases[i].release, false, FRAME_SIZE);
		k = w.m->kernel;
		ranges_touch(&w, w.x, FRAME_SIZE);
		pte = entry_find(w.m, w.mm, w.x, 1);
		pfn = kernel_pte_pfn(k, *pte);
		*pte = kernel_mk_migration(k, SWAP_MIGRATION_WRITE, pfn, 15);
		marks = kernel_migration_marks(k, *pte);
		protect(&w, FRAME_SIZE, RIGHT_READ);
		assert_int_equal(kernel_swp_kind(k, *pte), cases[i].kind);
		assert_int_equal(kernel_migration_marks(k, *pte), marks);
		assert_true(kernel_migration_pfn(k, *pte) == pfn);
		*pte = kernel_mk_pte(k, pfn, prot_of(RIGHT_READ));
		ranges_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_as_recorded),
		cmocka_unit_test(test_huge_as_recorded),
		cmocka_unit_test(test_flushes),
		cmocka_unit_test(test_flush_rule),
		cmocka_unit_test(test_arming),
		cmocka_unit_test(test_local_pages_skipped),
		cmocka_unit_test(test_shared_pages_skipped),
		cmocka_unit_test(test_mprotect_of_hint),
		cmocka_unit_test(test_migration_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
