/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/arena.h"

#include <string.h>
#include <sys/mman.h>

/* The smallest class whose blocks hold @size bytes. */
static unsigned size_class(size_t size)
{
	unsigned class = 0;

	while (((size_t)ARENA_ALIGN << class) < size)
		class++;
	return class;
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
	class = size_class(size);
	room = (size_t)ARENA_ALIGN << class;
	block = class < ARENA_CLASSES ? arena->free_list[class] : NULL;
	if (block) {
		arena->free_list[class] = *block;
		memset(block, 0, size);
		return block;
	}
	if (class >= ARENA_CLASSES || room > arena->reserved - arena->used)
		return NULL;
	block = (void **)((char *)arena + arena->used);
	arena->used += room;
	memset(block, 0, size); /* a restore may have lowered `used` over old contents */
	return block;
}

void arena_free(struct arena *arena, void *block, size_t size)
{
	unsigned class = size_class(size);

	if (!block)
		return;
	*(void **)block = arena->free_list[class];
	arena->free_list[class] = block;
}
