/* SPDX-License-Identifier: BSD-2-Clause */
/* The set of digests that a search has seen, each with a number. Open addressing, host memory. */
#ifndef EXPLORE_VISITED_H
#define EXPLORE_VISITED_H

#include "base/digest.h"

struct visited {
	struct digest *key;
	uint32_t *number;
	size_t room, count; /* room: a power of two */
};

int visited_init(struct visited *set);
void visited_destroy(struct visited *set);

/* The number of @key: 0, 1, 2 ... in the order of first sight; *fresh: it was not there. */
int64_t visited_add(struct visited *set, struct digest key, bool *fresh);

#endif
