/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fault in an empty PMD (mm/huge_memory.c): the huge zero page for a read, a page of its own for
 * a write, each with a table put by so that a later split cannot fail.
 */
#include "mm/anon.h"
#include "mm/bits.h"
#include "mm/gfp.h"
#include "mm/huge_zero.h"
#include "mm/page.h"

bool thp_enabled(const struct vm_area_struct *vma)
{
	enum thp_mode mode = current_machine()->mm->thp;

	if (vma->vm_flags & VM_NOHUGEPAGE || !vma_is_anonymous(vma))
		return false;
	return mode == THP_ALWAYS || (mode == THP_MADVISE && vma->vm_flags & VM_HUGEPAGE);
}

static unsigned fall_back(void)
{
	count_vm_events(VM_EVENT_THP_FAULT_FALLBACK, 1);
	return VM_FAULT_FALLBACK;
}

static unsigned map_huge_zero(struct vm_fault *vmf)
{
	uint64_t haddr = vmf->address & HPAGE_MASK;
	struct page *pgtable = pte_alloc_one(vmf->mm), *zero;
	bool empty;

	if (!pgtable)
		return VM_FAULT_OOM;
	zero = mm_get_huge_zero_page(vmf->mm);
	if (!zero) {
		pte_free(vmf->mm, pgtable);
		return fall_back();
	}
	lock_take(vmf->ptl);
	empty = pmd_none(entry_read(vmf->pmd));
	if (empty) {
		pgtable_trans_huge_deposit(vmf->mm, vmf->pmd, pgtable);
		set_pmd_at(vmf->mm, haddr, vmf->pmd, mk_huge_pmd(zero, vm_page_prot(vmf->vma)));
	}
	lock_release(vmf->ptl);
	if (!empty) {
		pte_free(vmf->mm, pgtable);
		huge_zero_put(vmf->mm);
	}
	return 0;
}

/* The page is there, the table is not. To v4.2 a base page may still be found. */
static unsigned no_table(struct page *page)
{
	put_page(page);
	return has(ROW_THP_FAULT_OOM) ? VM_FAULT_OOM : fall_back();
}

/* __do_huge_pmd_anonymous_page() */
static unsigned map_huge_page(struct vm_fault *vmf, struct page *page)
{
	uint64_t haddr = vmf->address & HPAGE_MASK;
	struct page *pgtable = pte_alloc_one(vmf->mm);
	pmd_t entry;

	if (!pgtable)
		return no_table(page);
	page_mark(page, PAGE_UPTODATE);
	lock_take(vmf->ptl);
	if (!pmd_none(entry_read(vmf->pmd))) {
		lock_release(vmf->ptl);
		put_page(page);
		pte_free(vmf->mm, pgtable);
		return 0;
	}
	entry = mk_huge_pmd(page, vm_page_prot(vmf->vma));
	page_add_new_anon_rmap(page, vmf->vma, haddr);
	pgtable_trans_huge_deposit(vmf->mm, vmf->pmd, pgtable);
	set_pmd_at(vmf->mm, haddr, vmf->pmd, maybe_pmd_mkwrite(pmd_mkdirty(entry), vmf->vma));
	vmf->mm->rss[MM_ANONPAGES] += BLOCK_FRAMES;
	lock_release(vmf->ptl);
	count_vm_events(VM_EVENT_THP_FAULT_ALLOC, 1);
	return 0;
}

/* v3.8 to v6.12; use_zero_page is on, as it comes. */
unsigned do_huge_pmd_anonymous_page(struct vm_fault *vmf)
{
	uint64_t haddr = vmf->address & HPAGE_MASK;
	struct page *page;
	unsigned ret;

	if (haddr < vmf->vma->vm_start || haddr + HPAGE_SIZE > vmf->vma->vm_end)
		return VM_FAULT_FALLBACK;
	ret = vmf_anon_prepare(vmf);
	if (ret)
		return ret;
	vmf->ptl = pmd_lockptr(vmf->mm, vmf->pmd);
	if (!(vmf->flags & FAULT_FLAG_WRITE) && current_machine()->mm->thp_zero_page)
		return map_huge_zero(vmf);
	page = fault_alloc_huge_page(vmf);
	return page ? map_huge_page(vmf, page) : fall_back();
}
