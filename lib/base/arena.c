/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/arena.h"

#include <string.h>
#include <sys/mman.h>

/* The class of @size, and the bytes that a block of it takes: n * 2^k, n from 5 to 8. */
static unsigned size_class(size_t size, size_t *room)
{
	unsigned shift = 4;

	if (size <= 4 * ARENA_ALIGN) {
		*room = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
		return size ? *room / ARENA_ALIGN - 1 : 0;
	}
	while ((size - 1) >> shift >= 8)
		shift++;
	*room = (((size - 1) >> shift) + 1) << shift;
	return (shift - 3) * 4 + (*room >> shift) - 5;
}

struct arena *arena_create(size_t reserve)
{
	struct arena *arena = mmap(NULL, reserve, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (arena == MAP_FAILED)
		return NULL;
	arena->reserved = reserve;
	arena->used = (sizeof(*arena) + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	return arena;
}

void arena_destroy(struct arena *arena)
{
	if (arena)
		munmap(arena, arena->reserved);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	unsigned class;
	size_t room;
	void **block;

	if (size > arena->reserved)
		return NULL;
	class = size_class(size ? size : 1, &room);
	block = arena->free_list[class];
	if (block) {
		arena->free_list[class] = *block;
		memset(block, 0, size);
		return block;
	}
	if (room > arena->reserved - arena->used)
		return NULL;
	block = (void **)((char *)arena + arena->used);
	arena->used += room;
	memset(block, 0, size); /* a restore may have lowered `used` over old contents */
	return block;
}

void arena_free(struct arena *arena, void *block, size_t size)
{
	size_t room;
	unsigned class = size_class(size ? size : 1, &room);

	if (!block)
		return;
	*(void **)block = arena->free_list[class];
	arena->free_list[class] = block;
}
