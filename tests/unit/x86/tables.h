/* SPDX-License-Identifier: BSD-2-Clause */
/* A small physical memory, and real page tables in it, for the tests of this room. */
#ifndef TESTS_X86_TABLES_H
#define TESTS_X86_TABLES_H

#include <string.h>
#include <sys/mman.h>

#include "x86/walk.h"

#define USER_TABLE (X86_P | X86_RW | X86_US)

struct tables {
	char *base[3]; /* gigabytes 0 and 2; there is no memory at gigabyte 1 */
	struct phys_map mem;
	uint64_t next; /* physical address of the next unused frame */
	uint64_t cr3;
	unsigned top;
};

static inline uint64_t *entry_at(const struct tables *t, uint64_t table, uint64_t va,
				 unsigned level)
{
	return (uint64_t *)phys_to_host(&t->mem, table) + x86_slot(va, level);
}

static inline uint64_t new_table(struct tables *t)
{
	uint64_t pa = t->next;

	t->next += X86_PAGE_SIZE;
	memset(phys_to_host(&t->mem, pa), 0, X86_PAGE_SIZE);
	return pa;
}

static inline void tables_start(struct tables *t, bool la57)
{
	for (int i = 0; i < 3; i += 2)
		t->base[i] = mmap(NULL, PHYS_GIB_SIZE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	t->base[1] = NULL;
	t->mem = (struct phys_map){ .base = t->base, .nr_gib = 3 };
	t->next = 0x10000;
	t->top = la57 ? X86_PGD : X86_P4D;
	t->cr3 = new_table(t);
}

static inline void tables_end(struct tables *t)
{
	munmap(t->base[0], PHYS_GIB_SIZE);
	munmap(t->base[2], PHYS_GIB_SIZE);
}

/* The entry of @level for @va, with all tables above it made; NULL never. */
static inline uint64_t *entry_of(struct tables *t, uint64_t va, unsigned level)
{
	uint64_t table = t->cr3;

	for (unsigned l = t->top; l > level; l--) {
		uint64_t *e = entry_at(t, table, va, l);

		if (!*e)
			*e = new_table(t) | USER_TABLE;
		table = *e & X86_PFN_MASK;
	}
	return entry_at(t, table, va, level);
}

static inline void map(struct tables *t, uint64_t va, unsigned level, uint64_t leaf)
{
	*entry_of(t, va, level) = level == X86_PTE ? leaf : leaf | X86_PSE;
}

/* Everything on that Linux turns on, keys and user-interrupts of PKS aside. */
static inline struct x86_mode usual_mode(void)
{
	return (struct x86_mode){ .wp = true, .smep = true, .smap = true, .nxe = true,
				  .pge = true, .gbpages = true, .maxphyaddr = 46,
				  .fault_a = X86_FAULT_A_TABLES };
}

#endif
