/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dropping entries from the simulator's TLB: INVLPG, INVPCID, writes to CR3 and CR4 (Intel SDM
 * vol. 3A 4.10.4.1). A dropped way is free; its place in the replacement order does not change.
 */
#include <errno.h>

#include "x86/simtlb.h"

static void drop_way(struct numasim_tlb *tlb, unsigned level, struct simtlb_array *array,
		     uint64_t *tag)
{
	unsigned class = *tag & SIMTLB_CLASS;

	tlb->count.invalidated[level][simtlb_class_size(class)]++;
	simtlb_reclass(tlb, level, array, class, 0);
	*tag = 0;
}

/* Drop the page of @va in @class, if @level holds it. */
static void drop_page(struct numasim_tlb *tlb, unsigned level, unsigned class, uint64_t va,
		      uint64_t pcid_bits)
{
	unsigned size = simtlb_class_size(class), home;
	const struct numasim_tlb_array *shape;
	uint64_t key = simtlb_tag(va, class, pcid_bits), *tag;

	if (!(tlb->present[level] >> class & 1))
		return;
	home = simtlb_home(&tlb->geometry, level, size);
	shape = &tlb->geometry.level[level][home];
	tag = simtlb_tags(&tlb->array[level][home], shape, simtlb_set(shape, va, size));
	for (unsigned way = 0; way < shape->ways; way++)
		if (tag[way] == key)
			drop_way(tlb, level, &tlb->array[level][home], &tag[way]);
}

static void drop_va(struct numasim_tlb *tlb, uint64_t va, uint64_t pcid_bits, bool globals_too)
{
	if (!simtlb_canonical(tlb, va))
		return;
	for (unsigned level = 0; level < NUMASIM_TLB_LEVELS; level++)
		for (unsigned size = 0; size < NUMASIM_TLB_SIZES; size++) {
			drop_page(tlb, level, size + 1, va, pcid_bits);
			if (globals_too)
				drop_page(tlb, level, (size + 1) | SIMTLB_CLASS_G, va, 0);
		}
}

/* Drop, of the classes in @classes, the entries that agree with @value in the bits of @mask. */
static void drop_matching(struct numasim_tlb *tlb, unsigned level, unsigned a, unsigned classes,
			  uint64_t mask, uint64_t value)
{
	const struct numasim_tlb_array *shape = &tlb->geometry.level[level][a];
	struct simtlb_array *array = &tlb->array[level][a];
	unsigned ways = shape->ways;

	for (unsigned set = 0; set < shape->sets && (tlb->present[level] & classes); set++) {
		uint64_t *tag = simtlb_tags(array, shape, set);

		for (unsigned way = 0; way < ways; way++)
			if ((classes >> (tag[way] & SIMTLB_CLASS) & 1) &&
			    (tag[way] & mask) == value)
				drop_way(tlb, level, array, &tag[way]);
	}
}

static void drop_all(struct numasim_tlb *tlb, unsigned classes, uint64_t mask, uint64_t value)
{
	for (unsigned level = 0; level < NUMASIM_TLB_LEVELS; level++)
		for (unsigned a = 0; a < NUMASIM_TLB_ARRAYS; a++)
			drop_matching(tlb, level, a, classes, mask, value);
}

#define PRIVATE_CLASSES 0x0eu /* 1, 2, 3 */
#define GLOBAL_CLASSES  0xe0u /* 5, 6, 7 */

void simtlb_drop(struct numasim_tlb *tlb, uint64_t va)
{
	drop_va(tlb, va, tlb->pcid_bits, true);
}

void numasim_tlb_invlpg(struct numasim_tlb *tlb, uint64_t va)
{
	simtlb_drop(tlb, va);
}

int numasim_tlb_invpcid(struct numasim_tlb *tlb, unsigned type, unsigned pcid, uint64_t va)
{
	uint64_t pcid_bits = (uint64_t)pcid << SIMTLB_PCID_SHIFT;

	if (type > NUMASIM_TLB_INVPCID_ALL)
		return -EINVAL;
	if (type <= NUMASIM_TLB_INVPCID_PCID &&
	    (pcid > 0xfff || (pcid && !(tlb->regs.flags & NUMASIM_TLB_PCIDE))))
		return -EINVAL;
	if (type == NUMASIM_TLB_INVPCID_ADDRESS && !simtlb_canonical(tlb, va))
		return -EINVAL;
	if (type == NUMASIM_TLB_INVPCID_ADDRESS)
		drop_va(tlb, va, pcid_bits, false);
	else if (type == NUMASIM_TLB_INVPCID_PCID)
		drop_all(tlb, PRIVATE_CLASSES, SIMTLB_PCID_MASK, pcid_bits);
	else
		numasim_tlb_flush(tlb, type == NUMASIM_TLB_INVPCID_ALL_AND_GLOBAL);
	return 0;
}

void numasim_tlb_flush(struct numasim_tlb *tlb, bool globals_too)
{
	drop_all(tlb, PRIVATE_CLASSES | (globals_too ? GLOBAL_CLASSES : 0), 0, 0);
}
