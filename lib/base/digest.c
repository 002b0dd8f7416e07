/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/digest.h"

#include <errno.h>
#include <stdlib.h>
#include <xxh_x86dispatch.h>

#define SINK_FIRST_ROOM 256

int digest_sink_init(struct digest_sink *sink)
{
	*sink = (struct digest_sink){.room = SINK_FIRST_ROOM};
	sink->word = malloc(sink->room * sizeof(*sink->word));
	return sink->word ? 0 : -ENOMEM;
}

void digest_sink_grow(struct digest_sink *sink)
{
	size_t room = sink->room * 2;
	uint64_t *word = realloc(sink->word, room * sizeof(*word));

	if (!word) { /* start over in the old buffer; the caller learns it from `failed` */
		sink->failed = true;
		sink->count = 0;
		return;
	}
	sink->word = word;
	sink->room = room;
}

struct digest digest_take(struct digest_sink *sink)
{
	XXH128_hash_t hash = XXH3_128bits(sink->word, sink->count * sizeof(*sink->word));

	sink->count = 0;
	return (struct digest){hash.low64, hash.high64};
}

void digest_sink_destroy(struct digest_sink *sink)
{
	free(sink->word);
	*sink = (struct digest_sink){0};
}
