/* SPDX-License-Identifier: BSD-2-Clause */
/* Which steps matter, and which are shown: small runs by hand. */
#include "witness_world.h"

#include "explore/relevant.h"
#include "mm/mm.h"

#define X OBJECT(OBJ_PAGE, 1, 1)
#define Y OBJECT(OBJ_PAGE, 2, 1)
#define Z OBJECT(OBJ_PAGE, 3, 1)

/* ---- by hand ---- */

static char quiet[] = "", loud[] = "says something";

static void step(struct record *r, unsigned actor, enum point_kind kind, uint64_t object,
		 char *note)
{
	struct record_step *s = &r->step[r->nr_steps++];

	*s = (struct record_step){
		.choice = {actor, 0}, .kind = kind, .named = object, .note = note};
	s->access = malloc(sizeof(*s->access));
	assert_non_null(s->access);
	s->nr_accesses = 1;
	*s->access = (struct access){object, kind == POINT_READ ? ACCESS_READ : ACCESS_WRITE};
}

static void expect_marks(struct record *r, const char *relevant, const char *shown)
{
	assert_int_equal(relevant_mark(r), 0);
	assert_int_equal(strlen(relevant), r->nr_steps);
	for (unsigned i = 0; i < r->nr_steps; i++) {
		if (r->step[i].relevant != (relevant[i] == 'x') ||
		    r->step[i].shown != (shown[i] == 'x'))
			fail_msg("step %u: relevant %d, shown %d", i + 1, r->step[i].relevant,
				 r->step[i].shown);
		free(r->step[i].access);
	}
}

/*
 *   a          b          c
 *   write x                          relevant, as c reads x
 *              write y               not
 *                         read x     relevant, as c writes z later
 *                         write z    relevant
 *   read x                           not
 *   look: z
 */
static void test_look_at_the_end(void **state)
{
	struct record_step steps[8];
	struct access look = {Z, ACCESS_READ};
	struct record r = {.step = steps, .at_end = true, .look = &look, .nr_looks = 1,
			   .violation = {.found = true, .oracle = ORACLE_LOST_WRITE}};

	step(&r, 0, POINT_WRITE, X, loud);
	step(&r, 1, POINT_WRITE, Y, loud);
	step(&r, 2, POINT_READ, X, quiet);
	step(&r, 2, POINT_WRITE, Z, loud);
	step(&r, 0, POINT_READ, X, loud);
	expect_marks(&r, "x xx ", "x  x ");
}

/* Reads of the same thing do not depend on each other; a write depends on reads before it. */
static void test_reads_commute(void **state)
{
	struct record_step steps[8];
	struct record r = {.step = steps, .violation = {.found = true, .oracle = ORACLE_OOPS}};

	step(&r, 0, POINT_READ, X, loud);
	step(&r, 1, POINT_READ, Y, loud);
	step(&r, 2, POINT_READ, X, quiet); /* breaks */
	expect_marks(&r, "  x", "  x");

	r.nr_steps = 0;
	step(&r, 0, POINT_READ, X, loud);
	step(&r, 1, POINT_READ, Y, loud);
	step(&r, 2, POINT_WRITE, X, quiet);
	expect_marks(&r, "x x", "x x");
}

/* The steps of an actor before a relevant one are relevant, and what those depend on. */
static void test_program_order(void **state)
{
	struct record_step steps[8];
	struct record r = {.step = steps, .violation = {.found = true, .oracle = ORACLE_OOPS}};

	step(&r, 1, POINT_WRITE, Y, loud);
	step(&r, 0, POINT_READ, Y, quiet);
	step(&r, 1, POINT_WRITE, Z, loud);
	step(&r, 0, POINT_READ, X, loud); /* breaks */
	expect_marks(&r, "xx x", "x  x");
}

/* Nothing is known about what was looked at: everything counts. */
static void test_unknown_look(void **state)
{
	struct record_step steps[8];
	struct record r = {.step = steps, .at_end = true,
			   .violation = {.found = true, .oracle = ORACLE_CONDITION}};

	step(&r, 0, POINT_WRITE, X, loud);
	step(&r, 1, POINT_WRITE, Y, quiet);
	expect_marks(&r, "xx", "x ");
}

static void test_what_is_shown(void **state)
{
	struct record_step steps[8];
	struct access look = {OBJECT(OBJ_LOCK, 7, LOCK_PAGE_TABLE), ACCESS_READ};
	struct record r = {.step = steps, .at_end = true, .look = &look, .nr_looks = 1,
			   .violation = {.found = true, .oracle = ORACLE_DEADLOCK}};

	step(&r, 0, POINT_LOCK, OBJECT(OBJ_LOCK, 7, LOCK_PAGE_TABLE), quiet); /* is missing */
	step(&r, 0, POINT_LOCK, OBJECT(OBJ_LOCK, 8, LOCK_PAGE_TABLE), quiet); /* is not */
	step(&r, 1, POINT_LOCK, OBJECT(OBJ_LOCK, 9, LOCK_USER), quiet);	      /* a user's */
	step(&r, 1, POINT_READ, OBJECT(OBJ_VAR, 9, 0), quiet);		      /* a user's */
	step(&r, 1, POINT_READ, X, quiet);
	r.step[4].preempts = true;
	step(&r, 1, POINT_READ, Y, quiet);
	expect_marks(&r, "xxxxxx", "x xxx ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look_at_the_end),
		cmocka_unit_test(test_reads_commute),
		cmocka_unit_test(test_program_order),
		cmocka_unit_test(test_unknown_look),
		cmocka_unit_test(test_what_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
