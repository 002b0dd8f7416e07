/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A huge page falls apart, v4.5 on (mm/huge_memory.c, split_huge_page()): only if nobody but its
 * mappings and the caller has a reference. The caller holds the page lock.
 *
 *	every PMD becomes a table of PTEs
 *	every PTE is taken away, and comes back when the page is 512 pages
 *
 * The kernel leaves migration entries for the time between; here entries change in one go under
 * their table's lock. What comes back: A and D are kept from v6.1 on (2e3468778dbe); before, the
 * entry is old and clean, and the page is dirty instead.
 */
#include "mm/split.h"

#include "mm/migrate.h"
#include "mm/rmap_family.h"
#include "mm/zap.h"

#include <errno.h>

static bool split_pmd_of(struct page *page, struct vm_area_struct *vma, uint64_t address, void *arg)
{
	pmd_t *pmd = entry_find(current_machine(), vma->vm_mm, address, 2), value;

	if (!pmd)
		return true;
	value = entry_read(pmd);
	if (pmd_trans_huge(value) && pmd_page(value) == page)
		split_huge_pmd(vma, pmd, address & HPAGE_MASK);
	return true;
}

static pte_t restored(const struct vm_area_struct *vma, pte_t old)
{
	const struct kernel *k = current_kernel();
	pte_t new = kernel_mk_pte(k, kernel_pte_pfn(k, old), vm_page_prot(vma));
	bool keep = has(ROW_MIGRATION_AD);

	if (pte_write(old))
		new = maybe_mkwrite(new, vma);
	if (!keep || !(old & X86_A))
		new = pte_mkold(new);
	if (keep && pte_dirty(old))
		new = pte_mkdirty(new);
	if (kernel_pte_soft_dirty(k, old))
		new = kernel_pte_mksoft_dirty(k, new);
	return new;
}

/* The entries of one table that map parts of @page. */
static bool remap_parts(struct page *page, struct vm_area_struct *vma, uint64_t address, void *arg)
{
	uint64_t end = address + HPAGE_SIZE < vma->vm_end ? address + HPAGE_SIZE : vma->vm_end;
	struct pmd_range { uint64_t from, to; } touched = {UINT64_MAX, 0};
	pte_t *pte = entry_find(current_machine(), vma->vm_mm, address, 1);
	struct lock *ptl;

	if (!pte)
		return true;
	ptl = pte_lockptr(vma->vm_mm, pte);
	lock_take(ptl);
	for (uint64_t at = address; at < end; at += FRAME_SIZE, pte++) {
		pte_t old;

		if (entry_unused(pte))
			continue;
		old = entry_read(pte);
		if (!pte_present(old) || pte_page(old) != page)
			continue;
		old = entry_get_and_clear(vma->vm_mm, at, pte);
		if (pte_dirty(old))
			page_mark_dirty(page);
		set_pte_at(vma->vm_mm, at, pte, restored(vma, old));
		touched.from = at < touched.from ? at : touched.from;
		touched.to = at + FRAME_SIZE;
	}
	if (touched.to)
		flush_tlb_range(vma, touched.from, touched.to);
	lock_release(ptl);
	return true;
}

static int split_folio_locked(struct page *page, struct anon_vma *anon_vma)
{
	if (total_mapcount(page) != page_count(page) - 1)
		return -EBUSY;
	rmap_walk_locked(page, anon_vma, split_pmd_of, NULL);
	rmap_walk_locked(page, anon_vma, remap_parts, NULL);
	split_page_frames(page);
	count_vm_events(VM_EVENT_THP_SPLIT_PAGE, 1);
	return 0;
}

int split_huge_page(struct page *page)
{
	struct anon_vma *anon_vma;
	int ret;

	if (!has(ROW_NO_SPLITTING))
		return split_huge_page_anon(page);
	if (!(page->flags & PAGE_HEAD))
		return -EBUSY;
	anon_vma = page_lock_anon_vma_write(page);
	if (!anon_vma)
		return -EBUSY;
	ret = split_folio_locked(page, anon_vma);
	page_unlock_anon_vma_write(anon_vma);
	return ret;
}
