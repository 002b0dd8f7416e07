/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulator's TLB: layout. What it does is said in <numasim/tlb.h>.
 *
 * One block of memory, aligned to 64 bytes, holds the struct below and then, array by array, what
 * a lookup reads side by side (structure of arrays). The lanes of a set are its ways, rounded up to
 * a multiple of 4 (32 bytes) for tags and entries and of 16 for ages; a spare lane is never filled.
 *
 *             lane 0    lane 1    lane 2    lane 3     a 4-way set: one 32-byte load
 *   tag      +---------+---------+---------+---------+
 *   entry    +---------+---------+---------+---------+
 *   age      | 2 | 0 | 3 | 1 | 255 ...  | 16 bytes     LRU: a permutation, 0 = used last
 *   tree     | one bit per node, bit 1 the root |      tree-PLRU: 1 = the victim is to the right
 *
 * A tag is everything that must match, so that finding an entry is comparing 64 bits:
 *
 *    63                          19 18  15 14        3   2   1  0
 *   +------------------------------+------+-----------+---+------+
 *   | bits 56..12 of the address,  |  0   | PCID, or  | G | size |   size + 1; 0 is an invalid lane
 *   | below the page's size zero   |      | 0 if G    |   |  + 1 |   bits 2..0 are the "class"
 *   +------------------------------+------+-----------+---+------+
 *
 * An entry is what a hit needs:
 *
 *    63    52 51                        12 11 10  9  8 7    4  3  2  1  0
 *   +--------+----------------------------+--+--+-----+------+--+--+--+--+
 *   |   0    | first frame                |0 | G| size| pkey | D|NX|US|RW|   bits 7..0: the "rights"
 *   +--------+----------------------------+--+--+-----+------+--+--+--+--+
 *
 * allow[rights] has one bit per kind of access that such an entry serves under the registers now,
 * so that CR0, CR4, EFLAGS.AC and PKRU cost the lookup nothing.
 */
#ifndef X86_SIMTLB_H
#define X86_SIMTLB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <numasim/tlb.h>

#include "machine/phys.h"

#define SIMTLB_ALIGN 64

enum {
	SIMTLB_RW = 1,
	SIMTLB_US = 2,
	SIMTLB_NX = 4,
	SIMTLB_D = 8,
	SIMTLB_PKEY_SHIFT = 4,
	SIMTLB_RIGHTS = 0xff,
	SIMTLB_SIZE_SHIFT = 8,
	SIMTLB_G = 1 << 10,
	SIMTLB_FRAME_SHIFT = 12,
};

enum {
	SIMTLB_CLASS = 7,	/* of a tag */
	SIMTLB_CLASS_G = 4,
	SIMTLB_CLASSES = 8,	/* 0 invalid; 1 to 3 by size; 5 to 7 by size, global */
	SIMTLB_PCID_SHIFT = 3,
	SIMTLB_VA_SHIFT = 7,	/* drops bits 63..57 */
};

#define SIMTLB_PCID_MASK (UINT64_C(0xfff) << SIMTLB_PCID_SHIFT)
#define SIMTLB_FRAME	 UINT64_C(0x000ffffffffff000)

struct simtlb_array {
	uint64_t *tag;	    /* [sets][lanes] */
	uint64_t *entry;    /* [sets][lanes] */
	uint8_t *age;	    /* [sets][age lanes]; NULL unless LRU */
	uint64_t *tree;	    /* [sets]; NULL unless tree-PLRU */
	uint64_t (*away)[2]; /* [ways]: {keep, set} that turn a tree away from a way */
	uint32_t count[SIMTLB_CLASSES]; /* ways by class; [0] are invalid */
	uint32_t recent;    /* lane that matched last: a hint for wide sets, never a result */
};

struct simtlb_ops;

struct numasim_tlb {
	const struct simtlb_ops *ops;
	struct phys_map map;
	uint64_t pcid_bits;		       /* of the tags of the current PCID */
	uint64_t root;			       /* physical address of the top table */
	uint64_t table_reserved[6];	       /* by level: bits that no table entry has */
	uint64_t leaf_reserved[4];	       /* by level 1 to 3 */
	uint64_t pkey_mask;		       /* of leaves; 0 unless PKE */
	uint64_t nx_mask;		       /* bit 63, or 0 unless NXE */
	uint64_t g_mask;		       /* bit 8, or 0 unless PGE */
	unsigned top;			       /* level of the top table: 4 or 5 */
	uint8_t present[NUMASIM_TLB_LEVELS];   /* bit per class: the level holds some */
	uint8_t allow[SIMTLB_RIGHTS + 1];
	struct simtlb_array array[NUMASIM_TLB_LEVELS][NUMASIM_TLB_ARRAYS];
	struct numasim_tlb_geometry geometry;
	struct numasim_tlb_regs regs;
	struct numasim_tlb_counters count; /* accesses stays 0: it is a sum */
};

/* The code of one preset (or of any geometry) with one set of vector instructions. */
struct simtlb_ops {
	const char *path;
	const struct numasim_tlb_geometry *geometry; /* NULL: any */
	/* Serve @batch up to its end or the first fault; returns how many were served. */
	size_t (*run)(struct numasim_tlb *tlb, const struct numasim_tlb_batch *batch,
		      struct numasim_tlb_fault *fault);
	void (*fill)(struct numasim_tlb *tlb, unsigned level, uint64_t tag, uint64_t entry);
};

/* Ends with one whose geometry is NULL. The AVX2 ones exist on every build for x86-64. */
extern const struct simtlb_ops simtlb_ops_sse2[];
extern const struct simtlb_ops simtlb_ops_avx2[];

/* Which vector instructions; SIMTLB_BEST asks the processor. */
enum simtlb_isa { SIMTLB_BEST, SIMTLB_SSE2, SIMTLB_AVX2 };

/* Choose the code, for tests that compare them: @general ignores presets. -ENOTSUP: not here. */
int simtlb_choose(struct numasim_tlb *tlb, enum simtlb_isa isa, bool general);

/* Bytes of a TLB of this (checked) geometry, and setting one up there. Aligned to SIMTLB_ALIGN. */
size_t simtlb_bytes(const struct numasim_tlb_geometry *geometry);
struct numasim_tlb *simtlb_init(void *block, const struct numasim_tlb_geometry *geometry);

/*
 * The full walk: every level, every check, A and D set as they must be. Returns 0 and the entry,
 * or -EFAULT and @fault (all but index).
 */
int simtlb_walk(uint64_t *entry, struct numasim_tlb *tlb, uint64_t va, unsigned kind,
		struct numasim_tlb_fault *fault);

/* Drop all entries that translate @va under the current PCID, global ones included. */
void simtlb_drop(struct numasim_tlb *tlb, uint64_t va);

static inline unsigned simtlb_page_shift(unsigned size)
{
	return SIMTLB_FRAME_SHIFT + 9 * size;
}

static inline uint64_t simtlb_offset_mask(unsigned size)
{
	return (UINT64_C(1) << simtlb_page_shift(size)) - 1;
}

static inline unsigned simtlb_class_size(unsigned class)
{
	return (class & 3) - 1;
}

static inline unsigned simtlb_entry_size(uint64_t entry)
{
	return (entry >> SIMTLB_SIZE_SHIFT) & 3;
}

/* The tag of @va's page in @class; @pcid_bits where they stand in a tag, not used if global. */
static inline uint64_t simtlb_tag(uint64_t va, unsigned class, uint64_t pcid_bits)
{
	uint64_t page = va & ~simtlb_offset_mask(simtlb_class_size(class));

	return page << SIMTLB_VA_SHIFT | (class & SIMTLB_CLASS_G ? 0 : pcid_bits) | class;
}

/* As simtlb_tag(), with the class that @entry belongs to. */
static inline uint64_t simtlb_tag_of(uint64_t va, uint64_t entry, uint64_t pcid_bits)
{
	unsigned class = simtlb_entry_size(entry) + 1;

	return simtlb_tag(va, class | (entry & SIMTLB_G ? SIMTLB_CLASS_G : 0), pcid_bits);
}

static inline unsigned simtlb_lanes(const struct numasim_tlb_array *shape)
{
	return (shape->ways + 3u) & ~3u;
}

static inline unsigned simtlb_age_lanes(const struct numasim_tlb_array *shape)
{
	return (shape->ways + 15u) & ~15u;
}

/* The set that @va's page of @size falls into. */
static inline unsigned simtlb_set(const struct numasim_tlb_array *shape, uint64_t va, unsigned size)
{
	uint64_t page = va << SIMTLB_VA_SHIFT >> SIMTLB_VA_SHIFT >> simtlb_page_shift(size);

	if ((shape->sets & (shape->sets - 1)) == 0)
		return page & (shape->sets - 1);
	return page % shape->sets;
}

/* Which array of @level holds pages of @size; NUMASIM_TLB_ARRAYS: none. */
static inline unsigned simtlb_home(const struct numasim_tlb_geometry *geometry, unsigned level,
				   unsigned size)
{
	const struct numasim_tlb_array *shape = geometry->level[level];

	return shape[0].hold[size].count ? 0
	       : shape[1].hold[size].count ? 1
	       : shape[2].hold[size].count ? 2
					   : NUMASIM_TLB_ARRAYS;
}

/* A way of @array goes from one class to another; keeps counts and the level's mask. */
static inline void simtlb_reclass(struct numasim_tlb *tlb, unsigned level,
				  struct simtlb_array *array, unsigned from, unsigned to)
{
	if (!--array->count[from])
		tlb->present[level] &= ~(1u << from);
	if (!array->count[to]++)
		tlb->present[level] |= 1u << to;
}

/* Do bits 63 down to the top table's highest bit agree? */
static inline bool simtlb_canonical(const struct numasim_tlb *tlb, uint64_t va)
{
	unsigned spare = tlb->top == 5 ? 7 : 16;

	return (uint64_t)((int64_t)(va << spare) >> spare) == va;
}

#endif
