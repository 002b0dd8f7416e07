/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Running accesses on the simulator's TLB: compiled once per set of vector instructions (by the .c
 * file that includes this) and within it once per preset, with the geometry a constant, and once
 * for any geometry.
 *
 *   run ── level 1: probe 4K, 2M, 1G, global 4K, 2M, 1G ── found, and allowed? ── served
 *    │                                                             │ no: drop
 *   miss ── level 2: probe the same ── found: copy to level 1      │
 *    └───── walk ── all in order: fill level 2 and 1      <────────┘
 *            └───── else simtlb_walk(), which sets A and D, and faults
 */
#ifndef X86_SIMTLB_RUN_H
#define X86_SIMTLB_RUN_H

#include <errno.h>

#include "x86/simtlb_fastwalk.h"
#include "x86/simtlb_presets.h"
#include "x86/simtlb_set.h"

/* Filling in anything but 4K pages, or from outside, is rare: one copy for all geometries. */
static __attribute__((noinline)) void fill_any(struct numasim_tlb *tlb, unsigned level,
					       uint64_t tag, uint64_t entry)
{
	fill(tlb, &tlb->geometry, level, simtlb_entry_size(entry), tag >> SIMTLB_VA_SHIFT, tag,
	     entry);
}

/* Drop what denied the access. */
static __attribute__((noinline)) void deny(struct numasim_tlb *tlb, uint64_t va, unsigned kind,
					   uint64_t entry)
{
	if (simtlb_allows(tlb, entry, kind, true))
		tlb->count.dirty_walks++;
	else
		tlb->count.denied_walks++;
	simtlb_drop(tlb, va);
}

SIMTLB_INLINE uint64_t address(uint64_t entry, uint64_t va, unsigned size)
{
	return (entry & SIMTLB_FRAME) | (va & simtlb_offset_mask(size));
}

/*
 * What an access that was served comes to; MISS_FAULT if it was not:
 *
 *    63    60 59    52 51                              0
 *   +--------+--------+---------------------------------+
 *   | how    |   0    | physical address                |     how: NUMASIM_TLB_HOW()
 *   +--------+--------+---------------------------------+
 */
#define MISS_FAULT (~UINT64_C(0))
#define HOW_SHIFT  60
#define PA_MASK    (~UINT64_C(0) >> (64 - 52))

SIMTLB_INLINE uint64_t served(uint64_t entry, uint64_t va, unsigned level, unsigned size)
{
	return address(entry, va, size) | (uint64_t)NUMASIM_TLB_HOW(level, size) << HOW_SHIFT;
}

/* Walk, and fill both levels. */
SIMTLB_INLINE uint64_t miss_both(struct numasim_tlb *tlb,
				 const struct numasim_tlb_geometry *geometry, uint64_t va,
				 unsigned kind, struct numasim_tlb_fault *fault)
{
	uint64_t entry = walk_last(tlb, va, kind), tag;
	unsigned size;

	if (unlikely(!entry) && simtlb_walk(&entry, tlb, va, kind, fault))
		return MISS_FAULT;
	if (likely(simtlb_entry_size(entry) == NUMASIM_TLB_4K)) {
		tlb->count.walks[NUMASIM_TLB_4K]++;
		tag = simtlb_tag(va, entry & X86_G ? 5 : 1, tlb->pcid_bits);
		fill(tlb, geometry, 1, NUMASIM_TLB_4K, va, tag, entry);
		fill(tlb, geometry, 0, NUMASIM_TLB_4K, va, tag, entry);
		return served(entry, va, 3, NUMASIM_TLB_4K);
	}
	size = simtlb_entry_size(entry);
	tlb->count.walks[size]++;
	tag = simtlb_tag_of(va, entry, tlb->pcid_bits);
	fill_any(tlb, 1, tag, entry);
	fill_any(tlb, 0, tag, entry);
	return served(entry, va, 3, size);
}

/* What level 1 could not serve; @denied is the entry that it has but that denies, or 0. */
SIMTLB_INLINE uint64_t miss(struct numasim_tlb *tlb, const struct numasim_tlb_geometry *geometry,
			    uint64_t va, unsigned kind, uint64_t denied,
			    struct numasim_tlb_fault *fault)
{
	unsigned present = tlb->present[1];
	enum found found;
	uint64_t key;

	if (unlikely(!simtlb_canonical(tlb, va))) {
		simtlb_walk(&key, tlb, va, kind, fault);
		return MISS_FAULT;
	}
	if (unlikely(denied))
		goto walk;
#define PROBE(class, put)                                                                          \
	if (present >> (class) & 1) {                                                              \
		key = simtlb_tag(va, class, tlb->pcid_bits);                                       \
		found = probe(&denied, tlb, geometry, 1, key, ((class) & 3) - 1, va, kind);        \
		if (found == FOUND_ALLOWED) {                                                      \
			tlb->count.hits[1][((class) & 3) - 1]++;                                   \
			put;                                                                       \
			return served(denied, va, 2, ((class) & 3) - 1);                           \
		}                                                                                  \
		if (found == FOUND_DENIED)                                                         \
			goto walk;                                                                 \
	}
	PROBE(1, fill(tlb, geometry, 0, NUMASIM_TLB_4K, va, key, denied))
	if (present & ~3u) {
		PROBE(2, fill_any(tlb, 0, key, denied))
		PROBE(3, fill_any(tlb, 0, key, denied))
		PROBE(5, fill_any(tlb, 0, key, denied))
		PROBE(6, fill_any(tlb, 0, key, denied))
		PROBE(7, fill_any(tlb, 0, key, denied))
	}
#undef PROBE
	denied = 0;
walk:
	if (unlikely(denied))
		deny(tlb, va, kind, denied);
	return miss_both(tlb, geometry, va, kind, fault);
}

typedef uint64_t miss_fn(struct numasim_tlb *tlb, uint64_t va, unsigned kind, uint64_t denied,
			 struct numasim_tlb_fault *fault);

SIMTLB_INLINE uint64_t call(miss_fn *missed, struct numasim_tlb *tlb, uint64_t va, unsigned kind,
			    uint64_t denied, struct numasim_tlb_fault *fault, bool how)
{
	uint64_t result = missed(tlb, va, kind, denied, fault);

	return how || unlikely(result == MISS_FAULT) ? result : result & PA_MASK;
}

/* One access from the start. Level-1 hits of 4K pages are left for the caller to count. */
SIMTLB_INLINE uint64_t access(struct numasim_tlb *tlb, const struct numasim_tlb_geometry *geometry,
			      uint64_t va, unsigned kind, struct numasim_tlb_fault *fault,
			      miss_fn *missed, bool how)
{
	unsigned present = tlb->present[0];
	uint64_t entry = 0;
	enum found found;

	/* Bits 63..57 are not in a tag, so they are looked at first; 56..48 by those who miss. */
	if (unlikely((uint64_t)((int64_t)(va << SIMTLB_VA_SHIFT) >> SIMTLB_VA_SHIFT) != va))
		return call(missed, tlb, va, kind, 0, fault, how);
#define PROBE(class)                                                                               \
	if (present >> (class) & 1) {                                                              \
		found = probe(&entry, tlb, geometry, 0, simtlb_tag(va, class, tlb->pcid_bits),     \
			      ((class) & 3) - 1, va, kind);                                        \
		if (found == FOUND_ALLOWED) {                                                      \
			if ((class) & 2)                                                           \
				tlb->count.hits[0][((class) & 3) - 1]++;                           \
			return how ? served(entry, va, 1, ((class) & 3) - 1)                       \
				   : address(entry, va, ((class) & 3) - 1);                        \
		}                                                                                  \
		if (found == FOUND_DENIED)                                                         \
			return call(missed, tlb, va, kind, entry, fault, how);                     \
	}
	PROBE(1)
	if (present & ~3u) { /* mostly there is nothing but private 4K pages */
		PROBE(2)
		PROBE(3)
		PROBE(5)
		PROBE(6)
		PROBE(7)
	}
#undef PROBE
	return call(missed, tlb, va, kind, 0, fault, how);
}

/* All that has been served other than by 4K pages of level 1. */
static inline uint64_t served_elsewhere(const struct numasim_tlb *tlb)
{
	const uint64_t *l1 = tlb->count.hits[0], *l2 = tlb->count.hits[1], *w = tlb->count.walks;

	return l1[1] + l1[2] + l2[0] + l2[1] + l2[2] + w[0] + w[1] + w[2];
}

SIMTLB_INLINE size_t run(struct numasim_tlb *tlb, const struct numasim_tlb_geometry *geometry,
			 const struct numasim_tlb_batch *batch, struct numasim_tlb_fault *fault,
			 miss_fn *missed, const uint8_t *kinds, uint8_t *how)
{
	uint64_t *pa = batch->pa, elsewhere = served_elsewhere(tlb), result;
	const uint64_t *addresses = batch->va;
	unsigned kind = batch->kind_of_all;
	size_t n = batch->n, i;

	for (i = 0; i < n; i++) {
		if (kinds)
			kind = kinds[i];
		result = access(tlb, geometry, addresses[i], kind, fault, missed, how != NULL);
		if (unlikely(result == MISS_FAULT))
			break;
		if (pa)
			pa[i] = how ? result & PA_MASK : result;
		if (how)
			how[i] = (uint8_t)(result >> HOW_SHIFT);
	}
	tlb->count.hits[0][0] += i - (served_elsewhere(tlb) - elsewhere);
	return i;
}

/* One instance: a name, and a geometry that is a constant or NULL for the TLB's own. */
#define SIMTLB_INSTANCE(name, constant)                                                            \
	static __attribute__((noinline))                                                           \
	uint64_t miss_##name(struct numasim_tlb *tlb, uint64_t va, unsigned kind, uint64_t denied, \
			     struct numasim_tlb_fault *fault)                                      \
	{                                                                                          \
		const struct numasim_tlb_geometry *geometry = constant;                            \
		return miss(tlb, geometry ? geometry : &tlb->geometry, va, kind, denied, fault);   \
	}                                                                                          \
	static size_t run_##name(struct numasim_tlb *tlb, const struct numasim_tlb_batch *batch,   \
				 struct numasim_tlb_fault *fault)                                  \
	{                                                                                          \
		const struct numasim_tlb_geometry *constant_ = constant;                           \
		const struct numasim_tlb_geometry *geometry =                                      \
			constant_ ? constant_ : &tlb->geometry;                                    \
		if (batch->how)                                                                    \
			return run(tlb, geometry, batch, fault, miss_##name, batch->kind,          \
				   batch->how);                                                    \
		if (batch->kind)                                                                   \
			return run(tlb, geometry, batch, fault, miss_##name, batch->kind, NULL);   \
		return run(tlb, geometry, batch, fault, miss_##name, NULL, NULL);                  \
	}

SIMTLB_INSTANCE(golden_cove, &simtlb_golden_cove)
SIMTLB_INSTANCE(zen4, &simtlb_zen4)
SIMTLB_INSTANCE(classic, &simtlb_classic)
SIMTLB_INSTANCE(general, NULL)

#define SIMTLB_OPS(isa)                                                                            \
	{                                                                                          \
		{isa ", intel-golden-cove", &simtlb_golden_cove, run_golden_cove, fill_any},       \
			{isa ", amd-zen4", &simtlb_zen4, run_zen4, fill_any},                      \
			{isa ", classic-64-1536", &simtlb_classic, run_classic, fill_any},         \
			{isa ", any geometry", NULL, run_general, fill_any},                       \
	}

#endif
