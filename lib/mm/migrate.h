/* SPDX-License-Identifier: BSD-2-Clause */
/* Moving pages for hint faults, v3.8 to v3.13 mm/migrate.c. */
#ifndef MM_MIGRATE_H
#define MM_MIGRATE_H

#include "mm/mm.h"

/*
 * Move @page to node @nid. The caller's reference is dropped in any case. @vma and @address are
 * where the fault was (the draft "mashed" flushes there).
 */
bool migrate_misplaced_page(struct vm_area_struct *vma, struct page *page, uint64_t address,
			    unsigned nid);

/*
 * Move the huge page that @entry at @pmd maps. It is locked, and unlocked on return; the caller's
 * reference is dropped. @entry is what the PMD held when the fault was taken.
 */
bool migrate_misplaced_transhuge_page(struct mm_struct *mm, struct vm_area_struct *vma,
				      uint64_t *pmd, uint64_t entry, uint64_t address,
				      struct page *page, unsigned nid);

/* Too much was moved to node @nid in this 100 ms. */
bool numamigrate_update_ratelimit(unsigned nid, unsigned pages);

/* The same question without adding anything. */
bool migrate_ratelimited(unsigned nid);

/* Take @page for migration to @nid: room there, off the LRU, no strange references. */
bool numamigrate_isolate_page(unsigned nid, struct vm_area_struct *vma, struct page *page,
			      uint64_t address);

/* The anon_vma of a mapped anonymous page, locked for reading; NULL if it is none (any more). */
struct anon_vma *page_lock_anon_vma_read(struct page *page);
void page_unlock_anon_vma_read(struct anon_vma *anon_vma);

/* The draft numa_tlb_lazy (and "mashed"): is a scan under way that has not flushed? */
bool numa_tlb_lazy(struct mm_struct *mm);

#endif
