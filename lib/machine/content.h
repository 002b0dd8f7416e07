/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What pages hold, as far as anybody can see it: 8-byte words by physical address; a word that
 * is not listed is zero. Which offsets are ever looked at is known from the start (the watched
 * words), and decides in how many steps a page is copied:
 *
 *   page    0        w0           w1                       end
 *           |--------x------------x------------------------|
 *   chunks  |   0      |    1       |         2            |    one step each, at least two
 *
 * A machine that is only ever run straight through keeps real bytes instead, at their place in the
 * nodes' windows (content_bytes.c): content->bytes says so. They are no part of snapshots and
 * digests.
 */
#ifndef MACHINE_CONTENT_H
#define MACHINE_CONTENT_H

#include "base/state.h"
#include "machine/phys.h"

#include <stdbool.h>
#include <stdint.h>

#define CONTENT_WORDS	96 /* a few words for a few pages: all of it is copied with every state */
#define CONTENT_WATCHED 32

struct content_word {
	uint64_t pa;
	uint64_t value;
};

struct content {
	const struct phys_map *bytes; /* NULL: words */
	unsigned nr;
	unsigned nr_watched;
	uint32_t watched[CONTENT_WATCHED]; /* offsets in 2 MiB, ascending, multiples of 8 */
	struct content_word word[CONTENT_WORDS];
};

/* Somebody may look at the words at this offset of any 2 MiB. 0 or -ENOSPC. */
int content_watch(struct content *content, uint64_t va);

uint64_t content_get(const struct content *content, uint64_t pa);
/* 0 or -ENOSPC. */
int content_set(struct content *content, uint64_t pa, uint64_t value);

/* In how many steps @bytes from @pa on (a page) are copied or cleared. */
unsigned content_chunks(const struct content *content, uint64_t pa, uint64_t bytes);

/* The part [*from, *to) of the page that chunk @i is; *watched: offset of its word, or -1. */
void content_chunk(const struct content *content, uint64_t pa, uint64_t bytes, unsigned i,
		   uint64_t *from, uint64_t *to, int64_t *watched);

/* Copy [from, to) of page @src to page @dst; zero words included. 0 or -ENOSPC. */
int content_copy(struct content *content, uint64_t dst, uint64_t src, uint64_t from, uint64_t to);
void content_clear(struct content *content, uint64_t pa, uint64_t from, uint64_t to);

/* Real bytes: the frame at @pa, or NULL: it is all zero (or there is no memory). */
const uint64_t *content_frame(const struct content *content, uint64_t pa);

/* What the functions above do where bytes are kept. */
uint64_t content_bytes_get(const struct phys_map *map, uint64_t pa);
int content_bytes_set(const struct phys_map *map, uint64_t pa, uint64_t value);
int content_bytes_copy(const struct phys_map *map, uint64_t dst, uint64_t src, uint64_t bytes);
void content_bytes_clear(const struct phys_map *map, uint64_t pa, uint64_t bytes);

#endif
