/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Going forth and back. What a session must not get wrong: the state after n steps is the same
 * however one came there, and another order is another order.
 */
#include "step_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LONGEST 150

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static struct digest digest_now(struct numasim_stepper *s)
{
	return exec_digest(&s->m->exec);
}

/* Step at random, mostly the first column that can, until nobody can; the digests on the way. */
static unsigned walk(struct numasim_stepper *s, uint32_t *seed, struct digest *digest,
		     bool orderly)
{
	unsigned depth = numasim_stepper_depth(s);
	struct choice choice[EXEC_MAX_CHOICES];
	struct numasim_error err;
	unsigned nr;

	digest[depth] = digest_now(s);
	while (depth < LONGEST && (nr = exec_choices(&s->m->exec, choice))) {
		unsigned at = orderly || next_random(seed) % 8 ? 0 : next_random(seed) % nr;

		assert_int_equal(step_take(s, choice[at], &err), 0);
		digest[++depth] = digest_now(s);
		assert_int_equal(numasim_stepper_depth(s), depth);
	}
	return depth;
}

/* Jump about: every place looks as it did. Then take another way from a random place. Returns the
 * length of the longest way. */
static unsigned forth_and_back(const char *scenario, bool by_replay, uint32_t seed)
{
	struct numasim_stepper *s = step_world(scenario);
	struct digest digest[LONGEST + 1];
	unsigned depth, at, longest;

	s->trail.by_replay |= by_replay;
	s->show.out = fopen("/dev/null", "w");
	assert_non_null(s->show.out);
	longest = depth = walk(s, &seed, digest, false);
	for (unsigned round = 0; round < 60; round++) {
		at = next_random(&seed) % (depth + 1);
		step_go(s, at);
		assert_int_equal(numasim_stepper_depth(s), at);
		assert_true(digest_equal(digest_now(s), digest[at]));
		if (round % 10 == 9)
			depth = walk(s, &seed, digest, false);
		longest = depth > longest ? depth : longest;
	}
	for (at = 0; at <= depth; at++) {
		step_go(s, at);
		assert_true(digest_equal(digest_now(s), digest[at]));
	}
	fclose(s->show.out);
	s->show.out = NULL;
	numasim_stepper_close(s);
	return longest;
}

static void test_every_place_is_found_again_by_copies(void **state)
{
	unsigned longest = 0;

	for (uint32_t seed = 1; seed <= 8; seed++) {
		unsigned length = forth_and_back(STEP_RACE, false, seed);

		longest = length > longest ? length : longest;
		forth_and_back(STEP_WALKER, false, seed);
	}
	assert_true(longest > 2 * STEP_STRIDE); /* or copies were hardly used */
}

static void test_every_place_is_found_again_by_running(void **state)
{
	for (uint32_t seed = 1; seed <= 3; seed++) {
		forth_and_back(STEP_RACE, true, seed);
		forth_and_back(STEP_WALKER, true, seed);
	}
}

/* The strides' edges: n steps forth, m back, for every n and m around them. */
static void test_strides(void **state)
{
	struct numasim_stepper *s = step_world(STEP_RACE);
	struct digest digest[LONGEST + 1];
	uint32_t seed = 5;
	unsigned depth;

	s->show.out = fopen("/dev/null", "w");
	depth = walk(s, &seed, digest, true);
	assert_true(depth > 2 * STEP_STRIDE);
	for (unsigned from = STEP_STRIDE - 1; from <= 2 * STEP_STRIDE + 1; from++) {
		for (unsigned to = STEP_STRIDE - 2; to <= STEP_STRIDE + 2; to++) {
			step_go(s, from);
			step_go(s, to);
			assert_true(digest_equal(digest_now(s), digest[to]));
		}
	}
	/* A second way that ends where the first one left a copy of its own state. */
	step_go(s, 20);
	assert_int_equal(step_take(s, (struct choice){2, 0}, NULL), 0); /* the writer */
	while (numasim_stepper_depth(s) < 2 * STEP_STRIDE) {
		struct choice choice[EXEC_MAX_CHOICES];

		assert_true(exec_choices(&s->m->exec, choice));
		assert_int_equal(step_take(s, choice[0], NULL), 0);
	}
	digest[0] = digest_now(s);
	assert_false(digest_equal(digest[0], digest[2 * STEP_STRIDE]));
	step_go(s, 0);
	step_go(s, 2 * STEP_STRIDE);
	assert_true(digest_equal(digest_now(s), digest[0]));
	fclose(s->show.out);
	s->show.out = NULL;
	numasim_stepper_close(s);
}

static void test_back_and_redo_say_the_same(void **state)
{
	struct numasim_stepper *s = step_world(STEP_WALKER);
	char *before, *again;

	say(s, "run writer");
	say(s, "walker reader fill P:x");
	say(s, "run");
	before = strdup(say(s, "history"));
	assert_string_equal(say(s, "restart"), "at the start\n");
	assert_string_equal(say(s, "history"), "no step has been taken\n");
	say(s, "redo 7");
	say(s, "back 3");
	assert_int_equal(numasim_stepper_depth(s), 4);
	say(s, "goto 0");
	say(s, "goto 20");
	while (s->nr_records > s->trail.depth)
		say(s, "redo");
	again = strdup(say(s, "history"));
	assert_string_equal(before, again);
	free(before);
	free(again);
	numasim_stepper_close(s);
}

static void test_another_order_forgets_the_first(void **state)
{
	struct numasim_stepper *s = step_world(STEP_RACE);

	say(s, "step scanner 6");
	say(s, "mark late");
	say(s, "back 3");
	say(s, "mark early");
	says(s, "goto late", "after step 6");
	say(s, "goto early");
	say(s, "step writer");
	fails(s, "redo", -ERANGE, 0, "0 steps ahead have been taken before");
	fails(s, "goto late", -ENOENT, 6, "\"late\" is no mark; choose from early");
	fails(s, "goto 5", -ERANGE, 6, "only 4 steps are known");
	says(s, "goto early", "after step 3");
	say(s, "restart");
	say(s, "mark early"); /* moved */
	say(s, "step writer");
	says(s, "goto e", "at the start");
	numasim_stepper_close(s);
}

static void test_the_scenario_is_as_before_afterwards(void **state)
{
	struct numasim_stepper *s = step_world(STEP_RACE);
	struct scenario_run *run = s->run;
	struct numasim_stepper *inner;
	struct digest before;
	void *payload;

	payload = s->outer_payload;
	say(s, "restart");
	state_restore(&s->trail.root);
	before = digest_now(s);
	assert_int_equal(step_session_open(&inner, run, NULL), 0); /* as a caller of its own */
	inner->show.out = fopen("/dev/null", "w");
	assert_int_equal(step_take(inner, (struct choice){0, 0}, NULL), 0);
	fclose(inner->show.out);
	step_session_close(inner);
	assert_true(digest_equal(before, digest_now(s)));
	assert_ptr_equal(payload, run);
	numasim_stepper_close(s);
}

static unsigned events_heard;

static void count_event(void *payload, enum event_kind kind, uint64_t where)
{
	events_heard++;
}

/* Whoever listened before hears each event once, and nothing when steps run again. */
static void test_others_hear_of_events_once(void **state)
{
	struct numasim_stepper *s = step_world(STEP_RACE);
	unsigned heard;

	s->outer_event = count_event;
	events_heard = 0;
	say(s, "run");
	heard = events_heard;
	assert_true(heard > 0);
	say(s, "back 40");
	say(s, "goto 5");
	say(s, "redo 30");
	assert_int_equal(events_heard, heard);
	numasim_stepper_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_place_is_found_again_by_copies),
		cmocka_unit_test(test_every_place_is_found_again_by_running),
		cmocka_unit_test(test_strides),
		cmocka_unit_test(test_back_and_redo_say_the_same),
		cmocka_unit_test(test_another_order_forgets_the_first),
		cmocka_unit_test(test_others_hear_of_events_once),
		cmocka_unit_test(test_the_scenario_is_as_before_afterwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
