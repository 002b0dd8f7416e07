/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks of the simulated kernel. Taking one is a point that is enabled while the lock is free:
 * nobody ever spins. Releasing belongs to the step before it, or is a point of its own when
 * `unlock_is_point` is set.
 */
#ifndef EXEC_LOCK_H
#define EXEC_LOCK_H

#include "exec/exec.h"

/* A spin lock or a sleeping mutex; the difference is who may hold it where. */
struct lock {
	uint32_t name;	/* birth name; 0 is never a lock's */
	uint16_t owner; /* context id, 0: free */
	uint16_t class; /* a room's own number, for printing */
};

/* Many readers or one writer (mmap_sem, anon_vma lock). */
struct rwlock {
	uint32_t name;
	uint16_t writer;
	uint16_t readers;
	uint32_t class;
};

void lock_init(struct lock *lock, uint32_t name, uint16_t class);
void rwlock_init(struct rwlock *lock, uint32_t name, uint16_t class);

void lock_take(struct lock *lock);
bool lock_try(struct lock *lock);
void lock_release(struct lock *lock);

void rwlock_take_read(struct rwlock *lock);
bool rwlock_try_read(struct rwlock *lock);
void rwlock_release_read(struct rwlock *lock);
void rwlock_take_write(struct rwlock *lock);
bool rwlock_try_write(struct rwlock *lock);
void rwlock_release_write(struct rwlock *lock);
/* The writer becomes a reader: nobody gets between. */
void rwlock_downgrade(struct rwlock *lock);

void lock_digest(const struct lock *lock, struct digest_sink *sink);
void rwlock_digest(const struct rwlock *lock, struct digest_sink *sink);

#endif
