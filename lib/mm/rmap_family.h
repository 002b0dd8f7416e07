/* SPDX-License-Identifier: BSD-2-Clause */
/* Families and chains as objects; between the files of rmap. */
#ifndef MM_RMAP_FAMILY_H
#define MM_RMAP_FAMILY_H

#include "mm/mm.h"

/* A family without mappings, its own root and parent, one reference. NULL: out of memory. */
struct anon_vma *anon_vma_alloc(void);
/* One reference less; the last one frees it (and lets go of its root). */
void put_anon_vma(struct anon_vma *anon_vma);

struct anon_vma_chain *anon_vma_chain_alloc(void);
void anon_vma_chain_free(struct anon_vma_chain *chain);
void anon_vma_chain_link(struct vm_area_struct *vma, struct anon_vma_chain *chain,
			 struct anon_vma *anon_vma);

#endif
