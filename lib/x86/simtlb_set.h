/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking into one level of the simulator's TLB, and putting entries into it: compiled with
 * SSE2 and with AVX2, and inlined with each preset's geometry as a constant.
 *
 *            page modulo sets
 *   address ────────────────> set:  tag  tag  tag  tag    all compared at once
 *                                    │ match
 *                                   entry: rights allow the kind of access? -> served, and younger
 */
#ifndef X86_SIMTLB_SET_H
#define X86_SIMTLB_SET_H

#include "x86/simtlb.h"
#include "x86/simtlb_vec.h"

enum found { FOUND_NOT, FOUND_ALLOWED, FOUND_DENIED };

/* @set starts with its tags: see simtlb.h. */
SIMTLB_INLINE uint8_t *ages(uint64_t *set, const struct numasim_tlb_array *shape)
{
	return (uint8_t *)(set + 2 * simtlb_lanes(shape));
}

SIMTLB_INLINE uint64_t *tree(uint64_t *set, const struct numasim_tlb_array *shape)
{
	return set + 2 * simtlb_lanes(shape);
}

SIMTLB_INLINE void touch(const struct simtlb_array *array, const struct numasim_tlb_array *shape,
			 uint64_t *set, unsigned way)
{
	unsigned lanes = simtlb_age_lanes(shape);

	if (shape->policy == NUMASIM_TLB_TREE_PLRU)
		*tree(set, shape) = (*tree(set, shape) & array->away[way][0]) | array->away[way][1];
	else if (lanes == 16 || ages(set, shape)[way])
		vec_touch(ages(set, shape), lanes, way);
}

/* The lane of @set that holds @key, or -1. In wide sets the hint of the page is asked first. */
SIMTLB_INLINE int find(struct simtlb_array *array, const struct numasim_tlb_array *shape,
		       const uint64_t *set, uint64_t page, uint64_t key)
{
	uint8_t *hint = &array->hint[page % SIMTLB_HINTS];
	unsigned lanes = simtlb_lanes(shape);
	int way;

	if (lanes <= 16)
		return vec_find(set, lanes, key);
	if (set[*hint] == key)
		return *hint;
	way = vec_find(set, lanes, key);
	if (way >= 0)
		*hint = (uint8_t)way;
	return way;
}

/* Look for the page with the tag @key; if it is there and allowed, that is the access. */
SIMTLB_INLINE enum found probe(uint64_t *entry, struct numasim_tlb *tlb,
			       const struct numasim_tlb_geometry *geometry, unsigned level,
			       uint64_t key, unsigned size, uint64_t va, unsigned kind)
{
	unsigned home = simtlb_home(geometry, level, size);
	const struct numasim_tlb_array *shape = &geometry->level[level][home];
	struct simtlb_array *array = &tlb->array[level][home];
	uint64_t *set = simtlb_tags(array, shape, simtlb_set(shape, va, size));
	int way = find(array, shape, set, va >> simtlb_page_shift(size), key);

	if (way < 0)
		return FOUND_NOT;
	*entry = set[simtlb_lanes(shape) + (unsigned)way];
	if (unlikely((*entry ^ tlb->want[kind]) & tlb->care[kind]) &&
	    !simtlb_allows(tlb, *entry, kind, false))
		return FOUND_DENIED;
	touch(array, shape, set, (unsigned)way);
	return FOUND_ALLOWED;
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

/* The way of @set that a page of @size goes into; it is made the youngest. */
SIMTLB_INLINE unsigned take_way(const struct simtlb_array *array,
				const struct numasim_tlb_array *shape, uint64_t *set, unsigned size)
{
	unsigned first = shape->hold[size].first, count = shape->hold[size].count, way;

	if (unlikely(array->count[0])) {
		for (way = first; way < first + count && set[way]; way++)
			;
		if (way < first + count) {
			touch(array, shape, set, way);
			return way;
		}
	}
	if (shape->policy == NUMASIM_TLB_TREE_PLRU && shape->ways <= 8) {
		const uint8_t *turn = array->turn[*tree(set, shape)];

		*tree(set, shape) = turn[1];
		return turn[0];
	}
	if (shape->policy == NUMASIM_TLB_TREE_PLRU) {
		for (way = 1; way < shape->ways;)
			way = way * 2 + (*tree(set, shape) >> way & 1);
		way -= shape->ways;
	} else if (count == shape->ways) {
		return vec_replace_oldest(ages(set, shape), simtlb_age_lanes(shape), count);
	} else {
		way = oldest(ages(set, shape), first, count);
	}
	touch(array, shape, set, way);
	return way;
}

/* Put the entry of @va's page, of @size, in, which @level does not hold. */
SIMTLB_INLINE void fill(struct numasim_tlb *tlb, const struct numasim_tlb_geometry *geometry,
			unsigned level, unsigned size, uint64_t va, uint64_t tag, uint64_t entry)
{
	unsigned home = simtlb_home(geometry, level, size), way, old;
	const struct numasim_tlb_array *shape = &geometry->level[level][home];
	struct simtlb_array *array = &tlb->array[level][home];
	uint64_t *set;

	if (home == NUMASIM_TLB_ARRAYS)
		return;
	set = simtlb_tags(array, shape, simtlb_set(shape, va, size));
	way = take_way(array, shape, set, size);
	if (likely(!((set[way] ^ tag) & SIMTLB_CLASS))) {
		tlb->count.evictions[level][size]++;
	} else {
		old = set[way] & SIMTLB_CLASS;
		if (old)
			tlb->count.evictions[level][simtlb_class_size(old)]++;
		simtlb_reclass(tlb, level, array, old, tag & SIMTLB_CLASS);
	}
	set[way] = tag;
	set[simtlb_lanes(shape) + way] = entry;
}

#endif
