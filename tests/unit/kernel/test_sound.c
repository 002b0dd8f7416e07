/* SPDX-License-Identifier: BSD-2-Clause */
/* Which entries a kernel could have made: all that lib/kernel makes, and none with a stray bit. */
#include "kernel_test.h"
#include "kernel/modify.h"
#include "kernel/sound.h"
#include "kernel/swap.h"

#define PFN	 UINT64_C(0x12345)
#define HUGE_PFN UINT64_C(0x40000)
#define PRIVATE	 kernel_page_prot(RIGHT_READ | RIGHT_WRITE | RIGHT_EXEC)
#define READ	 kernel_page_prot(RIGHT_READ)
#define STRAY	 (X86_PWT | X86_PCD | AVAILABLE | X86_PKEY)
#define AVAILABLE (X86_AV52 | X86_AV53 | X86_AV54 | X86_AV55 | X86_AV56)

/* All releases of the list, one after the other. */
#define EACH_RELEASE(k) for (size_t r_ = 0; r_ < release_count() && kernel_at(k, r_); r_++)

static bool kernel_at(struct kernel *k, size_t release)
{
	kernel_config_release(k, release);
	return true;
}

static void assert_sound(const struct kernel *k, uint64_t entry, unsigned level)
{
	assert_int_equal(kernel_entry_stray(k, entry, level), 0);
}

static void pages_are_sound(void **state)
{
	struct kernel k;

	EACH_RELEASE(&k) {
		uint64_t pte = kernel_pte_mkdirty(&k, kernel_mk_pte(&k, PFN, READ));
		uint64_t writable = kernel_pte_mkwrite(&k, pte);

		assert_sound(&k, 0, 1);
		assert_sound(&k, pte, 1);
		assert_sound(&k, writable, 1);
		assert_sound(&k, kernel_pte_wrprotect(&k, writable), 1);
		assert_sound(&k, kernel_pte_arm(&k, writable), 1);
		assert_sound(&k, kernel_pte_disarm(&k, kernel_pte_arm(&k, pte), PRIVATE), 1);
		assert_sound(&k, kernel_pte_modify(&k, writable, PAGE_NONE_PROT), 1);
		assert_sound(&k, kernel_pte_mkspecial(&k, kernel_mk_pte(&k, PFN, READ)), 1);
	}
}

static void huge_pages_are_sound(void **state)
{
	struct kernel k;

	EACH_RELEASE(&k) {
		uint64_t pmd = kernel_pmd_mkdirty(&k, kernel_mk_huge_pmd(&k, HUGE_PFN, PRIVATE));

		pmd = kernel_pmd_mkwrite(&k, pmd);
		assert_sound(&k, pmd, 2);
		assert_sound(&k, kernel_pmd_arm(&k, pmd), 2);
		assert_sound(&k, kernel_pmd_disarm(&k, kernel_pmd_arm(&k, pmd), PRIVATE), 2);
		assert_sound(&k, kernel_pmd_invalidated(&k, pmd), 2);
		assert_sound(&k, pmd | k.format.splitting, 2);
	}
}

static void tables_and_swap_entries_are_sound(void **state)
{
	struct kernel k;

	EACH_RELEASE(&k) {
		uint64_t swap = kernel_swp_entry(&k, 0, 77);

		for (unsigned level = 2; level <= 4; level++)
			assert_sound(&k, kernel_mk_table(&k, PFN), level);
		assert_sound(&k, swap, 1);
		assert_sound(&k, swap | k.format.swp_soft_dirty | k.format.swp_exclusive, 1);
		assert_sound(&k, kernel_mk_migration(&k, SWAP_MIGRATION_WRITE, PFN, 0), 1);
		/* of a hugetlb page */
		assert_sound(&k, kernel_mk_migration(&k, SWAP_MIGRATION_READ, PFN, 0), 2);
		assert_sound(&k, kernel_mk_migration(&k, SWAP_MIGRATION_WRITE, PFN,
						     MIGRATION_SOFT_DIRTY), 2);
	}
}

/* Each bit of @never, flipped in @entry, is found, and it is the one that is named. */
static void assert_each_found(const struct kernel *k, uint64_t entry, unsigned level,
			      uint64_t never)
{
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t mask = UINT64_C(1) << bit;

		if (never & mask)
			assert_int_equal(kernel_entry_stray(k, entry ^ mask, level), mask);
	}
}

static void stray_bits_are_found(void **state)
{
	struct kernel k;

	EACH_RELEASE(&k) {
		uint64_t pte = kernel_mk_pte(&k, PFN, PRIVATE);
		uint64_t pmd = kernel_mk_huge_pmd(&k, HUGE_PFN, PRIVATE);
		uint64_t user = since(&k, REL(3, 16)) ? X86_US : 0; /* sound.c says why */
		unsigned poison = k.format.type_of[SWAP_HWPOISON];

		assert_each_found(&k, pte, 1, STRAY | X86_PAT | X86_G | user);
		assert_each_found(&k, pmd, 2, STRAY | X86_LOW_2M | X86_PAT_LARGE | X86_G | user);
		assert_each_found(&k, kernel_pte_arm(&k, pte), 1, STRAY | X86_PAT);
		assert_each_found(&k, kernel_pmd_arm(&k, pmd), 2, STRAY | X86_LOW_2M);
		assert_each_found(&k, kernel_mk_table(&k, PFN), 3, ~k.format.pfn_mask);
		if (poison != SWAP_NO_TYPE)
			assert_true(kernel_entry_stray(&k, kernel_swp_entry(&k, poison, 77), 1));
		if (!k.format.saved_dirty)
			assert_each_found(&k, pte, 1, X86_SW5);
		else /* D without RW, and the saved one with it */
			assert_each_found(&k, kernel_pte_wrprotect(&k, pte), 1, X86_D);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_sound),
		cmocka_unit_test(huge_pages_are_sound),
		cmocka_unit_test(tables_and_swap_entries_are_sound),
		cmocka_unit_test(stray_bits_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
