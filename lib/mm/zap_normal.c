/* SPDX-License-Identifier: BSD-2-Clause */
/* Which page an entry counts for: vm_normal_page(), mm/memory.c of v3.8 to v6.12. */
#include "mm/zap.h"

/*
 * A driver's frames, put in by number, are marked special where entries have room for that. In
 * v3.16 a special entry without P does not look special (A26): then its frame is taken for a page.
 */
struct page *vm_normal_page(const struct vm_area_struct *vma, uint64_t address, pte_t pte)
{
	if (pte_special(pte))
		return NULL;
	if (vma->vm_flags & VM_PFNMAP && !is_cow_mapping(vma))
		return NULL;
	return pte_page(pte);
}
