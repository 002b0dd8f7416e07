/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands behind <numasim/kernel.h>: the variables and locks that users make, and the checks
 * that keep a wrong call from doing harm.
 *
 *   state part "kernel.h" -> api_room -> item -> item -> item     all in the arena, oldest first
 */
#ifndef MM_API_H
#define MM_API_H

#define NUMASIM_KERNEL_NO_SHORT_NAMES
#include <numasim/kernel.h>

#include "exec/lock.h"
#include "machine/machine.h"

#define API_LOOKS VIOLATION_OBJECTS

enum api_kind {
	API_ATOMIC,
	API_GUARDED,
	API_LOCK,
	API_RWSEM,
};

/* The head of everything that a user made. */
struct api_item {
	struct api_item *next;
	enum api_kind kind;
	uint64_t object;
	char label[NUMASIM_LABEL];
};

struct numasim_atomic {
	struct api_item item;
	uint64_t value;
};

struct numasim_guarded {
	struct api_item item;
	uint64_t value;
	const struct lock *lock;
};

/* Users see &lock and &sem: the locks of lib/mm are of the same kind. */
struct api_lock {
	struct api_item item;
	struct lock lock;
};

struct api_rwsem {
	struct api_item item;
	struct rwlock sem;
};

struct api_room {
	struct api_item *first, **last;
	unsigned nr_looks; /* what a final check has read so far; not digested */
	uint64_t look[API_LOOKS];
};

/* What users made in @m, or NULL. */
struct api_room *api_room_of(const struct numasim_machine *m);

/* Make an item of @size bytes with a new name. 0, -EINVAL, -EEXIST, -EBUSY or -ENOMEM. */
int api_item_new(struct api_item **item, struct numasim_machine *m, enum api_kind kind, size_t size,
		 const char *label, struct numasim_error *err);

/* The item's name, once its object is known. */
uint32_t api_item_name(struct numasim_machine *m);

/* What users call @object, or NULL. */
const char *api_label(const struct numasim_machine *m, uint64_t object);

/* A final check has read @object: it becomes a cause of what the check finds. */
void api_looked(uint64_t object);

/* Is this simulated code? */
static inline bool api_running(void)
{
	return exec_current && exec_current->running;
}

/* Simulated code of a machine that has a memory manager? If only that is missing: an oops. */
bool api_mm_running(const char *who);

/* The same, and @page is one; a wild pointer is an oops. */
bool api_page(const struct page *page, const char *who);

/* The oracle "assertion" fires; in simulated code the context ends, if that oracle is on. */
void api_fail(const uint64_t *objects, unsigned nr, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
