/* SPDX-License-Identifier: BSD-2-Clause */
/* A fault in an empty PTE of an anonymous mapping: do_anonymous_page(), mm/memory.c. */
#include "mm/anon.h"

#include "mm/bits.h"
#include "mm/gfp.h"
#include "mm/page.h"

struct page *fault_alloc_page(struct vm_fault *vmf)
{
	struct page *page = alloc_page_vma(GFP_ZERO | GFP_MOVABLE, 0, vmf->vma, vmf->address);

	if (page)
		page_mark(page, PAGE_UPTODATE);
	return page;
}

struct page *fault_alloc_huge_page(struct vm_fault *vmf)
{
	return alloc_page_vma(GFP_ZERO | GFP_COMP | GFP_MOVABLE | GFP_NOWARN, HPAGE_ORDER,
			      vmf->vma, vmf->address & HPAGE_MASK);
}

/* The entry of the fault, locked and still empty. False: it is over, with *@reason. */
static bool lock_empty(struct vm_fault *vmf, unsigned *reason)
{
	if (!vmf->pte && !fault_alloc_pte(vmf, reason))
		return false;
	vmf->ptl = pte_lockptr(vmf->mm, vmf->pte);
	lock_take(vmf->ptl);
	if (pte_none(entry_read(vmf->pte)))
		return true;
	lock_release(vmf->ptl);
	*reason = 0;
	return false;
}

/* Read: the one page of zeroes, which no page's books know. */
static unsigned map_zero_page(struct vm_fault *vmf)
{
	const struct kernel *k = current_kernel();
	uint64_t pfn = current_machine()->mm->zero_pfn;
	unsigned reason;

	if (!lock_empty(vmf, &reason))
		return reason;
	set_pte_at(vmf->mm, vmf->address, vmf->pte,
		   kernel_pte_mkspecial(k, kernel_mk_pte(k, pfn, vm_page_prot(vmf->vma))));
	lock_release(vmf->ptl);
	return 0;
}

static unsigned map_own_page(struct vm_fault *vmf)
{
	struct page *page = fault_alloc_page(vmf);
	unsigned reason;
	pte_t entry;

	if (!page)
		return VM_FAULT_OOM;
	entry = mk_pte(page, vm_page_prot(vmf->vma));
	if (vmf->vma->vm_flags & VM_WRITE)
		entry = pte_mkwrite(pte_mkdirty(entry));
	if (!lock_empty(vmf, &reason)) {
		put_page(page);
		return reason;
	}
	vmf->mm->rss[MM_ANONPAGES]++;
	page_add_new_anon_rmap(page, vmf->vma, vmf->address);
	set_pte_at(vmf->mm, vmf->address, vmf->pte, entry);
	lock_release(vmf->ptl);
	return 0;
}

/*
 * v3.8 to v6.12. From v4.8 on the table may be missing; the kernel makes it before it allocates
 * the page.
 */
unsigned do_anonymous_page(struct vm_fault *vmf)
{
	unsigned reason;

	if (vmf->vma->vm_flags & VM_SHARED)
		return VM_FAULT_SIGBUS;
	if (!has(ROW_LARGE_STACK_GAP) && !check_stack_guard_page(vmf->vma, vmf->address))
		return VM_FAULT_SIGSEGV;
	if (!vmf->pte && !fault_alloc_pte(vmf, &reason))
		return reason;
	if (!(vmf->flags & FAULT_FLAG_WRITE))
		return map_zero_page(vmf);
	reason = vmf_anon_prepare(vmf);
	return reason ? reason : map_own_page(vmf);
}
