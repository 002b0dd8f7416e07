/* SPDX-License-Identifier: BSD-2-Clause */
/* The truth tables: every value of every era is taken for what it is, in every release of it. */
#include "kernel_test.h"
#include "kernel/entry.h"
#include "kernel/kernel_paths.h"

/* A predicate that a column of a table is about. */
struct column {
	const char *name;
	bool (*holds)(const struct kernel *k, uint64_t entry);
};

static const struct column pmd_columns[] = {
	{ "none", kernel_pmd_none }, { "present", kernel_pmd_present },
	{ "trans_huge", kernel_pmd_trans_huge }, { "hint", kernel_pmd_hint },
	{ "bad", kernel_pmd_bad },
};

static const struct column pte_columns[] = {
	{ "none", kernel_pte_none }, { "present", kernel_pte_present },
	{ "hint", kernel_pte_hint }, { "special", kernel_pte_special },
};

/* One row for one kernel. @flags: "Y" or "." per column. */
static void check_row(const struct kernel *k, uint64_t value, char (*flags)[8],
		      const struct column *columns, size_t count, const char *entry)
{
	for (size_t c = 0; c < count; c++) {
		bool expected = flags[c][0] == 'Y';

		assert_true(expected || flags[c][0] == '.');
		if (columns[c].holds(k, value) != expected)
			fail_msg("%s: %s of %s (0x%llx) must be %d", release_get(k->release)->name,
				 columns[c].name, entry, (unsigned long long)value, expected);
	}
}

static void check_range(const char *first, const char *last, uint64_t value, char (*flags)[8],
			const struct column *columns, size_t count, const char *entry)
{
	for (size_t i = release_named(first); i <= release_named(last); i++) {
		struct kernel k;

		kernel_config_release(&k, i);
		check_row(&k, value, flags, columns, count, entry);
	}
}

static unsigned check_table(const char *path, const struct column *columns, size_t count)
{
	FILE *file = fopen(path, "r");
	unsigned rows = 0;
	char line[512];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		char first[16], last[16], flags[5][8];
		unsigned long long value;
		int used = 0, more = 0;

		if (line[0] == '#')
			continue;
		assert_int_equal(sscanf(line, "%15s %15s %llx%n", first, last, &value, &used), 3);
		for (size_t c = 0; c < count; c++, used += more)
			assert_int_equal(sscanf(line + used, "%7s%n", flags[c], &more), 1);
		check_range(first, last, value, flags, columns, count, line + used);
		rows++;
	}
	fclose(file);
	return rows;
}

static void pmd_table_holds(void **state)
{
	assert_true(check_table(ENTRY_DATA "/pmd.tsv", pmd_columns, 5) >= 100);
}

static void pte_table_holds(void **state)
{
	assert_true(check_table(ENTRY_DATA "/pte.tsv", pte_columns, 4) >= 80);
}

/* The script names its eras; these are the releases in them whose rows it prints as they are. */
static const struct { const char *era, *first, *last; } eras[] = {
	{ "3.8-3.15", "v3.8", "v3.15" },   { "3.16", "v3.16", "v3.16" },
	{ "3.17-3.19", "v3.17", "v3.19" }, { "4.0-rc1", "v4.0-rc1", "v4.0-rc1" },
	{ "4.0-4.7", "v4.0-rc2", "v4.7" }, { "4.8-4.18", "v4.8", "v4.18" },
	{ "4.19-6.0", "v4.19", "v6.0" },   { "6.12", "v6.6", "v6.16" },
};

static size_t find_era(const char *name)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++)
		if (!strcmp(eras[i].era, name))
			return i;
	fail_msg("the script has an era %s that this test does not know", name);
	return 0;
}

/* "| entry | `0x…` | Y | . |": read what follows the value. */
static unsigned check_line(const char *line, bool pmd, size_t era)
{
	size_t count = pmd ? 5 : 4;
	char flags[5][8], *end;
	const char *p = strstr(line, "`0x");
	uint64_t value;

	if (!p)
		return 0;
	value = strtoull(p + 1, &end, 16);
	for (size_t c = 0; c < count; c++) {
		end = strchr(end, '|');
		assert_non_null(end);
		assert_int_equal(sscanf(++end, " %7s", flags[c]), 1);
	}
	check_range(eras[era].first, eras[era].last, value, flags,
		    pmd ? pmd_columns : pte_columns, count, line);
	return 1;
}

static void the_reference_script_agrees(void **state)
{
	const char *shared = getenv("NUMASIM_SHARED");
	char command[512], line[512], level[8], era_name[16];
	unsigned rows = 0;
	bool pmd = false;
	size_t era = 0;
	FILE *pipe;

	snprintf(command, sizeof(command), "%s/facts/truth_tables.py", shared ? shared : "");
	pipe = shared ? fopen(command, "r") : NULL;
	if (!pipe) {
		print_message("skipped: no facts/truth_tables.py under NUMASIM_SHARED\n");
		return;
	}
	fclose(pipe);
	snprintf(command, sizeof(command), "python3 '%s/facts/truth_tables.py'", shared);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while (fgets(line, sizeof(line), pipe)) {
		if (sscanf(line, "#### %7[^,], era %15s", level, era_name) == 2) {
			pmd = !strcmp(level, "PMD");
			era = find_era(era_name);
			continue;
		}
		rows += check_line(line, pmd, era);
	}
	assert_int_equal(pclose(pipe), 0);
	assert_true(rows >= 140);
}

static void a_fix_by_itself_changes_what_it_fixes(void **state)
{
	struct kernel broken = kernel_named("v4.0-rc1");
	struct kernel fixed = kernel_named("v4.0-rc1+xen-protnone");
	uint64_t present = 0x12345125;

	assert_true(kernel_pte_hint(&broken, present));
	assert_false(kernel_pte_hint(&fixed, present));
	broken = kernel_named("v3.16");
	fixed = kernel_named("v3.16+b38af4721f59");
	assert_false(kernel_pte_special(&broken, 0x12345320));
	assert_true(kernel_pte_special(&fixed, 0x12345320));
	broken = kernel_named("v4.7");
	fixed = kernel_named("v4.7+97e3c602ccbd");
	assert_false(kernel_pte_none(&broken, 0x60));
	assert_true(kernel_pte_none(&fixed, 0x60));
	broken = kernel_named("v3.8~027ef6c87853");
	fixed = kernel_named("v3.8");
	assert_false(kernel_pmd_present(&broken, 0x400000e6));
	assert_true(kernel_pmd_present(&fixed, 0x400000e6));
}

static void accessible_depends_on_the_pending_flush(void **state)
{
	static const struct { const char *name; uint64_t hint; bool pending; } cases[] = {
		{ "v3.8", 0x12345166, false }, { "v3.13-rc4", 0x12345166, false },
		{ "v3.13-rc4+merged", 0x12345166, true }, { "v3.13", 0x12345166, true },
		{ "v3.16", 0x12345266, true }, { "v4.0", 0x12345162, true },
		{ "v6.12", 0x040fffffedcba120, true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kernel k = kernel_named(cases[i].name);

		assert_true(kernel_pte_accessible(&k, 0x12345067, false));
		assert_false(kernel_pte_accessible(&k, cases[i].hint, false));
		assert_int_equal(kernel_pte_accessible(&k, cases[i].hint, true), cases[i].pending);
		assert_false(kernel_pte_accessible(&k, 0, true));
	}
}

static void without_thp_nothing_is_huge(void **state)
{
	struct kernel k = kernel_named("v6.12~thp");

	assert_false(kernel_pmd_trans_huge(&k, 0x400000e7));
	assert_false(kernel_pmd_trans_huge(&k, 0));
	assert_true(kernel_pmd_leaf(&k, 0x400000e7));
}

static void shadow_stacks_write_without_rw(void **state)
{
	struct kernel without = kernel_named("v6.12"), with = kernel_named("v6.12+shadow-stack");

	assert_false(kernel_pte_write(&without, 0x12345065));
	assert_true(kernel_pte_write(&with, 0x12345065));
	assert_false(kernel_pte_write(&with, 0x0400000012345025)); /* saved dirty is not D */
}

static void file_mappings_are_no_swap_entries(void **state)
{
	struct kernel old = kernel_named("v3.19"), new = kernel_named("v4.0-rc1");

	assert_true(kernel_pte_file(&old, 0x1040));
	assert_false(kernel_pte_swap(&old, 0x1040));
	assert_false(kernel_pte_file(&new, 0x1040));
	assert_true(kernel_pte_swap(&new, 0x1040));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pmd_table_holds),
		cmocka_unit_test(pte_table_holds),
		cmocka_unit_test(the_reference_script_agrees),
		cmocka_unit_test(a_fix_by_itself_changes_what_it_fixes),
		cmocka_unit_test(accessible_depends_on_the_pending_flush),
		cmocka_unit_test(without_thp_nothing_is_huge),
		cmocka_unit_test(shadow_stacks_write_without_rw),
		cmocka_unit_test(file_mappings_are_no_swap_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
