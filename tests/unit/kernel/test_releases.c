/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of releases, and what each had merged. */
#include "kernel_test.h"

static void mainline_is_complete_and_in_order(void **state)
{
	static const struct { unsigned major, first, last; } series[] = {
		{ 3, 8, 19 }, { 4, 0, 20 }, { 5, 0, 19 }, { 6, 0, 16 },
	};
	size_t finals = 0;

	for (size_t s = 0; s < 4; s++) {
		for (unsigned minor = series[s].first; minor <= series[s].last; minor++) {
			char name[32];
			size_t index;

			snprintf(name, sizeof(name), "v%u.%u", series[s].major, minor);
			index = release_named(name);
			assert_int_equal(release_get(index)->version,
					 REL(series[s].major, minor));
			assert_null(release_get(index)->base);
			finals++;
		}
	}
	assert_int_equal(finals, 12 + 21 + 20 + 17);
	for (size_t i = 1; i < release_count(); i++)
		assert_true(release_get(i - 1)->version <= release_get(i)->version);
}

static void names_are_taken_with_and_without_v(void **state)
{
	assert_int_equal(release_named("3.13-rc4"), release_named("v3.13-rc4"));
	assert_int_equal(release_named("V3.13"), release_named("v3.13"));
	assert_int_equal(release_named("Debian-6.1.192"), release_named("debian-6.1.192"));
}

static void refused(const char *name, const char *part)
{
	struct numasim_error err = { 0 };
	size_t index = 7;

	assert_int_equal(release_find(&index, name, &err), -ENOENT);
	assert_int_equal(index, 7);
	assert_text_has(err.text, part);
}

static void unknown_releases_are_refused_with_what_is_near(void **state)
{
	refused("v3.13-rc9", "v3.13-rc1, v3.13-rc4, v3.13-rc5");
	refused("v3.7", "v3.8");
	refused("v7.0", "unknown release \"v7.0\"");
	refused("debian-6.1.193", "debian-6.1.192");
	refused("", "unknown release \"\"");
	refused("v", "unknown release");
	refused("v3.13 ", "v3.13");
}

static bool merged(const char *release, enum kernel_row row)
{
	return release_merged(release_get(release_named(release)), row_get(row));
}

static void rows_arrive_with_their_version(void **state)
{
	assert_false(merged("v3.13-rc4", ROW_A1_TLB_FLUSH_PENDING));
	assert_true(merged("v3.13-rc5", ROW_A1_TLB_FLUSH_PENDING));
	assert_true(merged("v6.16", ROW_A1_TLB_FLUSH_PENDING));
	assert_false(merged("v3.12", ROW_A16_READ_BEFORE_CLEAR));
	assert_true(merged("v3.13-rc1", ROW_A16_READ_BEFORE_CLEAR));
	assert_false(merged("v6.16", ROW_DRAFT_MASHED));
	assert_true(merged("v3.8", ROW_A33_PMD_PRESENT_PSE));
	assert_false(merged("v6.16", ROW_A35_PMD_MODIFY_DIRTY));
}

static void backports_count_for_their_branch_only(void **state)
{
	struct release r = *release_get(release_named("debian-6.12.117"));

	assert_true(merged("debian-6.12.117", ROW_A35_PMD_MODIFY_DIRTY)); /* 6.12.111 */
	assert_false(merged("v6.12", ROW_A35_PMD_MODIFY_DIRTY));
	assert_false(merged("v6.13", ROW_A35_PMD_MODIFY_DIRTY));
	assert_false(merged("debian-6.1.192", ROW_A35_PMD_MODIFY_DIRTY));
	assert_true(merged("debian-6.1.192", ROW_PAT_KEPT)); /* 6.1.53 */
	assert_false(merged("v6.1", ROW_PAT_KEPT));
	r.stable = 110;
	assert_false(release_merged(&r, row_get(ROW_A35_PMD_MODIFY_DIRTY)));
	r.stable = 111;
	assert_true(release_merged(&r, row_get(ROW_A35_PMD_MODIFY_DIRTY)));
}

/* Once merged, always merged: what a later row takes away is said by that row. */
static void rows_stay_merged(void **state)
{
	for (int row = ROW_NONE + 1; row < NR_KERNEL_ROWS; row++) {
		bool had = false;

		for (size_t i = 0; i < release_count(); i++) {
			const struct release *r = release_get(i);
			bool has = release_merged(r, row_get(row));

			assert_false(had && !has);
			if (!r->stable)
				had = has;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mainline_is_complete_and_in_order),
		cmocka_unit_test(names_are_taken_with_and_without_v),
		cmocka_unit_test(unknown_releases_are_refused_with_what_is_near),
		cmocka_unit_test(rows_arrive_with_their_version),
		cmocka_unit_test(backports_count_for_their_branch_only),
		cmocka_unit_test(rows_stay_merged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
