/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paging-structure caches of one logical processor, as a set: what it remembers of the upper levels
 * of the tables. No capacity in the model (the array's is the caller's), no replacement; what is
 * lost, is lost by a step that drops it.
 *
 * An entry stands for the entries from the top of the tree down to one that leads to a table:
 *
 *   cached level   known as     translates va bits   the walk goes on in
 *   5 PGD          PML5E cache  56..48               a PML4 table
 *   4 P4D          PML4E cache  47..39 (56..39)      a PUD table
 *   3 PUD          PDPTE cache  47..30 (56..30)      a PMD table
 *   2 PMD          PDE cache    47..21 (56..21)      a PTE table
 *
 * and carries the rights that all of them together grant. Entries are tagged with the PCID and are
 * never global. Sources: Intel SDM vol. 3A 4.10.3; AMD APM vol. 2 5.5.3.
 *
 * The struct holds no pointers: copying its x86_psc_size() bytes copies the cache, and equal caches
 * have equal bytes up to their last used entry.
 */
#ifndef X86_PSC_H
#define X86_PSC_H

#include <stddef.h>

#include "x86/psc_rules.h"
#include "x86/walk.h"

struct x86_psc_entry {
	uint64_t va;	/* first address that it translates */
	uint64_t table; /* physical address of the table to go on in */
	uint16_t pcid;
	uint8_t level; /* 2 to 5 */
	bool rw, us, nx;
	uint8_t zero[2];
};

_Static_assert(sizeof(struct x86_psc_entry) == 24, "no padding: entries are compared as bytes");

/* Sorted by pcid, va, level. */
struct x86_psc {
	uint32_t nr;
	uint32_t cap;
	struct x86_psc_entry entry[];
};

/* Bytes of a cache for @cap entries. */
size_t x86_psc_size(uint32_t cap);

/* Make an empty cache of the memory at @p, x86_psc_size(cap) bytes, aligned to 8. */
void x86_psc_init(struct x86_psc *p, uint32_t cap);

/*
 * The entry from which a walk for @va may start: of the lowest level that is cached, SDM 4.10.3.2.
 * NULL if there is none. A processor *may* use it; whoever does not want to walks from CR3.
 */
const struct x86_psc_entry *x86_psc_lookup(const struct x86_psc *p, uint16_t pcid, uint64_t va);

/*
 * Cache what a committed walk for @va read on its way, whether or not it ended in a fault: every
 * table entry whose A bit is set. @from is where that walk started (NULL: the top). Entries that
 * are cached already are replaced. -ENOSPC if one did not fit; those before it are cached.
 */
int x86_psc_fill(struct x86_psc *p, uint16_t pcid, uint64_t va, const struct x86_walk *w,
		 const struct x86_psc_entry *from);

/* As x86_walk(), started from the cached @from. */
void x86_walk_from_psc(struct x86_walk *w, const struct x86_mode *mode, const struct phys_map *mem,
		       const struct x86_psc_entry *from, const struct x86_access *a);

/* Drop what @scope says for @pcid and @va; how many went. */
uint32_t x86_psc_drop(struct x86_psc *p, enum x86_psc_scope scope, uint16_t pcid, uint64_t va);

/* Drop the entry at @index, which must be below nr: the processor may lose any at any time. */
void x86_psc_drop_one(struct x86_psc *p, uint32_t index);

/* Is the set what its comment says: sorted, no two alike, levels and addresses sane? */
bool x86_psc_valid(const struct x86_psc *p);

#endif
