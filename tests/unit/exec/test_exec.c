/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver's side: contexts and other actors, choices, steps, ends. */
#include <stdio.h>

#include "exec_world.h"

static void two_writes(void *payload)
{
	struct world *w = payload;
	unsigned me = exec_current->running->id - 1;

	w->word[me + 4] = 1; /* before its first announcement */
	shared_write64(VAR(me), &w->word[me], 1);
	shared_write64(VAR(me), &w->word[me], 2);
}

static void test_start_runs_to_the_first_announcement(void **state)
{
	struct world *w = *state;
	struct choice choice[EXEC_MAX_CHOICES];
	struct context *a = world_add(w, "a", two_writes), *b = world_add(w, "b", two_writes);

	assert_int_equal(exec_choices(&w->exec, choice), 0); /* fresh: nobody stands anywhere */
	assert_int_equal(a->status, CONTEXT_FRESH);
	exec_start(&w->exec);
	assert_int_equal(a->status, CONTEXT_LIVE);
	assert_int_equal(w->word[4], 1);
	assert_int_equal(w->word[5], 1);
	assert_int_equal(w->word[0], 0);
	assert_int_equal(exec_choices(&w->exec, choice), 2);
	assert_int_equal(choice[0].actor, 0);
	assert_int_equal(choice[1].actor, 1);
	world_step(w, 1);
	assert_int_equal(w->word[1], 1);
	assert_int_equal(w->word[0], 0);
	assert_false(exec_finished(&w->exec));
	world_step(w, 1);
	assert_int_equal(b->status, CONTEXT_DONE);
	assert_int_equal(exec_choices(&w->exec, choice), 1);
	assert_int_equal(exec_run(&w->exec), 0);
	assert_true(exec_finished(&w->exec));
	assert_int_equal(exec_choices(&w->exec, choice), 0);
	assert_null(exec_current);
}

static void two_locks(struct world *w, unsigned first)
{
	lock_take(&w->lock[first]);
	lock_take(&w->lock[1 - first]);
	lock_release(&w->lock[1 - first]);
	lock_release(&w->lock[first]);
}

static void locks_ab(void *payload)
{
	two_locks(payload, 0);
}

static void locks_ba(void *payload)
{
	two_locks(payload, 1);
}

static void test_run_says_that_somebody_waits(void **state)
{
	struct world *w = *state;

	world_add(w, "ab", locks_ab);
	world_add(w, "ba", locks_ba);
	exec_start(&w->exec);
	world_step(w, 0);
	world_step(w, 1);
	assert_int_equal(exec_run(&w->exec), -EDEADLK);
	assert_false(exec_finished(&w->exec));
}

/* An actor that is no context: two alternatives, as long as word 0 is below 3. */
static unsigned tick_choices(void *self, uint16_t *alternative, unsigned max)
{
	struct world *w = self;

	assert_ptr_equal(exec_current, &w->exec);
	if (w->word[0] >= 3 || max < 2)
		return 0;
	alternative[0] = 1;
	alternative[1] = 7;
	return 2;
}

static void tick_announce(void *self, uint16_t alternative, struct announcement *a)
{
	a->kind = POINT_TICK;
	a->object = VAR(0);
	announce_access(a, VAR(0), ACCESS_WRITE);
}

static void tick_step(void *self, uint16_t alternative)
{
	struct world *w = self;

	w->word[0] += alternative;
}

static void test_other_actors(void **state)
{
	struct world *w = *state;
	struct choice choice[EXEC_MAX_CHOICES];
	struct announcement a;

	world_add(w, "a", two_writes);
	assert_int_equal(exec_add_actor(&w->exec, (struct actor){.name = "tick", .self = w,
								 .choices = tick_choices,
								 .announce = tick_announce,
								 .step = tick_step}), 0);
	exec_start(&w->exec);
	assert_int_equal(exec_choices(&w->exec, choice), 3);
	assert_int_equal(choice[1].actor, 1);
	assert_int_equal(choice[1].alternative, 1);
	assert_int_equal(choice[2].alternative, 7);
	exec_announce(&w->exec, choice[2], &a);
	assert_int_equal(a.kind, POINT_TICK);
	assert_true(exec_at_rest(&w->exec, 1)); /* who has no opinion is always at rest */
	exec_step(&w->exec, choice[2]);
	assert_int_equal(w->word[0], 7);
	assert_int_equal(exec_choices(&w->exec, choice), 1);
}

static void nothing(void *payload)
{
}

static void test_too_many(void **state)
{
	struct world *w = *state;
	struct context *c;

	for (unsigned i = 0; i < EXEC_MAX_ACTORS; i++)
		world_add(w, "c", nothing);
	assert_int_equal(exec_add_context(&w->exec, &c, "c", nothing, w), -ENOSPC);
	assert_int_equal(exec_add_actor(&w->exec, (struct actor){.name = "more"}), -ENOSPC);
	exec_start(&w->exec);
	assert_true(exec_finished(&w->exec));
}

/* A context that comes to its end without an access never gets a turn. */
static void test_nothing_to_do(void **state)
{
	struct world *w = *state;
	struct choice choice[EXEC_MAX_CHOICES];

	world_add(w, "idle", nothing);
	world_add(w, "a", two_writes);
	exec_start(&w->exec);
	assert_int_equal(exec_choices(&w->exec, choice), 1);
	assert_int_equal(choice[0].actor, 1);
}

static void test_names_are_cut(void **state)
{
	struct world *w = *state;
	struct context *c = world_add(w, "a name that is longer than thirty-one bytes", nothing);

	assert_string_equal(c->name, "a name that is longer than thir");
}

/* Contexts that are dropped leave their stacks to those that come after. */
static void test_dropping(void **state)
{
	struct world *w = *state;
	char *stack;

	for (int round = 0; round < 3; round++) {
		struct context *c = world_add(w, "a", two_writes);

		if (!round)
			stack = c->co.stack;
		assert_ptr_equal(c->co.stack, stack);
		exec_start(&w->exec);
		world_step(w, 0); /* and is left in its middle */
		assert_int_equal(w->word[0], 1);
		w->word[0] = 0;
		exec_drop_contexts(&w->exec);
		assert_int_equal(w->exec.nr_actors, 0);
	}
}

/*
 *   digest 0 --first--> digest 1 --the other--> digest 2
 */
static void digests_on_the_way(struct world *w, unsigned first, struct digest digest[3])
{
	memset(w->word, 0, 8 * sizeof(*w->word));
	world_add(w, "a", two_writes);
	world_add(w, "b", two_writes);
	exec_start(&w->exec);
	digest[0] = exec_digest(&w->exec);
	world_step(w, first);
	digest[1] = exec_digest(&w->exec);
	world_step(w, 1 - first);
	digest[2] = exec_digest(&w->exec);
	exec_drop_contexts(&w->exec);
}

/* A state is the same whichever way led to it, and another when anything in it is. */
static void test_digest_of_contexts(void **state)
{
	struct digest a_first[3], b_first[3];

	digests_on_the_way(*state, 0, a_first);
	digests_on_the_way(*state, 1, b_first);
	assert_true(digest_equal(a_first[0], b_first[0]));
	assert_true(digest_equal(a_first[2], b_first[2]));
	assert_false(digest_equal(a_first[1], b_first[1]));
	assert_false(digest_equal(a_first[0], a_first[1]));
	assert_false(digest_equal(a_first[1], a_first[2]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_start_runs_to_the_first_announcement),
		WORLD_TEST(test_run_says_that_somebody_waits),
		WORLD_TEST(test_other_actors),
		WORLD_TEST(test_too_many),
		WORLD_TEST(test_nothing_to_do),
		WORLD_TEST(test_names_are_cut),
		WORLD_TEST(test_dropping),
		WORLD_TEST(test_digest_of_contexts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
