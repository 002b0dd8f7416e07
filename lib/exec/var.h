/* SPDX-License-Identifier: BSD-2-Clause */
/* A shared word: every access is a point. */
#ifndef EXEC_VAR_H
#define EXEC_VAR_H

#include "exec/point.h"

/* Read *word, which is @object. */
static inline uint64_t shared_read64(uint64_t object, const uint64_t *word)
{
	uint64_t value;

	point(POINT_READ, object, ACCESS_READ);
	value = *word;
	observe(value);
	return value;
}

static inline void shared_write64(uint64_t object, uint64_t *word, uint64_t value)
{
	point(POINT_WRITE, object, ACCESS_WRITE);
	*word = value;
}

static inline int32_t shared_read32(uint64_t object, const int32_t *word)
{
	int32_t value;

	point(POINT_READ, object, ACCESS_READ);
	value = *word;
	observe((uint32_t)value);
	return value;
}

static inline void shared_write32(uint64_t object, int32_t *word, int32_t value)
{
	point(POINT_WRITE, object, ACCESS_WRITE);
	*word = value;
}

/* *word += delta as one step; the new value. */
static inline int32_t shared_add32(uint64_t object, int32_t *word, int32_t delta)
{
	point(POINT_UPDATE, object, ACCESS_WRITE);
	*word += delta;
	observe((uint32_t)*word);
	return *word;
}

/* If *word is @old, make it @new; the value found. */
static inline uint64_t shared_cmpxchg64(uint64_t object, uint64_t *word, uint64_t old,
					uint64_t new)
{
	uint64_t found;

	point(POINT_UPDATE, object, ACCESS_WRITE);
	found = *word;
	if (found == old)
		*word = new;
	observe(found);
	return found;
}

#endif
