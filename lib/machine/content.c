/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/content.h"

#include <errno.h>
#include <string.h>

#define BLOCK_MASK ((UINT64_C(1) << 21) - 1)

int content_watch(struct content *content, uint64_t va)
{
	uint32_t offset = va & BLOCK_MASK & ~UINT64_C(7);
	unsigned at = 0;

	while (at < content->nr_watched && content->watched[at] < offset)
		at++;
	if (at < content->nr_watched && content->watched[at] == offset)
		return 0;
	if (content->nr_watched == CONTENT_WATCHED)
		return -ENOSPC;
	memmove(content->watched + at + 1, content->watched + at,
		(content->nr_watched - at) * sizeof(*content->watched));
	content->watched[at] = offset;
	content->nr_watched++;
	return 0;
}

/* The place of @pa in the ascending list, or where it would stand. */
static unsigned place(const struct content *content, uint64_t pa)
{
	unsigned at = 0;

	while (at < content->nr && content->word[at].pa < pa)
		at++;
	return at;
}

static bool stands(const struct content *content, unsigned at, uint64_t pa)
{
	return at < content->nr && content->word[at].pa == pa;
}

uint64_t content_get(const struct content *content, uint64_t pa)
{
	unsigned at;

	if (content->bytes)
		return content_bytes_get(content->bytes, pa);
	at = place(content, pa);
	return stands(content, at, pa) ? content->word[at].value : 0;
}

static void remove_word(struct content *content, unsigned at)
{
	content->nr--;
	memmove(content->word + at, content->word + at + 1,
		(content->nr - at) * sizeof(*content->word));
	content->word[content->nr] = (struct content_word){0};
}

int content_set(struct content *content, uint64_t pa, uint64_t value)
{
	unsigned at;

	if (content->bytes)
		return content_bytes_set(content->bytes, pa, value);
	at = place(content, pa);
	if (stands(content, at, pa)) {
		if (value)
			content->word[at].value = value;
		else
			remove_word(content, at);
		return 0;
	}
	if (!value)
		return 0;
	if (content->nr == CONTENT_WORDS)
		return -ENOSPC;
	memmove(content->word + at + 1, content->word + at,
		(content->nr - at) * sizeof(*content->word));
	content->word[at] = (struct content_word){pa, value};
	content->nr++;
	return 0;
}

/* The @i-th distinct watched offset inside a page of @bytes, or -1. */
static int64_t watched_in(const struct content *content, uint64_t pa, uint64_t bytes, unsigned i)
{
	int64_t last = -1;

	/* A base page can be mapped anywhere in its 2 MiB: offsets count modulo its size. */
	for (;;) {
		int64_t next = -1;

		for (unsigned k = 0; k < content->nr_watched; k++) {
			int64_t offset = content->watched[k] & (bytes - 1);

			if (offset > last && (next < 0 || offset < next))
				next = offset;
		}
		if (next < 0 || !i--)
			return next;
		last = next;
	}
}

unsigned content_chunks(const struct content *content, uint64_t pa, uint64_t bytes)
{
	unsigned n = 0;

	if (content->bytes)
		return 1;
	while (watched_in(content, pa, bytes, n) >= 0)
		n++;
	return n < 2 ? 2 : n;
}

void content_chunk(const struct content *content, uint64_t pa, uint64_t bytes, unsigned i,
		   uint64_t *from, uint64_t *to, int64_t *watched)
{
	int64_t before = i ? watched_in(content, pa, bytes, i - 1) : -1;

	*watched = watched_in(content, pa, bytes, i);
	*from = before < 0 ? (i ? bytes / 2 : 0) : (uint64_t)before + 8;
	*to = *watched < 0 ? (i ? bytes : bytes / 2) : (uint64_t)*watched + 8;
	if (i + 1 == content_chunks(content, pa, bytes))
		*to = bytes;
}

int content_copy(struct content *content, uint64_t dst, uint64_t src, uint64_t from, uint64_t to)
{
	int ret = 0;

	if (content->bytes)
		return content_bytes_copy(content->bytes, dst + from, src + from, to - from);
	content_clear(content, dst, from, to);
	for (unsigned at = place(content, src + from);
	     at < content->nr && content->word[at].pa < src + to; at++) {
		struct content_word word = content->word[at];
		uint64_t target = dst + (word.pa - src);

		ret = content_set(content, target, word.value);
		if (ret)
			return ret;
		if (target <= word.pa) /* the list grew below us */
			at++;
	}
	return ret;
}

void content_clear(struct content *content, uint64_t pa, uint64_t from, uint64_t to)
{
	unsigned at;

	if (content->bytes) {
		content_bytes_clear(content->bytes, pa + from, to - from);
		return;
	}
	at = place(content, pa + from);
	while (at < content->nr && content->word[at].pa < pa + to)
		remove_word(content, at);
}
