/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Freeing page tables, bottom up (free_pgd_range() and below, mm/memory.c of v3.8 to v6.12). A
 * table goes when all that it translates lies between the neighbours of what was unmapped:
 *
 *	neighbour |          unmapped            | neighbour
 *	----------+------------------------------+----------
 *	          floor                          ceiling
 *	 [ kept      ][ freed ][ freed ][ kept      ]
 */
#include "mm/zap.h"

#include "mm/table.h"

#define TOP_LEVEL  4
#define TOP_OF_ALL (UINT64_C(1) << 47)

struct freeing {
	struct mmu_gather *tlb;
	uint64_t floor, ceiling;
};

static void free_below(struct freeing *f, uint64_t *entries, unsigned level, uint64_t from,
		       uint64_t to);

/* The table below @entry (of @level), which translates from @base on, and all below it. */
static void free_table(struct freeing *f, uint64_t *entry, unsigned level, uint64_t base)
{
	struct numasim_machine *m = current_machine();
	uint64_t size = x86_level_size(level), value = entry_read(entry);
	uint64_t from = base > f->floor ? base : f->floor;
	uint64_t to = base + size < f->ceiling ? base + size : f->ceiling;

	if (entry_none(value))
		return;
	if (level == 2 && pmd_bad(value))
		kernel_oops("free_pgtables clears PMD %#llx as bad", (unsigned long long)value);
	if (level > 2)
		free_below(f, phys_to_host(&m->phys, value & X86_PFN_MASK), level - 1, from, to);
	if (base < f->floor || base + size > f->ceiling)
		return;
	set_entry_at(f->tlb->mm, base, entry, 0);
	mm_account_table(f->tlb->mm, level - 1, -1);
	/* a flush of one page reaches the tables above it (pte_free_tlb() and its like) */
	tlb_remove_table(f->tlb, pfn_to_page(m, (value & X86_PFN_MASK) >> FRAME_SHIFT), base,
			 FRAME_SIZE);
}

static void free_below(struct freeing *f, uint64_t *entries, unsigned level, uint64_t from,
		       uint64_t to)
{
	uint64_t size = x86_level_size(level);

	for (uint64_t base = from & ~(size - 1); base < to; base += size) {
		uint64_t *entry = &entries[x86_slot(base, level)];

		if (!entry_unused(entry))
			free_table(f, entry, level, base);
	}
}

void free_pgtables(struct mmu_gather *tlb, struct vm_area_struct *vma, uint64_t floor,
		   uint64_t ceiling)
{
	struct freeing f = {tlb, floor, ceiling ? ceiling : TOP_OF_ALL};

	free_below(&f, phys_to_host(&current_machine()->phys, tlb->mm->pgd), TOP_LEVEL, f.floor,
		   f.ceiling);
}
