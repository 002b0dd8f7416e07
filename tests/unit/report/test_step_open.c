/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions through the public door: scenarios, schedules, what is saved and read again. */
#include "step_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct numasim_scenario *parse(const char *text)
{
	struct numasim_scenario *scenario = NULL;
	struct numasim_error err = {0};

	if (numasim_scenario_parse(&scenario, text, strlen(text), "test.nsim", &err))
		fail_msg("%s", err.text);
	return scenario;
}

static struct numasim_stepper *open_with(const struct numasim_scenario *scenario,
					 const char *schedule,
					 const struct numasim_scenario_params *params)
{
	const struct numasim_stepper_start start = {
		.scenario = scenario, .schedule = schedule,
		.schedule_len = schedule ? strlen(schedule) : 0, .params = params};
	struct numasim_stepper *stepper = NULL;
	struct numasim_error err = {0};

	if (numasim_stepper_open(&stepper, &start, &err))
		fail_msg("%s", err.text);
	return stepper;
}

/* Walk the race by hand to the lost write. */
static void lose_a_write(struct numasim_stepper *s)
{
	say(s, "run scanner until armed");
	say(s, "run reader to copy");
	say(s, "step reader");
	say(s, "step writer");
	say(s, "run reader to wait");
	say(s, "irq scanner");
	say(s, "irq writer");
	says(s, "run reader", "lost-write");
}

/* The name of a file that does not exist yet. */
static char *temporary(void)
{
	char *path = strdup("/tmp/numasim-step-XXXXXX");
	int file = mkstemp(path);

	assert_true(file >= 0);
	close(file);
	return path;
}

static char *contents(const char *path)
{
	char *text = calloc(1, 1 << 20);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
	fclose(file);
	return text;
}

/* What "save" writes; the caller frees it. */
static char *saved(struct numasim_stepper *s)
{
	char *path = temporary(), command[64], *text;

	snprintf(command, sizeof(command), "save %s", path);
	says(s, command, "up to where something broke");
	text = contents(path);
	unlink(path);
	free(path);
	return text;
}

static char *witness_of_race(void)
{
	struct numasim_stepper *s = step_world(STEP_RACE);
	char *text;

	lose_a_write(s);
	text = saved(s);
	numasim_stepper_close(s);
	return text;
}

static void test_what_is_saved_replays(void **state)
{
	struct numasim_stepper *s = step_world(STEP_RACE);
	struct numasim_result *result = NULL;
	struct numasim_result_info info;
	struct numasim_error err = {0};
	char *witness;
	unsigned depth;

	fails(s, "save /tmp/x", -ENODATA, 0,
	      "a witness shows what breaks, and nothing has broken yet; \"script FILE\" writes the "
	      "steps as commands");
	lose_a_write(s);
	depth = numasim_stepper_depth(s);
	say(s, "run");
	witness = saved(s);
	assert_true(numasim_stepper_depth(s) > depth);
	says(s, "where", "all have come to their end"); /* the session stands where it stood */
	if (numasim_witness_replay(&result, witness, strlen(witness), "saved", &err))
		fail_msg("%s", err.text);
	numasim_result_info(&info, result);
	assert_string_equal(info.oracle, "lost-write");
	assert_int_equal(info.nr_steps, depth);
	assert_int_equal(info.preemptions, 2);
	numasim_result_free(result);
	free(witness);
	numasim_stepper_close(s);
}

static void test_files_that_cannot_be_written(void **state)
{
	struct numasim_stepper *s = step_world(STEP_RACE);

	lose_a_write(s);
	fails(s, "save /no/such/folder/x", -ENOENT, 0,
	      "cannot write /no/such/folder/x: No such file or directory");
	fails(s, "script /no/such/folder/x", -ENOENT, 0,
	      "cannot write /no/such/folder/x: No such file or directory");
	if (!access("/dev/full", W_OK))
		fails(s, "save /dev/full", -ENOSPC, 0,
		      "cannot write /dev/full: No space left on device");
	says(s, "history", "lost-write");
	numasim_stepper_close(s);
}

static void test_a_script_leads_to_the_same_state(void **state)
{
	struct numasim_stepper *s = step_world(STEP_WALKER), *again = step_world(STEP_WALKER);
	char *path = temporary(), command[64], *script, *line, *rest;

	say(s, "run writer");
	say(s, "walker reader fill P:x");
	say(s, "walker reader drop 0");
	say(s, "run");
	snprintf(command, sizeof(command), "script %s", path);
	say(s, command);
	script = contents(path);
	assert_non_null(strstr(script, "step reader/walker fill P:x\n"));
	for (line = strtok_r(script, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		say(again, line);
	assert_int_equal(numasim_stepper_depth(s), numasim_stepper_depth(again));
	assert_true(digest_equal(exec_digest(&s->m->exec), exec_digest(&again->m->exec)));
	free(script);
	unlink(path);
	free(path);
	numasim_stepper_close(s);
	numasim_stepper_close(again);
}

static void test_following_a_schedule(void **state)
{
	char *witness = witness_of_race();
	struct numasim_stepper *s = open_with(NULL, witness, NULL);
	unsigned steps = s->schedule->nr_steps;
	char end[64];

	says(s, "info", "schedule of ");
	say(s, "next 5");
	say(s, "step scanner"); /* what the schedule has here, too */
	say(s, "next");
	assert_int_equal(numasim_stepper_depth(s), 7);
	say(s, "step writer");
	fails(s, "next", -EINVAL, 0, "step 8 left the schedule; \"back 1\" leads back to it");
	say(s, "step scanner");
	fails(s, "next", -EINVAL, 0, "step 8 left the schedule; \"back 2\" leads back to it");
	say(s, "back 2");
	while (numasim_stepper_depth(s) < steps)
		say(s, "next");
	says(s, "history", "lost-write");
	snprintf(end, sizeof(end), "the schedule ends after step %u", steps);
	fails(s, "next", -ENODATA, 0, end);
	free(witness);
	numasim_stepper_close(s);
}

/* Another kernel takes other steps: the first label that is not so is named. */
static void test_a_schedule_of_another_kernel(void **state)
{
	const struct numasim_scenario_params params = {.release = "v3.13"};
	struct numasim_scenario *scenario = parse(STEP_RACE);
	char *witness = witness_of_race();
	struct numasim_stepper *s = open_with(scenario, witness, &params);
	struct numasim_error err = {0};
	const char *text;

	says(s, "info", "kernel v3.13\n");
	assert_int_equal(numasim_stepper_command(&text, s, "next 100", &err), -EPROTO);
	assert_non_null(strstr(err.text, "differs\n  the witness has `scanner "));
	assert_non_null(strstr(err.text, "but here it is `scanner write mm->tlb_flush_pending`"));
	assert_int_equal(err.column, 0);
	assert_true(numasim_stepper_depth(s) > 0);
	says(s, "run", "the end: everybody is done"); /* and one can go on by hand */
	free(witness);
	numasim_stepper_close(s);
	numasim_scenario_free(scenario);
}

/* Kernel and machine come from the schedule unless the caller says something. */
static void test_where_kernel_and_machine_come_from(void **state)
{
	const struct numasim_scenario_params params = {.release = "v3.12",
						       .topology = "numa:4 pu:2"};
	struct numasim_scenario *scenario = parse(STEP_RACE);
	struct numasim_stepper *s = open_with(scenario, NULL, &params);
	char *witness = witness_of_race();

	says(s, "info", "kernel v3.12\n");
	says(s, "info",
	     "scanner (CPU 0, node 0), reader (CPU 2, node 1), writer (CPU 1, node 0)\n");
	numasim_stepper_close(s);
	s = open_with(NULL, witness, &params);
	says(s, "info", "kernel v3.12\n");
	numasim_stepper_close(s);
	s = open_with(scenario, witness, NULL);
	says(s, "info", "kernel v3.13-rc4\n");
	numasim_stepper_close(s);
	numasim_scenario_free(scenario);
	free(witness);
}

static void cannot_open(const struct numasim_stepper_start *start, int code, const char *part)
{
	struct numasim_stepper *untouched = (struct numasim_stepper *)16, *stepper = untouched;
	struct numasim_error err = {0};

	assert_int_equal(numasim_stepper_open(&stepper, start, &err), code);
	if (!strstr(err.text, part))
		fail_msg("%s: not \"%s\"", err.text, part);
	assert_ptr_equal(stepper, untouched);
	assert_int_equal(numasim_stepper_open(&stepper, start, NULL), code);
}

static void test_what_cannot_be_opened(void **state)
{
	static const char *const unknown[] = {"no-such-row"};
	const struct numasim_scenario_params old = {.release = "v2.6.32"},
					     row = {.with = unknown, .nr_with = 1},
					     nowhere = {.topology = "numa:"};
	struct numasim_scenario *scenario = parse(STEP_RACE);

	cannot_open(&(struct numasim_stepper_start){0}, -EINVAL,
		    "neither a scenario nor a schedule was given");
	cannot_open(&(struct numasim_stepper_start){.scenario = scenario, .schedule = "junk",
						    .schedule_len = 4, .schedule_name = "W"},
		    -EINVAL, "W:1");
	cannot_open(&(struct numasim_stepper_start){.scenario = scenario, .params = &old}, -ENOENT,
		    "v2.6.32");
	cannot_open(&(struct numasim_stepper_start){.scenario = scenario, .params = &row}, -ENOENT,
		    "no-such-row");
	cannot_open(&(struct numasim_stepper_start){.scenario = scenario, .params = &nowhere},
		    -EINVAL, "numa:");
	numasim_scenario_free(scenario);
	numasim_stepper_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_saved_replays),
		cmocka_unit_test(test_files_that_cannot_be_written),
		cmocka_unit_test(test_a_script_leads_to_the_same_state),
		cmocka_unit_test(test_following_a_schedule),
		cmocka_unit_test(test_a_schedule_of_another_kernel),
		cmocka_unit_test(test_where_kernel_and_machine_come_from),
		cmocka_unit_test(test_what_cannot_be_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
