/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fast path of the simulator's TLB, compiled once per set of vector instructions (by the .c
 * file that includes this) and within it once per preset: every function here is inlined with a
 * geometry that is a constant, and once with one that is not.
 *
 *   run ── access ── level 1: probe 4K, 2M, 1G, global 4K, 2M, 1G ── hit: allowed? ── served
 *             │                                                           │ no: drop
 *             └── miss ── level 2: probe ... ── hit: copy to level 1      │
 *                   └──── walk ── all in order: fill level 2 and 1   <────┘
 *                          └───── else simtlb_walk(): sets A and D, faults
 */
#ifndef X86_SIMTLB_RUN_H
#define X86_SIMTLB_RUN_H

#include <errno.h>

#include "x86/entry.h"
#include "x86/simtlb.h"
#include "x86/simtlb_presets.h"
#include "x86/simtlb_vec.h"

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

enum found { FOUND_NOT, FOUND_ALLOWED, FOUND_DENIED };

struct served {
	uint64_t pa;
	uint64_t entry;
	uint8_t how;
};

SIMTLB_INLINE bool allowed(const struct numasim_tlb *tlb, uint64_t entry, unsigned kind)
{
	return tlb->allow[entry & SIMTLB_RIGHTS] >> (kind & 7) & 1;
}

SIMTLB_INLINE void touch(struct simtlb_array *array, const struct numasim_tlb_array *shape,
			 unsigned set, unsigned way)
{
	unsigned lanes = simtlb_age_lanes(shape);
	uint8_t *age;

	if (shape->policy == NUMASIM_TLB_TREE_PLRU) {
		array->tree[set] = (array->tree[set] & array->away[way][0]) | array->away[way][1];
		return;
	}
	age = array->age + (size_t)set * lanes;
	if (lanes == 16 || age[way])
		vec_touch(age, lanes, way);
}

/* The lane that holds @key in @set, or -1. Wide sets are asked first for what matched last. */
SIMTLB_INLINE int find(struct simtlb_array *array, const struct numasim_tlb_array *shape,
		       unsigned set, uint64_t key)
{
	unsigned lanes = simtlb_lanes(shape);
	const uint64_t *tag = array->tag + (size_t)set * lanes;
	int way;

	if (lanes <= 16)
		return vec_find(tag, lanes, key);
	if (tag[array->recent] == key)
		return (int)array->recent;
	way = vec_find(tag, lanes, key);
	if (way >= 0)
		array->recent = (unsigned)way;
	return way;
}

/* Look for @va's page in @class; if it is there and allowed, that is the access. */
SIMTLB_INLINE enum found probe(struct served *out, struct numasim_tlb *tlb,
			       const struct numasim_tlb_geometry *geometry, unsigned level,
			       unsigned class, uint64_t va, unsigned kind)
{
	unsigned size = simtlb_class_size(class), home = simtlb_home(geometry, level, size);
	const struct numasim_tlb_array *shape = &geometry->level[level][home];
	struct simtlb_array *array = &tlb->array[level][home];
	unsigned set = simtlb_set(shape, va, size);
	int way = find(array, shape, set, simtlb_tag(va, class, tlb->pcid_bits));
	uint64_t entry;

	if (way < 0)
		return FOUND_NOT;
	entry = array->entry[(size_t)set * simtlb_lanes(shape) + (unsigned)way];
	out->entry = entry;
	if (unlikely(!allowed(tlb, entry, kind)))
		return FOUND_DENIED;
	touch(array, shape, set, (unsigned)way);
	out->pa = (entry & SIMTLB_FRAME) | (va & simtlb_offset_mask(size));
	out->how = (uint8_t)NUMASIM_TLB_HOW(level + 1, size);
	if (level != 0 || size != NUMASIM_TLB_4K) /* those are counted per batch */
		tlb->count.hits[level][size]++;
	return FOUND_ALLOWED;
}

SIMTLB_INLINE enum found probe_level(struct served *out, struct numasim_tlb *tlb,
				     const struct numasim_tlb_geometry *geometry, unsigned level,
				     uint64_t va, unsigned kind)
{
	enum found found;

#define PROBE(class)                                                                               \
	if (tlb->present[level] >> (class) & 1) {                                                  \
		found = probe(out, tlb, geometry, level, class, va, kind);                         \
		if (likely(found != FOUND_NOT))                                                    \
			return found;                                                              \
	}
	PROBE(1)
	PROBE(2)
	PROBE(3)
	PROBE(5)
	PROBE(6)
	PROBE(7)
#undef PROBE
	return FOUND_NOT;
}

/* Of the ways from @first on, the one used least recently. */
SIMTLB_INLINE unsigned oldest(const uint8_t *age, unsigned first, unsigned count)
{
	unsigned way = first;

	for (unsigned i = first + 1; i < first + count; i++)
		if (age[i] > age[way])
			way = i;
	return way;
}

SIMTLB_INLINE unsigned victim(const struct simtlb_array *array,
			      const struct numasim_tlb_array *shape, unsigned set, unsigned size)
{
	unsigned first = shape->hold[size].first, count = shape->hold[size].count, node = 1;
	unsigned lanes = simtlb_lanes(shape), age_lanes = simtlb_age_lanes(shape);
	const uint64_t *tag = array->tag + (size_t)set * lanes;

	if (unlikely(array->count[0]))
		for (unsigned way = first; way < first + count; way++)
			if (!tag[way])
				return way;
	if (shape->policy == NUMASIM_TLB_TREE_PLRU) {
		while (node < shape->ways)
			node = node * 2 + (array->tree[set] >> node & 1);
		return node - shape->ways;
	}
	if (count == shape->ways)
		return vec_find_age(array->age + (size_t)set * age_lanes, age_lanes,
				    (uint8_t)(count - 1));
	return oldest(array->age + (size_t)set * age_lanes, first, count);
}

SIMTLB_INLINE void fill_size(struct numasim_tlb *tlb, const struct numasim_tlb_geometry *geometry,
			     unsigned level, unsigned size, uint64_t va, uint64_t tag,
			     uint64_t entry)
{
	unsigned home = simtlb_home(geometry, level, size), set, way, old;
	const struct numasim_tlb_array *shape = &geometry->level[level][home];
	struct simtlb_array *array = &tlb->array[level][home];
	uint64_t *tags;

	if (home == NUMASIM_TLB_ARRAYS)
		return;
	set = simtlb_set(shape, va, size);
	way = victim(array, shape, set, size);
	tags = array->tag + (size_t)set * simtlb_lanes(shape);
	old = tags[way] & SIMTLB_CLASS;
	if (old)
		tlb->count.evictions[level][simtlb_class_size(old)]++;
	if (unlikely(old != (tag & SIMTLB_CLASS)))
		simtlb_reclass(tlb, level, array, old, tag & SIMTLB_CLASS);
	vec_store_lane(tags, way, tag);
	array->entry[(size_t)set * simtlb_lanes(shape) + way] = entry;
	touch(array, shape, set, way);
}

/* Put an entry in that @level does not hold. The tag keeps all of the page's address. */
SIMTLB_INLINE void fill(struct numasim_tlb *tlb, const struct numasim_tlb_geometry *geometry,
			unsigned level, uint64_t tag, uint64_t entry)
{
	uint64_t va = tag >> SIMTLB_VA_SHIFT;
	unsigned size = simtlb_entry_size(entry);

	if (likely(size == NUMASIM_TLB_4K))
		fill_size(tlb, geometry, level, NUMASIM_TLB_4K, va, tag, entry);
	else if (size == NUMASIM_TLB_2M)
		fill_size(tlb, geometry, level, NUMASIM_TLB_2M, va, tag, entry);
	else
		fill_size(tlb, geometry, level, NUMASIM_TLB_1G, va, tag, entry);
}

/* What a leaf of page @size gives, with the rights that @acc (and) and @any (or) leave of it. */
SIMTLB_INLINE uint64_t entry_of(const struct numasim_tlb *tlb, uint64_t leaf, uint64_t acc,
				uint64_t any, unsigned size)
{
	return (leaf & SIMTLB_FRAME & ~simtlb_offset_mask(size)) |
	       (acc >> X86_RW_SHIFT & (SIMTLB_RW | SIMTLB_US)) |
	       (any & tlb->nx_mask) >> (X86_NX_SHIFT - 2) | (leaf >> (X86_D_SHIFT - 3) & SIMTLB_D) |
	       (leaf & tlb->pkey_mask) >> (X86_PKEY_SHIFT - SIMTLB_PKEY_SHIFT) |
	       (leaf & tlb->g_mask) << 2 | (uint64_t)size << SIMTLB_SIZE_SHIFT;
}

/* A walk on which nothing is amiss: all present, A (and D) set, allowed. Else 0: ask simtlb_walk. */
SIMTLB_INLINE uint64_t walk(const struct numasim_tlb *tlb, uint64_t va, unsigned kind)
{
	uint64_t table = tlb->root, acc = ~UINT64_C(0), any = 0, value, entry;
	const uint64_t *slots;
	unsigned level;

	if (unlikely(!simtlb_canonical(tlb, va)))
		return 0;
	for (level = tlb->top;; level--) {
		slots = phys_to_host(&tlb->map, table);
		if (unlikely(!slots))
			return 0;
		value = slots[x86_slot(va, level)];
		acc &= value;
		any |= value;
		if (level == X86_PTE)
			break;
		if (unlikely((value & X86_PSE) && level <= X86_PUD))
			break;
		if (unlikely((value & (X86_P | X86_A | tlb->table_reserved[level])) !=
			     (X86_P | X86_A)))
			return 0;
		table = value & SIMTLB_FRAME;
	}
	entry = entry_of(tlb, value, acc, any, level - 1);
	if (unlikely((value & (X86_P | X86_A | tlb->leaf_reserved[level])) != (X86_P | X86_A)))
		return 0;
	return likely(allowed(tlb, entry, kind)) ? entry : 0;
}

/* Drop what denied the access. */
static inline void deny(struct numasim_tlb *tlb, uint64_t va, unsigned kind, uint64_t entry)
{
	if (allowed(tlb, entry | SIMTLB_D, kind))
		tlb->count.dirty_walks++;
	else
		tlb->count.denied_walks++;
	simtlb_drop(tlb, va);
}

/* What level 1 could not serve. @found says whether an entry of it (out->entry) denied it. */
SIMTLB_INLINE int miss(struct served *out, struct numasim_tlb *tlb,
		       const struct numasim_tlb_geometry *geometry, enum found found, uint64_t va,
		       unsigned kind, struct numasim_tlb_fault *fault)
{
	uint64_t entry;
	unsigned size;

	if (found == FOUND_NOT && simtlb_canonical(tlb, va)) {
		found = probe_level(out, tlb, geometry, 1, va, kind);
		if (found == FOUND_ALLOWED) {
			fill(tlb, geometry, 0, simtlb_tag_of(va, out->entry, tlb->pcid_bits),
			     out->entry);
			return 0;
		}
	}
	if (unlikely(found == FOUND_DENIED))
		deny(tlb, va, kind, out->entry);
	entry = walk(tlb, va, kind);
	if (unlikely(!entry) && simtlb_walk(&entry, tlb, va, kind, fault))
		return -EFAULT;
	size = simtlb_entry_size(entry);
	tlb->count.walks[size]++;
	fill(tlb, geometry, 1, simtlb_tag_of(va, entry, tlb->pcid_bits), entry);
	fill(tlb, geometry, 0, simtlb_tag_of(va, entry, tlb->pcid_bits), entry);
	out->pa = (entry & SIMTLB_FRAME) | (va & simtlb_offset_mask(size));
	out->how = (uint8_t)NUMASIM_TLB_HOW(3, size);
	return 0;
}

/* Bits 63..57 are not in a tag, so they are looked at first; 56..48 are the walk's business. */
SIMTLB_INLINE bool taggable(uint64_t va)
{
	return (uint64_t)((int64_t)(va << SIMTLB_VA_SHIFT) >> SIMTLB_VA_SHIFT) == va;
}

SIMTLB_INLINE size_t run(struct numasim_tlb *tlb, const struct numasim_tlb_geometry *geometry,
			 const struct numasim_tlb_batch *batch, struct numasim_tlb_fault *fault)
{
	const uint64_t *addresses = batch->va;
	const uint8_t *kinds = batch->kind;
	size_t n = batch->n, i;
	uint64_t *pa = batch->pa;
	uint8_t *how = batch->how;
	uint64_t elsewhere = tlb->count.hits[0][1] + tlb->count.hits[0][2], missed = 0;

	for (i = 0; i < n; i++) {
		uint64_t va = addresses[i];
		unsigned kind = kinds ? kinds[i] : batch->kind_of_all;
		enum found found = FOUND_NOT;
		struct served out;

		if (likely(taggable(va)))
			found = probe_level(&out, tlb, geometry, 0, va, kind);
		if (unlikely(found != FOUND_ALLOWED)) {
			if (miss(&out, tlb, geometry, found, va, kind, fault))
				break;
			missed++;
		}
		if (pa)
			pa[i] = out.pa;
		if (how)
			how[i] = out.how;
	}
	elsewhere = tlb->count.hits[0][1] + tlb->count.hits[0][2] - elsewhere;
	tlb->count.hits[0][0] += i - missed - elsewhere;
	return i;
}

/* One instance: a name, and a geometry that is a constant or NULL for the TLB's own. */
#define SIMTLB_INSTANCE(name, constant)                                                            \
	static size_t run_##name(struct numasim_tlb *tlb, const struct numasim_tlb_batch *batch,   \
				 struct numasim_tlb_fault *fault)                                  \
	{                                                                                          \
		const struct numasim_tlb_geometry *geometry = constant;                            \
		return run(tlb, geometry ? geometry : &tlb->geometry, batch, fault);               \
	}                                                                                          \
	static void fill_##name(struct numasim_tlb *tlb, unsigned level, uint64_t tag,             \
				uint64_t entry)                                                    \
	{                                                                                          \
		const struct numasim_tlb_geometry *geometry = constant;                            \
		fill(tlb, geometry ? geometry : &tlb->geometry, level, tag, entry);                \
	}

SIMTLB_INSTANCE(golden_cove, &simtlb_golden_cove)
SIMTLB_INSTANCE(zen4, &simtlb_zen4)
SIMTLB_INSTANCE(classic, &simtlb_classic)
SIMTLB_INSTANCE(general, NULL)

#define SIMTLB_OPS(isa)                                                                            \
	{                                                                                          \
		{isa ", intel-golden-cove", &simtlb_golden_cove, run_golden_cove,                  \
		 fill_golden_cove},                                                                \
		{isa ", amd-zen4", &simtlb_zen4, run_zen4, fill_zen4},                             \
		{isa ", classic-64-1536", &simtlb_classic, run_classic, fill_classic},             \
		{isa ", any geometry", NULL, run_general, fill_general},                           \
	}

#endif
