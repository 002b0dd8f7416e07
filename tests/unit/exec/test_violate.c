/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated code's side: notes, violations, limits, assumptions, events. */
#include "exec_world.h"

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

/* What the model has no room for is said once, whatever oracles are on, and is no violation. */
static void test_limits_are_loud(void **state)
{
	struct world *w = *state;

	w->exec.oracles = 0;
	world_add(w, "a", touches_too_much);
	exec_start(&w->exec);
	world_step(w, 0);
	assert_int_equal(w->exec.log.nr, STEP_TOUCH_MAX);
	assert_string_equal(w->exec.limit, "");
	world_step(w, 0);
	assert_false(w->exec.violation.found);
	assert_string_equal(w->exec.limit, "one step touches more than 1152 objects: the model has "
			    "no room for that");
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
		WORLD_TEST(test_notes),
		WORLD_TEST(test_only_the_first_violation_counts),
		WORLD_TEST(test_oracles_can_be_off),
		WORLD_TEST(test_limits_are_loud),
		WORLD_TEST(test_assumption),
		WORLD_TEST(test_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
