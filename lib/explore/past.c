/* SPDX-License-Identifier: BSD-2-Clause */
#include "explore/past.h"

#include <stddef.h>
#include <string.h>

void past_clear(struct past *past)
{
	memset(past, 0, offsetof(struct past, object));
}

void past_copy(struct past *to, const struct past *from)
{
	memcpy(to, from, offsetof(struct past, object) + from->nr * sizeof(*from->object));
}

static struct object_past *past_of(struct past *past, uint64_t object)
{
	for (unsigned i = 0; i < past->nr; i++)
		if (past->object[i].object == object)
			return &past->object[i];
	if (past->nr == PAST_OBJECTS)
		return NULL;
	past->object[past->nr] = (struct object_past){.object = object};
	return &past->object[past->nr++];
}

bool past_add(struct past *past, unsigned actor, uint64_t what, const struct access *access,
	      unsigned nr)
{
	uint64_t hash = digest_mix(past->actor[actor] + actor, what);

	for (unsigned i = 0; i < nr; i++) {
		const struct object_past *o = past_of(past, access[i].object);

		if (!o)
			return false;
		hash += digest_mix(digest_mix(access[i].object, access[i].mode),
				   o->write + (access[i].mode == ACCESS_WRITE ? o->reads : 0));
	}
	hash = digest_mix(hash, nr);
	for (unsigned i = 0; i < nr; i++) {
		struct object_past *o = past_of(past, access[i].object);

		if (access[i].mode == ACCESS_WRITE) {
			o->write = hash;
			o->reads = 0;
		} else if (o->write != hash) {
			o->reads += hash;
		}
	}
	past->actor[actor] = hash;
	past->sum.low += hash;
	past->sum.high += digest_mix(hash, nr);
	return true;
}
