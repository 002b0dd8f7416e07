/* SPDX-License-Identifier: BSD-2-Clause */
/* Swap and migration entries: layout, special types by release and options, marks. */
#include "kernel_test.h"
#include "kernel/swap.h"

/* The layout of each era, shown by the entry of type 3 and offset 0x12345. */
static const struct { const char *first, *last; uint64_t entry; } layouts[] = {
	{ "v3.8", "v3.15", 3 << 1 | UINT64_C(0x12345) << 9 },
	{ "v3.16", "v3.19", 3 << 1 | UINT64_C(0x12345) << 10 },
	{ "v4.0-rc1", "v4.7", 3 << 1 | UINT64_C(0x12345) << 9 },
	{ "v4.8", "v4.18", 3 << 9 | UINT64_C(0x12345) << 14 },
	{ "v4.19", "v6.16", UINT64_C(3) << 59 | (UINT64_C(0x3ffffffedcba) << 9) |
			    UINT64_C(0xf) << 55 },
};

static void layout_follows_the_era(void **state)
{
	size_t next = 0;

	for (size_t l = 0; l < sizeof(layouts) / sizeof(layouts[0]); l++) {
		assert_int_equal(release_named(layouts[l].first), next);
		for (; next <= release_named(layouts[l].last); next++) {
			struct kernel k;

			kernel_config_release(&k, next);
			assert_int_equal(kernel_swp_entry(&k, 3, 0x12345), layouts[l].entry);
			assert_int_equal(kernel_swp_type(&k, layouts[l].entry), 3);
			assert_int_equal(kernel_swp_offset(&k, layouts[l].entry), 0x12345);
			assert_true(kernel_pte_swap(&k, layouts[l].entry));
		}
	}
	assert_int_equal(next, release_count());
}

static void bit_nine_is_free_without_numa_balancing(void **state)
{
	struct kernel k = kernel_named("v3.16~numa-balancing");

	assert_int_equal(kernel_swp_entry(&k, 0, 1), 1 << 9);
}

static void every_type_and_offset_comes_back(void **state)
{
	uint64_t seed = 42;

	for (size_t i = 0; i < release_count(); i++) {
		struct kernel k;

		kernel_config_release(&k, i);
		for (unsigned n = 0; n < 1000; n++) {
			unsigned type = next_random(&seed) % 32;
			uint64_t offset = next_random(&seed) >> (64 - k.format.swap_offset_bits);
			uint64_t entry = kernel_swp_entry(&k, type, offset);

			assert_int_equal(kernel_swp_type(&k, entry), type);
			assert_int_equal(kernel_swp_offset(&k, entry), offset);
			assert_false(entry & (X86_P | X86_PSE | X86_G));
		}
	}
}

/* What the formula says, from version numbers and options: H, M, D, PM, SE. */
static void check_types(const struct kernel *k)
{
	const uint8_t *type = k->format.type_of;
	int h = !!kernel_option(k, OPTION_MEMORY_FAILURE);
	int m = kernel_option(k, OPTION_MIGRATION) ? since(k, REL(5, 19)) ? 3 : 2 : 0;
	int d = !kernel_option(k, OPTION_DEVICE_PRIVATE) || !since(k, REL(4, 14)) ? 0 :
		since(k, REL(5, 14)) ? 4 : 2;
	int pm = since(k, REL(6, 2)) ||
		 (since(k, REL(5, 19)) && kernel_option(k, OPTION_PTE_MARKER));
	int se = since(k, REL(5, 19)) && !since(k, REL(6, 2));
	int n = 32 - h - m - d - pm - se, none = SWAP_NO_TYPE;

	assert_int_equal(k->format.swap_files, n);
	assert_int_equal(type[SWAP_HWPOISON], h ? n : none);
	assert_int_equal(type[SWAP_MIGRATION_READ], m ? n + h : none);
	assert_int_equal(type[SWAP_MIGRATION_READ_EXCLUSIVE], m == 3 ? n + h + 1 : none);
	assert_int_equal(type[SWAP_MIGRATION_WRITE], m ? n + h + m - 1 : none);
	assert_int_equal(type[SWAP_DEVICE_WRITE], d ? n + h + m : none);
	assert_int_equal(type[SWAP_DEVICE_READ], d ? n + h + m + 1 : none);
	assert_int_equal(type[SWAP_EXCLUSIVE_WRITE], d == 4 ? n + h + m + 2 : none);
	assert_int_equal(type[SWAP_EXCLUSIVE_READ], d == 4 ? n + h + m + 3 : none);
	assert_int_equal(type[SWAP_MARKER], pm ? n + h + m + d : none);
	assert_int_equal(type[SWAP_SWAPIN_ERROR], se ? 31 : none);
	for (int t = 0; t < 32; t++)
		if (t < n)
			assert_int_equal(k->format.kind_of[t], SWAP_FILE);
		else
			assert_int_equal(type[k->format.kind_of[t]], t);
}

static void special_types_follow_the_formula(void **state)
{
	static const char *const options[] = { "memory-failure", "migration", "device-private",
					       "pte-marker" };

	for (size_t i = 0; i < release_count(); i++) {
		for (unsigned mask = 0; mask < 16; mask++) {
			const char *without[4];
			size_t count = 0;
			struct kernel k;

			for (unsigned o = 0; o < 4; o++)
				if (mask & 1 << o)
					without[count++] = options[o];
			assert_int_equal(kernel_config(&k, release_get(i)->name, NULL, 0, without,
						       count, NULL, 0, NULL), 0);
			check_types(&k);
		}
	}
}

/* The table of the releases, with every option. */
static void special_types_are_those_of_the_releases(void **state)
{
	static const struct { const char *first, *last; int poison, read, write; } rows[] = {
		{ "v3.8", "v4.13", 29, 30, 31 }, { "v4.14", "v5.13", 27, 28, 29 },
		{ "v5.14", "v5.18", 25, 26, 27 }, { "v5.19", "v6.1", 22, 23, 25 },
		{ "v6.2", "v6.12", 23, 24, 26 }, { "v6.13", "v6.16", 23, 24, 26 },
		{ "debian-6.1.192", "debian-6.1.192", 26, 27, 29 },
		{ "debian-6.12.117", "debian-6.12.117", 27, 28, 30 },
	};

	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		size_t last = release_named(rows[r].last);

		for (size_t i = release_named(rows[r].first); i <= last; i++) {
			struct kernel k;

			kernel_config_release(&k, i);
			assert_int_equal(k.format.type_of[SWAP_HWPOISON], rows[r].poison);
			assert_int_equal(k.format.type_of[SWAP_MIGRATION_READ], rows[r].read);
			assert_int_equal(k.format.type_of[SWAP_MIGRATION_WRITE], rows[r].write);
		}
	}
}

static void migration_entries_are_those_of_the_tables(void **state)
{
	static const struct { const char *first, *last; uint64_t pte, pmd; } rows[] = {
		{ "v3.8", "v3.15", 0x0000000002468a3e, 0x000000000800003e },
		{ "v3.16", "v3.19", 0x00000000048d143e, 0x000000001000003e },
		{ "v4.0-rc1", "v4.7", 0x0000000002468a3e, 0x000000000800003e },
		{ "v4.8", "v4.13", 0x0000000048d17e00, 0x0000000100003e00 },
		{ "v4.14", "v4.18", 0x0000000048d17a00, 0x0000000100003a00 },
		{ "v4.19", "v5.13", 0xeffffffffdb97400, 0xeffffffff7fffe00 },
		{ "v5.14", "v5.18", 0xdffffffffdb97400, 0xdffffffff7fffe00 },
		{ "v5.19", "v6.1", 0xcffffffffdb97400, 0xcffffffff7fffe00 },
		{ "v6.2", "v6.12", 0xd7fffffffdb97400, 0xd7fffffff7fffe00 },
	};

	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		size_t last = release_named(rows[r].last);

		for (size_t i = release_named(rows[r].first); i <= last; i++) {
			struct kernel k;

			kernel_config_release(&k, i);
			assert_int_equal(kernel_mk_migration(&k, SWAP_MIGRATION_WRITE, 0x12345, 0),
					 rows[r].pte);
			assert_int_equal(kernel_mk_migration(&k, SWAP_MIGRATION_WRITE, 0x40000, 0),
					 rows[r].pmd);
			assert_true(kernel_pte_migration(&k, rows[r].pte));
			assert_int_equal(kernel_pmd_migration(&k, rows[r].pmd),
					 since(&k, REL(4, 14)));
			assert_int_equal(kernel_migration_pfn(&k, rows[r].pte), 0x12345);
		}
	}
}

static void debian_made_these(void **state)
{
	struct kernel old = kernel_named("debian-6.1.192"), new = kernel_named("debian-6.12.117");
	unsigned marks = MIGRATION_YOUNG | MIGRATION_DIRTY | MIGRATION_SOFT_DIRTY;

	assert_int_equal(kernel_mk_migration(&old, SWAP_MIGRATION_WRITE, 0x3ff3d, marks),
			 0xefffe7fff8018402);
	assert_int_equal(kernel_mk_migration(&new, SWAP_MIGRATION_WRITE, 0x3ff4b, marks),
			 0xf7ffe7fff8016802);
	assert_int_equal(kernel_migration_marks(&old, 0xefffe7fff8018402), marks);
	assert_int_equal(kernel_migration_pfn(&old, 0xefffe7fff8018402), 0x3ff3d);
	assert_int_equal(kernel_swp_entry(&old, 0, 0x200) | old.format.swp_soft_dirty |
			 old.format.swp_exclusive, 0x07fffffffffbfe0a);
}

static void marks_are_kept_where_there_is_room(void **state)
{
	unsigned all = MIGRATION_YOUNG | MIGRATION_DIRTY | MIGRATION_SOFT_DIRTY |
		       MIGRATION_UFFD_WP;

	for (size_t i = 0; i < release_count(); i++) {
		unsigned expected = 0;
		struct kernel k;
		uint64_t entry;

		kernel_config_release(&k, i);
		entry = kernel_mk_migration(&k, SWAP_MIGRATION_READ_EXCLUSIVE, 0x3ffffffff, all);
		if (since(&k, REL(6, 1)))
			expected |= MIGRATION_YOUNG | MIGRATION_DIRTY;
		if (since(&k, REL(3, 11)))
			expected |= MIGRATION_SOFT_DIRTY;
		if (since(&k, REL(5, 7)))
			expected |= MIGRATION_UFFD_WP;
		assert_int_equal(kernel_migration_marks(&k, entry), expected);
		assert_int_equal(kernel_migration_pfn(&k, entry), 0x3ffffffff);
		assert_int_equal(kernel_swp_kind(&k, entry),
				 since(&k, REL(5, 19)) ? SWAP_MIGRATION_READ_EXCLUSIVE :
							 SWAP_MIGRATION_READ);
	}
}

/* Where soft-dirty lives in a swap entry: bit 7, which a PMD cannot spare, then bit 1. */
static void soft_dirty_moves_down(void **state)
{
	struct kernel k = kernel_named("v4.13");

	assert_int_equal(k.format.swp_soft_dirty, X86_PSE);
	k = kernel_named("v4.14");
	assert_int_equal(k.format.swp_soft_dirty, X86_RW);
	k = kernel_named("v3.10");
	assert_int_equal(k.format.swp_soft_dirty, 0);
}

static void five_levels_widen_the_frame(void **state)
{
	struct kernel k = kernel_named("v6.12+five-levels");
	uint64_t entry = kernel_mk_migration(&k, SWAP_MIGRATION_READ, 0xffffffffff,
					     MIGRATION_YOUNG);

	assert_int_equal(kernel_migration_pfn(&k, entry), 0xffffffffff);
	assert_int_equal(kernel_migration_marks(&k, entry), MIGRATION_YOUNG);
	assert_int_equal(kernel_migration_ad_bits(&k), UINT64_C(3) << 40);
}

static void without_migration_there_is_no_such_entry(void **state)
{
	struct kernel k = kernel_named("v6.12~migration");

	assert_int_equal(kernel_mk_migration(&k, SWAP_MIGRATION_READ, 1, 0), 0);
	assert_int_equal(kernel_mk_migration(&k, SWAP_MIGRATION_READ_EXCLUSIVE, 1, 0), 0);
	assert_false(kernel_pmd_swap(&k, 0xd7fffffff7fffe00));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_follows_the_era),
		cmocka_unit_test(bit_nine_is_free_without_numa_balancing),
		cmocka_unit_test(every_type_and_offset_comes_back),
		cmocka_unit_test(special_types_follow_the_formula),
		cmocka_unit_test(special_types_are_those_of_the_releases),
		cmocka_unit_test(migration_entries_are_those_of_the_tables),
		cmocka_unit_test(debian_made_these),
		cmocka_unit_test(marks_are_kept_where_there_is_room),
		cmocka_unit_test(soft_dirty_moves_down),
		cmocka_unit_test(five_levels_widen_the_frame),
		cmocka_unit_test(without_migration_there_is_no_such_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
