/* SPDX-License-Identifier: BSD-2-Clause */
#include "test_simtlb_world.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define GIB (UINT64_C(1) << 30)

uint64_t world_random(struct world *w)
{
	w->rng ^= w->rng << 13;
	w->rng ^= w->rng >> 7;
	w->rng ^= w->rng << 17;
	return w->rng * UINT64_C(0x2545f4914f6cdd1d);
}

unsigned world_pick(struct world *w, unsigned n)
{
	return (unsigned)(world_random(w) >> 33) % n;
}

bool world_once_in(struct world *w, unsigned n)
{
	return world_pick(w, n) == 0;
}

static uint64_t *host(const struct world *w, unsigned copy, uint64_t pa)
{
	return (uint64_t *)(w->gib[copy][pa / GIB] + pa % GIB);
}

uint64_t world_read(const struct world *w, uint64_t pa)
{
	return *host(w, 0, pa);
}

void world_write(struct world *w, uint64_t pa, uint64_t value)
{
	*host(w, 0, pa) = *host(w, 1, pa) = value;
}

/* Tables alternate between the two gigabytes that exist. */
static uint64_t new_table(struct world *w)
{
	uint64_t pa = (w->nr_tables % 2 ? 2 * GIB : 0) + 4096 * (uint64_t)(w->nr_tables + 1);

	if (w->nr_tables == WORLD_TABLES)
		abort();
	return w->table[w->nr_tables++] = pa;
}

void world_init(struct world *w, unsigned levels, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	w->levels = levels;
	w->rng = seed;
	for (unsigned copy = 0; copy < 2; copy++)
		for (unsigned g = 0; g < WORLD_GIB; g += 2) {
			w->gib[copy][g] = mmap(NULL, GIB, PROT_READ | PROT_WRITE,
					       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
			if (w->gib[copy][g] == MAP_FAILED)
				abort();
		}
	for (unsigned s = 0; s < WORLD_SPACES; s++)
		w->root[s] = new_table(w);
}

void world_free(struct world *w)
{
	for (unsigned copy = 0; copy < 2; copy++)
		for (unsigned g = 0; g < WORLD_GIB; g += 2)
			munmap(w->gib[copy][g], GIB);
}

uint64_t world_map(struct world *w, unsigned space, uint64_t va, unsigned size, uint64_t leaf,
		   uint64_t table)
{
	uint64_t at = w->root[space];

	for (unsigned level = w->levels;; level--) {
		uint64_t slot = at + (va >> (12 + 9 * (level - 1))) % 512 * 8;
		uint64_t value = world_read(w, slot);

		if (level == size + 1) {
			world_write(w, slot, leaf);
			return slot;
		}
		if (!(value & TEST_P) || (value & TEST_PS)) {
			value = new_table(w) | table;
			world_write(w, slot, value);
		}
		at = value & UINT64_C(0xffffffffff000);
		if (at / GIB >= WORLD_GIB || at / GIB == 1)
			return 0; /* a table that was spoilt on purpose */
	}
}

/* Mostly what works; each thing that can be odd is, now and then. */
static uint64_t random_leaf(struct world *w, unsigned size, bool kernel)
{
	uint64_t leaf = TEST_P | TEST_A | TEST_D | TEST_RW | (kernel ? 0 : TEST_US);
	uint64_t frame = world_random(w) & UINT64_C(0x3ffffff000);

	frame &= ~((UINT64_C(1) << (12 + 9 * size)) - 1);
	leaf |= frame | (size ? TEST_PS : 0) | (kernel && !world_once_in(w, 4) ? TEST_G : 0);
	if (world_once_in(w, 3))
		leaf ^= TEST_D;
	if (world_once_in(w, 4))
		leaf ^= TEST_A;
	if (world_once_in(w, 5))
		leaf ^= TEST_RW;
	if (world_once_in(w, 12))
		leaf ^= TEST_US;
	if (world_once_in(w, 3))
		leaf |= TEST_NX;
	if (world_once_in(w, 20))
		leaf ^= TEST_P;
	if (world_once_in(w, 20))
		leaf ^= TEST_G;
	if (world_once_in(w, 4))
		leaf |= world_random(w) & (UINT64_C(15) << 59);
	if (world_once_in(w, 30))
		leaf |= UINT64_C(1) << (12 + world_pick(w, 40)); /* reserved, in some places */
	return leaf;
}

static uint64_t random_table(struct world *w, bool kernel)
{
	uint64_t table = TEST_P | TEST_RW | (kernel ? 0 : TEST_US);

	if (world_once_in(w, 2))
		table |= TEST_A;
	if (world_once_in(w, 40))
		table ^= TEST_RW;
	if (world_once_in(w, 80))
		table ^= TEST_US;
	if (world_once_in(w, 60))
		table |= TEST_NX;
	return table;
}

static void add_page(struct world *w, uint64_t va, unsigned size, bool kernel)
{
	unsigned at = w->nr_pages;

	if (w->levels == 5 && world_once_in(w, 3))
		va ^= (uint64_t)(kernel ? 0 : world_pick(w, 128)) << 48;
	w->page[at] = va;
	w->size[at] = size;
	for (unsigned s = 0; s < WORLD_SPACES; s++)
		if (kernel || !world_once_in(w, 6))
			w->slot[at] = world_map(w, s, va, size, random_leaf(w, size, kernel),
						random_table(w, kernel));
	w->nr_pages++;
}

/* A table that lies where no memory is, or with a reserved bit: once in a while. */
static void spoil(struct world *w)
{
	for (unsigned i = 0; i < 12; i++) {
		uint64_t slot = w->slot[world_pick(w, w->nr_pages)] & ~UINT64_C(0xfff);
		uint64_t spoilt = slot + world_pick(w, 512) * 8;

		if (!slot)
			continue;
		world_write(w, spoilt, (GIB + i * 4096) | TEST_P | TEST_RW | TEST_US | TEST_A);
	}
	world_write(w, w->root[0] + 300 * 8, (GIB * 9) | TEST_P | TEST_RW | TEST_US | TEST_A);
	world_write(w, w->root[1] + 301 * 8, TEST_PS | TEST_P | TEST_RW | TEST_US | TEST_A);
}

void world_populate(struct world *w)
{
	const uint64_t user = UINT64_C(0x00007f1234000000), kernel = UINT64_C(0xffff888000000000);

	for (unsigned i = 0; i < 400; i++)
		add_page(w, user + i * 4096, 0, false);
	for (unsigned i = 0; i < 100; i++)
		add_page(w, UINT64_C(0x555500000000) + world_pick(w, 1u << 20) * UINT64_C(4096), 0,
			 false);
	for (unsigned i = 0; i < 120; i++)
		add_page(w, UINT64_C(0x600000000000) + i * UINT64_C(0x200000), 1, false);
	for (unsigned i = 0; i < 20; i++)
		add_page(w, UINT64_C(0x100000000000) + i * GIB, 2, false);
	for (unsigned i = 0; i < 100; i++)
		add_page(w, kernel + i * 4096, 0, true);
	for (unsigned i = 0; i < 60; i++)
		add_page(w, kernel + GIB + i * UINT64_C(0x200000), 1, true);
	for (unsigned i = 0; i < 20; i++)
		add_page(w, kernel + 4 * GIB + i * GIB, 2, true);
	spoil(w);
	w->page[w->nr_pages++] = UINT64_C(300) << 39 | UINT64_C(0xffff) << 48; /* no memory */
	w->page[w->nr_pages++] = UINT64_C(301) << 39 | UINT64_C(0xffff) << 48; /* PS up there */
	w->page[w->nr_pages++] = UINT64_C(0x0000800000000000);                 /* 48-bit hole */
	w->page[w->nr_pages++] = UINT64_C(0xfe00000000000000);                 /* no bits 56..0 */
	w->page[w->nr_pages++] = user | UINT64_C(1) << 62;
	w->page[w->nr_pages++] = 0;
}

bool world_same(const struct world *w)
{
	for (unsigned i = 0; i < w->nr_tables; i++)
		if (memcmp(host(w, 0, w->table[i]), host(w, 1, w->table[i]), 4096))
			return false;
	return true;
}
