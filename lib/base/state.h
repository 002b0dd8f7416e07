/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a machine's state consists of.
 *
 * Each room registers the memory it owns (as segments, so that a snapshot can copy them) and how
 * to put what matters of it into a digest. A snapshot is one buffer:
 *
 *   +---------+---------+----------+---------+------+--------+-------+----
 *   | address | length  | bytes    | address | 4096 | bitmap | lines | ...
 *   +---------+---------+----------+---------+------+--------+-------+----
 *                                   a page that is mostly zero: only the lines of 64 bytes
 *                                   that are not, and a bit for each of them
 *
 * Which memory is in use is itself state: the first part registered is the arena, and the lists
 * that the later parts walk stand in it.
 */
#ifndef BASE_STATE_H
#define BASE_STATE_H

#include "base/digest.h"

#include <stddef.h>

struct snapshot {
	char *bytes;
	size_t used, room;
	bool failed; /* out of host memory */
};

/* Add @length bytes at @start to @snap. */
void snapshot_add(struct snapshot *snap, void *start, size_t length);

/* Add the 4096 bytes at @page (aligned to 64), most of which are zero. */
void snapshot_add_sparse(struct snapshot *snap, void *page);
void snapshot_destroy(struct snapshot *snap);

struct state_part {
	const char *name;
	/* Call snapshot_add() for every stretch of memory in use. May be NULL. */
	void (*save)(void *self, struct snapshot *snap);
	/* Put what the future depends on into @sink. May be NULL. */
	void (*digest)(void *self, struct digest_sink *sink);
	void *self;
};

#define STATE_MAX_PARTS 16

/* The parts, in the order of registration. Not state itself. */
struct state {
	struct state_part part[STATE_MAX_PARTS];
	unsigned nr_parts;
};

/* Register a part; -ENOSPC when there are too many. */
int state_register(struct state *state, struct state_part part);

/* Copy everything into @snap, whose old contents go away. 0 or -ENOMEM. */
int state_save(const struct state *state, struct snapshot *snap);

/* Put everything back as it was. */
void state_restore(const struct snapshot *snap);

/* Digest everything that the future depends on. */
struct digest state_digest(const struct state *state, struct digest_sink *sink);

#endif
