/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries on their way to another address; between the files of mremap. */
#ifndef MM_MOVE_H
#define MM_MOVE_H

#include "mm/zap.h"

struct move {
	struct vm_area_struct *vma, *new_vma;
	uint64_t old, new; /* where it stands */
	bool rmap_locks;   /* walkers of the family could meet neither place */
	bool need_flush;   /* of the whole range, at the end */
};

void take_rmap_locks(struct vm_area_struct *vma);
void drop_rmap_locks(struct vm_area_struct *vma);
uint64_t move_soft_dirty(uint64_t entry);

/* Whole tables, and huge pages, at once; false: it must be done entry by entry. */
bool move_huge_pmd(struct move *mv, pmd_t *old_pmd, pmd_t *new_pmd);
bool move_normal_pmd(struct move *mv, pmd_t *old_pmd, pmd_t *new_pmd);
bool move_normal_pud(struct move *mv);

#endif
