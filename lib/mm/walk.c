/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/walk.h"

#include "kernel/entry.h"

#include "x86/entry.h"

/* The end of what one entry of @level translates at @address, or @end. */
static uint64_t level_end(uint64_t address, unsigned level, uint64_t end)
{
	uint64_t size = x86_level_size(level), next = (address & ~(size - 1)) + size;

	return next - 1 < end - 1 ? next : end;
}

/* The PMD for @address, or NULL and the level whose entry is empty. */
static pmd_t *pmd_find(struct mm_struct *mm, uint64_t address, unsigned *empty)
{
	const struct phys_map *phys = &current_machine()->phys;
	uint64_t pa = mm->pgd;

	for (unsigned level = 4;; level--) {
		uint64_t *entry = (uint64_t *)phys_to_host(phys, pa) + x86_slot(address, level);

		if (level == 2)
			return entry;
		if (!(*entry & X86_P)) {
			*empty = level;
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
			walk->pmd = pmd_find(walk->mm, walk->at, &empty);
		walk->next = level_end(walk->at, walk->pmd ? 2 : empty, walk->end);
		if (walk->pmd)
			return true;
	}
	return false;
}
