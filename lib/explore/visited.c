/* SPDX-License-Identifier: BSD-2-Clause */
#include "explore/visited.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_ROOM 4096
#define EMPTY	   UINT32_MAX

static int allocate(struct visited *set, size_t room)
{
	set->key = malloc(room * sizeof(*set->key));
	set->number = malloc(room * sizeof(*set->number));
	if (!set->key || !set->number) {
		visited_destroy(set);
		return -ENOMEM;
	}
	for (size_t i = 0; i < room; i++)
		set->number[i] = EMPTY;
	set->room = room;
	return 0;
}

int visited_init(struct visited *set)
{
	*set = (struct visited){0};
	return allocate(set, FIRST_ROOM);
}

void visited_destroy(struct visited *set)
{
	free(set->key);
	free(set->number);
	*set = (struct visited){0};
}

static size_t slot_of(const struct visited *set, struct digest key)
{
	size_t at = key.low & (set->room - 1);

	while (set->number[at] != EMPTY && !digest_equal(set->key[at], key))
		at = (at + 1) & (set->room - 1);
	return at;
}

static int grow(struct visited *set)
{
	struct visited old = *set;
	int ret = allocate(set, old.room * 2);

	if (ret) {
		*set = old;
		return ret;
	}
	set->count = old.count;
	for (size_t i = 0; i < old.room; i++) {
		size_t at;

		if (old.number[i] == EMPTY)
			continue;
		at = slot_of(set, old.key[i]);
		set->key[at] = old.key[i];
		set->number[at] = old.number[i];
	}
	visited_destroy(&old);
	return 0;
}

int64_t visited_add(struct visited *set, struct digest key, bool *fresh)
{
	size_t at;

	if (set->count * 3 >= set->room * 2 && grow(set))
		return -ENOMEM;
	at = slot_of(set, key);
	*fresh = set->number[at] == EMPTY;
	if (*fresh) {
		set->key[at] = key;
		set->number[at] = set->count++;
	}
	return set->number[at];
}
