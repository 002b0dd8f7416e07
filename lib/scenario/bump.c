/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chunks from malloc, newest first; only the newest has room:
 *
 *   chunks -> +------+-----------------+------+     +------+------------------+
 *             | next | handed out      | left | --> | next | handed out       | --> NULL
 *             +------+-----------------+------+     +------+------------------+
 *                                      ^ at
 */
#include "scenario/bump.h"

#include <stdlib.h>
#include <string.h>

#define BUMP_ALIGN 16
#define BUMP_CHUNK 4096

struct bump_chunk {
	struct bump_chunk *next;
	_Alignas(BUMP_ALIGN) char bytes[];
};

void bump_init(struct bump *bump, size_t limit)
{
	*bump = (struct bump){.limit = limit};
}

void bump_destroy(struct bump *bump)
{
	while (bump->chunks) {
		struct bump_chunk *chunk = bump->chunks;

		bump->chunks = chunk->next;
		free(chunk);
	}
	bump_init(bump, bump->limit);
}

static int bump_grow(struct bump *bump, size_t size)
{
	size_t room = size > BUMP_CHUNK ? size : BUMP_CHUNK;
	struct bump_chunk *chunk = malloc(sizeof(*chunk) + room);

	if (!chunk)
		return -1;
	chunk->next = bump->chunks;
	bump->chunks = chunk;
	bump->at = chunk->bytes;
	bump->left = room;
	return 0;
}

void *bump_alloc(struct bump *bump, size_t size)
{
	size_t rounded = (size + BUMP_ALIGN - 1) & ~(size_t)(BUMP_ALIGN - 1);
	void *piece;

	if (rounded < size || rounded > bump->limit - bump->used)
		return NULL;
	if (rounded > bump->left && bump_grow(bump, rounded))
		return NULL;
	piece = bump->at;
	bump->at += rounded;
	bump->left -= rounded;
	bump->used += rounded;
	return memset(piece, 0, rounded);
}

char *bump_text(struct bump *bump, const char *text, size_t len)
{
	char *copy = bump_alloc(bump, len + 1);

	if (copy)
		memcpy(copy, text, len);
	return copy;
}

void *bump_push(struct bump *bump, void **array, unsigned *nr, size_t size)
{
	char *elements = *array;

	if ((*nr & (*nr - 1)) == 0) { /* full at 0, 1, 2, 4, 8, ...: double it */
		elements = bump_alloc(bump, (*nr ? *nr * 2 : 1) * size);
		if (!elements)
			return NULL;
		if (*nr)
			memcpy(elements, *array, *nr * size);
		*array = elements;
	}
	return elements + (*nr)++ * size;
}
