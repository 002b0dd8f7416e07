/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables to test on: three address spaces with user and kernel pages of all sizes, some of
 * them not present, read-only, clean, wrong. There are two copies of the memory, one for the
 * library and one for the model; what a test writes goes to both.
 */
#ifndef TEST_SIMTLB_WORLD_H
#define TEST_SIMTLB_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#define WORLD_SPACES 3
#define WORLD_PAGES  900
#define WORLD_TABLES 4096
#define WORLD_GIB    3 /* 0 and 2 are there, 1 is not */

#define TEST_P  UINT64_C(0x1)
#define TEST_RW UINT64_C(0x2)
#define TEST_US UINT64_C(0x4)
#define TEST_A  UINT64_C(0x20)
#define TEST_D  UINT64_C(0x40)
#define TEST_PS UINT64_C(0x80)
#define TEST_G  UINT64_C(0x100)
#define TEST_NX (UINT64_C(1) << 63)

struct world {
	char *gib[2][WORLD_GIB]; /* [0] the library's, [1] the model's */
	uint64_t root[WORLD_SPACES];
	unsigned levels;
	uint64_t table[WORLD_TABLES]; /* physical addresses in use */
	unsigned nr_tables;
	uint64_t page[WORLD_PAGES]; /* linear addresses, some mapped, in some spaces */
	unsigned size[WORLD_PAGES];
	uint64_t
		slot[WORLD_PAGES]; /* physical address of the leaf in the space mapped last, or 0 */
	unsigned nr_pages;
	uint64_t rng;
};

/* An empty world: memory, and a top table per space. */
void world_init(struct world *w, unsigned levels, uint64_t seed);
void world_free(struct world *w);

uint64_t world_random(struct world *w);
/* 0 to n - 1. */
unsigned world_pick(struct world *w, unsigned n);
/* True once in @n times. */
bool world_once_in(struct world *w, unsigned n);

uint64_t world_read(const struct world *w, uint64_t pa);
void world_write(struct world *w, uint64_t pa, uint64_t value);

/* Put @leaf, with its frame, at @va of @space; new tables have @table's bits. The slot's pa. */
uint64_t world_map(struct world *w, unsigned space, uint64_t va, unsigned size, uint64_t leaf,
		   uint64_t table);

/* Fill it with random pages. */
void world_populate(struct world *w);

/* Do both copies of all tables hold the same? */
bool world_same(const struct world *w);

#endif
