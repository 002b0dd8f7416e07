/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/walk.h"

#include "kernel/entry.h"
#include "mm/table.h"

#include "x86/entry.h"

#define TOP_LEVEL 4

/* The end of what one entry of @level translates at @address, or @end. */
static uint64_t level_end(uint64_t address, unsigned level, uint64_t end)
{
	uint64_t size = x86_level_size(level), next = (address & ~(size - 1)) + size;

	return next - 1 < end - 1 ? next : end;
}

/* The entry of @level for @address, or NULL and the level whose entry is empty. */
static uint64_t *entry_or_hole(const struct mm_struct *mm, uint64_t address, unsigned level,
			       unsigned *empty)
{
	const struct phys_map *phys = &current_machine()->phys;
	uint64_t pa = mm->pgd;

	for (unsigned at = TOP_LEVEL;; at--) {
		uint64_t *entry = (uint64_t *)phys_to_host(phys, pa) + x86_slot(address, at);

		if (at == level)
			return entry;
		if (!(*entry & X86_P)) {
			*empty = at;
			return NULL;
		}
		pa = *entry & X86_PFN_MASK;
	}
}

bool pmd_walk_next(struct pmd_walk *walk)
{
	while (walk->next < walk->end) {
		unsigned empty = 2;

		walk->at = walk->next;
		/* the next PMD of the same table, or down from the top */
		if (walk->pmd && x86_slot(walk->at, 2))
			walk->pmd++;
		else
			walk->pmd = entry_or_hole(walk->mm, walk->at, 2, &empty);
		walk->next = level_end(walk->at, walk->pmd ? 2 : empty, walk->end);
		if (walk->pmd)
			return true;
	}
	return false;
}

bool table_is_there(const struct mm_struct *mm, uint64_t address, unsigned level)
{
	unsigned empty;

	return entry_or_hole(mm, address, level, &empty);
}

bool table_make(struct mm_struct *mm, uint64_t address, unsigned level)
{
	for (;;) {
		unsigned empty = level, unused;
		uint64_t *entry = entry_or_hole(mm, address, level, &empty);

		if (entry)
			return true;
		entry = entry_or_hole(mm, address, empty, &unused);
		if (!table_populate(mm, entry, address, empty))
			return false;
	}
}
