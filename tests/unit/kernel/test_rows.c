/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of rows is sound, and rows are found by what people write. */
#include "kernel_test.h"

static void ids_are_twelve_digits_and_unique(void **state)
{
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		const struct row *row = row_get(i);

		assert_true(row->id || row->name);
		if (row->id) {
			assert_int_equal(strlen(row->id), 12);
			assert_int_equal(strspn(row->id, "0123456789abcdef"), 12);
		}
		for (int j = ROW_NONE + 1; j < i; j++)
			assert_string_not_equal(row_label(i), row_label(j));
	}
}

static void every_row_says_what_it_does(void **state)
{
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		const struct row *row = row_get(i);

		assert_non_null(row->steps);
		assert_int_equal(row->steps[strlen(row->steps) - 1], '.');
		assert_true(row->subject || row->name);
		assert_true(row->closed != 0);
		assert_int_equal(row->closed == NEVER, row->kind == ROW_DRAFT);
		if (row->kind == ROW_FIX && row->opened)
			assert_true(row->opened <= row->closed);
	}
}

/* A version that is in the list as a candidate, too, needs rows that say in which candidate. */
static void rows_name_their_candidate_where_it_matters(void **state)
{
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		uint32_t closed = row_get(i)->closed;
		bool listed = closed == NEVER || closed < REL(3, 8) || closed > REL(6, 16);

		for (size_t r = 0; r < release_count(); r++) {
			uint32_t version = release_get(r)->version;

			listed |= version == closed;
			if (VERSION_RC(version) != VERSION_FINAL && version >> 8 == closed >> 8 &&
			    VERSION_RC(closed) == VERSION_FINAL)
				fail_msg("%s: in which candidate of %s?", row_label(i),
					 release_get(r)->name);
		}
		if (!listed)
			fail_msg("%s closes in a version that is not in the list", row_label(i));
	}
}

/* Depth-first over requires; a row on the path is a cycle. */
static void visit(enum kernel_row row, bool *path)
{
	assert_false(path[row]);
	path[row] = true;
	for (const uint16_t *r = row_get(row)->requires; *r; r++)
		visit(*r, path);
	path[row] = false;
}

static void requirements_have_no_cycle_and_do_not_conflict(void **state)
{
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		bool path[NR_KERNEL_ROWS] = { false };
		const struct row *row = row_get(i);

		visit(i, path);
		for (const uint16_t *r = row->requires; *r; r++) {
			for (const uint16_t *c = row->conflicts; *c; c++)
				assert_int_not_equal(*r, *c);
			for (const uint16_t *c = row->replaces; *c; c++)
				assert_int_not_equal(*r, *c);
			assert_true(row_get(*r)->closed <= row->closed);
		}
		assert_int_equal(row->requires[ROW_LINKS - 1], ROW_NONE);
		assert_int_equal(row->conflicts[ROW_LINKS - 1], ROW_NONE);
		assert_int_equal(row->replaces[ROW_LINKS - 1], ROW_NONE);
	}
}

static enum kernel_row found(const char *text)
{
	struct numasim_error err = { 0 };
	enum kernel_row row;

	if (row_find(&row, text, &err))
		fail_msg("%s", err.text);
	return row;
}

static void rows_are_found_by_id(void **state)
{
	assert_int_equal(found("2084140"), ROW_A1_TLB_FLUSH_PENDING);
	assert_int_equal(found("20841405940e"), ROW_A1_TLB_FLUSH_PENDING);
	assert_int_equal(found("20841405940E"), ROW_A1_TLB_FLUSH_PENDING);
	assert_int_equal(found("20841405940e7be0617612d521e206e4b6b325db"),
			 ROW_A1_TLB_FLUSH_PENDING);
	assert_int_equal(found("3c226c637b69"), ROW_A23_HOLD_PAGE);
}

static void rows_are_found_by_name_and_subject(void **state)
{
	assert_int_equal(found("merged"), ROW_A1_TLB_FLUSH_PENDING);
	assert_int_equal(found("14/15"), ROW_DRAFT_14_15);
	assert_int_equal(found("numa_tlb_lazy"), ROW_DRAFT_NUMA_TLB_LAZY);
	assert_int_equal(found("Mashed"), ROW_DRAFT_MASHED);
	assert_int_equal(found("mm: fix tlb flush race"), ROW_A1_TLB_FLUSH_PENDING);
	assert_int_equal(found("x86: pte_protnone() and pmd_protnone() must"),
			 ROW_A27_XEN_PROTNONE);
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		if (row_get(i)->id)
			assert_int_equal(found(row_get(i)->id), i);
		if (row_get(i)->name)
			assert_int_equal(found(row_get(i)->name), i);
		if (row_get(i)->subject)
			assert_int_equal(found(row_get(i)->subject), i);
	}
}

/* Steps are there for a row that code asks about, that needs none, or that takes such rows away. */
static void rows_know_whether_their_steps_are_built(void **state)
{
	assert_true(row_steps_built(ROW_A10_THP_WAIT));
	assert_true(row_steps_built(ROW_DRAFT_MASHED));
	assert_true(row_steps_built(ROW_A2_PENDING_BARRIER)); /* changes no step */
	assert_true(row_steps_built(ROW_A4_FLUSH_UNDER_LOCK)); /* takes A4_DEFER_THP_FLUSH away */
	assert_false(row_steps_built(ROW_A13_NOTIFIERS)); /* history */
	assert_true(row_steps_built(ROW_A26_SPECIAL_VS_NUMA)); /* of the format */
	assert_false(row_steps_built(ROW_A28_KSM_SAVED_WRITE));
	assert_true(row_steps_built(ROW_A28_NO_SAVED_WRITE));
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++)
		if (row_get(i)->asked == BY_STEPS)
			assert_true(row_steps_built(i));
}

static void refused(const char *text, int code, const char *part)
{
	struct numasim_error err = { 0 };
	enum kernel_row row = ROW_A2_PENDING_BARRIER;

	assert_int_equal(row_find(&row, text, &err), code);
	assert_int_equal(row, ROW_A2_PENDING_BARRIER);
	assert_int_equal(err.code, code);
	assert_text_has(err.text, part);
	assert_int_equal(row_find(&row, text, NULL), code);
}

static void unknown_rows_are_refused_with_what_is_near(void **state)
{
	refused("208414", -ENOENT, "208414");			    /* too short for an id */
	refused("20841405941e", -ENOENT, "did you mean 20841405940e");
	refused("mashd", -ENOENT, "did you mean mashed");
	refused("numa_tlb_lasy", -ENOENT, "did you mean numa_tlb_lazy");
	refused("flush race between", -ENOENT, "did you mean 20841405940e");
	refused("zzzzzzzzzz", -ENOENT, "numasim releases");
	refused("", -ENOENT, "\"\"");
	refused("A1", -ENOENT, "A1");
	refused("mm: numa: do not clear P", -EINVAL, "5a6dac3ec5f5");
	refused("mm: numa: do not clear P", -EINVAL, "0c5f83c23ca7");
	refused("20841405940e7be0617612d521e206e4b6b325dg", -ENOENT, "2084");
}

static void overlong_names_are_refused(void **state)
{
	char name[4096];
	enum kernel_row row;
	struct numasim_error err;

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(row_find(&row, name, &err), -ENOENT);
	memset(name, 'z', sizeof(name) - 1);
	assert_int_equal(row_find(&row, name, &err), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_twelve_digits_and_unique),
		cmocka_unit_test(every_row_says_what_it_does),
		cmocka_unit_test(rows_name_their_candidate_where_it_matters),
		cmocka_unit_test(requirements_have_no_cycle_and_do_not_conflict),
		cmocka_unit_test(rows_know_whether_their_steps_are_built),
		cmocka_unit_test(rows_are_found_by_id),
		cmocka_unit_test(rows_are_found_by_name_and_subject),
		cmocka_unit_test(unknown_rows_are_refused_with_what_is_near),
		cmocka_unit_test(overlong_names_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
