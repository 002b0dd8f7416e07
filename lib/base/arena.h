/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arena: where everything simulated lives.
 *
 * One reserved stretch of host address space, handed out from the bottom. Freed blocks go to a
 * list per size class and are handed out again, last freed first. The bookkeeping stands inside
 * the arena, so copying its used part copies all of it, and putting the copy back is an undo:
 *
 *   base                                      base + used            base + reserved
 *   +--------+---------+---------+-----------+----------------------+
 *   | struct | block   | block   | ...       | never touched        |
 *   | arena  |         |         |           | (MAP_NORESERVE)      |
 *   +--------+---------+---------+-----------+----------------------+
 *
 * Blocks never move: pointers into the arena stay valid across a restore.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#define ARENA_ALIGN	16
#define ARENA_CLASSES	128 /* four to a power of two: at most a quarter of a block is lost */

struct arena {
	size_t reserved;		  /* bytes of address space */
	size_t used;			  /* bytes handed out so far, this head included */
	void *free_list[ARENA_CLASSES];	  /* freed blocks by size class, linked through word 0 */
};

/* Numbers for blocks, where a pointer has no room: 32 bits reach 64 GiB. 0 is no block's. */
static inline uint32_t arena_id(const struct arena *arena, const void *block)
{
	return block ? ((const char *)block - (const char *)arena) / ARENA_ALIGN : 0;
}

static inline void *arena_at(struct arena *arena, uint32_t id)
{
	return id ? (char *)arena + (size_t)id * ARENA_ALIGN : NULL;
}

/* Reserve @reserve bytes. NULL: the host refuses that much address space. */
struct arena *arena_create(size_t reserve);
void arena_destroy(struct arena *arena);

/* A zeroed block of @size bytes, aligned to ARENA_ALIGN; NULL when the arena is full. */
void *arena_alloc(struct arena *arena, size_t size);

/* Give a block back. @size must be what it was allocated with. NULL is allowed. */
void arena_free(struct arena *arena, void *block, size_t size);

#endif
