/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A huge page falls apart, v3.8 to v4.4 (mm/huge_memory.c, split_huge_page()). The family's lock is
 * held for writing throughout; three walks over the mappings of the page:
 *
 *	every PMD: mark SPLITTING, flush      lockless GUP stops, everybody else waits for the lock
 *	the page becomes 512 pages
 *	every PMD: fill its table | invalidate, flush | hang the table in
 */
#include "mm/split.h"

#include "mm/gup.h"
#include "mm/migrate.h"
#include "mm/rmap_family.h"
#include "mm/table.h"
#include "mm/zap.h"

#include <errno.h>

/*
 * The PMD of @vma that maps @page, locked; NULL: none does. It must look present without P, too:
 * mprotect(PROT_NONE) and the split itself take P away (A33).
 */
static pmd_t *page_check_address_pmd(const struct page *page, struct vm_area_struct *vma,
				     uint64_t address, pmd_t *value, struct lock **ptl)
{
	pmd_t *pmd = entry_find(current_machine(), vma->vm_mm, address, 2);

	if (!pmd)
		return NULL;
	*ptl = pmd_lockptr(vma->vm_mm, pmd);
	lock_take(*ptl);
	*value = entry_read(pmd);
	if (pmd_present(*value) && pmd_trans_huge(*value) &&
	    kernel_pmd_pfn(current_kernel(), *value) == page_to_pfn(current_machine(), page))
		return pmd;
	lock_release(*ptl);
	return NULL;
}

/* One step with what the processor may set. */
static void set_splitting(pmd_t *pmd)
{
	if (!direct())
		point(POINT_UPDATE, entry_object(current_machine(), pmd), ACCESS_WRITE);
	*pmd |= current_kernel()->format.splitting;
	note("mark the huge entry SPLITTING");
}

/*
 * pmdp_splitting_flush(): from here on the page cannot be pinned by this PMD. While a mapping is
 * cut in two, both halves lead to the PMD for a moment: the second time it is left alone.
 */
static bool mark_splitting(struct page *page, struct vm_area_struct *vma, uint64_t address,
			   void *arg)
{
	int32_t *found = arg;
	uint64_t haddr = address & HPAGE_MASK;
	struct lock *ptl;
	pmd_t value, *pmd = page_check_address_pmd(page, vma, haddr, &value, &ptl);

	if (!pmd)
		return true;
	if (!kernel_pmd_splitting(current_kernel(), value)) {
		++*found;
		set_splitting(pmd);
		flush_tlb_range(vma, haddr, haddr + HPAGE_SIZE);
	}
	lock_release(ptl);
	return true;
}

static pte_t part_entry(const struct vm_area_struct *vma, uint64_t pfn, pmd_t pmd)
{
	const struct kernel *k = current_kernel();
	pte_t pte = pte_mkdirty(kernel_mk_pte(k, pfn, vm_page_prot(vma)));

	pte = pmd_write(pmd) ? maybe_mkwrite(pte, vma) : kernel_pte_wrprotect(k, pte);
	if (!(pmd & X86_A))
		pte = pte_mkold(pte);
	if (pmd_numa(pmd) && !has(ROW_SPLIT_DROPS_HINT))
		pte = pte_mknuma(pte);
	return pte;
}

static bool hang_table(struct page *page, struct vm_area_struct *vma, uint64_t address, void *arg)
{
	uint64_t haddr = address & HPAGE_MASK, pfn = page_to_pfn(current_machine(), page);
	struct lock *ptl;
	pmd_t value, *pmd = page_check_address_pmd(page, vma, haddr, &value, &ptl);
	struct page *table;
	pte_t *pte;

	if (!pmd)
		return true;
	table = pgtable_trans_huge_withdraw(vma->vm_mm, pmd);
	mm_account_table(vma->vm_mm, 1, 1);
	pte = table_hang(vma->vm_mm, table, haddr);
	for (unsigned i = 0; i < BLOCK_FRAMES; i++)
		pte[i] = part_entry(vma, pfn + i, value);
	pmdp_invalidate(vma, haddr, pmd);
	set_pmd_at(vma->vm_mm, haddr, pmd, pmd_of_table(table));
	event(EVENT_SPLIT, haddr);
	lock_release(ptl);
	return true;
}

/* Every mapping must be found: one that is left over would go on using the page as a whole. */
static void mark_all_splitting(struct page *page, struct anon_vma *anon_vma)
{
	int32_t found = 0, mapcount;

	rmap_walk_locked(page, anon_vma, mark_splitting, &found);
	mapcount = page_mapcount(page);
	if (found != mapcount)
		kernel_oops("BUG_ON(mapcount != page_mapcount(page)) in __split_huge_page: the "
			    "page's map count is %d, mappings found: %d", mapcount, found);
}

static int split_anon(struct page *page, struct anon_vma *anon_vma)
{
	uint32_t head = page->flags & PAGE_HEAD;

	observe(head);
	if (!head)
		return 0;
	mark_all_splitting(page, anon_vma);
	split_page_frames(page);
	gup_split(page);
	rmap_walk_locked(page, anon_vma, hang_table, NULL);
	count_vm_events(VM_EVENT_THP_SPLIT_PAGE, 1);
	return 0;
}

struct anon_vma *page_lock_anon_vma_write(struct page *page)
{
	struct anon_vma *anon_vma = page_lock_anon_vma_read(page);

	if (!anon_vma)
		return NULL;
	anon_vma->refcount++;
	page_unlock_anon_vma_read(anon_vma);
	rwlock_take_write(&anon_vma->root->lock);
	return anon_vma;
}

void page_unlock_anon_vma_write(struct anon_vma *anon_vma)
{
	rwlock_release_write(&anon_vma->root->lock);
	put_anon_vma(anon_vma);
}

int split_huge_page_anon(struct page *page)
{
	struct anon_vma *anon_vma = page_lock_anon_vma_write(page);
	int ret;

	if (!anon_vma)
		return -EBUSY;
	ret = split_anon(page, anon_vma);
	page_unlock_anon_vma_write(anon_vma);
	return ret;
}

/* split_huge_page_pmd(): until it is none, because a new huge page may come up meanwhile. */
void split_huge_page_pmd(struct vm_area_struct *vma, pmd_t *pmd, uint64_t address)
{
	uint64_t haddr = address & HPAGE_MASK;
	struct lock *ptl = pmd_lockptr(vma->vm_mm, pmd);
	struct page *page;
	pmd_t value;

	do {
		lock_take(ptl);
		value = entry_read(pmd);
		page = pmd_trans_huge(value) ? pmd_page(value) : NULL;
		if (is_huge_zero_page(page)) {
			split_huge_zero_pmd(vma, pmd, haddr);
			page = NULL;
		}
		if (page)
			get_page(page);
		lock_release(ptl);
		if (!page)
			return;
		split_huge_page_anon(page);
		put_page(page);
	} while (pmd_trans_huge(entry_read(pmd)));
}
