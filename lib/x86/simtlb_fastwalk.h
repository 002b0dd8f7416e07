/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walks that change nothing, which are almost all: tables present, A (and D) set, the access
 * allowed. Everything else is answered with 0, and simtlb_walk() does it all over.
 *
 * Within a batch the tables stay what they are (see struct simtlb_table), so a walk that came to a
 * page table leaves a note, and the next one for the same 2 MiB starts there:
 *
 *   CR3 ─> PGD ─> P4D ─> PUD ─> PMD ─> PTE          walk()
 *                     note of this batch ─> PTE     walk_last()
 */
#ifndef X86_SIMTLB_FASTWALK_H
#define X86_SIMTLB_FASTWALK_H

#include "x86/simtlb.h"
#include "x86/simtlb_vec.h"

/* The entry that a leaf of @level gives, all entries up to it being and'ed and or'ed. */
SIMTLB_INLINE uint64_t walk_leaf(const struct numasim_tlb *tlb, uint64_t leaf, uint64_t all,
				 uint64_t any, unsigned level, unsigned kind)
{
	uint64_t entry = simtlb_entry(tlb, leaf, all, any, level - 1);
	uint64_t plain =
		level == X86_PTE ? tlb->plain_leaf : (X86_P | X86_A | tlb->leaf_reserved[level]);

	if (unlikely((leaf & plain) != (X86_P | X86_A)))
		return 0;
	if (unlikely((entry ^ tlb->want[kind]) & tlb->care[kind]) &&
	    !simtlb_allows(tlb, entry, kind, false))
		return 0;
	return entry;
}

/* Remember for this batch to which page table @va's walk came, and with which rights. */
SIMTLB_INLINE void keep_table(struct numasim_tlb *tlb, uint64_t va, const uint64_t *slots,
			      uint64_t all, uint64_t any)
{
	struct simtlb_table *table = &tlb->table[(va >> x86_level_shift(X86_PMD)) % SIMTLB_TABLES];

	table->key = (va << SIMTLB_VA_SHIFT >> (SIMTLB_VA_SHIFT + 21)) | tlb->batch;
	table->page = (uintptr_t)slots | (all & (X86_RW | X86_US)) | any >> X86_NX_SHIFT;
}

/* The whole walk, if nothing is amiss on it: all present, A (and D) set, allowed. Else 0. */
static __attribute__((noinline)) uint64_t walk(struct numasim_tlb *tlb, uint64_t va, unsigned kind)
{
	uint64_t table = tlb->root, all = ~UINT64_C(0), any = 0, value;
	const uint64_t *slots;

#define READ(level)                                                                                \
	slots = phys_to_host(&tlb->map, table);                                                    \
	if (unlikely(!slots))                                                                      \
		return 0;                                                                          \
	value = slots[x86_slot(va, level)];
#define STEP(level)                                                                                \
	READ(level)                                                                                \
	all &= value;                                                                              \
	any |= value;                                                                              \
	if (unlikely((value & tlb->plain_table) != (X86_P | X86_A))) {                             \
		if (level <= X86_PUD && (value & X86_PSE))                                         \
			return walk_leaf(tlb, value, all, any, level, kind);                       \
		return 0;                                                                          \
	}                                                                                          \
	table = value & SIMTLB_FRAME;

	if (unlikely(tlb->top == X86_PGD)) {
		STEP(X86_PGD)
	}
	STEP(X86_P4D)
	STEP(X86_PUD)
	STEP(X86_PMD)
	READ(X86_PTE)
	keep_table(tlb, va, slots, all, any);
	return walk_leaf(tlb, value, all & value, any | value, X86_PTE, kind);
#undef STEP
#undef READ
}

/* The same from the page table on, if this batch has been there. */
SIMTLB_INLINE uint64_t walk_last(struct numasim_tlb *tlb, uint64_t va, unsigned kind)
{
	struct simtlb_table *table = &tlb->table[(va >> x86_level_shift(X86_PMD)) % SIMTLB_TABLES];
	uint64_t key = (va << SIMTLB_VA_SHIFT >> (SIMTLB_VA_SHIFT + 21)) | tlb->batch, value;

	if (unlikely(table->key != key))
		return walk(tlb, va, kind);
	value = ((const uint64_t *)(table->page & ~UINT64_C(0xfff)))[x86_slot(va, X86_PTE)];
	return walk_leaf(tlb, value, value & table->page, value | table->page << X86_NX_SHIFT,
			 X86_PTE, kind);
}

#endif
