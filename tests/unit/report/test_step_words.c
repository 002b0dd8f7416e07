/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines of the stepper: words, names, and every kind of wrong one. */
#include "step_world.h"

static int split(struct step_words *words, const char *line, struct numasim_error *err)
{
	memset(err, 0, sizeof(*err));
	return step_split(words, line, err);
}

static void test_words_and_their_columns(void **state)
{
	struct step_words w;
	struct numasim_error err;

	assert_int_equal(split(&w, "  run\treader until  done # and more", &err), 0);
	assert_int_equal(w.nr, 4);
	assert_string_equal(w.word[0], "run");
	assert_string_equal(w.word[3], "done");
	assert_int_equal(w.column[0], 3);
	assert_int_equal(w.column[1], 7);
	assert_int_equal(split(&w, "save \"two words # no comment\" x", &err), 0);
	assert_int_equal(w.nr, 3);
	assert_string_equal(w.word[1], "two words # no comment");
	assert_int_equal(split(&w, "", &err), 0);
	assert_int_equal(w.nr, 0);
	assert_int_equal(split(&w, "  # only a comment", &err), 0);
	assert_int_equal(w.nr, 0);
	assert_int_equal(split(&w, "where\r", &err), 0);
	assert_string_equal(w.word[0], "where");
	assert_int_equal(split(&w, "save \"\"", &err), 0);
	assert_string_equal(w.word[1], "");
}

static void test_lines_that_cannot_be_split(void **state)
{
	static char longest[STEP_LINE + 1];
	struct step_words w;
	struct numasim_error err;

	assert_int_equal(split(&w, "save \"open", &err), -EINVAL);
	assert_int_equal(err.column, 6);
	assert_int_equal(split(&w, "where \x01", &err), -EINVAL);
	assert_string_equal(err.text, "a control character (byte 0x01)");
	assert_int_equal(split(&w, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", &err), -E2BIG);
	assert_string_equal(err.text, "more than 16 words");
	memset(longest, 'a', STEP_LINE);
	assert_int_equal(split(&w, longest, &err), -E2BIG);
	longest[STEP_LINE - 1] = '\0';
	assert_int_equal(split(&w, longest, &err), 0);
}

static void test_names(void **state)
{
	static const char *const names[] = {"step", "steps", "run", "restart", NULL};
	struct step_words w;
	struct numasim_error err;

	split(&w, "step ru r steps xyz rin", &err);
	assert_int_equal(step_match(names, &w, 0, "thing", &err), 0); /* exact before prefix */
	assert_int_equal(step_match(names, &w, 1, "thing", &err), 2);
	assert_int_equal(step_match(names, &w, 3, "thing", &err), 1);
	assert_int_equal(step_match(names, &w, 2, "thing", &err), -EINVAL);
	assert_string_equal(err.text, "\"r\" may be any of run, restart");
	assert_int_equal(step_match(names, &w, 4, "thing", &err), -ENOENT);
	assert_string_equal(err.text,
			    "\"xyz\" is no thing; choose from step, steps, run, restart");
	assert_int_equal(step_match(names, &w, 5, "thing", &err), -ENOENT);
	assert_string_equal(err.text, "\"rin\" is no thing; did you mean \"run\"?");
}

static void test_numbers(void **state)
{
	static const char *const bad[] = {"0", "-1", "x", "1x", "20001", "99999999999999999999",
					  "0x10", "+1", NULL};
	struct step_words w;
	struct numasim_error err;
	unsigned n;

	split(&w, "1 20000", &err);
	assert_int_equal(step_number(&n, &w, 0, 7, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(step_number(&n, &w, 1, 7, &err), 0);
	assert_int_equal(n, 20000);
	assert_int_equal(step_number(&n, &w, 2, 7, &err), 0);
	assert_int_equal(n, 7);
	for (unsigned i = 0; bad[i]; i++) {
		split(&w, bad[i], &err);
		assert_int_equal(step_number(&n, &w, 0, 7, &err), -EINVAL);
	}
}

static void test_addresses(void **state)
{
	struct numasim_stepper *s = step_world(STEP_WALKER);

	says(s, "pte P:x", "for P:x:");
	says(s, "pte x", "for P:x:");
	says(s, "pte P:x+8", "for P:x+8:");
	says(s, "pte Q:y+0x10", "for Q:y+16:");
	says(s, "pte P:0x7f0000000000", "for P:x:");
	says(s, "pte P:0", "for P:0");
	fails(s, "pte", -EINVAL, 1, "of which address? Write a variable, such as P:x or P:x+4096");
	fails(s, "pte P:z", -ENOENT, 5, "nothing is called \"P:z\" here; see \"vmas\"");
	fails(s, "pte Q:x", -ENOENT, 5, "nothing is called \"Q:x\" here; see \"vmas\"");
	fails(s, "pte P:x+", -EINVAL, 9, "\"\" is no number of bytes");
	fails(s, "pte P:x+8z", -EINVAL, 9, "\"8z\" is no number of bytes");
	fails(s, "pte 0x7f0000000000", -ENOENT, 5,
	      "nothing is called \"0x7f0000000000\" here; see \"vmas\""); /* of which process? */
	fails(s, "pte P:0x1ffffffffffffffff", -ENOENT, 5,
	      "nothing is called \"P:0x1ffffffffffffffff\" here; see \"vmas\"");
	fails(s, "pte P:x 2", -EINVAL, 9, "what is \"2\"? See \"help pte\"");
	numasim_stepper_close(s);
}

static void test_commands_that_are_none(void **state)
{
	struct numasim_stepper *s = step_world(STEP_RACE);

	fails(s, "xyzzy", -ENOENT, 1, "\"xyzzy\" is no command; see \"help\"");
	fails(s, "setp reader", -ENOENT, 1, "\"setp\" is no command; did you mean \"step\"?");
	fails(s, "re", -EINVAL, 1, "\"re\" may be any of redo, restart, reload, regs");
	fails(s, "step", -EINVAL, 1, "step needs a column; \"where\" lists them");
	fails(s, "step raeder", -ENOENT, 6, "\"raeder\" is no column; did you mean \"reader\"?");
	fails(s, "step reader 0", -EINVAL, 13, "\"0\" is no number of steps: 1 to 20000");
	fails(s, "step reader 1 2", -EINVAL, 15, "what is \"2\"? See \"help step\"");
	fails(s, "step reader/walker", -ENOENT, 6,
	      "\"reader/walker\" is no actor; choose from scanner, reader, writer, scanner/irq, "
	      "reader/irq, writer/irq");
	fails(s, "irq", -EINVAL, 1, "irq needs a column");
	fails(s, "irq reader/irq", -EINVAL, 5, "\"reader/irq\" is no column");
	fails(s, "run to", -EINVAL, 1, "run to what kind of step?");
	fails(s, "run until", -EINVAL, 1, "run until what?");
	fails(s, "run reader soon", -ENOENT, 12, "\"soon\" is no word here; choose from until, to");
	fails(s, "run reader/irq", -EINVAL, 5, "only columns run");
	fails(s, "run until rest", -EINVAL, 11,
	      "a column rests, not everybody: run COLUMN until rest");
	fails(s, "run reader to lock it", -EINVAL, 20, "what is \"it\"? See \"help run\"");
	fails(s, "back", -ERANGE, 0, "only 0 steps have been taken");
	fails(s, "redo", -ERANGE, 0, "0 steps ahead have been taken before");
	fails(s, "goto", -EINVAL, 1, "goto needs a mark, or a number of steps");
	fails(s, "goto here", -ENOENT, 6, "there is no mark");
	fails(s, "goto 1", -ERANGE, 6, "only 0 steps are known");
	fails(s, "mark", -EINVAL, 1, "mark needs a name");
	fails(s, "mark 1st", -EINVAL, 6,
	      "a name has 1 to 31 bytes, and does not begin with a digit");
	fails(s, "mark \"\"", -EINVAL, 6,
	      "a name has 1 to 31 bytes, and does not begin with a digit");
	fails(s, "next", -ENOENT, 0,
	      "there is no schedule to follow: start with --schedule WITNESS");
	fails(s, "save", -EINVAL, 1, "save needs the name of a file");
	fails(s, "save a b", -EINVAL, 8, "what is \"b\"? See \"help save\"");
	fails(s, "script", -EINVAL, 1, "script needs the name of a file");
	fails(s, "tlb nobody", -ENOENT, 5,
	      "\"nobody\" is no column; choose from scanner, reader, writer");
	fails(s, "where now", -EINVAL, 7, "what is \"now\"? See \"help where\"");
	fails(s, "help xyzzy", -ENOENT, 6, "\"xyzzy\" is no command; see \"help\"");
	assert_int_equal(numasim_stepper_depth(s), 0);
	assert_false(numasim_stepper_left(s));
	assert_string_equal(say(s, "quit"), "");
	assert_true(numasim_stepper_left(s));
	numasim_stepper_close(s);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Anything may be said in any state: it is done, or it is an error and nothing was done. */
static void test_any_commands_in_any_order(void **state)
{
	static const char *const words[] = {
		"step", "irq", "walker", "run", "back", "redo", "mark", "goto", "where",
		"choices", "entry", "pmd", "pte", "tlb", "frames", "vmas", "locks", "irqs",
		"regs", "counters", "history", "info", "help", "next", "restart", "re", "s",
		"reader", "writer", "other", "reader/irq", "writer/walker", "interrupt", "until",
		"to", "done", "rest", "fault", "lock", "store", "violation", "fill", "drop", "P:x",
		"Q:y", "y", "P:x+8", "P:0x123",
		"0x7f0000000000", "0", "1", "2", "7", "40", "20001", "here", "there", "#",
		"\"a b\"", "\"", "-1", "\xc3\xa9", "%s%n", "",
	};
	struct numasim_stepper *s = step_world(STEP_WALKER);
	unsigned done = 0, refused = 0;
	uint32_t seed = 2024;

	for (unsigned i = 0; i < 4000; i++) {
		unsigned nr = 1 + next_random(&seed) % 4, depth = numasim_stepper_depth(s);
		struct numasim_error err = {0};
		char line[128] = "";
		const char *text;
		int ret;

		for (unsigned k = 0; k < nr; k++) {
			unsigned at = k ? next_random(&seed) : next_random(&seed) % 30;

			strcat(line, words[at % (sizeof(words) / sizeof(*words))]);
			strcat(line, " ");
		}
		ret = numasim_stepper_command(&text, s, line, &err);
		assert_non_null(text);
		assert_true(ret ? err.text[0] && err.code == ret : !err.code);
		if (ret == -EINVAL || ret == -ENOENT)
			assert_int_equal(numasim_stepper_depth(s), depth);
		done += !ret;
		refused += ret != 0;
	}
	assert_true(done > 500 && refused > 500);
	numasim_stepper_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_and_their_columns),
		cmocka_unit_test(test_lines_that_cannot_be_split),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_commands_that_are_none),
		cmocka_unit_test(test_any_commands_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
