/* SPDX-License-Identifier: BSD-2-Clause */
/* Configuring kernels: what comes along, what is refused, and how a kernel is named. */
#include "kernel_test.h"

static char note[KERNEL_NOTE];

static struct kernel configured(const char *release, const char *with, const char *without)
{
	struct numasim_error err = { 0 };
	struct kernel k;

	if (kernel_config(&k, release, &with, !!with, &without, !!without, note, sizeof(note),
			  &err))
		fail_msg("%s", err.text);
	return k;
}

static void refused(const char *release, const char *with, const char *without, int code,
		    const char *part)
{
	struct numasim_error err = { 0 };
	struct kernel k, before;

	memset(&k, 0x5a, sizeof(k));
	before = k;
	memset(note, 'x', sizeof(note));
	assert_int_equal(kernel_config(&k, release, &with, !!with, &without, !!without, note,
				       sizeof(note), &err), code);
	assert_memory_equal(&k, &before, sizeof(k));
	assert_string_equal(note, "");
	assert_int_equal(err.code, code);
	assert_text_has(err.text, part);
}

static void every_release_is_whole(void **state)
{
	for (size_t i = 0; i < release_count(); i++) {
		struct kernel plain, k = configured(release_get(i)->name, NULL, NULL);

		kernel_config_release(&plain, i);
		assert_memory_equal(&k, &plain, sizeof(k));
		assert_string_equal(note, "");
		assert_int_equal(k.release, i);
		for (int row = ROW_NONE + 1; row < NR_KERNEL_ROWS; row++) {
			const struct row *r = row_get(row);

			for (const uint16_t *q = r->requires; kernel_has(&k, row) && *q; q++)
				assert_true(kernel_has(&k, *q) || kernel_replaced(&k, *q));
		}
	}
}

/* A fix stays but for rows that take it away, and those are the ones below. */
static void fixes_stay_unless_a_row_takes_them_away(void **state)
{
	static const uint16_t taken[] = {
		ROW_A4_DEFER_THP_FLUSH, ROW_A16_PMD_NO_CLEAR, ROW_A16_PTE_NO_CLEAR,
		ROW_A26_SPECIAL_VS_NUMA, ROW_A28_PRESERVE_WRITE, ROW_A28_KSM_SAVED_WRITE,
		ROW_NUMA_SOFT_BIT, ROW_SWAPIN_ERROR, ROW_C3_COW_BREAK,
	};

	for (int row = ROW_NONE + 1; row < NR_KERNEL_ROWS; row++) {
		bool had = false, may_go = false;

		for (size_t t = 0; t < sizeof(taken) / sizeof(taken[0]); t++)
			may_go |= taken[t] == row;
		for (size_t i = 0; i < release_count(); i++) {
			struct kernel k = configured(release_get(i)->name, NULL, NULL);

			if (had && !kernel_has(&k, row) && !may_go)
				fail_msg("%s has lost %s", release_get(i)->name, row_label(row));
			if (!release_get(i)->stable)
				had = kernel_has(&k, row);
		}
		assert_false(had && may_go);
	}
}

static void rc4_and_final_differ_in_the_series_of_rc5(void **state)
{
	static const uint16_t series[] = {
		ROW_A1_TLB_FLUSH_PENDING, ROW_A2_PENDING_BARRIER, ROW_A11_ANON_VMA_BAIL,
		ROW_A12_GUP_SERIALISE, ROW_A13_NOTIFIERS, ROW_A14_CLEAR_NUMA_LOCAL,
		ROW_A15_MPROTECT_CLEARS_HINT, ROW_A16_PMD_NO_CLEAR, ROW_A16_PTE_NO_CLEAR,
		ROW_A17_SKIP_INACCESSIBLE, ROW_A19_NO_DISRUPT, ROW_A4_DEFER_THP_FLUSH,
	};
	struct kernel rc4 = configured("v3.13-rc4", NULL, NULL);
	struct kernel final = configured("v3.13", NULL, NULL);
	unsigned differ = 0;

	for (size_t i = 0; i < sizeof(series) / sizeof(series[0]); i++)
		assert_true(!kernel_has(&rc4, series[i]) && kernel_has(&final, series[i]));
	for (int row = ROW_NONE + 1; row < NR_KERNEL_ROWS; row++)
		differ += kernel_has(&rc4, row) != kernel_has(&final, row);
	assert_int_equal(differ, sizeof(series) / sizeof(series[0]));
	assert_true(kernel_has(&rc4, ROW_A16_READ_BEFORE_CLEAR));
	assert_true(kernel_has(&rc4, ROW_A9_THP_CLOSE_RACES));
}

static void a_row_brings_what_it_requires(void **state)
{
	struct kernel k = configured("v3.13", "3c226c637b69", NULL);

	assert_true(kernel_has(&k, ROW_A23_HOLD_PAGE));
	assert_true(kernel_has(&k, ROW_A25_PMD_UNDER_LOCK));
	assert_string_equal(note, "with 5d833062139d, which 3c226c637b69 requires");
	k = configured("v3.8", "3c226c637b69", NULL);
	assert_true(kernel_has(&k, ROW_A10_THP_WAIT));
	k = configured("v3.13-rc4", "0a2c40487f3e", NULL); /* two levels deep */
	assert_true(kernel_has(&k, ROW_A3_PENDING_COUNTER));
	assert_true(kernel_has(&k, ROW_A1_TLB_FLUSH_PENDING));
}

static void a_row_takes_away_what_it_replaces(void **state)
{
	struct kernel k = configured("v3.19", "8a0516ed8b90", NULL);

	assert_false(kernel_has(&k, ROW_NUMA_SOFT_BIT));
	assert_text_has(note, "without c46a7c817e66, which 8a0516ed8b90 takes away");
	assert_text_has(note, "with e7bb4b6d1609, which 8a0516ed8b90 requires");
	k = configured("v6.2", NULL, "6a56ccbcf6c6"); /* and back */
	assert_true(kernel_has(&k, ROW_A28_PRESERVE_WRITE));
	assert_text_has(note, "with b191f9b106ea again");
}

static void what_changes_nothing_is_said(void **state)
{
	struct kernel plain = configured("v3.13", NULL, NULL);
	struct kernel k = configured("v3.13", "merged", NULL);

	assert_string_equal(note, "v3.13 already has 20841405940e");
	assert_memory_equal(&k, &plain, sizeof(k));
	k = configured("v3.13", NULL, "mashed");
	assert_string_equal(note, "v3.13 does not have mashed anyway");
	assert_memory_equal(&k, &plain, sizeof(k));
}

static void what_cannot_be_separated_is_refused(void **state)
{
	refused("v3.13", NULL, "merged", -EINVAL, "af2c1401e6f9 requires it");
	refused("v4.0", NULL, "8a0516ed8b90", -EINVAL, "b191f9b106ea requires it");
	refused("v3.13", "mashed", NULL, -EINVAL, "20841405940e and mashed cannot be had together");
	refused("v3.13-rc4", "mashed", "mashed", -EINVAL, "both with and without");
	refused("v3.13-rc4", "3c226c637b69", "5d833062139d", -EINVAL, "both with and without");
	refused("v6.6", "b191f9b106ea", NULL, -EINVAL, "6a56ccbcf6c6 has taken its place in v6.6");
	refused("v3.13-rc4+mashed", "14/15", NULL, -EINVAL, "14/15 and mashed");
	refused("v3.13-rc4+numa_tlb_lazy", "14/15", NULL, -EINVAL, "14/15 and numa_tlb_lazy");
	refused("v3.13-rc4+numa_tlb_lazy", "mashed", NULL, -EINVAL, "numa_tlb_lazy and mashed");
}

static void separated_together_is_accepted(void **state)
{
	struct kernel k = kernel_named("v3.13~merged~af2c1401e6f9~b0943d61b8fa+mashed");

	assert_true(kernel_has(&k, ROW_DRAFT_MASHED));
	assert_false(kernel_has(&k, ROW_A1_TLB_FLUSH_PENDING));
}

static void unknown_names_are_refused(void **state)
{
	refused("v3.14-rc1", NULL, NULL, -ENOENT, "did you mean v3.14");
	refused("v3.13", "no-such-fix", NULL, -ENOENT, "no-such-fix");
	refused("v3.13", NULL, "mashd", -ENOENT, "did you mean mashed");
	refused("v3.13+", NULL, NULL, -EINVAL, "comes a fix");
	refused("v3.13+mashed~", NULL, NULL, -EINVAL, "comes a fix");
	refused("v3.13++mashed", NULL, NULL, -EINVAL, "comes a fix");
	refused("v3.13+mashed-x", NULL, NULL, -ENOENT, "mashed-x");
	refused("+mashed", NULL, NULL, -ENOENT, "unknown release \"\"");
	refused("v3.13", "", NULL, -ENOENT, "\"\"");
}

static void overlong_names_are_refused(void **state)
{
	char name[2000];

	memset(name, '+', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	refused(name, NULL, NULL, -EINVAL, "too long");
}

static void a_short_note_is_cut_and_terminated(void **state)
{
	const char *with = "0a2c40487f3e";
	struct kernel k;

	for (size_t size = 0; size < 80; size++) {
		char buf[81];

		memset(buf, '#', sizeof(buf));
		assert_int_equal(kernel_config(&k, "v3.13-rc4", &with, 1, NULL, 0, buf, size,
					       NULL), 0);
		assert_int_equal(buf[size], '#');
		if (size)
			assert_true(strlen(buf) < size);
	}
	assert_int_equal(kernel_config(&k, "v3.13-rc4", &with, 1, NULL, 0, NULL, 0, NULL), 0);
}

/* A kernel's name makes the same kernel again. */
static void check_name(const struct kernel *k)
{
	struct numasim_error err = { 0 };
	struct kernel again;
	char name[512];

	assert_true(kernel_describe(k, name, sizeof(name)) < (int)sizeof(name));
	if (kernel_config(&again, name, NULL, 0, NULL, 0, NULL, 0, &err))
		fail_msg("%s: %s", name, err.text);
	assert_memory_equal(k, &again, sizeof(again));
}

static void names_make_the_same_kernel_again(void **state)
{
	unsigned accepted = 0;

	for (size_t i = 0; i < release_count(); i += 3) {
		for (int row = ROW_NONE + 1; row < NR_KERNEL_ROWS; row++) {
			const char *name = release_get(i)->name, *label = row_label(row);
			struct kernel k;

			if (!kernel_config(&k, name, &label, 1, NULL, 0, NULL, 0, NULL)) {
				assert_true(kernel_has(&k, row));
				check_name(&k);
				accepted++;
			}
			if (!kernel_config(&k, name, NULL, 0, &label, 1, NULL, 0, NULL)) {
				assert_false(kernel_has(&k, row));
				check_name(&k);
				accepted++;
			}
		}
	}
	assert_true(accepted > 3000);
}

static void names_are_what_people_would_write(void **state)
{
	struct kernel k = configured("3.13-rc4", "merged", NULL);
	char name[64], tiny[8];

	assert_int_equal(kernel_describe(&k, name, sizeof(name)), 22);
	assert_string_equal(name, "v3.13-rc4+20841405940e");
	assert_int_equal(kernel_describe(&k, tiny, sizeof(tiny)), 22);
	assert_string_equal(tiny, "v3.13-r");
	assert_int_equal(kernel_describe(&k, NULL, 0), 22);
	k = configured("v6.12", NULL, "device-private");
	kernel_describe(&k, name, sizeof(name));
	assert_string_equal(name, "v6.12~device-private");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_release_is_whole),
		cmocka_unit_test(fixes_stay_unless_a_row_takes_them_away),
		cmocka_unit_test(rc4_and_final_differ_in_the_series_of_rc5),
		cmocka_unit_test(a_row_brings_what_it_requires),
		cmocka_unit_test(a_row_takes_away_what_it_replaces),
		cmocka_unit_test(what_changes_nothing_is_said),
		cmocka_unit_test(what_cannot_be_separated_is_refused),
		cmocka_unit_test(separated_together_is_accepted),
		cmocka_unit_test(unknown_names_are_refused),
		cmocka_unit_test(overlong_names_are_refused),
		cmocka_unit_test(a_short_note_is_cut_and_terminated),
		cmocka_unit_test(names_make_the_same_kernel_again),
		cmocka_unit_test(names_are_what_people_would_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
