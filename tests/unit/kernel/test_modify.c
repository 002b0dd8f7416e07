/* SPDX-License-Identifier: BSD-2-Clause */
/* The entries that a kernel makes: arming and disarming by era, and what Debian's kernels did. */
#include "kernel_test.h"
#include "kernel/modify.h"

#define RW_PAGE	 UINT64_C(0x0000000012345067)
#define THP_PAGE UINT64_C(0x00000000400000e7)
#define PRIVATE	 kernel_page_prot(RIGHT_READ | RIGHT_WRITE | RIGHT_EXEC)

/* What arming makes of a dirty page in a writable VMA, PTE and PMD. */
static const struct { const char *first, *last; uint64_t pte, pmd; } armed[] = {
	{ "v3.8", "v3.15", 0x0000000012345166, 0x00000000400001e6 },
	{ "v3.16", "v3.19", 0x0000000012345266, 0x00000000400002e6 },
	{ "v4.0-rc1", "v4.0-rc2", 0x0000000012345160, 0x00000000400001e0 },
	{ "v4.0-rc6", "v4.18", 0x0000000012345162, 0x00000000400001e2 },
	{ "v4.19", "v6.1", 0x000fffffedcba162, 0x000fffffbfe001e2 },
	{ "debian-6.1.192", "debian-6.1.192", 0x000fffffedcba162, 0x000fffffbfe001e2 },
	{ "v6.2", "v6.5", 0x000fffffedcba160, 0x000fffffbfe001e0 },
	{ "v6.6", "v6.12", 0x040fffffedcba120, 0x000fffffbfe001a0 }, /* the PMD loses D: A35 */
	{ "debian-6.12.117", "debian-6.12.117", 0x040fffffedcba120, 0x040fffffbfe001a0 },
	{ "v6.13", "v6.16", 0x040fffffedcba120, 0x000fffffbfe001a0 },
};

static void arming_follows_the_era(void **state)
{
	size_t next = 0;

	for (size_t a = 0; a < sizeof(armed) / sizeof(armed[0]); a++) {
		assert_int_equal(release_named(armed[a].first), next);
		for (; next <= release_named(armed[a].last); next++) {
			struct kernel k;

			kernel_config_release(&k, next);
			assert_int_equal(kernel_pte_arm(&k, RW_PAGE), armed[a].pte);
			assert_int_equal(kernel_pmd_arm(&k, THP_PAGE), armed[a].pmd);
			assert_true(kernel_pte_hint(&k, armed[a].pte));
			assert_true(kernel_pmd_hint(&k, armed[a].pmd));
			assert_int_equal(kernel_pte_pfn(&k, armed[a].pte), 0x12345);
			assert_int_equal(kernel_pmd_pfn(&k, armed[a].pmd), 0x40000);
		}
	}
	assert_int_equal(next, release_count());
}

/* The fault gives RW back from the entry, or leaves it to the caller. */
static void disarming_restores_the_page(void **state)
{
	for (size_t i = 0; i < release_count(); i++) {
		struct kernel k;
		uint64_t pte, pmd;
		bool caller;

		kernel_config_release(&k, i);
		pte = kernel_pte_disarm(&k, kernel_pte_arm(&k, RW_PAGE), PRIVATE);
		pmd = kernel_pmd_disarm(&k, kernel_pmd_arm(&k, THP_PAGE), PRIVATE);
		caller = since(&k, REL(6, 2)) ||
			 (since(&k, RC(4, 0, 1)) && !since(&k, RC(4, 0, 6)));
		assert_int_equal(!kernel_pte_write(&k, pte), caller);
		assert_int_equal(kernel_pte_mkwrite(&k, pte), RW_PAGE);
		if (since(&k, REL(6, 6)) && !kernel_has(&k, ROW_A35_PMD_MODIFY_DIRTY))
			assert_int_equal(kernel_pmd_mkwrite(&k, pmd), THP_PAGE & ~X86_D);
		else
			assert_int_equal(kernel_pmd_mkwrite(&k, pmd), THP_PAGE);
	}
}

static void only_hints_are_turned_back(void **state)
{
	struct kernel k = kernel_named("v3.17");

	assert_int_equal(kernel_entry_mknonnuma(&k, 0x12345266), 0x12345067);
	assert_int_equal(kernel_entry_mknonnuma(&k, 0x12345160), 0x12345160);
	assert_int_equal(kernel_entry_mknonnuma(&k, RW_PAGE), RW_PAGE);
	k = kernel_named("v4.0");
	assert_int_equal(kernel_entry_mknonnuma(&k, 0x12345162), 0x12345162);
}

static void d_of_a_huge_entry_is_kept_by_its_fix(void **state)
{
	struct kernel k = kernel_named("v6.6+f7491d7c81db");

	assert_int_equal(kernel_pmd_arm(&k, THP_PAGE), 0x040fffffbfe001a0);
	assert_int_equal(kernel_pmd_modify(&k, THP_PAGE, kernel_page_prot(RIGHT_READ)),
			 0x84000000400000a5);
}

static void invalidating_clears_p_and_keeps_pse(void **state)
{
	static const struct { const char *name; uint64_t from, to; } cases[] = {
		{ "v3.8", THP_PAGE, 0x400000e6 },
		{ "v3.8", 0x400001e6, 0x400001e6 },   /* a hint stays one (A14) … */
		{ "v3.13", 0x400001e6, 0x400001e6 },  /* … after the fix that did nothing … */
		{ "v3.16", 0x400002e6, 0x400002e6 },
		{ "v3.17", 0x400002e6, 0x400000e6 },  /* … until the one that did */
		{ "v3.13+ce8369bcbeee", 0x400001e6, 0x400000e6 },
		{ "v4.0", THP_PAGE, 0x400000e6 },
		{ "v4.0", 0x400001e2, 0x400000e2 },
		{ "v4.18", THP_PAGE, 0x400000e6 },
		{ "v4.19", THP_PAGE, 0x000fffffbfe000e6 },
		{ "v4.19", 0x000fffffbfe001e2, 0x000fffffbfe000e2 },
		{ "v6.12", THP_PAGE, 0x000fffffbfe000e6 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kernel k = kernel_named(cases[i].name);
		uint64_t to = kernel_pmd_invalidated(&k, cases[i].from);

		assert_int_equal(to, cases[i].to);
		assert_int_equal(kernel_pmd_pfn(&k, to), 0x40000);
		assert_true(kernel_pmd_present(&k, to) && kernel_pmd_trans_huge(&k, to));
	}
}

/* With half of L1TF's fixes, clearing P with a plain bit clear reads back the wrong frame. */
static void half_of_l1tf_loses_the_frame(void **state)
{
	struct kernel half = kernel_named("v4.18+f22cc87f6c1f");
	struct kernel whole = kernel_named("v4.18+0768f91530ff");

	assert_int_not_equal(kernel_pmd_pfn(&half, kernel_pmd_invalidated(&half, THP_PAGE)),
			     0x40000);
	assert_int_equal(kernel_pmd_pfn(&whole, kernel_pmd_invalidated(&whole, THP_PAGE)),
			 0x40000);
}

static void the_empty_entry_is_complemented_until_it_was_exempt(void **state)
{
	struct kernel before = kernel_named("v4.18+f22cc87f6c1f"), after = kernel_named("v4.19");

	assert_int_not_equal(kernel_pte_pfn(&before, 0), 0);
	assert_int_equal(kernel_pte_pfn(&after, 0), 0);
}

static void prot_none_alone_is_complemented_by_the_first_fix(void **state)
{
	struct kernel k = kernel_named("v4.18+6b28baca9b1f");
	uint64_t none = kernel_pte_modify(&k, RW_PAGE, PAGE_NONE_PROT);

	assert_int_equal(none, 0x000fffffedcba160);
	assert_int_equal(kernel_pte_modify(&k, none, PRIVATE), RW_PAGE & ~X86_RW);
	assert_int_equal(kernel_mk_pte(&k, 0x12345, PAGE_NONE_PROT), 0x000fffffedcba120);
}

/* Entries that both Debian kernels were seen to make, "kernel" by "step". */
static void debian_makes_the_entries_that_were_seen(void **state)
{
	for (int new = 0; new < 2; new++) {
		struct kernel k = kernel_named(new ? "debian-6.12.117" : "debian-6.1.192");
		uint64_t prot = kernel_page_prot(RIGHT_READ | RIGHT_WRITE);
		uint64_t frame = 0x1fda000, none, fresh, ro;
		uint64_t flip = UINT64_C(0x000ffffffffff000);

		fresh = kernel_pte_mkwrite(&k, kernel_pte_mkdirty(&k, kernel_mk_pte(&k, 0x1fda,
									       prot)));
		assert_int_equal(fresh, 0x8000000000000867 | frame);
		assert_int_equal(kernel_pte_mkspecial(&k, kernel_mk_pte(&k, 0x1fda, prot)),
				 0x8000000000000225 | frame);
		none = kernel_pte_modify(&k, fresh, PAGE_NONE_PROT);
		assert_int_equal(none, ((new ? 0x0400000000000920 : 0x960) | frame) ^ flip);
		ro = kernel_pte_modify(&k, fresh, kernel_page_prot(RIGHT_READ));
		assert_int_equal(ro, (new ? 0x8400000000000825 : 0x8000000000000865) | frame);
		assert_int_equal(kernel_pte_mkwrite(&k, kernel_pte_modify(&k, ro, prot)), fresh);
		assert_int_equal(kernel_pte_mkwrite(&k, kernel_pte_modify(&k, none, prot)), fresh);
		assert_int_equal(kernel_pte_wrprotect(&k, fresh), ro);
		assert_int_equal(kernel_pte_mkold(&k, kernel_pte_wrprotect(&k, fresh)),
				 (new ? 0x8400000000000805 : 0x8000000000000845) | frame);
		assert_int_equal(kernel_pte_arm(&k, fresh),
				 ((new ? 0x0400000000000920 : 0x962) | frame) ^ flip);
		assert_int_equal(kernel_pte_clear_soft_dirty(&k, ro),
				 (new ? 0x8400000000000025 : 0x8000000000000065) | frame);
		assert_int_equal(kernel_pte_mkclean(&k, ro), 0x8000000000000825 | frame);
		assert_true(kernel_pte_dirty(&k, ro) && !kernel_pte_dirty(&k, 0x25));
	}
}

static void debian_makes_the_huge_entries_that_were_seen(void **state)
{
	for (int new = 0; new < 2; new++) {
		struct kernel k = kernel_named(new ? "debian-6.12.117" : "debian-6.1.192");
		uint64_t prot = kernel_page_prot(RIGHT_READ | RIGHT_WRITE);
		uint64_t flip = UINT64_C(0x000fffffffe00000), frame = 0x1e00000, thp, none;

		thp = kernel_pmd_mkwrite(&k, kernel_pmd_mkdirty(&k, kernel_mk_huge_pmd(&k, 0x1e00,
										  prot)));
		assert_int_equal(thp, 0x80000000000008e7 | frame);
		assert_int_equal(kernel_mk_huge_pmd(&k, 0x1e00, prot), 0x80000000000000a5 | frame);
		none = kernel_pmd_modify(&k, thp, PAGE_NONE_PROT);
		assert_int_equal(none, ((new ? 0x04000000000009a0 : 0x9e0) | frame) ^ flip);
		assert_int_equal(kernel_pmd_modify(&k, none, prot) | (new ? X86_RW : 0),
				 (new ? 0x84000000000008a7 : 0x80000000000008e5) | frame);
		assert_int_equal(kernel_pmd_mkwrite(&k, kernel_pmd_modify(&k, none, prot)), thp);
		assert_int_equal(kernel_pmd_arm(&k, thp),
				 ((new ? 0x04000000000009a0 : 0x9e2) | frame) ^ flip);
		assert_int_equal(kernel_mk_table(&k, 0x4c8f), 0x4c8f067);
	}
}

static void protections_are_those_of_the_vma(void **state)
{
	assert_int_equal(kernel_page_prot(0), 0x120);
	assert_int_equal(kernel_page_prot(RIGHT_SHARED), 0x120);
	assert_int_equal(kernel_page_prot(RIGHT_READ), 0x8000000000000025);
	assert_int_equal(kernel_page_prot(RIGHT_READ | RIGHT_EXEC), 0x25);
	assert_int_equal(kernel_page_prot(RIGHT_READ | RIGHT_WRITE), 0x8000000000000025);
	assert_int_equal(kernel_page_prot(RIGHT_WRITE | RIGHT_SHARED), 0x8000000000000027);
	assert_int_equal(kernel_page_prot(RIGHT_EXEC), 0x25);
}

/* What a change of protections forgot, and since when it does not. */
static void marks_are_kept_since_their_fix(void **state)
{
	static const struct { const char *before, *after; uint64_t mark; } cases[] = {
		{ "v3.11", "v3.12", X86_SW3 }, /* soft-dirty */
		{ "v4.18", "v4.19", X86_SW5 }, /* device memory */
		{ "v5.6", "v5.7", X86_SW2 },   /* userfaultfd */
		{ "v6.5", "v6.6", X86_PAT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kernel before = kernel_named(cases[i].before);
		struct kernel after = kernel_named(cases[i].after);
		uint64_t entry = RW_PAGE | cases[i].mark;

		assert_false(kernel_pte_modify(&before, entry, PRIVATE) & cases[i].mark);
		assert_true(kernel_pte_modify(&after, entry, PRIVATE) & cases[i].mark);
	}
}

static void soft_dirty_is_part_of_dirty(void **state)
{
	struct kernel old = kernel_named("v3.10"), new = kernel_named("v3.11");
	struct kernel off = kernel_named("v3.11~soft-dirty");

	assert_int_equal(kernel_pte_mkdirty(&old, 0x12345027), 0x12345067);
	assert_int_equal(kernel_pte_mkdirty(&new, 0x12345027), 0x12345867);
	assert_int_equal(kernel_pte_mkdirty(&off, 0x12345027), 0x12345067);
	assert_true(kernel_pte_soft_dirty(&new, 0x12345867));
	assert_int_equal(kernel_pte_clear_soft_dirty(&new, 0x12345867), 0x12345067);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arming_follows_the_era),
		cmocka_unit_test(disarming_restores_the_page),
		cmocka_unit_test(only_hints_are_turned_back),
		cmocka_unit_test(d_of_a_huge_entry_is_kept_by_its_fix),
		cmocka_unit_test(invalidating_clears_p_and_keeps_pse),
		cmocka_unit_test(half_of_l1tf_loses_the_frame),
		cmocka_unit_test(the_empty_entry_is_complemented_until_it_was_exempt),
		cmocka_unit_test(prot_none_alone_is_complemented_by_the_first_fix),
		cmocka_unit_test(debian_makes_the_entries_that_were_seen),
		cmocka_unit_test(debian_makes_the_huge_entries_that_were_seen),
		cmocka_unit_test(protections_are_those_of_the_vma),
		cmocka_unit_test(marks_are_kept_since_their_fix),
		cmocka_unit_test(soft_dirty_is_part_of_dirty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
