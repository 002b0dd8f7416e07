/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of translations for a test, and a look into it that finds nothing ready. */
#ifndef TEST_TLBSET_WORLD_H
#define TEST_TLBSET_WORLD_H

#include "tables.h"
#include "x86/tlbset.h"

#include <stdlib.h>
#include <string.h>

#define CAP 64

static inline struct x86_tlbset *new_set(uint32_t cap)
{
	struct x86_tlbset *t = malloc(x86_tlbset_size(cap));

	x86_tlbset_init(t, cap);
	return t;
}

static inline struct x86_tlb_entry entry(uint16_t pcid, uint64_t va, unsigned level,
					 uint64_t pfn)
{
	return (struct x86_tlb_entry){ .pcid = pcid, .va = va, .level = (uint8_t)level, .pfn = pfn,
				       .rw = true, .us = true, .nx = true };
}

static inline struct x86_tlb_hit look(const struct x86_tlbset *t, uint16_t pcid,
				      struct x86_access a)
{
	struct x86_mode m = usual_mode();
	struct x86_tlb_hit hit;

	memset(&hit, 0xa5, sizeof(hit));
	x86_tlb_lookup(&hit, t, &m, pcid, &a);
	return hit;
}

#endif
