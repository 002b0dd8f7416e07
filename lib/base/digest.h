/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A state's digest: the rooms put the words that the future can depend on into a sink, in an
 * order that does not depend on host addresses, and the sink is hashed to 128 bits.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest {
	uint64_t low, high;
};

static inline bool digest_equal(struct digest a, struct digest b)
{
	return a.low == b.low && a.high == b.high;
}

/* Words on their way into a digest; it keeps its buffer from one digest to the next. */
struct digest_sink {
	uint64_t *word;
	size_t count, room;
	bool failed; /* out of host memory: the digest is not to be trusted */
};

int digest_sink_init(struct digest_sink *sink); /* 0 or -ENOMEM */
void digest_sink_destroy(struct digest_sink *sink);
void digest_sink_grow(struct digest_sink *sink);

static inline void digest_put(struct digest_sink *sink, uint64_t word)
{
	if (__builtin_expect(sink->count == sink->room, 0))
		digest_sink_grow(sink);
	sink->word[sink->count++] = word;
}

/* Hash what was put since the last call, and empty the sink. */
struct digest digest_take(struct digest_sink *sink);

/* One well mixed word from two: for rolling hashes and names. */
static inline uint64_t digest_mix(uint64_t a, uint64_t b)
{
	uint64_t x = (a ^ (b * UINT64_C(0x9e3779b97f4a7c15))) + UINT64_C(0x2545f4914f6cdd1d);

	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	return x ^ (x >> 32);
}

#endif
