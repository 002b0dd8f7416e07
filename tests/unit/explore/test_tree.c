/* SPDX-License-Identifier: BSD-2-Clause */
/* The schedule tree on cases that one can count in the head. test_tree_random.c has the others. */
#include "program_world.h"

#include "exec/point.h"

static void sets_x0(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_set(w->x[0], 1);
}

static void reads_x0(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_read(w->x[0]);
}

static void try_lock(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_read(w->x[0]);
	numasim_lock_try(w->l[0]);
}

static void locks_and_sets(void *payload)
{
	struct program_world *w = payload;

	numasim_lock_take(w->l[0]);
	numasim_atomic_set(w->x[0], 1);
	numasim_lock_release(w->l[0]);
}

static void expect_tree(struct program_world *w, uint64_t schedules, uint64_t classes)
{
	world_explore(w, NUMASIM_ENGINE_TREE);
	assert_int_equal(w->info.schedules, schedules);
	assert_int_equal(w->info.classes, classes);
	world_explore(w, NUMASIM_ENGINE_TREE_MERGED);
	assert_int_equal(w->info.classes, classes);
}

static void test_readers_commute(void **state)
{
	struct program_world *w = *state;

	world_add(w, "r", reads_x0);
	world_add(w, "s", reads_x0);
	expect_tree(w, 2, 1);
	world_add(w, "t", reads_x0);
	expect_tree(w, 6, 1);
	world_add(w, "w", sets_x0); /* each reader before or after it */
	expect_tree(w, 24, 8);
	world_add(w, "v", sets_x0); /* two orders of writers, three places for each reader */
	expect_tree(w, 120, 54);
}

/*
 * A lock that is tried between the last access of its holder and the release: that the release
 * belongs to the access hides this order, and as a step of its own it is there. (x = 1 is seen, and
 * the lock is still held.)
 */
static void test_trying_needs_releases_as_steps(void **state)
{
	struct numasim_program_options options = {.unlock_is_step = true};
	struct program_world *w = *state;

	world_add(w, "a", locks_and_sets);
	world_add(w, "b", try_lock);
	expect_tree(w, 6, 4); /* read < set: try before lock, between, after; set < read: after */
	world_close(w);
	world_open(w, &options);
	world_add(w, "a", locks_and_sets);
	world_add(w, "b", try_lock);
	expect_tree(w, 10, 5);
}

/* ---- actors that can do this or that ---- */

static unsigned either_choices(void *self, uint16_t *alternative, unsigned max)
{
	uint64_t *budget = self;

	alternative[0] = 3;
	alternative[1] = 4;
	return *budget ? 2 : 0;
}

static void either_announce(void *self, uint16_t alternative, struct announcement *a)
{
	a->kind = POINT_DROP;
	a->object = OBJECT(OBJ_TLB, 0, 0);
	announce_access(a, a->object, ACCESS_WRITE);
}

static void either_step(void *self, uint16_t alternative)
{
	uint64_t *budget = self;

	--*budget;
}

static void either_digest(void *self, struct digest_sink *sink)
{
	digest_put(sink, *(uint64_t *)self);
}

/* Two steps with two alternatives each: four schedules, and no two are the same. */
static void test_alternatives_are_told_apart(void **state)
{
	struct program_world *w = *state;
	struct search_options options = {.oracles = ORACLE_ALL, .bound = NO_BOUND};
	struct numasim_machine *m = w->program->m;
	uint64_t *budget = arena_alloc(m->arena, sizeof(*budget));
	struct scene scene = {0};

	*budget = 2;
	assert_int_equal(exec_add_actor(&m->exec, (struct actor){.name = "either", .self = budget,
								 .choices = either_choices,
								 .announce = either_announce,
								 .step = either_step}), 0);
	state_register(&m->exec.state, (struct state_part){"either", NULL, either_digest, budget});
	for (int merge = 0; merge < 2; merge++) {
		struct search_result result;

		assert_int_equal(search_tree(&result, m, &scene, &options, merge), 0);
		assert_int_equal(result.verdict, VERDICT_HOLDS);
		assert_int_equal(result.schedules, 4);
		assert_int_equal(result.classes, 4);
		search_result_clear(&result);
	}
	exec_drop_contexts(&m->exec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_readers_commute),
		WORLD_TEST(test_trying_needs_releases_as_steps),
		WORLD_TEST(test_alternatives_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
