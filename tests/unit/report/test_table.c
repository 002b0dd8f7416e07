/* SPDX-License-Identifier: BSD-2-Clause */
/* The table, byte for byte. */
#include "report_world.h"

#include "report/table.h"

static char *table_of(const struct hand *h)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(table_print(out, &h->result), 0);
	fclose(out);
	return text;
}

static void expect_table(const struct hand *h, const char *expected)
{
	char *text = table_of(h);

	assert_string_equal(text, expected);
	free(text);
}

static void test_columns(void **state)
{
	struct hand h;

	hand_init(&h);
	hand_step(&h, 0, "left", "first");
	hand_step(&h, 1, "right", "not shown")->shown = false;
	hand_step(&h, 1, "right", "")->preempts = true;
	hand_step(&h, 1, "right/irq", "flush TLB");
	hand_step(&h, 0, "left/walker", "load TLB entry");
	expect_table(&h, "step  left                          right\n"
			 "      CPU 0, node 0                 CPU 12, node 3\n"
			 "   1  first\n"
			 "   3*                               lock a lock\n"
			 "   4                                (interrupt) flush TLB\n"
			 "   5  (page walker) load TLB entry\n");
}

static void test_before(void **state)
{
	struct hand h;

	hand_init(&h);
	strcpy(h.column[1].before, "TLB has P:x -> page #9");
	hand_step(&h, 0, "left", "go");
	expect_table(&h, "step  left           right\n"
			 "      CPU 0, node 0  CPU 12, node 3\n"
			 "start                TLB has P:x -> page #9\n"
			 "   1  go\n");
}

/* Long texts go over several lines, at blanks if there are any. */
static void test_wrapping(void **state)
{
	struct hand h;

	hand_init(&h);
	hand_step(&h, 0, "left", "one two three four five six seven eight nine ten");
	hand_step(&h, 1, "right", "0123456789012345678901234567890123456789");
	hand_step(&h, 0, "left", "0123456789012345678901234567890123 x");
	expect_table(
		&h, "step  left                                right\n"
		    "      CPU 0, node 0                       CPU 12, node 3\n"
		    "   1  one two three four five six seven\n"
		    "      eight nine ten\n"
		    "   2                                      0123456789012345678901234567890123\n"
		    "                                          456789\n"
		    "   3  0123456789012345678901234567890123\n"
		    "      x\n");
}

/* A character is never cut in two, and counts as one. */
static void test_characters(void **state)
{
	struct hand h;
	char *text;

	hand_init(&h);
	hand_step(&h, 0, "left", "éééééééééééééééééééééééééééééééééééééééé");
	hand_step(&h, 1, "right", "x");
	text = table_of(&h);
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c >= 0x80)
			assert_true((c[0] == '\xc3' && c[1] == '\xa9') || *c == '\xa9');
	free(text);
}

static void test_no_witness(void **state)
{
	struct hand h;

	hand_init(&h);
	h.result.info.nr_columns = 0;
	h.result.info.nr_steps = 0;
	expect_table(&h, "");
}

static void expect_cell(const char *actor, const char *note, const char *expected)
{
	const struct numasim_result_step step = {.actor = actor, .text = note, .kind = "read",
						 .object = "x"};
	char text[TABLE_CELL];

	table_cell(text, &step);
	assert_string_equal(text, expected);
}

static void test_cells(void **state)
{
	expect_cell("a", "", "read x");
	expect_cell("a/irq", "", "(interrupt) read x");
	expect_cell("a", "one; two", "one; two");
	expect_cell("a/irq", "flush TLB; flush TLB", "(interrupt) flush TLB");
	expect_cell("a", "one; two; one; three; two", "one; two; three");
	/* what an entry is set to is left out if something says what for */
	expect_cell("a", "set PMD = P RW pfn=0x1", "set PMD = P RW pfn=0x1");
	expect_cell("a", "set PMD = P RW pfn=0x1; make entry PMD_NUMA", "make entry PMD_NUMA");
	expect_cell("a", "set PTE = 0; x", "x");
	expect_cell("a", "x; set PTE = 0", "x; set PTE = 0");
	expect_cell("a", "; ", "");
}

/* No text is too long, and no step says too much. */
static void test_long_cells(void **state)
{
	struct numasim_result_step step = {.actor = "a", .kind = "read", .object = "x"};
	char note[2000], text[TABLE_CELL];

	memset(note, 'x', sizeof(note) - 1);
	note[sizeof(note) - 1] = '\0';
	step.text = note;
	table_cell(text, &step);
	assert_int_equal(strlen(text), TABLE_CELL - 1);
	for (size_t i = 0; i + 3 < sizeof(note); i += 3)
		memcpy(note + i, "a; ", 3);
	table_cell(text, &step);
	assert_true(strlen(text) < TABLE_CELL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_before),
		cmocka_unit_test(test_wrapping),
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_no_witness),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_long_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
