/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TLB of one logical processor as a set: every translation it was ever given, until something
 * drops it. No geometry and no replacement, so that a search for races sees every translation that
 * any processor could still hold; losing one early is a step of its own (x86_tlb_drop_one()).
 *
 * What an access does with it, in this order (x86_translate() in tlbset_use.h does all of it):
 *
 *   X86_TLB_HIT          the access goes to hit.pa; no table is read
 *   X86_TLB_MISS         walk, commit, fill
 *   X86_TLB_CLEAN_WRITE  a write, allowed, to a page cached with D = 0: the processor has to set D
 *                        in memory. It drops the translation, walks again from CR3 and uses what
 *                        it now finds: another frame, fewer rights, nothing at all
 *   X86_TLB_DENIED       the cached rights forbid it. The translation is dropped in any case; rules
 *                        say whether the fault comes at once or after a walk that confirms it
 *
 * One page may have several translations: of different sizes, after its tables changed without an
 * invalidation, or global ones of other PCIDs. The processor may use any of them (Intel SDM vol. 3A
 * 4.10.2): x86_tlb_match() finds them all; a plain lookup takes the smallest page first, then
 * the current PCID's, then the lowest PCID's.
 *
 * The struct holds no pointers: copying its x86_tlbset_size() bytes copies the TLB, and equal TLBs
 * have equal bytes up to their last used entry.
 */
#ifndef X86_TLBSET_H
#define X86_TLBSET_H

#include <stddef.h>

#include "x86/walk.h"

enum { X86_PCIDS = 4096 };

struct x86_tlb_entry {
	uint64_t va;		   /* first address of the page, canonical */
	uint64_t pfn;		   /* its first frame, in units of 4 KiB */
	uint32_t frame_name;	   /* the caller's: what the frame was called when cached... */
	uint32_t frame_generation; /* ...and which life of the frame it was */
	uint16_t pcid;
	uint8_t level; /* 1, 2, 3: 4 KiB, 2 MiB, 1 GiB */
	uint8_t memtype;
	uint8_t pkey;
	bool rw, us, nx;
	bool dirty;  /* D was set in memory when it was cached */
	bool global; /* used for every PCID, kept by MOV to CR3 */
	uint8_t zero[6];
};

_Static_assert(sizeof(struct x86_tlb_entry) == 40, "no padding: entries are compared as bytes");

/* Sorted by pcid, va, level. */
struct x86_tlbset {
	uint32_t nr;
	uint32_t cap;
	struct x86_tlb_entry entry[];
};

enum x86_tlb_result { X86_TLB_MISS, X86_TLB_HIT, X86_TLB_CLEAN_WRITE, X86_TLB_DENIED };

struct x86_tlb_hit {
	enum x86_tlb_result result;
	uint32_t index;	     /* of the entry, unless X86_TLB_MISS */
	uint64_t pa;	     /* where the entry translates the address to, unless X86_TLB_MISS */
	uint32_t error_code; /* X86_PF_*, if X86_TLB_DENIED */
	enum x86_cause cause; /* if X86_TLB_DENIED */
};

/* Bytes of a TLB for @cap translations. */
size_t x86_tlbset_size(uint32_t cap);

/* Make an empty TLB of the memory at @t, x86_tlbset_size(cap) bytes, aligned to 8. */
void x86_tlbset_init(struct x86_tlbset *t, uint32_t cap);

/* What the TLB says to @a while @pcid is current. Changes nothing. */
void x86_tlb_lookup(struct x86_tlb_hit *hit, const struct x86_tlbset *t,
		    const struct x86_mode *mode, uint16_t pcid, const struct x86_access *a);

/*
 * Indices of all translations of @va while @pcid is current, the one that a lookup takes first, the
 * rest in the order of the set. At most @room are stored; returns how many there are.
 */
uint32_t x86_tlb_match(uint32_t *index, uint32_t room, const struct x86_tlbset *t, uint16_t pcid,
		       uint64_t va);

/* What entry @index says to @a, which it translates: the part of a lookup after the choice. */
void x86_tlb_judge(struct x86_tlb_hit *hit, const struct x86_tlbset *t,
		   const struct x86_mode *mode, uint32_t index, const struct x86_access *a);

/* The translation that a walk for @va with outcome X86_OK found; its names are 0. */
struct x86_tlb_entry x86_tlb_entry_of(const struct x86_walk *w, uint16_t pcid, uint64_t va);

/*
 * Cache @e; a translation of the same pcid, page and size is replaced. 0, -ENOSPC (nothing
 * changes), -EINVAL (level, alignment or pcid cannot be).
 */
int x86_tlb_fill(struct x86_tlbset *t, const struct x86_tlb_entry *e);

/* Drop the translation at @index, which must be below nr: the processor may lose any, any time. */
void x86_tlb_drop_one(struct x86_tlbset *t, uint32_t index);

/* What x86_tlb_drop() takes away; zero means everything. All that is set must hold. */
struct x86_tlb_filter {
	bool one_pcid;	  /* only those tagged with pcid... */
	bool and_globals; /* ...and global ones of any */
	bool keep_global; /* only those that are not global */
	bool one_range;	  /* only those that translate an address in start..last */
	uint16_t pcid;
	uint64_t start, last; /* inclusive */
};

/* Drop what the filter says; how many went. */
uint32_t x86_tlb_drop(struct x86_tlbset *t, const struct x86_tlb_filter *f);

/* Is the set what its comment says: sorted, no two alike, every entry sane? */
bool x86_tlb_valid(const struct x86_tlbset *t);

#endif
