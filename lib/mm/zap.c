/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking entries away: munmap, exit, MADV_DONTNEED, truncate. mm/memory.c of v3.8 to v6.12,
 * zap_pte_range() and what is around it. Per entry, under its table's lock:
 *
 *   clear it | carry A and D over to the page of a file | one mapping less | gather the page
 *
 * The lock is dropped before the flush, but when a dirty page of a file must not be seen clean
 * while a processor still writes to it (1cf35d47712d).
 */
#include "mm/ranges.h"

#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/hugetlb.h"
#include "mm/hugetlb.h"
#include "mm/mlock.h"
#include "mm/page.h"
#include "mm/rmap.h"
#include "mm/swap.h"
#include "mm/tlb.h"
#include "mm/walk.h"
#include "mm/zap.h"

struct zap {
	struct mmu_gather *tlb;
	struct vm_area_struct *vma;
	bool keep_copies; /* a private mapping's own pages, and what became of them, stay */
	const pte_t *end; /* of what is taken away of this table */
	int64_t rss[NR_MM_COUNTERS];
	bool force_flush;
};

/* A dirty page of a file: what the processor has noted goes to the page. */
static void keep_accessed_dirty(struct zap *z, struct page *page, pte_t old, bool *late)
{
	if (pte_dirty(old)) {
		page_mark_dirty(page);
		if (has(ROW_GATHER_LATE_RMAP))
			*late = true;
		z->force_flush |= has(ROW_GATHER_FLUSH_LOCKED);
	}
	if (old & X86_A && !(z->vma->vm_flags & VM_SEQ_READ))
		mark_page_accessed(page);
}

/* v6.9+ takes the entries of parts that follow each other away at once. */
static bool run_goes_on(const struct zap *z, const struct page *page, const pte_t *pte, pte_t old)
{
	return has(ROW_GATHER_PAGE_RANGES) && page->flags & PAGE_HEAD && pte + 1 < z->end &&
	       pte_present(pte[1]) && pte_page(pte[1]) == page &&
	       pte_part(page, pte[1]) == pte_part(page, old) + 1;
}

static void remove_rmap(const struct zap *z, struct page *page, const pte_t *pte, pte_t old)
{
	page_remove_rmap_run(page, pte_part(page, old), run_goes_on(z, page, pte, old));
	munlock_vma_page(page, z->vma, false);
}

/* True: the batch is full. */
static bool zap_present(struct zap *z, uint64_t address, pte_t *pte, pte_t seen)
{
	struct page *page = vm_normal_page(z->vma, address, seen);
	bool late = false;
	pte_t old;

	if (z->keep_copies && page && page_is_anon(page))
		return false;
	old = entry_get_and_clear(z->vma->vm_mm, address, pte);
	event(EVENT_ZAPPED, address);
	tlb_remove_tlb_entry(z->tlb, address, FRAME_SIZE);
	if (!page)
		return false;
	if (!page_is_anon(page))
		keep_accessed_dirty(z, page, old, &late);
	z->rss[mm_counter(page)]--;
	if (late)
		tlb_remove_rmap_late(z->tlb, pte_part(page, old));
	else
		remove_rmap(z, page, pte, old);
	return tlb_remove_page(z->tlb, page);
}

static void zap_not_present(struct zap *z, uint64_t address, pte_t *pte, pte_t seen)
{
	const struct kernel *k = current_kernel();
	enum swap_kind kind = kernel_swp_kind(k, seen);

	if (kernel_pte_file(k, seen)) {
		; /* a place in a file, to v3.19 */
	} else if (kind == SWAP_FILE) {
		z->rss[MM_SWAPENTS]--;
		free_swap_and_cache(pte_swap_slot(seen));
	} else if (swap_kind_is_migration(kind)) {
		z->rss[mm_counter(migration_entry_page(seen))]--;
	}
	set_pte_at(z->vma->vm_mm, address, pte, 0);
	event(EVENT_ZAPPED, address);
}

/* Zap [at, end) of one table; returns where it stopped: at @end, or where the batch was full. */
static uint64_t zap_ptes(struct zap *z, pte_t *table, uint64_t at, uint64_t end)
{
	for (; at < end; at += FRAME_SIZE) {
		pte_t *pte = &table[x86_slot(at, 1)], seen;

		if (entry_unused(pte))
			continue;
		seen = entry_read(pte);
		if (pte_none(seen))
			continue;
		if (pte_present(seen)) {
			if (zap_present(z, at, pte, seen))
				return at + FRAME_SIZE;
		} else if (!z->keep_copies) {
			zap_not_present(z, at, pte, seen);
		}
	}
	return at;
}

static void zap_pte_range(const struct zap *how, pmd_t pmd, uint64_t at, uint64_t end)
{
	pte_t *table = pmd_table(pmd);
	struct mm_struct *mm = how->vma->vm_mm;
	struct mmu_gather *tlb = how->tlb;

	while (at < end) {
		struct zap z = *how;
		struct lock *ptl = pte_lockptr(mm, table);

		z.end = &table[x86_slot(at, 1) + ((end - at) >> FRAME_SHIFT)];
		lock_take(ptl);
		flush_tlb_batched_pending(mm);
		at = zap_ptes(&z, table, at, end);
		for (int i = 0; i < NR_MM_COUNTERS; i++)
			mm->rss[i] += z.rss[i];
		if (z.force_flush || (at < end && has(ROW_GATHER_FLUSH_LOCKED)))
			tlb_flush_mmu_tlbonly(tlb);
		tlb_flush_late_rmaps(tlb, z.vma);
		lock_release(ptl);
		if (z.force_flush || tlb->full)
			tlb_flush_mmu(tlb);
	}
}

/*
 * mmap_sem may be held for reading only (MADV_DONTNEED), so a huge page may come up, or go,
 * between two looks at the PMD; what has become of it is then somebody else's.
 */
static void zap_pmd(const struct zap *how, pmd_t *pmd, uint64_t at, uint64_t end)
{
	pmd_t value = entry_read(pmd);

	if (pmd_is_huge(value)) {
		if (end - at != HPAGE_SIZE)
			split_huge_pmd(how->vma, pmd, at);
		else if (zap_huge_pmd(how->tlb, how->vma, pmd, at))
			return;
		/* it was split, or is being split */
	}
	value = entry_read(pmd);
	if (pmd_none(value))
		note("PMD is empty: nothing to take away");
	if (pmd_is_table(value, "zap_pmd_range"))
		zap_pte_range(how, value, at, end);
}

static void zap_range(const struct zap *how, uint64_t start, uint64_t end)
{
	struct vm_area_struct *vma = how->vma;
	struct pmd_walk w = {.mm = vma->vm_mm, .next = start, .end = end};

	if (vma->vm_flags & VM_HUGETLB) {
		hugetlb_unmap_range(how->tlb, vma, start, end);
		return;
	}
	while (pmd_walk_next(&w))
		zap_pmd(how, w.pmd, w.at, w.next);
	if (vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP) && has(ROW_D6_PFNMAP_FLUSH))
		tlb_flush_mmu_tlbonly(how->tlb);
}

void zap_vma(struct mmu_gather *tlb, struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	zap_range(&(struct zap){.tlb = tlb, .vma = vma}, start, end);
}

void unmap_vmas(struct mmu_gather *tlb, struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	for (; vma && vma->vm_start < end; vma = vma_next(vma)) {
		uint64_t from = vma->vm_start > start ? vma->vm_start : start;
		uint64_t to = vma->vm_end < end ? vma->vm_end : end;

		if (from < to)
			zap_vma(tlb, vma, from, to);
	}
}

void zap_file_range(struct vm_area_struct *vma, uint64_t start, uint64_t size, bool copies)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, vma->vm_mm, start, start + size);
	zap_range(&(struct zap){.tlb = &tlb, .vma = vma, .keep_copies = !copies}, start,
		  start + size);
	tlb_finish_mmu(&tlb, start, start + size);
}

void zap_page_range(struct vm_area_struct *vma, uint64_t start, uint64_t size)
{
	zap_file_range(vma, start, size, true);
}
