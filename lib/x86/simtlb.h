/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulator's TLB: layout. What it does is said in <numasim/tlb.h>.
 *
 * One block of memory, aligned to 64 bytes, holds the struct below and then, array by array and
 * set by set, records of what a lookup reads side by side (structure of arrays within a set). The
 * lanes of a set are its ways, rounded up to a multiple of 4, so that tags are loaded 32 bytes at a
 * time; a spare lane is never filled. A 4-way set with tree-PLRU, then a 6-way one with LRU:
 *
 *   byte 0                32                64      72      96
 *       +----+----+----+----+----+----+----+----+------+------+
 *       | tag 0 to 3        | entry 0 to 3      | tree | pad  |
 *       +----+----+----+----+----+----+----+----+------+------+
 *   byte 0                64                128                144     160
 *       +----+---- ... +----+----+ ... +----+----+-----------------+-----+
 *       | tag 0 to 7        | entry 0 to 7      | age 0 to 15, u8 | pad |
 *       +----+---- ... +----+----+ ... +----+----+-----------------+-----+
 *
 * tree: one bit per node, bit 1 the root; 1 means that the victim is to the right. Ages: a
 * permutation of 0 (used last) to ways - 1; 255 in spare lanes, which are filled up to 16.
 *
 * A tag is everything that must match, so that finding an entry is comparing 64 bits:
 *
 *    63                          19 18  15 14        3   2   1  0
 *   +------------------------------+------+-----------+---+------+
 *   | bits 56..12 of the address,  |  0   | PCID, or  | G | size |   size + 1; 0 is an invalid lane
 *   | below the page's size zero   |      | 0 if G    |   |  + 1 |   bits 2..0 are the "class"
 *   +------------------------------+------+-----------+---+------+
 *
 * An entry is what a hit needs, each bit where the page tables have it:
 *
 *    63 62  59 58  52 51                    12  11  10  9 8 7 6  5 4 3 2  1  0
 *   +--+------+------+------------------------+----+-----+-+-+-+------+--+--+-+
 *   |NX| pkey |  0   | first frame            |keys| size|G|0|D|  0   |US|RW|1|
 *   +--+------+------+------------------------+----+-----+-+-+-+------+--+--+-+
 *
 * Rights are those of all levels of the walk together. An access of a kind is allowed at once if
 * the bits care[kind] of the entry are those of want[kind], which follow from the registers. "keys"
 * (a user page with a protection key other than 0) makes that fail, and simtlb_allows() decide.
 */
#ifndef X86_SIMTLB_H
#define X86_SIMTLB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <numasim/tlb.h>

#include "machine/phys.h"
#include "x86/entry.h"

#define SIMTLB_ALIGN       64
#define SIMTLB_HINTS       64
#define SIMTLB_TABLES      512
#define SIMTLB_BATCH_SHIFT 36

enum {
	SIMTLB_SIZE_SHIFT = 9,
	SIMTLB_KEYS = 1 << 11,
	SIMTLB_NEVER = 1 << 3, /* no entry has it: to want it is to ask simtlb_allows() */
	SIMTLB_KINDS = 8,
};

enum {
	SIMTLB_CLASS = 7, /* of a tag */
	SIMTLB_CLASS_G = 4,
	SIMTLB_CLASSES = 8, /* 0 invalid; 1 to 3 by size; 5 to 7 by size, global */
	SIMTLB_PCID_SHIFT = 3,
	SIMTLB_VA_SHIFT = 7, /* drops bits 63..57 */
};

#define SIMTLB_PCID_MASK (UINT64_C(0xfff) << SIMTLB_PCID_SHIFT)
#define SIMTLB_FRAME     UINT64_C(0x000ffffffffff000)

struct simtlb_array {
	char *sets;          /* [sets], simtlb_stride() bytes each; NULL if unused */
	uint64_t (*away)[2]; /* tree-PLRU, [ways]: {keep, set} turn a tree away from a way */
	uint8_t (*turn)[2];  /* and up to 8 ways, [tree]: {victim, tree turned away from it} */
	uint32_t count[SIMTLB_CLASSES]; /* ways by class; [0] are invalid */
	uint8_t hint[SIMTLB_HINTS];     /* by page: where it was seen; speeds up wide sets, only */
};

/*
 * Where the walks of one batch found page tables, by 2 MiB of address space. Tables change only
 * between batches (A and D aside, which these entries have), so a batch need not walk to the same
 * one twice: its number is part of the key.
 *
 *        63          36 35                0       63          12 11  3  2  1  0
 *       +--------------+-------------------+     +--------------+-----+--+--+--+
 *   key | batch        | address 56..21    |     | host page    |  0  |US|RW|NX|  and'ed; or'ed
 *       +--------------+-------------------+     +--------------+-----+--+--+--+
 */
struct simtlb_table {
	uint64_t key, page;
};

struct simtlb_ops;

struct numasim_tlb {
	const struct simtlb_ops *ops;
	struct phys_map map;
	uint64_t pcid_bits;         /* of the tags of the current PCID */
	uint64_t root;              /* physical address of the top table */
	uint64_t table_reserved[6]; /* by level: bits that no table entry has */
	uint64_t leaf_reserved[4];  /* by level 1 to 3 */
	uint64_t plain_table;       /* of an ordinary table entry these are just P and A */
	uint64_t plain_leaf;        /* of an ordinary PTE these are just P and A */
	uint64_t leaf_keep;         /* of a leaf: frame, D, G if PGE, key if PKE */
	uint64_t keys_mask;         /* bits 62..59, or 0 unless PKE */
	uint64_t nx_mask;           /* bit 63, or 0 unless NXE */
	uint64_t want[SIMTLB_KINDS], care[SIMTLB_KINDS];
	unsigned top;                        /* level of the top table: 4 or 5 */
	unsigned spare;                      /* bits of an address above those it translates */
	uint8_t present[NUMASIM_TLB_LEVELS]; /* bit per class: the level holds some */
	uint64_t batch;                      /* number of this batch, in bits 63..36 */
	struct simtlb_table table[SIMTLB_TABLES];
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

/* Does @entry serve an access of @kind, without D (a write then walks) if not @dirty_too? */
bool simtlb_allows(const struct numasim_tlb *tlb, uint64_t entry, unsigned kind, bool dirty_too);

/* Drop all entries that translate @va under the current PCID, global ones included. */
void simtlb_drop(struct numasim_tlb *tlb, uint64_t va);

static inline unsigned simtlb_page_shift(unsigned size)
{
	return 12 + 9 * size;
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

/*
 * What is cached for a leaf that maps @size, with the rights that the entries of the walk, and'ed
 * (@all) and or'ed (@any), leave of it.
 */
static inline uint64_t simtlb_entry(const struct numasim_tlb *tlb, uint64_t leaf, uint64_t all,
				    uint64_t any, unsigned size)
{
	uint64_t entry = (leaf & tlb->leaf_keep & ~(simtlb_offset_mask(size) & SIMTLB_FRAME)) |
			 (all & (X86_RW | X86_US)) | (any & tlb->nx_mask);

	if (__builtin_expect(entry & tlb->keys_mask, 0) && (entry & X86_US))
		entry |= SIMTLB_KEYS;
	return entry | (uint64_t)size << SIMTLB_SIZE_SHIFT | X86_P;
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

	return simtlb_tag(va, class | (entry & X86_G ? SIMTLB_CLASS_G : 0), pcid_bits);
}

static inline unsigned simtlb_lanes(const struct numasim_tlb_array *shape)
{
	return (shape->ways + 3u) & ~3u;
}

static inline unsigned simtlb_age_lanes(const struct numasim_tlb_array *shape)
{
	return (shape->ways + 15u) & ~15u;
}

/* Bytes of a set's record. */
static inline size_t simtlb_stride(const struct numasim_tlb_array *shape)
{
	size_t order = shape->policy == NUMASIM_TLB_LRU ? simtlb_age_lanes(shape) : 8;

	return (simtlb_lanes(shape) * 16 + order + 31) & ~(size_t)31;
}

/* The tags of @set; its entries follow, and then its tree or its ages. */
static inline uint64_t *simtlb_tags(const struct simtlb_array *array,
				    const struct numasim_tlb_array *shape, unsigned set)
{
	return (uint64_t *)(array->sets + set * simtlb_stride(shape));
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

	return shape[0].hold[size].count   ? 0
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
	return (uint64_t)((int64_t)(va << tlb->spare) >> tlb->spare) == va;
}

#endif
