/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated code's side: observation and rest, names, notes, violations, assumptions. */
#include <stdio.h>

#include "exec_world.h"

/* ---- observation and rest ---- */

/* Reads word 0 as often as word 7 says, then stands at a loop head that forgets. */
static void forgets(void *payload)
{
	struct world *w = payload;
	uint64_t known;

	for (uint64_t i = 0; i < w->word[7]; i++)
		shared_read64(VAR(0), &w->word[0]);
	known = w->word[6];
	point_rest(1, &known, 1);
	shared_read64(VAR(1), &w->word[1]);
	shared_read64(VAR(1), &w->word[1]);
}

static struct context *run_to_rest(struct world *w, uint64_t reads, uint64_t known)
{
	struct context *c;

	exec_drop_contexts(&w->exec);
	c = world_add(w, "a", forgets);
	w->word[7] = reads;
	w->word[6] = known;
	exec_start(&w->exec);
	for (uint64_t i = 0; i < reads; i++)
		world_step(w, 0);
	return c;
}

static void test_rest_forgets(void **state)
{
	struct world *w = *state;
	uint64_t observed = run_to_rest(w, 1, 5)->observed;

	assert_true(run_to_rest(w, 3, 5)->observed == observed);
	assert_true(run_to_rest(w, 3, 6)->observed != observed); /* but for what it hands over */
}

/* At rest from the declaration on until the step that follows it is taken. */
static void test_rest_ends_with_the_step(void **state)
{
	struct world *w = *state;
	struct context *c = run_to_rest(w, 1, 5);

	assert_true(c->holds_rest);
	assert_true(exec_at_rest(&w->exec, 0));
	world_step(w, 0);
	assert_false(c->holds_rest);
	assert_false(exec_at_rest(&w->exec, 0));
	world_step(w, 0);
	assert_int_equal(c->status, CONTEXT_DONE);
	assert_true(exec_at_rest(&w->exec, 0));
}

/* Two rests with the same values at different places are two states. */
static void test_place_counts(void **state)
{
	struct world *w = *state;
	struct context c = {.observed = 77};
	uint64_t value = 3, first;

	exec_current = &w->exec;
	w->exec.running = &c;
	point_rest(1, &value, 1);
	first = c.observed;
	point_rest(2, &value, 1);
	assert_true(c.observed != first);
	point_rest(1, &value, 0);
	assert_true(c.observed != first);
	point_rest(1, &value, 1);
	assert_true(c.observed == first);
	w->exec.running = NULL;
	exec_current = NULL;
}

/* ---- names ---- */

static void births(void *payload)
{
	struct world *w = payload;
	unsigned me = exec_current->running->id - 1;

	for (int i = 0; i < 2; i++) {
		point(POINT_ALLOC, VAR(7), ACCESS_WRITE);
		w->word[me * 2 + i] = birth_name();
	}
}

/* The names of what a context makes do not depend on what others made before. */
static void test_births_do_not_depend_on_order(void **state)
{
	static const unsigned orders[3][4] = {{0, 0, 1, 1}, {1, 1, 0, 0}, {0, 1, 1, 0}};
	struct world *w = *state;
	uint64_t first[4];

	exec_current = &w->exec;
	assert_int_equal(birth_name(), 1); /* the set-up's own */
	exec_current = NULL;
	for (int order = 0; order < 3; order++) {
		world_add(w, "a", births);
		world_add(w, "b", births);
		exec_start(&w->exec);
		for (int i = 0; i < 4; i++)
			world_step(w, orders[order][i]);
		if (order)
			assert_memory_equal(w->word, first, sizeof(first));
		memcpy(first, w->word, sizeof(first));
		exec_drop_contexts(&w->exec);
	}
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < i; k++)
			assert_true(first[i] != first[k]);
}

static void test_births_in_setup(void **state)
{
	struct world *w = *state;

	w->exec.in_setup = true;
	world_add(w, "a", births);
	exec_start(&w->exec);
	assert_int_equal(exec_run(&w->exec), 0);
	w->exec.in_setup = false;
	assert_int_equal(w->word[0], 1);
	assert_int_equal(w->word[1], 2);
	assert_int_equal(w->exec.setup_births, 2);
}

/* ---- notes ---- */

static void notes(void *payload)
{
	point(POINT_READ, VAR(0), ACCESS_READ);
	note("first %d", 1);
	note("second");
	point(POINT_READ, VAR(0), ACCESS_READ);
	for (int i = 0; i < 100; i++)
		note("a note that is long enough to fill the room there is for a step's notes");
	point(POINT_READ, VAR(0), ACCESS_READ);
}

static void test_notes(void **state)
{
	struct world *w = *state;

	world_add(w, "a", notes);
	exec_start(&w->exec);
	world_step(w, 0);
	assert_string_equal(w->exec.log.note, ""); /* nobody asked */
	exec_drop_contexts(&w->exec);
	world_add(w, "a", notes);
	w->exec.log.recording = true;
	exec_start(&w->exec);
	world_step(w, 0);
	assert_string_equal(w->exec.log.note, "first 1; second");
	world_step(w, 0);
	assert_true(strlen(w->exec.log.note) < STEP_NOTE_MAX);
	assert_true(strlen(w->exec.log.note) > STEP_NOTE_MAX / 2);
	world_step(w, 0);
	assert_string_equal(w->exec.log.note, "");
	w->exec.log.recording = false;
}

/* ---- violations, limits, assumptions ---- */

static void breaks_twice(void *payload)
{
	const uint64_t objects[2] = {VAR(3), VAR(4)};

	point(POINT_READ, VAR(0), ACCESS_READ);
	violate(ORACLE_LOST_WRITE, objects, 2, "first %d", 1);
	violate(ORACLE_OOPS, NULL, 0, "second");
	point(POINT_READ, VAR(0), ACCESS_READ);
}

static void test_only_the_first_violation_counts(void **state)
{
	struct world *w = *state;
	const struct violation *v = &w->exec.violation;

	world_add(w, "a", breaks_twice);
	exec_start(&w->exec);
	assert_false(v->found);
	world_step(w, 0);
	assert_true(v->found);
	assert_int_equal(v->oracle, ORACLE_LOST_WRITE);
	assert_string_equal(v->text, "first 1");
	assert_int_equal(v->nr_objects, 2);
	assert_int_equal(v->object[1], VAR(4));
	exec_clear(&w->exec);
	assert_false(v->found);
}

static void test_oracles_can_be_off(void **state)
{
	struct world *w = *state;

	w->exec.oracles = ORACLE_ALL & ~(UINT32_C(1) << ORACLE_LOST_WRITE);
	world_add(w, "a", breaks_twice);
	exec_start(&w->exec);
	world_step(w, 0);
	assert_int_equal(w->exec.violation.oracle, ORACLE_OOPS);
}

static void touches_too_much(void *payload)
{
	point(POINT_READ, VAR(0), ACCESS_READ);
	for (int i = 0; i < STEP_TOUCH_MAX; i++)
		touch(VAR(i), ACCESS_READ);
	point(POINT_READ, VAR(0), ACCESS_READ);
	for (int i = 0; i <= STEP_TOUCH_MAX; i++)
		touch(VAR(i), ACCESS_READ);
}

/* What the model has no room for is said, even if nobody listens for assertions. */
static void test_limits_are_loud(void **state)
{
	struct world *w = *state;

	w->exec.oracles = 0;
	world_add(w, "a", touches_too_much);
	exec_start(&w->exec);
	world_step(w, 0);
	assert_int_equal(w->exec.log.nr, STEP_TOUCH_MAX);
	assert_false(w->exec.violation.found);
	world_step(w, 0);
	assert_true(w->exec.violation.found);
	assert_int_equal(w->exec.violation.oracle, ORACLE_ASSERTION);
	assert_non_null(strstr(w->exec.violation.text, "the model has no room for that"));
}

static void assumes(void *payload)
{
	struct world *w = payload;

	exec_assume(shared_read64(VAR(0), &w->word[0]) == 1);
	shared_write64(VAR(1), &w->word[1], 1);
}

static void test_assumption(void **state)
{
	struct world *w = *state;
	struct context *c = world_add(w, "a", assumes);

	exec_start(&w->exec);
	world_step(w, 0);
	assert_true(w->exec.assumed_away);
	assert_int_equal(c->status, CONTEXT_DONE);
	exec_drop_contexts(&w->exec);
	c = world_add(w, "a", assumes);
	w->word[0] = 1;
	exec_clear(&w->exec);
	exec_start(&w->exec);
	world_step(w, 0);
	assert_false(w->exec.assumed_away);
	assert_int_equal(c->status, CONTEXT_LIVE);
}

static void heard(void *payload, enum event_kind kind, uint64_t where)
{
	struct world *w = payload;

	w->word[kind] += where;
}

static void happens(void *payload)
{
	point(POINT_READ, VAR(0), ACCESS_READ);
	event(EVENT_FLUSHED, 40);
	event(EVENT_FLUSHED, 2);
	retired();
	point(POINT_READ, VAR(0), ACCESS_READ);
}

static void test_events(void **state)
{
	struct world *w = *state;

	world_add(w, "a", happens);
	w->exec.event = heard;
	w->exec.event_payload = w;
	exec_start(&w->exec);
	assert_false(w->exec.log.retired);
	world_step(w, 0);
	assert_int_equal(w->word[EVENT_FLUSHED], 42);
	assert_true(w->exec.log.retired);
	world_step(w, 0);
	assert_false(w->exec.log.retired);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_rest_forgets),
		WORLD_TEST(test_rest_ends_with_the_step),
		WORLD_TEST(test_place_counts),
		WORLD_TEST(test_births_do_not_depend_on_order),
		WORLD_TEST(test_births_in_setup),
		WORLD_TEST(test_notes),
		WORLD_TEST(test_only_the_first_violation_counts),
		WORLD_TEST(test_oracles_can_be_off),
		WORLD_TEST(test_limits_are_loud),
		WORLD_TEST(test_assumption),
		WORLD_TEST(test_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
