/* SPDX-License-Identifier: BSD-2-Clause */
/* Locks: who may take them when, and what a release belongs to. */
#include "exec_world.h"

static void take_and_work(void *payload)
{
	struct world *w = payload;

	lock_take(&w->lock[0]);
	shared_write64(VAR(0), &w->word[0], 1);
	lock_release(&w->lock[0]);
	shared_write64(VAR(1), &w->word[1], 1);
}

/*
 *      a                   b
 *      lock                lock         (waits)
 *      x = 1, unlock                    b can go on: the release belongs to a's write
 */
static void test_release_belongs_to_the_step(void **state)
{
	struct world *w = *state;
	uint64_t lock = OBJECT(OBJ_LOCK, 1, 0);
	struct announcement a;

	world_add(w, "a", take_and_work);
	world_add(w, "b", take_and_work);
	exec_start(&w->exec);
	a = world_ask(w, 1);
	assert_int_equal(a.kind, POINT_LOCK);
	assert_true(a.enabled);
	assert_int_equal(a.access[0].object, lock);
	assert_int_equal(a.access[0].mode, ACCESS_WRITE);
	world_step(w, 0);
	assert_int_equal(w->lock[0].owner, 1);
	a = world_ask(w, 1);
	assert_false(a.enabled);
	assert_int_equal(a.waits_for, lock);
	world_step(w, 0);
	assert_int_equal(w->lock[0].owner, 0);
	assert_int_equal(w->exec.log.nr, 1); /* what was announced is not listed again */
	assert_int_equal(w->exec.log.touched[0].object, lock);
	assert_int_equal(w->exec.log.touched[0].mode, ACCESS_WRITE);
	assert_true(world_ask(w, 1).enabled);
}

static void test_release_as_a_step(void **state)
{
	struct world *w = *state;
	struct announcement a;

	w->exec.unlock_is_point = true;
	world_add(w, "a", take_and_work);
	exec_start(&w->exec);
	world_step(w, 0);
	world_step(w, 0);
	assert_int_equal(w->lock[0].owner, 1); /* x is written, the lock still held */
	assert_int_equal(w->exec.log.nr, 0);
	a = world_ask(w, 0);
	assert_int_equal(a.kind, POINT_UNLOCK);
	assert_int_equal(a.access[0].object, OBJECT(OBJ_LOCK, 1, 0));
	assert_int_equal(a.access[0].mode, ACCESS_WRITE);
	world_step(w, 0);
	assert_int_equal(w->lock[0].owner, 0);
}

static void try_twice(void *payload)
{
	struct world *w = payload;

	w->word[0] = lock_try(&w->lock[0]);
	w->word[1] = lock_try(&w->lock[0]);
	lock_release(&w->lock[0]);
	w->word[2] = lock_try(&w->lock[0]);
}

static void test_try(void **state)
{
	struct world *w = *state;

	w->word[1] = 9;
	world_add(w, "a", try_twice);
	exec_start(&w->exec);
	assert_int_equal(exec_run(&w->exec), 0);
	assert_int_equal(w->word[0], 1);
	assert_int_equal(w->word[1], 0); /* not even by its own holder */
	assert_int_equal(w->word[2], 1);
}

static void reader(void *payload)
{
	struct world *w = payload;

	rwlock_take_read(w->rw);
	shared_read64(VAR(0), &w->word[0]);
	rwlock_release_read(w->rw);
}

static void writer(void *payload)
{
	struct world *w = payload;

	rwlock_take_write(w->rw);
	shared_write64(VAR(0), &w->word[0], 1);
	rwlock_release_write(w->rw);
}

/*
 *     reader 0    reader 1    writer
 *     take        take        waits for both
 *     release     release     take            readers wait
 */
static void test_readers_and_writers(void **state)
{
	struct world *w = *state;

	world_add(w, "r0", reader);
	world_add(w, "r1", reader);
	world_add(w, "w", writer);
	exec_start(&w->exec);
	world_step(w, 0);
	assert_true(world_ask(w, 1).enabled);
	world_step(w, 1);
	assert_int_equal(w->rw->readers, 2);
	assert_false(world_ask(w, 2).enabled);
	assert_int_equal(world_ask(w, 2).waits_for, OBJECT(OBJ_LOCK, 3, 0));
	world_step(w, 0);
	assert_false(world_ask(w, 2).enabled);
	world_step(w, 1);
	assert_true(world_ask(w, 2).enabled);
	exec_drop_contexts(&w->exec);

	world_add(w, "w", writer);
	world_add(w, "r", reader);
	world_add(w, "v", writer);
	exec_start(&w->exec);
	world_step(w, 0);
	assert_false(world_ask(w, 1).enabled);
	assert_false(world_ask(w, 2).enabled);
	world_step(w, 0);
	assert_true(world_ask(w, 1).enabled);
	assert_true(world_ask(w, 2).enabled);
}

static void try_readers(void *payload)
{
	struct world *w = payload;

	w->word[0] = rwlock_try_read(w->rw);
	w->word[1] = rwlock_try_read(w->rw);
	w->word[2] = rwlock_try_write(w->rw);
	rwlock_release_read(w->rw);
	rwlock_release_read(w->rw);
	w->word[3] = rwlock_try_write(w->rw);
	w->word[4] = rwlock_try_read(w->rw);
	w->word[5] = rwlock_try_write(w->rw);
}

static void test_try_readers_and_writers(void **state)
{
	static const uint64_t expected[6] = {1, 1, 0, 1, 0, 0};
	struct world *w = *state;

	world_add(w, "a", try_readers);
	exec_start(&w->exec);
	assert_int_equal(exec_run(&w->exec), 0);
	assert_memory_equal(w->word, expected, sizeof(expected));
}

static void test_digests(void **state)
{
	struct world *w = *state;
	struct digest free_one = exec_digest(&w->exec), held;

	w->lock[0].owner = 1;
	held = exec_digest(&w->exec);
	assert_false(digest_equal(free_one, held));
	w->lock[0].owner = 2;
	assert_false(digest_equal(held, exec_digest(&w->exec)));
	w->lock[0].owner = 0;
	w->rw->readers = 1;
	held = exec_digest(&w->exec);
	assert_false(digest_equal(free_one, held));
	w->rw->readers = 0;
	w->rw->writer = 1;
	assert_false(digest_equal(held, exec_digest(&w->exec)));
	assert_false(digest_equal(free_one, exec_digest(&w->exec)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_release_belongs_to_the_step),
		WORLD_TEST(test_release_as_a_step),
		WORLD_TEST(test_try),
		WORLD_TEST(test_readers_and_writers),
		WORLD_TEST(test_try_readers_and_writers),
		WORLD_TEST(test_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
