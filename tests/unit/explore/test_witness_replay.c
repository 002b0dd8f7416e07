/* SPDX-License-Identifier: BSD-2-Clause */
/* Witnesses written, read and run again; and every way in which a run can differ. */
#include "witness_world.h"

#include "explore/witness.h"

static char *witness; /* of the race; made once */

static int make_witness(void **state)
{
	struct numasim_result *result = explore_text(race, NULL);

	assert_non_null(numasim_result_witness(result));
	witness = strdup(numasim_result_witness(result));
	numasim_result_free(result);
	return witness ? 0 : -1;
}

static int drop_witness(void **state)
{
	free(witness);
	return 0;
}

static void test_round_trip(void **state)
{
	struct numasim_result *found = explore_text(race, NULL), *again;
	struct numasim_result_info a, b;
	struct numasim_error err;
	char *first, *second;

	assert_string_equal(numasim_result_witness(found), witness); /* the same in every search */
	assert_int_equal(replay_text(&again, witness, &err), 0);
	numasim_result_info(&a, found);
	numasim_result_info(&b, again);
	assert_int_equal(b.verdict, NUMASIM_VERDICT_BROKEN);
	assert_true(b.replayed && !a.replayed);
	assert_string_equal(b.oracle, "lost-write");
	assert_string_equal(a.sentence, b.sentence);
	assert_int_equal(a.preemptions, 2);
	assert_int_equal(b.preemptions, 2);
	assert_int_equal(a.nr_steps, b.nr_steps);
	assert_string_equal(numasim_result_witness(again), witness);

	/* the table is the search's, byte for byte */
	assert_int_equal(numasim_report_text(&first, found), 0);
	assert_int_equal(numasim_report_text(&second, again), 0);
	assert_non_null(strstr(second, "lost-write: "));
	assert_memory_equal(first, second, strlen(second));
	free(first);
	free(second);
	numasim_result_free(found);
	numasim_result_free(again);
}

static void expect_difference(const char *changed, unsigned line, const char *text)
{
	struct numasim_result *result = NULL;
	struct numasim_error err;
	int ret = replay_text(&result, changed, &err);

	if (ret != -EPROTO || err.line != line || !strstr(err.text, text))
		fail_msg("%d, line %u instead of %u, wanted \"%s\": %s", ret, err.line, line, text,
			 err.text);
	assert_null(result);
}

/* Whichever label is changed, the replay stops there and says so. */
static void test_every_label_counts(void **state)
{
	unsigned line;
	const char *step = find_line(witness, "steps ", &line);
	unsigned nr = atoi(step + 6);

	assert_in_range(nr, 50, 200);
	for (unsigned i = 1; i <= nr; i++) {
		char name[64], *changed;

		step = strchr(step, '\n') + 1;
		snprintf(name, sizeof(name), "step %u differs", i);
		if (i % 3 == 0) /* the object */
			changed = splice(witness, strchr(step, '\n'), 0, "!");
		else if (i % 3 == 1) /* the kind */
			changed = splice(witness, strchr(step, ' ') + 1, 0, "un");
		else /* the actor */
			changed = splice(witness, step, 0, "nobody-");
		expect_difference(changed, line + i,
				  i % 3 == 2 ? "nobody is called that" : name);
		free(changed);
	}
}

static void test_expected_and_found(void **state)
{
	unsigned line;
	const char *step = find_line(witness, "reader lock mmap_sem", &line);
	char *changed = splice(witness, step, strlen("reader lock mmap_sem"),
			       "reader lock mmap_lock");

	expect_difference(changed, line,
			  "the witness has `reader lock mmap_lock`\n  but here it is "
			  "`reader lock mmap_sem`");
	free(changed);
}

/*
 * Who cannot move says why: the reader waits for the lock of the table that the scanner holds.
 *
 *   scanner                  reader
 *   lock lock of table #8
 *                            (was) fault on entry ... lock lock of table #8
 */
static void test_blocked(void **state)
{
	unsigned line, after;
	const char *wait = find_line(witness, "scanner wait", &line), *end, *next;
	char *step, *changed, *moved;

	/* the scanner waits for its interrupts: before the last one was taken, it cannot go on */
	end = strchr(wait, '\n') + 1;
	step = strndup(wait, end - wait);
	changed = splice(witness, wait, end - wait, "");
	next = find_line(changed, "scanner ipi", &after);
	next = strchr(next, '\n') + 1;
	next = strchr(next, '\n') + 1; /* behind both calls */
	moved = splice(changed, next, 0, step);
	expect_difference(moved, after + 2, "has to wait for");
	free(moved);
	free(changed);
	free(step);
}

static void test_steps_left_out_and_added(void **state)
{
	unsigned line, steps;
	const char *step = find_line(witness, "scanner read clock", &line), *end;
	const char *count = find_line(witness, "steps ", &steps);
	char *changed, *fewer, number[32];
	unsigned nr = atoi(count + 6);

	/* the first step is missing: the second is not what comes first */
	end = strchr(step, '\n') + 1;
	changed = splice(witness, step, end - step, "");
	snprintf(number, sizeof(number), "steps %u", nr - 1);
	fewer = splice(changed, changed + (count - witness), strcspn(count, "\n"), number);
	expect_difference(fewer, line, "step 1 differs");
	free(fewer);
	free(changed);

	/* the last step is missing: nothing breaks */
	end = find_line(witness, "violation ", &line);
	for (step = end - 2; step[-1] != '\n'; step--)
		;
	changed = splice(witness, step, end - step, "");
	fewer = splice(changed, changed + (count - witness), strcspn(count, "\n"), number);
	expect_difference(fewer, line - 1, "but here nothing breaks");
	free(fewer);
	free(changed);

	/* one more than the run has: it broke before */
	changed = splice(witness, end, 0, "reader read clock\n");
	snprintf(number, sizeof(number), "steps %u", nr + 1);
	fewer = splice(changed, changed + (count - witness), strcspn(count, "\n"), number);
	expect_difference(fewer, line + 1, "the end differs");
	free(fewer);
	free(changed);
}

static void test_other_end(void **state)
{
	unsigned line;
	const char *end = find_line(witness, "violation lost-write", &line);
	char *changed = splice(witness, end, strlen("violation lost-write"), "violation oops");

	expect_difference(changed, line, "the end differs");
	free(changed);
	changed = splice(witness, strchr(end, '\n') + 1, 1, "A");
	expect_difference(changed, line, "but here it is `lost-write: a load");
	free(changed);
}

/* The upper half with another machine, or kernel, and the hash that belongs to it. */
static char *rehashed(const char *word, const char *line_text)
{
	unsigned line;
	const char *at = find_line(witness, word, &line);
	char *changed = splice(witness, at, strcspn(at, "\n"), line_text);
	char hash[WITNESS_HASH];
	char *start = strchr(strchr(changed, '\n') + 1, '\n') + 1,
	     *stop = strstr(changed, "\nsteps ");

	witness_hash(hash, start, stop + 1 - start);
	memcpy(strstr(changed, "hash ") + 5, hash, WITNESS_HASH - 1);
	return changed;
}

static void test_other_world(void **state)
{
	char *changed = rehashed("machine ", "machine 00000000000000000000000000000000");

	expect_difference(changed, 0, "the machine is not the one of the search");
	free(changed);
	changed = rehashed("kernel ", "kernel v3.11");
	expect_difference(changed, 0, "found on kernel v3.11, which is now called v3.13-rc4");
	free(changed);
}

static void test_options_travel(void **state)
{
	static const char *const with[] = {"14/15"}, *const without[] = {"5a6dac3ec5f5"};
	const struct numasim_scenario_params params = {
		.release = "v3.13-rc4", .with = with, .nr_with = 1, .without = without,
		.nr_without = 1, .topology = "numa:3 core:2 pu:1"};
	struct numasim_result *result = explore_text(race, &params), *again;
	const char *text = numasim_result_witness(result);
	struct numasim_result_info info;
	struct numasim_error err;

	assert_non_null(strstr(text, "\nrelease v3.13-rc4\nwith 14/15\nwithout 5a6dac3ec5f5\n"
				     "topology numa:3 core:2 pu:1\noracle lost-write\n"));
	if (replay_text(&again, text, &err))
		fail_msg("%s", err.text);
	numasim_result_info(&info, again);
	assert_non_null(strstr(info.machine, "3 nodes, 6 CPUs"));
	assert_non_null(strstr(info.kernel, "14/15"));
	assert_string_equal(numasim_result_witness(again), text);
	numasim_result_free(again);
	numasim_result_free(result);
}

/* The scenario's text comes back as it was, whatever its ends of lines. */
static void test_text_travels(void **state)
{
	char *bare = strndup(race, sizeof(race) - 2);
	struct numasim_result *result = explore_text(bare, NULL), *again;
	const char *text = numasim_result_witness(result);
	struct numasim_error err;
	struct witness *w;

	assert_non_null(strstr(text, "\n|reach migrated(P:x)\n\\ no line feed at the end\nsteps "));
	assert_int_equal(witness_read(&w, text, strlen(text), "w", &err), 0);
	assert_int_equal(w->head.scenario_len, strlen(bare));
	assert_memory_equal(w->head.scenario, bare, strlen(bare));
	witness_free(w);
	assert_int_equal(replay_text(&again, text, &err), 0);
	assert_string_equal(numasim_result_witness(again), text);
	numasim_result_free(again);
	numasim_result_free(result);
	free(bare);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_label_counts),
		cmocka_unit_test(test_expected_and_found),
		cmocka_unit_test(test_blocked),
		cmocka_unit_test(test_steps_left_out_and_added),
		cmocka_unit_test(test_other_end),
		cmocka_unit_test(test_other_world),
		cmocka_unit_test(test_options_travel),
		cmocka_unit_test(test_text_travels),
	};

	return cmocka_run_group_tests(tests, make_witness, drop_witness);
}
