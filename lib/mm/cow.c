/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A write to a present PTE without RW: do_wp_page() and wp_page_copy(), mm/memory.c.
 *
 *   entry --> page that others have, too	->  copy; entry emptied and flushed; entry --> copy
 *   entry --> page that nobody else has	->  entry gets RW
 */
#include "mm/cow.h"

#include "mm/file.h"
#include "mm/gfp.h"
#include "mm/mlock.h"
#include "mm/tlb.h"

void cow_reuse(struct cow *c)
{
	struct vm_fault *vmf = c->vmf;
	pte_t entry = maybe_mkwrite(pte_mkdirty(pte_mkyoung(vmf->orig_pte)), vmf->vma);

	if (c->page && has(ROW_CPUPID)) /* it may have been another process's fault */
		page_cpupid_xchg_last(c->page, UINT32_MAX);
	if (entry != vmf->orig_pte)
		set_pte_at(vmf->mm, vmf->address, vmf->pte, entry);
	count_vm_events(VM_EVENT_PGREUSE, 1); /* shown since v5.9 */
	event(EVENT_REUSED, vmf->address);
}

static struct page *make_copy(struct cow *c)
{
	struct vm_fault *vmf = c->vmf;
	struct page *copy;

	if (!c->page)
		return fault_alloc_page(vmf);
	copy = alloc_page_vma(GFP_MOVABLE, 0, vmf->vma, vmf->address);
	if (!copy)
		return NULL;
	copy_page_part(copy, c->page, c->part);
	page_mark(copy, PAGE_UPTODATE);
	return copy;
}

/* Without the write (v5.19+): rights stay, and so does the soft-dirty mark. */
static pte_t copied_entry(const struct vm_fault *vmf, struct page *copy)
{
	pte_t entry = mk_pte(copy, vm_page_prot(vmf->vma));

	if (!(vmf->flags & FAULT_FLAG_UNSHARE))
		return maybe_mkwrite(pte_mkdirty(entry), vmf->vma);
	if (kernel_pte_soft_dirty(current_kernel(), vmf->orig_pte))
		entry = kernel_pte_mksoft_dirty(current_kernel(), entry);
	return entry;
}

static void unmap_old(const struct cow *c)
{
	page_remove_rmap_pte(c->page, c->part);
	munlock_vma_page(c->page, c->vmf->vma, false);
}

/*
 * The old page is unmapped last: who sees that it has one mapping less may take it over, so no
 * processor may still read it through this entry.
 */
static void install_copy(struct cow *c, struct page *copy)
{
	struct vm_fault *vmf = c->vmf;
	pte_t entry = copied_entry(vmf, copy);

	if (!c->page || !page_is_anon(c->page)) {
		if (c->page)
			vmf->mm->rss[mm_counter(c->page)]--;
		vmf->mm->rss[MM_ANONPAGES]++;
	}
	ptep_clear_flush(vmf->vma, vmf->address, vmf->pte);
	page_add_new_anon_rmap(copy, vmf->vma, vmf->address);
	set_pte_at(vmf->mm, vmf->address, vmf->pte, entry);
	if (c->page)
		unmap_old(c);
	event(EVENT_COPIED, vmf->address);
}

static void put_old(struct cow *c)
{
	if (c->page)
		put_page(c->page);
}

/* With a reference of the old page, and without the lock. */
static unsigned wp_page_copy(struct cow *c)
{
	struct vm_fault *vmf = c->vmf;
	unsigned ret = vmf_anon_prepare(vmf);
	struct page *copy = ret ? NULL : make_copy(c);
	bool same;

	if (!copy) {
		put_old(c);
		return ret ? ret : VM_FAULT_OOM;
	}
	lock_take(vmf->ptl);
	same = entry_read(vmf->pte) == vmf->orig_pte;
	if (same)
		install_copy(c, copy);
	lock_release(vmf->ptl);
	if (same && c->page)
		munlock_copied_page(c->page, vmf->vma);
	if (same)
		put_old(c); /* that of the entry */
	else
		put_page(copy);
	put_old(c);
	return same ? VM_FAULT_WRITE : 0;
}

/* A shared mapping: the file's page is dirty from now on, and stays. The lock is released. */
static unsigned wp_shared(struct cow *c)
{
	struct vm_fault *vmf = c->vmf;
	int error = do_shared_wp(vmf->mm, vmf->vma, vmf->address, vmf->pte, vmf->orig_pte);

	return error ? fault_reason(error) : VM_FAULT_WRITE;
}

/* GUP wants the page for reading for long (v5.19+): only a shared anonymous page needs a copy. */
static bool nothing_to_unshare(const struct cow *c)
{
	return c->vmf->flags & FAULT_FLAG_UNSHARE && (!c->page || !page_is_anon(c->page));
}

static unsigned wp_private(struct cow *c)
{
	struct vm_fault *vmf = c->vmf;
	enum cow_verdict verdict = COW_COPY;

	if (c->page && page_is_anon(c->page))
		verdict = cow_judge(c);
	if (verdict == COW_COPY) {
		if (c->page)
			get_page(c->page);
		lock_release(vmf->ptl);
		return wp_page_copy(c);
	}
	if (verdict == COW_REUSE && !(vmf->flags & FAULT_FLAG_UNSHARE))
		cow_reuse(c);
	lock_release(vmf->ptl);
	return verdict == COW_REUSE ? VM_FAULT_WRITE : 0;
}

/* v3.8 to v6.12. A VMA of a driver can be shared and private memory at once: the flags decide. */
unsigned do_wp_page(struct vm_fault *vmf)
{
	struct cow c = {.vmf = vmf, .page = vm_normal_page(vmf->vma, vmf->address, vmf->orig_pte)};

	if (c.page)
		c.part = page_part(c.page, kernel_pte_pfn(current_kernel(), vmf->orig_pte));
	if (nothing_to_unshare(&c)) {
		lock_release(vmf->ptl);
		return 0;
	}
	if ((vmf->vma->vm_flags & (VM_WRITE | VM_SHARED)) == (VM_WRITE | VM_SHARED) &&
	    !(c.page && page_is_anon(c.page)))
		return wp_shared(&c);
	return wp_private(&c);
}
