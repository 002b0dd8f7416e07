/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LINE	    64
#define SPARSE_PAGE 4096

struct segment {
	void *start;
	size_t length; /* of the memory; SPARSE in the top bit: a sparse page */
};
#define SPARSE (SIZE_MAX / 2 + 1)

/* Segments start 8-byte aligned in the buffer. */
static size_t padded(size_t length)
{
	return (length + 7) & ~(size_t)7;
}

/* Room for @more bytes behind what is used; NULL: out of memory. */
static char *make_room(struct snapshot *snap, size_t more)
{
	if (snap->used + more > snap->room) {
		size_t room = (snap->used + more) * 2;
		char *bytes = realloc(snap->bytes, room);

		if (!bytes) {
			snap->failed = true;
			return NULL;
		}
		snap->bytes = bytes;
		snap->room = room;
	}
	return snap->bytes + snap->used;
}

void snapshot_add(struct snapshot *snap, void *start, size_t length)
{
	struct segment segment = {start, length};
	char *to = make_room(snap, sizeof(segment) + padded(length));

	if (!to)
		return;
	memcpy(to, &segment, sizeof(segment));
	memcpy(to + sizeof(segment), start, length);
	snap->used += sizeof(segment) + padded(length);
}

static bool line_is_zero(const uint64_t *line)
{
	return !(line[0] | line[1] | line[2] | line[3] | line[4] | line[5] | line[6] | line[7]);
}

void snapshot_add_sparse(struct snapshot *snap, void *page)
{
	struct segment segment = {page, SPARSE_PAGE | SPARSE};
	char *to = make_room(snap, sizeof(segment) + sizeof(uint64_t) + SPARSE_PAGE), *line;
	uint64_t bitmap = 0;

	if (!to)
		return;
	line = to + sizeof(segment) + sizeof(bitmap);
	for (unsigned i = 0; i < SPARSE_PAGE / LINE; i++) {
		const char *from = (char *)page + i * LINE;

		if (line_is_zero((const uint64_t *)from))
			continue;
		bitmap |= UINT64_C(1) << i;
		memcpy(line, from, LINE);
		line += LINE;
	}
	memcpy(to, &segment, sizeof(segment));
	memcpy(to + sizeof(segment), &bitmap, sizeof(bitmap));
	snap->used = line - snap->bytes;
}

/* Put a sparse page back; how many bytes of the buffer it took. */
static size_t restore_sparse(char *page, const char *from)
{
	const char *line = from + sizeof(uint64_t);
	uint64_t bitmap;

	memcpy(&bitmap, from, sizeof(bitmap));
	memset(page, 0, SPARSE_PAGE);
	for (; bitmap; bitmap &= bitmap - 1, line += LINE)
		memcpy(page + __builtin_ctzll(bitmap) * LINE, line, LINE);
	return line - from;
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

	for (size_t at = 0; at < snap->used;) {
		memcpy(&segment, snap->bytes + at, sizeof(segment));
		at += sizeof(segment);
		if (segment.length & SPARSE) {
			at += restore_sparse(segment.start, snap->bytes + at);
			continue;
		}
		memcpy(segment.start, snap->bytes + at, segment.length);
		at += padded(segment.length);
	}
}

struct digest state_digest(const struct state *state, struct digest_sink *sink)
{
	for (unsigned i = 0; i < state->nr_parts; i++)
		if (state->part[i].digest)
			state->part[i].digest(state->part[i].self, sink);
	return digest_take(sink);
}
