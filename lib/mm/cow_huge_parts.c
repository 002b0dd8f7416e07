/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * To v5.7, a write to a shared huge page when no huge page is free (mm/huge_memory.c):
 *
 *   a page          do_huge_pmd_wp_page_fallback(): 512 base pages, copied, in the table that was
 *                   put by; without memory for those the page (to v4.4), its mapping is split
 *   the zero page   to v4.4 do_huge_pmd_wp_zero_page_fallback(): one base page where the write is,
 *                   the zero page elsewhere; v4.5 on: its mapping is split
 */
#include "mm/cow_huge.h"
#include "mm/gfp.h"
#include "mm/tlb.h"

/* The PMD is emptied and flushed; the table that was put by will stand there. The lock is held. */
static struct page *take_table(struct huge_cow *c, pte_t **table)
{
	struct vm_fault *vmf = c->vmf;
	struct page *pgtable;

	pmdp_clear_flush(vmf->vma, c->haddr, vmf->pmd);
	pgtable = pgtable_trans_huge_withdraw(vmf->mm, vmf->pmd);
	*table = table_hang(vmf->mm, pgtable, c->haddr);
	return pgtable;
}

static void set_table(struct huge_cow *c, struct page *pgtable)
{
	mm_account_table(c->vmf->mm, 1, 1);
	set_pmd_at(c->vmf->mm, c->haddr, c->vmf->pmd, pmd_of_table(pgtable));
}

static void map_part(struct huge_cow *c, pte_t *table, unsigned part, struct page *copy)
{
	struct vm_fault *vmf = c->vmf;
	uint64_t address = c->haddr + ((uint64_t)part << FRAME_SHIFT);
	pte_t entry = mk_pte(copy, vm_page_prot(vmf->vma));

	page_add_new_anon_rmap(copy, vmf->vma, address);
	set_pte_at(vmf->mm, address, &table[part], maybe_mkwrite(pte_mkdirty(entry), vmf->vma));
}

static unsigned zero_parts(struct huge_cow *c)
{
	const struct kernel *k = current_kernel();
	struct vm_fault *vmf = c->vmf;
	unsigned here = x86_slot(vmf->address, 1);
	struct page *page = fault_alloc_page(vmf), *pgtable;
	pte_t *table, zero;
	bool same;

	if (!page)
		return VM_FAULT_OOM;
	zero = kernel_pte_mkspecial(k, kernel_mk_pte(k, current_machine()->mm->zero_pfn,
						     vm_page_prot(vmf->vma)));
	lock_take(vmf->ptl);
	same = huge_cow_same(c);
	if (same) {
		pgtable = take_table(c, &table);
		for (unsigned i = 0; i < BLOCK_FRAMES; i++) {
			if (i == here)
				map_part(c, table, i, page);
			else
				set_pte_at(vmf->mm, c->haddr + ((uint64_t)i << FRAME_SHIFT),
					   &table[i], zero);
		}
		set_table(c, pgtable);
		vmf->mm->rss[MM_ANONPAGES]++;
		event(EVENT_COPIED, vmf->address);
	}
	lock_release(vmf->ptl);
	if (same)
		huge_cow_put_old(c);
	else
		put_page(page);
	return same ? VM_FAULT_WRITE : 0;
}

static void put_copies(struct page **copy, unsigned n)
{
	while (n)
		put_page(copy[--n]);
}

/* All 512, or none. */
static bool copy_all(struct huge_cow *c, struct page **copy)
{
	for (unsigned i = 0; i < BLOCK_FRAMES; i++) {
		copy[i] = alloc_page_vma(GFP_MOVABLE, 0, c->vmf->vma,
					 c->haddr + ((uint64_t)i << FRAME_SHIFT));
		if (!copy[i]) {
			put_copies(copy, i);
			return false;
		}
		copy_page_part(copy[i], c->page, i);
		page_mark(copy[i], PAGE_UPTODATE);
	}
	return true;
}

static void map_all(struct huge_cow *c, struct page **copy)
{
	pte_t *table;
	struct page *pgtable = take_table(c, &table);

	for (unsigned i = 0; i < BLOCK_FRAMES; i++)
		map_part(c, table, i, copy[i]);
	set_table(c, pgtable);
	huge_cow_unmap(c);
	event(EVENT_COPIED, c->vmf->address);
}

static unsigned page_parts(struct huge_cow *c, struct page **copy)
{
	struct vm_fault *vmf = c->vmf;
	bool same;

	if (!copy_all(c, copy))
		return VM_FAULT_OOM;
	lock_take(vmf->ptl);
	same = huge_cow_same(c);
	if (same)
		map_all(c, copy);
	lock_release(vmf->ptl);
	if (same)
		huge_cow_put_old(c);
	else
		put_copies(copy, BLOCK_FRAMES);
	return same ? VM_FAULT_WRITE : 0;
}

unsigned huge_copy_parts(struct huge_cow *c)
{
	struct vm_fault *vmf = c->vmf;
	const size_t size = BLOCK_FRAMES * sizeof(struct page *);
	struct page **copy;
	unsigned ret = VM_FAULT_OOM;

	if (c->zero && !has(ROW_NO_SPLITTING))
		return zero_parts(c);
	if (!c->zero) {
		copy = kmalloc(size);
		if (copy) {
			ret = page_parts(c, copy);
			kfree(copy, size);
		}
	}
	if (ret & VM_FAULT_OOM) { /* PTEs, and one page at a time */
		split_huge_pmd(vmf->vma, vmf->pmd, vmf->address);
		ret = VM_FAULT_FALLBACK;
	}
	if (!c->zero)
		put_page(c->page);
	return ret;
}
