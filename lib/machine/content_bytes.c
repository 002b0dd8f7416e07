/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contents as real bytes. A frame that nobody stored to is zero whatever its bytes are, and has no
 * bit:
 *
 *   stored[gigabyte]   bit 0 1 2 ...      1: the bytes count      0: all zero, never looked at
 *
 * So a page that is freed is cleared by its bit, host memory is only touched where something was
 * stored, and copying a huge page copies what is there. The first store clears the frame, as the
 * kernel does when it hands one out.
 */
#include "machine/content.h"

#include "machine/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GIB_FRAMES (PHYS_GIB_SIZE / FRAME_SIZE)

static bool stored(const struct phys_map *map, uint64_t pa)
{
	uint64_t gib = pa >> PHYS_GIB_SHIFT, at = (pa & (PHYS_GIB_SIZE - 1)) >> FRAME_SHIFT;

	return gib < map->nr_gib && map->stored[gib] &&
	       map->stored[gib][at / 64] >> at % 64 & 1;
}

/* The host's page for a frame that is about to be stored to; NULL: the host has no memory. */
static char *frame_for_store(const struct phys_map *map, uint64_t pa)
{
	uint64_t gib = pa >> PHYS_GIB_SHIFT, at = (pa & (PHYS_GIB_SIZE - 1)) >> FRAME_SHIFT;
	char *frame = phys_to_host(map, pa & ~(uint64_t)(FRAME_SIZE - 1));

	if (!frame)
		return NULL;
	if (!map->stored[gib])
		map->stored[gib] = calloc(GIB_FRAMES / 64, sizeof(uint64_t));
	if (!map->stored[gib])
		return NULL;
	if (!(map->stored[gib][at / 64] >> at % 64 & 1)) {
		memset(frame, 0, FRAME_SIZE);
		map->stored[gib][at / 64] |= UINT64_C(1) << at % 64;
	}
	return frame;
}

static void forget(const struct phys_map *map, uint64_t pa)
{
	uint64_t gib = pa >> PHYS_GIB_SHIFT, at = (pa & (PHYS_GIB_SIZE - 1)) >> FRAME_SHIFT;

	if (stored(map, pa))
		map->stored[gib][at / 64] &= ~(UINT64_C(1) << at % 64);
}

const uint64_t *content_frame(const struct content *content, uint64_t pa)
{
	return stored(content->bytes, pa)
		       ? phys_to_host(content->bytes, pa & ~(uint64_t)(FRAME_SIZE - 1)) : NULL;
}

uint64_t content_bytes_get(const struct phys_map *map, uint64_t pa)
{
	return stored(map, pa) ? *(const uint64_t *)phys_to_host(map, pa) : 0;
}

int content_bytes_set(const struct phys_map *map, uint64_t pa, uint64_t value)
{
	char *frame;

	if (!value && !stored(map, pa))
		return phys_to_host(map, pa) ? 0 : -ENOSPC;
	frame = frame_for_store(map, pa);
	if (!frame)
		return -ENOSPC;
	*(uint64_t *)(frame + pa % FRAME_SIZE) = value;
	return 0;
}

/* How much of [pa, pa + bytes) is in the first frame of it. */
static uint64_t in_frame(uint64_t pa, uint64_t bytes)
{
	uint64_t room = FRAME_SIZE - pa % FRAME_SIZE;

	return bytes < room ? bytes : room;
}

void content_bytes_clear(const struct phys_map *map, uint64_t pa, uint64_t bytes)
{
	while (bytes) {
		uint64_t here = in_frame(pa, bytes);

		if (here == FRAME_SIZE)
			forget(map, pa);
		else if (stored(map, pa))
			memset(phys_to_host(map, pa), 0, here);
		pa += here;
		bytes -= here;
	}
}

int content_bytes_copy(const struct phys_map *map, uint64_t dst, uint64_t src, uint64_t bytes)
{
	while (bytes) {
		uint64_t here = in_frame(src, bytes);

		if (!stored(map, src)) {
			content_bytes_clear(map, dst, here);
		} else {
			char *frame = frame_for_store(map, dst);

			if (!frame)
				return -ENOSPC;
			memcpy(frame + dst % FRAME_SIZE, phys_to_host(map, src), here);
		}
		dst += here;
		src += here;
		bytes -= here;
	}
	return 0;
}
