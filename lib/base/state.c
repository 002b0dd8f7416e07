/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct segment {
	void *start;
	size_t length;
};

/* Segments start 8-byte aligned in the buffer. */
static size_t padded(size_t length)
{
	return (length + 7) & ~(size_t)7;
}

void snapshot_add(struct snapshot *snap, void *start, size_t length)
{
	size_t need = snap->used + sizeof(struct segment) + padded(length);
	struct segment segment = {start, length};

	if (need > snap->room) {
		size_t room = need * 2;
		char *bytes = realloc(snap->bytes, room);

		if (!bytes) {
			snap->failed = true;
			return;
		}
		snap->bytes = bytes;
		snap->room = room;
	}
	memcpy(snap->bytes + snap->used, &segment, sizeof(segment));
	memcpy(snap->bytes + snap->used + sizeof(segment), start, length);
	snap->used = need;
}

void snapshot_destroy(struct snapshot *snap)
{
	free(snap->bytes);
	*snap = (struct snapshot){0};
}

int state_register(struct state *state, struct state_part part)
{
	if (state->nr_parts == STATE_MAX_PARTS)
		return -ENOSPC;
	state->part[state->nr_parts++] = part;
	return 0;
}

int state_save(const struct state *state, struct snapshot *snap)
{
	snap->used = 0;
	snap->failed = false;
	for (unsigned i = 0; i < state->nr_parts; i++)
		if (state->part[i].save)
			state->part[i].save(state->part[i].self, snap);
	return snap->failed ? -ENOMEM : 0;
}

void state_restore(const struct snapshot *snap)
{
	struct segment segment;

	for (size_t at = 0; at < snap->used; at += sizeof(segment) + padded(segment.length)) {
		memcpy(&segment, snap->bytes + at, sizeof(segment));
		memcpy(segment.start, snap->bytes + at + sizeof(segment), segment.length);
	}
}

struct digest state_digest(const struct state *state, struct digest_sink *sink)
{
	for (unsigned i = 0; i < state->nr_parts; i++)
		if (state->part[i].digest)
			state->part[i].digest(state->part[i].self, sink);
	return digest_take(sink);
}
