/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that is handed out piece by piece and given back all at once: everything that belongs to
 * one parsed scenario.
 */
#ifndef SCENARIO_BUMP_H
#define SCENARIO_BUMP_H

#include <stddef.h>

struct bump_chunk;

struct bump {
	struct bump_chunk *chunks;	/* newest first */
	char *at;			/* next free byte of the newest */
	size_t left;			/* bytes from there to its end */
	size_t used;			/* bytes handed out, rounded up */
	size_t limit;			/* never hand out more than this */
};

void bump_init(struct bump *bump, size_t limit);
void bump_destroy(struct bump *bump);

/* @size zeroed bytes, aligned for any type; NULL: the limit or the host's memory is used up. */
void *bump_alloc(struct bump *bump, size_t size);

/* A copy of @len bytes and a terminating zero. NULL as bump_alloc(). */
char *bump_text(struct bump *bump, const char *text, size_t len);

/*
 * Make room for one more element of @size bytes in the growing *array of *nr elements, and count
 * it. Elements may move. Returns the new element, zeroed, or NULL as bump_alloc(), with nothing
 * changed.
 */
void *bump_push(struct bump *bump, void **array, unsigned *nr, size_t size);

#endif
