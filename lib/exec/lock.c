/* SPDX-License-Identifier: BSD-2-Clause */
#include "exec/lock.h"

#include "exec/point.h"

#define LOCK_OBJECT(lock) OBJECT(OBJ_LOCK, (lock)->name, (lock)->class)

static uint16_t me(void)
{
	return exec_current->running->id;
}

/* Announce taking a lock and wait for the turn. Straight through, a free one is simply taken. */
static inline void taking(uint64_t object, announce_fn describe, const void *lock, bool is_free)
{
	if (!direct() || !is_free)
		point_described(POINT_LOCK, object, describe, lock);
}

/* A release is a point only on request; it always counts as a write to the lock. */
static void releasing(uint64_t object)
{
	if (direct())
		return;
	if (exec_current->unlock_is_point)
		point(POINT_UNLOCK, object, ACCESS_WRITE);
	else
		touch(object, ACCESS_WRITE);
}

void lock_init(struct lock *lock, uint32_t name, uint16_t class)
{
	*lock = (struct lock){.name = name, .class = class};
}

void rwlock_init(struct rwlock *lock, uint32_t name, uint16_t class)
{
	*lock = (struct rwlock){.name = name, .class = class};
}

static void describe_take(struct announcement *a, const void *arg)
{
	const struct lock *lock = arg;

	announce_access(a, LOCK_OBJECT(lock), ACCESS_WRITE);
	a->enabled = !lock->owner;
	a->waits_for = LOCK_OBJECT(lock);
}

void lock_take(struct lock *lock)
{
	taking(LOCK_OBJECT(lock), describe_take, lock, !lock->owner);
	lock->owner = me();
}

bool lock_try(struct lock *lock)
{
	bool got;

	point(POINT_TRYLOCK, LOCK_OBJECT(lock), ACCESS_WRITE);
	got = !lock->owner;
	if (got)
		lock->owner = me();
	observe(got);
	return got;
}

void lock_release(struct lock *lock)
{
	releasing(LOCK_OBJECT(lock));
	lock->owner = 0;
}

static void describe_take_read(struct announcement *a, const void *arg)
{
	const struct rwlock *lock = arg;

	announce_access(a, LOCK_OBJECT(lock), ACCESS_WRITE);
	a->enabled = !lock->writer;
	a->waits_for = LOCK_OBJECT(lock);
}

void rwlock_take_read(struct rwlock *lock)
{
	taking(LOCK_OBJECT(lock), describe_take_read, lock, !lock->writer);
	lock->readers++;
}

bool rwlock_try_read(struct rwlock *lock)
{
	bool got;

	point(POINT_TRYLOCK, LOCK_OBJECT(lock), ACCESS_WRITE);
	got = !lock->writer;
	lock->readers += got;
	observe(got);
	return got;
}

void rwlock_release_read(struct rwlock *lock)
{
	releasing(LOCK_OBJECT(lock));
	lock->readers--;
}

static void describe_take_write(struct announcement *a, const void *arg)
{
	const struct rwlock *lock = arg;

	announce_access(a, LOCK_OBJECT(lock), ACCESS_WRITE);
	a->enabled = !lock->writer && !lock->readers;
	a->waits_for = LOCK_OBJECT(lock);
}

void rwlock_take_write(struct rwlock *lock)
{
	taking(LOCK_OBJECT(lock), describe_take_write, lock,
	       !lock->writer && !lock->readers);
	lock->writer = me();
}

bool rwlock_try_write(struct rwlock *lock)
{
	bool got;

	point(POINT_TRYLOCK, LOCK_OBJECT(lock), ACCESS_WRITE);
	got = !lock->writer && !lock->readers;
	if (got)
		lock->writer = me();
	observe(got);
	return got;
}

void rwlock_release_write(struct rwlock *lock)
{
	releasing(LOCK_OBJECT(lock));
	lock->writer = 0;
}

void rwlock_downgrade(struct rwlock *lock)
{
	releasing(LOCK_OBJECT(lock));
	lock->writer = 0;
	lock->readers = 1;
}

void lock_digest(const struct lock *lock, struct digest_sink *sink)
{
	digest_put(sink, lock->owner);
}

void rwlock_digest(const struct rwlock *lock, struct digest_sink *sink)
{
	digest_put(sink, (uint64_t)lock->writer << 16 | lock->readers);
}
