/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking at the entries of the simulator's TLB from outside, and putting some in. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "x86/simtlb.h"

static void unpack(struct numasim_tlb_entry *out, uint64_t tag, uint64_t entry)
{
	int64_t va = (int64_t)(tag & ~(simtlb_offset_mask(0) << SIMTLB_VA_SHIFT | 0x7f));

	memset(out, 0, sizeof(*out));
	out->va = (uint64_t)(va >> SIMTLB_VA_SHIFT);
	out->pa = entry & SIMTLB_FRAME;
	out->pcid = (tag & SIMTLB_PCID_MASK) >> SIMTLB_PCID_SHIFT;
	out->size = (uint8_t)simtlb_entry_size(entry);
	out->pkey = entry >> X86_PKEY_SHIFT & 15;
	out->writable = entry & X86_RW;
	out->user = entry & X86_US;
	out->nx = entry & X86_NX;
	out->dirty = entry & X86_D;
	out->global = entry & X86_G;
}

static uint64_t pack(const struct numasim_tlb_entry *in)
{
	return in->pa | (in->writable ? X86_RW : 0) | (in->user ? X86_US : 0) |
	       (in->nx ? X86_NX : 0) | (in->dirty ? X86_D : 0) | (in->global ? X86_G : 0) |
	       (uint64_t)in->pkey << X86_PKEY_SHIFT | (in->pkey && in->user ? SIMTLB_KEYS : 0) |
	       (uint64_t)in->size << SIMTLB_SIZE_SHIFT | X86_P;
}

/* The way of @level that holds @va's page in @class, or NULL. */
static const uint64_t *find(const uint64_t **entry, const struct numasim_tlb *tlb, unsigned level,
			    unsigned class, uint64_t va, uint64_t pcid_bits)
{
	unsigned size = simtlb_class_size(class), home = simtlb_home(&tlb->geometry, level, size);
	uint64_t key = simtlb_tag(va, class, pcid_bits);
	const struct numasim_tlb_array *shape;
	uint64_t *set;

	if (home == NUMASIM_TLB_ARRAYS)
		return NULL;
	shape = &tlb->geometry.level[level][home];
	set = simtlb_tags(&tlb->array[level][home], shape, simtlb_set(shape, va, size));
	for (unsigned way = 0; way < shape->ways; way++)
		if (set[way] == key) {
			*entry = &set[simtlb_lanes(shape) + way];
			return &set[way];
		}
	return NULL;
}

int numasim_tlb_lookup(struct numasim_tlb_entry *entry, const struct numasim_tlb *tlb, uint64_t va)
{
	static const uint8_t order[] = {1, 2, 3, 5, 6, 7};
	const uint64_t *tag, *found;

	if (!simtlb_canonical(tlb, va))
		return 0;
	for (unsigned level = 0; level < NUMASIM_TLB_LEVELS; level++)
		for (unsigned i = 0; i < sizeof(order); i++) {
			tag = find(&found, tlb, level, order[i], va, tlb->pcid_bits);
			if (!tag)
				continue;
			if (entry)
				unpack(entry, *tag, *found);
			return (int)level + 1;
		}
	return 0;
}

static int check_entry(const struct numasim_tlb *tlb, const struct numasim_tlb_entry *entry,
		       struct numasim_error *err)
{
	if (entry->size >= NUMASIM_TLB_SIZES)
		return error_set(err, -EINVAL, "page size %u; 0 is 4K, 1 is 2M, 2 is 1G",
				 entry->size);
	if ((entry->va | entry->pa) & simtlb_offset_mask(entry->size))
		return error_set(err, -EINVAL,
				 "va 0x%" PRIx64 " and pa 0x%" PRIx64
				 " are not both multiples of the page size 0x%" PRIx64,
				 entry->va, entry->pa, simtlb_offset_mask(entry->size) + 1);
	if (!simtlb_canonical(tlb, entry->va))
		return error_set(err, -EINVAL, "va 0x%" PRIx64 " is not canonical", entry->va);
	if (entry->pa & ~SIMTLB_FRAME)
		return error_set(err, -EINVAL, "pa 0x%" PRIx64 " has more than 52 bits", entry->pa);
	if (entry->pcid > 0xfff || (entry->global && entry->pcid))
		return error_set(err, -EINVAL, "pcid %u; 0 to 4095, and 0 if global", entry->pcid);
	if (entry->pkey > 15)
		return error_set(err, -EINVAL, "protection key %u; 0 to 15", entry->pkey);
	return 0;
}

int numasim_tlb_fill(struct numasim_tlb *tlb, const struct numasim_tlb_entry *entry,
		     struct numasim_error *err)
{
	int rc = check_entry(tlb, entry, err);
	uint64_t packed, pcid_bits, tag;
	const uint64_t *old;

	if (rc)
		return rc;
	packed = pack(entry);
	pcid_bits = (uint64_t)entry->pcid << SIMTLB_PCID_SHIFT;
	tag = simtlb_tag_of(entry->va, packed, pcid_bits);
	for (unsigned level = NUMASIM_TLB_LEVELS; level--;) {
		if (find(&old, tlb, level, tag & SIMTLB_CLASS, entry->va, pcid_bits))
			*(uint64_t *)old = packed;
		else
			tlb->ops->fill(tlb, level, tag, packed);
	}
	return 0;
}

static int
foreach_array(const struct simtlb_array *array, const struct numasim_tlb_array *shape, int level,
	      int (*visit)(const struct numasim_tlb_entry *entry, int level, void *payload),
	      void *payload)
{
	struct numasim_tlb_entry entry;
	int rc = 0;

	for (unsigned set = 0; set < shape->sets; set++) {
		const uint64_t *tag = simtlb_tags(array, shape, set);

		for (unsigned way = 0; way < shape->ways && !rc; way++) {
			if (!tag[way])
				continue;
			unpack(&entry, tag[way], tag[simtlb_lanes(shape) + way]);
			rc = visit(&entry, level, payload);
		}
	}
	return rc;
}

int numasim_tlb_foreach(const struct numasim_tlb *tlb,
			int (*visit)(const struct numasim_tlb_entry *entry, int level,
				     void *payload),
			void *payload)
{
	int rc = 0;

	for (unsigned level = 0; level < NUMASIM_TLB_LEVELS; level++)
		for (unsigned a = 0; a < NUMASIM_TLB_ARRAYS && !rc; a++)
			rc = foreach_array(&tlb->array[level][a], &tlb->geometry.level[level][a],
					   (int)level + 1, visit, payload);
	return rc;
}
