/* SPDX-License-Identifier: BSD-2-Clause */
/* The public face: kernels, releases, rows, options, and decoding entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include <numasim/release.h>

static struct numasim_kernel *opened(const char *release, const char *with)
{
	struct numasim_error err = { 0 };
	struct numasim_kernel *kernel;

	if (numasim_kernel_open(&kernel, release, &with, !!with, NULL, 0, &err))
		fail_msg("%s", err.text);
	return kernel;
}

static struct numasim_row row_of(const struct numasim_kernel *kernel, const char *label)
{
	struct numasim_row row;

	for (size_t i = 0; !numasim_kernel_row(&row, kernel, i); i++)
		if (!strcmp(row.label, label))
			return row;
	fail_msg("no row %s", label);
	return row;
}

static void releases_are_listed(void **state)
{
	size_t count = numasim_release_count();

	assert_string_equal(numasim_release_name(0), "v3.8");
	assert_string_equal(numasim_release_name(count - 1), "v6.16");
	assert_null(numasim_release_name(count));
	assert_null(numasim_release_base(0));
	assert_null(numasim_release_base(count));
	for (size_t i = 0; i < count; i++) {
		struct numasim_kernel *kernel = opened(numasim_release_name(i), NULL);

		assert_string_equal(numasim_kernel_name(kernel), numasim_release_name(i));
		assert_string_equal(numasim_kernel_note(kernel), "");
		if (numasim_release_base(i))
			assert_int_equal(numasim_release_name(i)[0], 'd');
		numasim_kernel_close(kernel);
	}
}

static void rows_say_where_a_kernel_stands(void **state)
{
	struct numasim_kernel *rc4 = opened("v3.13-rc4", NULL);
	struct numasim_kernel *merged = opened("v3.13-rc4", "merged");
	struct numasim_kernel *v50 = opened("v5.0", NULL);
	struct numasim_row row = row_of(rc4, "20841405940e");

	assert_int_equal(row.state, NUMASIM_ROW_ABSENT);
	assert_string_equal(row.opened, "v3.8");
	assert_string_equal(row.closed, "v3.13-rc5");
	assert_string_equal(row.name, "merged");
	assert_string_equal(row.bugs, "A1");
	assert_int_equal(row_of(merged, "20841405940e").state, NUMASIM_ROW_PRESENT);
	assert_int_equal(row_of(rc4, "16af97dc5a89").state, NUMASIM_ROW_EARLY);
	assert_int_equal(row_of(v50, "b38af4721f59").state, NUMASIM_ROW_REPLACED);
	assert_int_equal(row_of(v50, "mashed").state, NUMASIM_ROW_ABSENT);
	assert_int_equal(row_of(v50, "mashed").kind, NUMASIM_ROW_DRAFT);
	assert_string_equal(row_of(v50, "mashed").closed, "");
	assert_string_equal(numasim_kernel_name(merged), "v3.13-rc4+20841405940e");
	numasim_kernel_close(rc4);
	numasim_kernel_close(merged);
	numasim_kernel_close(v50);
}

static void indices_out_of_range_are_refused(void **state)
{
	struct numasim_kernel *kernel = opened("v6.12", NULL);
	struct numasim_option option;
	struct numasim_row row;

	assert_int_equal(numasim_kernel_row(&row, kernel, numasim_row_count()), -ERANGE);
	assert_int_equal(numasim_kernel_row(&row, kernel, SIZE_MAX), -ERANGE);
	assert_int_equal(numasim_kernel_option(&option, kernel, numasim_option_count()), -ERANGE);
	assert_int_equal(numasim_kernel_option(&option, kernel, SIZE_MAX), -ERANGE);
	assert_int_equal(numasim_kernel_option(&option, kernel, 0), 0);
	assert_int_equal(option.on, 1);
	numasim_kernel_close(kernel);
	numasim_kernel_close(NULL);
}

static void bad_kernels_are_refused(void **state)
{
	struct numasim_kernel *kernel = (struct numasim_kernel *)state;
	const char *with[] = { "mashed", "14/15" };
	struct numasim_error err = { 0 };

	assert_int_equal(numasim_kernel_open(&kernel, "v9", NULL, 0, NULL, 0, &err), -ENOENT);
	assert_int_equal(numasim_kernel_open(&kernel, "v3.13-rc4", with, 2, NULL, 0, &err),
			 -EINVAL);
	assert_non_null(strstr(err.text, "cannot be had together"));
	assert_int_equal(numasim_kernel_open(&kernel, "v9", NULL, 0, NULL, 0, NULL), -ENOENT);
	assert_ptr_equal(kernel, state);
}

/* Value of predicate @name of @entry: 1, 0 or -1. */
static int holds(const struct numasim_entry *entry, const char *name)
{
	for (size_t i = 0; i < entry->nr_predicates; i++)
		if (!strcmp(entry->predicate[i], name))
			return entry->holds[i];
	fail_msg("no predicate %s", name);
	return 0;
}

static void entries_are_decoded(void **state)
{
	struct numasim_kernel *kernel = opened("debian-6.12.117", NULL);
	struct numasim_entry entry;

	assert_int_equal(numasim_entry_decode(&entry, kernel, 0x040fffffbfe001a0, 2), 0);
	assert_string_equal(entry.text, "A PSE PROTNONE pfn=0x40000 SAVED_DIRTY");
	assert_int_equal(entry.pfn, 0x40000);
	assert_true(entry.has_pfn && entry.inverted);
	assert_int_equal(holds(&entry, "pmd_present"), 1);
	assert_int_equal(holds(&entry, "hint or no access"), 1);
	assert_int_equal(holds(&entry, "pmd_dirty"), 1);
	assert_int_equal(holds(&entry, "pmd_write"), 0);
	assert_int_equal(numasim_entry_decode(&entry, kernel, 0xf7ffe7fff8016802, 1), 0);
	assert_int_equal(entry.pfn, 0x3ff4b);
	assert_int_equal(holds(&entry, "is_migration_entry"), 1);
	assert_int_equal(holds(&entry, "pte_write"), -1);
	assert_int_equal(numasim_entry_decode(&entry, kernel, 0, 1), 0);
	assert_false(entry.has_pfn);
	assert_string_equal(entry.text, "none");
	numasim_kernel_close(kernel);
}

static void other_levels_are_refused(void **state)
{
	struct numasim_kernel *kernel = opened("v6.12", NULL);
	struct numasim_error err = { 0 };
	struct numasim_entry entry;
	uint64_t value = 5;

	for (unsigned level = 0; level < 7; level++) {
		if (level == 1 || level == 2)
			continue;
		assert_int_equal(numasim_entry_decode(&entry, kernel, 1, level), -EINVAL);
		assert_int_equal(numasim_entry_encode(&value, kernel, "none", level, &err),
				 -EINVAL);
		assert_int_equal(value, 5);
	}
	assert_int_equal(numasim_entry_encode(&value, kernel, "P RW pfn=0x10", 1, &err), 0);
	assert_int_equal(value, 0x10003);
	assert_int_equal(numasim_entry_encode(&value, kernel, "P WR", 1, &err), -EINVAL);
	assert_int_equal(err.column, 3);
	numasim_kernel_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_are_listed),
		cmocka_unit_test(rows_say_where_a_kernel_stands),
		cmocka_unit_test(indices_out_of_range_are_refused),
		cmocka_unit_test(bad_kernels_are_refused),
		cmocka_unit_test(entries_are_decoded),
		cmocka_unit_test(other_levels_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
