/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table of rows says about other files: who asks about a row, and what shows it. */
#include "kernel_test.h"
#include "kernel/kernel_paths.h"

#include <ctype.h>
#include <ftw.h>

static bool asked_by_format[NR_KERNEL_ROWS], asked_by_steps[NR_KERNEL_ROWS];

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text;
	long size;

	if (!file)
		return NULL;
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	rewind(file);
	text = calloc(1, (size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)size, file), size);
	fclose(file);
	return text;
}

/* Comments and strings become blanks. */
static void blank(char *p)
{
	while (*p) {
		char *end;

		if (!strncmp(p, "/*", 2)) {
			end = strstr(p + 2, "*/");
			end = end ? end + 2 : p + strlen(p);
		} else if (!strncmp(p, "//", 2)) {
			end = p + strcspn(p, "\n");
		} else if (*p == '"' || *p == '\'') {
			for (end = p + 1; *end && *end != *p; end++)
				end += *end == '\\' && end[1];
			end += *end != '\0';
		} else {
			p++;
			continue;
		}
		while (p < end)
			*p++ = ' ';
	}
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The rows R of "has(R)" and "kernel_has(…, R)" in @text. */
static unsigned note_questions(char *text, bool *asked)
{
	unsigned questions = 0;

	blank(text);
	for (const char *p = strstr(text, "has("); p; p = strstr(p + 1, "has(")) {
		size_t len = strcspn(p, ")"), start = len;
		bool plain = p == text || !in_word(p[-1]);
		bool long_form = p - text >= 7 && !strncmp(p - 7, "kernel_", 7) &&
				 (p - text == 7 || !in_word(p[-8]));

		while (start && in_word(p[start - 1]))
			start--;
		if ((!plain && !long_form) || strncmp(p + start, "ROW_", 4))
			continue;
		for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
			const char *ident = row_get(i)->ident;

			if (strlen(ident) != len - start - 4 ||
			    strncmp(p + start + 4, ident, strlen(ident)))
				continue;
			asked[i] = true;
			questions++;
		}
	}
	return questions;
}

static void only_questions_count(void **state)
{
	char text[] = "/* has(ROW_A1_TLB_FLUSH_PENDING) */ x(ROW_A2_PENDING_BARRIER);\n"
		      "// kernel_has(k, ROW_A3_PENDING_COUNTER)\n"
		      "note(\"has(ROW_A5_NESTED_GATHER)\\\" has(ROW_A6_KSM_FLUSH)\");\n"
		      "row_set_has(s, ROW_A7_FLUSH_BATCHED); has(ROW_A8_ZAP); {ROW_A8_ZAP_FLUSH}\n"
		      "if (!has(ROW_A9_THP_CLOSE_RACES) && kernel_has(f(m), ROW_CPUPID))\n"
		      "y = kernel_has(m->kernel, ROW_NUMA_SOFT_BIT);";
	bool asked[NR_KERNEL_ROWS] = {false};

	assert_int_equal(note_questions(text, asked), 2);
	assert_true(asked[ROW_A9_THP_CLOSE_RACES]);
	assert_true(asked[ROW_NUMA_SOFT_BIT]);
}

static int read_source(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	const char *suffix = strrchr(path, '.');
	bool kernel = strstr(path + strlen(LIB_SOURCES), "/kernel/") != NULL;
	char *text;

	if (type != FTW_F || !suffix || (strcmp(suffix, ".c") && strcmp(suffix, ".h")))
		return 0;
	text = read_file(path);
	assert_non_null(text);
	note_questions(text, kernel ? asked_by_format : asked_by_steps);
	free(text);
	return 0;
}

/* Asked about as has(rule->row), where a table says which row that is. */
static const enum kernel_row by_table[] = {
	ROW_MADV_FREE,	   ROW_MADV_WIPEONFORK,	     ROW_MADV_COLD,
	ROW_MADV_POPULATE, ROW_MADV_DONTNEED_LOCKED, ROW_FAULT_AROUND,
	ROW_FAULT_AROUND_SHMEM,
};

/* Who asks decides which kernels may run, and is what people are told is modelled. */
static void rows_are_asked_about_as_they_say(void **state)
{
	assert_int_equal(nftw(LIB_SOURCES, read_source, 16, FTW_PHYS), 0);
	for (size_t i = 0; i < sizeof(by_table) / sizeof(*by_table); i++)
		asked_by_steps[by_table[i]] = true;
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		const struct row *row = row_get(i);
		bool format = asked_by_format[i] && !asked_by_steps[i];

		if (asked_by_steps[i] && row->asked != BY_STEPS)
			fail_msg("code that runs asks about ROW_%s: give its row in "
				 "lib/kernel/rows.def .asked = BY_STEPS", row->ident);
		if (format && row->asked != BY_FORMAT)
			fail_msg("lib/kernel asks about ROW_%s: give its row .asked = BY_FORMAT",
				 row->ident);
		if (!asked_by_steps[i] && row->asked == BY_STEPS)
			fail_msg("no code that runs asks about ROW_%s, but its row says so",
				 row->ident);
		if (!format && row->asked == BY_FORMAT)
			fail_msg("lib/kernel does not ask about ROW_%s, but its row says so",
				 row->ident);
	}
}

/* A text about a row has its commit id or its name. */
static bool mentions(const char *text, const struct row *row)
{
	return (row->id && strstr(text, row->id)) || (row->name && strstr(text, row->name));
}

static void what_shows_a_row_mentions_it(void **state)
{
	unsigned shown = 0;

	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		const struct row *row = row_get(i);
		char path[4096], *text;

		if (!row->shown_by)
			continue;
		snprintf(path, sizeof(path), "%s/%s", SOURCE_ROOT, row->shown_by);
		text = read_file(path);
		if (!text)
			fail_msg("%s: there is no %s", row_label(i), path);
		if (!mentions(text, row))
			fail_msg("%s says nothing of %s", path, row_label(i));
		free(text);
		shown++;
	}
	assert_true(shown > 40);
}

/* Of the rows that change steps, those that nothing shows are few, and known. */
static void rows_that_change_steps_are_shown(void **state)
{
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		bool known = i == ROW_A10_RACED_NOT_COUNTED || /* statistics of a lost race */
			     i == ROW_A29_NO_ACCOUNT_PTE || i == ROW_A29_NO_ACCOUNT_PMD ||
			     /* a look more, or less, at what nothing in reach changes meanwhile */
			     i == ROW_MPROTECT_LOOKS_AGAIN || i == ROW_HINT_MODIFY_PROT ||
			     i == ROW_FLUSH_LATE_GEN_READ ||
			     i == ROW_G4_NUMAB_STATE_ONCE || /* a leak that no oracle sees */
			     /* slow GUP is shown as a whole */
			     i == ROW_C6_FORCE_EXCLUSIVE || i == ROW_GUP_FORCE_PRIVATE ||
			     i == ROW_GUP_FRAME_EXISTS || i == ROW_GUP_HINTS_BY_VMA ||
			     i == ROW_GUP_NO_HINTS;

		if (row_get(i)->asked == BY_STEPS && !row_get(i)->shown_by && !known)
			fail_msg("nothing shows %s", row_label(i));
		if (row_get(i)->shown_by && known)
			fail_msg("%s is shown: take it off this list", row_label(i));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_questions_count),
		cmocka_unit_test(rows_are_asked_about_as_they_say),
		cmocka_unit_test(what_shows_a_row_mentions_it),
		cmocka_unit_test(rows_that_change_steps_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
