/* SPDX-License-Identifier: BSD-2-Clause */
/* One access through the caches of a logical processor, walk included, as one step. */
#ifndef X86_TLBSET_USE_H
#define X86_TLBSET_USE_H

#include "x86/tlbset_inval.h"

/* A logical processor's view of memory. */
struct x86_mmu {
	struct x86_tlbset *tlb;
	struct x86_psc *psc; /* NULL: none */
	const struct x86_rules *rules;
	const struct x86_mode *mode;
	const struct phys_map *mem;
	uint64_t cr3;
	bool pcide; /* CR4.PCIDE: the PCID is in cr3's low bits */
};

/* How an access came by its translation, or by its fault. */
struct x86_translation {
	enum x86_outcome outcome;
	uint64_t pa;			/* if X86_OK */
	uint32_t error_code;		/* if X86_FAULT */
	enum x86_cause cause;		/* if X86_FAULT */
	enum x86_tlb_result tlb;	/* what the TLB said first */
	struct x86_tlb_entry stale;	/* what it dropped, if X86_TLB_CLEAN_WRITE or DENIED */
	struct x86_tlb_entry used;	/* the translation of the access, if X86_OK */
	bool from_psc;			/* the walk began at a paging-structure-cache entry */
	bool walked;			/* memory was asked... */
	struct x86_walk walk;		/* ...by this walk, which is committed; else unset */
};

/*
 * Translate @a, as the processor does: ask the TLB, walk if need be, set A and D, cache what was
 * found (with frame names 0), or raise a fault and drop what a fault drops.
 *
 * Returns 0 (see outcome), or -ENOSPC: the access is done as t says, but a cache was too small to
 * keep what the processor could have kept.
 */
int x86_translate(struct x86_translation *t, const struct x86_mmu *m, const struct x86_access *a);

#endif
