/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where promises stand. In the explorer there are few, for they are part of every state: an array
 * that is looked through. In a system there are as many as words were stored to: the array grows,
 * and a promise is found by its word's bucket.
 *
 *	bucket[hash]  ->  promise  -next->  promise  -next->  0	 (numbers of promises, from 1)
 */
#include "check/promise.h"

#include "exec/point.h"
#include "machine/machine.h"

#include <errno.h>
#include <string.h>

int promise_room_init(struct check_room *c, bool grows)
{
	c->promise = arena_alloc(c->m->arena, CHECK_WORDS * sizeof(*c->promise));
	if (!c->promise)
		return -ENOMEM;
	c->room = CHECK_WORDS;
	c->grows = grows;
	return 0;
}

static uint32_t *bucket_of(struct check_room *c, uint32_t space, uint64_t at)
{
	return &c->bucket[digest_mix(space, at) & (c->nr_buckets - 1)];
}

static void link_promise(struct check_room *c, struct promise *p)
{
	uint32_t *bucket;

	if (!c->bucket)
		return;
	bucket = bucket_of(c, p->space, p->at);
	p->next = *bucket;
	*bucket = (uint32_t)(p - c->promise) + 1;
}

static void unlink_promise(struct check_room *c, const struct promise *p)
{
	uint32_t *at;

	if (!c->bucket)
		return;
	at = bucket_of(c, p->space, p->at);
	while (&c->promise[*at - 1] != p)
		at = &c->promise[*at - 1].next;
	*at = p->next;
}

void promise_relink(struct check_room *c)
{
	if (!c->bucket)
		return;
	memset(c->bucket, 0, c->nr_buckets * sizeof(*c->bucket));
	for (unsigned i = 0; i < c->nr; i++)
		link_promise(c, &c->promise[i]);
}

/* Twice the room, and twice as many buckets as that. */
static bool grow(struct check_room *c)
{
	struct arena *arena = c->m->arena;
	unsigned room = 2 * c->room, nr_buckets = 1;
	struct promise *more = arena_alloc(arena, room * sizeof(*more));
	uint32_t *bucket;

	while (nr_buckets < 2 * room)
		nr_buckets *= 2;
	bucket = more ? arena_alloc(arena, nr_buckets * sizeof(*bucket)) : NULL;
	if (!bucket) {
		arena_free(arena, more, room * sizeof(*more));
		return false;
	}
	memcpy(more, c->promise, c->nr * sizeof(*more));
	arena_free(arena, c->promise, c->room * sizeof(*more));
	arena_free(arena, c->bucket, c->nr_buckets * sizeof(*bucket));
	c->promise = more;
	c->room = room;
	c->bucket = bucket;
	c->nr_buckets = nr_buckets;
	promise_relink(c);
	return true;
}

struct promise *promise_find(struct check_room *c, const struct word_key *key)
{
	if (c->bucket) {
		struct promise *p;

		for (uint32_t n = *bucket_of(c, key->space, key->at); n; n = p->next) {
			p = &c->promise[n - 1];
			if (p->space == key->space && p->at == key->at)
				return p;
		}
		return NULL;
	}
	for (unsigned i = 0; i < c->nr; i++)
		if (c->promise[i].space == key->space && c->promise[i].at == key->at)
			return &c->promise[i];
	return NULL;
}

struct promise *promise_make(struct check_room *c, const struct word_key *key)
{
	struct promise *p = promise_find(c, key);

	if (p)
		return p;
	if (c->nr == c->room && !(c->grows && grow(c))) {
		limit_reached("more than %u words of user memory are watched", c->room);
		return NULL;
	}
	p = &c->promise[c->nr++];
	*p = (struct promise){.space = key->space, .at = key->at};
	link_promise(c, p);
	return p;
}

void promise_drop(struct check_room *c, struct promise *p)
{
	struct promise *last = &c->promise[c->nr - 1];

	unlink_promise(c, p);
	if (p != last) {
		unlink_promise(c, last);
		*p = *last;
		link_promise(c, p);
	}
	c->nr--;
}
