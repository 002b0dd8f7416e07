/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Simulated physical memory, as seen by an address.
 *
 * Every node owns a window of host address space that is reserved at its first use; node starts
 * are multiples of 1 GiB, so one table, indexed by gigabyte, turns a physical address into a host
 * address:
 *
 *   63            30 29                       0
 *  +----------------+--------------------------+
 *  | gigabyte       | offset                   |     host = base[gigabyte] + offset
 *  +----------------+--------------------------+
 */
#ifndef MACHINE_PHYS_H
#define MACHINE_PHYS_H

#include <stddef.h>
#include <stdint.h>

#define PHYS_GIB_SHIFT 30
#define PHYS_GIB_SIZE  (UINT64_C(1) << PHYS_GIB_SHIFT)

/* Where each gigabyte of physical memory is; NULL where there is none (or none reserved). */
struct phys_map {
	char **base;
	uint64_t nr_gib;
	uint64_t **stored; /* a bit per frame of a gigabyte; NULL: none (content_bytes.c) */
};

/* The host address of @pa, or NULL where the machine has no memory. */
static inline void *phys_to_host(const struct phys_map *map, uint64_t pa)
{
	uint64_t gib = pa >> PHYS_GIB_SHIFT;

	if (__builtin_expect(gib >= map->nr_gib || !map->base[gib], 0))
		return NULL;
	return map->base[gib] + (pa & (PHYS_GIB_SIZE - 1));
}

#endif
