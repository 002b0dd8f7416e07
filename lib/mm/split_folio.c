/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A huge page falls apart, v4.5 on (mm/huge_memory.c, split_huge_page()): only if nobody but its
 * mappings and the caller has a reference. The caller holds the page lock.
 *
 *	every PMD becomes a table of PTEs
 *	every PTE is taken away, and comes back when the page is 512 pages
 *
 * The kernel leaves migration entries for the time between; here all entries of a table change in
 * one step under its lock. What comes back: A and D are kept from v6.1 on (2e3468778dbe); before,
 * the entry is old and clean, and the page is dirty instead.
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

struct parts {
	struct page *page;
	struct vm_area_struct *vma;
	uint64_t from, to; /* what was changed */
};

/* One entry on its way from the whole page to the part. */
static void remap_part(struct parts *p, uint64_t at, pte_t *pte)
{
	pte_t old;

	if (!*pte)
		return;
	if (!direct())
		touch(entry_object(current_machine(), pte), ACCESS_WRITE);
	old = *pte;
	observe(old & ~X86_PFN_MASK);
	if (!pte_present(old) || pte_page(old) != p->page)
		return;
	if (pte_dirty(old))
		page_mark_dirty(p->page);
	*pte = restored(p->vma, old);
	p->from = at < p->from ? at : p->from;
	p->to = at + FRAME_SIZE;
}

/*
 * The entries of one table that map parts of @page: in one step, for nobody can tell one of them
 * from the next. Who uses a part before the step does so as part of the whole, who uses it after,
 * as a page of its own; in between the kernel has him wait.
 */
static bool remap_parts(struct page *page, struct vm_area_struct *vma, uint64_t address, void *arg)
{
	uint64_t end = address + HPAGE_SIZE < vma->vm_end ? address + HPAGE_SIZE : vma->vm_end;
	pte_t *pte = entry_find(current_machine(), vma->vm_mm, address, 1);
	struct parts p = {page, vma, UINT64_MAX, 0};
	struct lock *ptl;

	if (!pte)
		return true;
	ptl = pte_lockptr(vma->vm_mm, pte);
	lock_take(ptl);
	point(POINT_UPDATE, entry_object(current_machine(), pte), ACCESS_WRITE);
	for (uint64_t at = address; at < end; at += FRAME_SIZE, pte++)
		remap_part(&p, at, pte);
	if (p.to) {
		note("make the PTEs those of %s pages",
		     page->flags & PAGE_DIRTY ? "dirty" : "clean");
		flush_tlb_range(vma, p.from, p.to);
	}
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
