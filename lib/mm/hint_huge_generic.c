/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hint fault on a huge page from v5.14 on (c5b5a3dd2c1f): do_huge_pmd_numa_page(),
 * mm/huge_memory.c. As for base pages (hint_protnone.c), the engine that would move the page
 * refuses until it is built.
 */
#include "mm/hint_common.h"
#include "mm/rmap.h"

static bool same(const struct vm_fault *vmf)
{
	return entry_read(vmf->pmd) == vmf->orig_pmd;
}

static pmd_t modified(const struct vm_fault *vmf)
{
	return kernel_pmd_modify(current_kernel(), vmf->orig_pmd, vm_page_prot(vmf->vma));
}

static bool was_writable(const struct vm_fault *vmf)
{
	pmd_t pmd;

	if (has(ROW_A28_PRESERVE_WRITE))
		return vmf->orig_pmd & X86_RW;
	if (!has(ROW_A28_NO_SAVED_WRITE))
		return false;
	pmd = modified(vmf);
	return pmd_write(pmd) ||
	       (hint_wants_write(vmf->vma) && can_change_pmd_writable(vmf->vma, pmd));
}

static void restore(const struct numa_hint *h)
{
	struct vm_fault *vmf = h->vmf;
	pmd_t pmd = pmd_mkyoung(modified(vmf));

	set_pmd_at(vmf->mm, vmf->address & HPAGE_MASK, vmf->pmd,
		   h->writable ? pmd_mkwrite(pmd) : pmd);
}

/* v5.14 to v6.10: without the lock; false: the entry changed. Later: under it. */
static bool try_to_move(struct numa_hint *h)
{
	h->flags |= TNF_MIGRATE_FAIL;
	if (has(ROW_HINT_CHECK_UNDER_PTL))
		return true;
	lock_release(h->vmf->ptl);
	put_page(h->page);
	if (has(ROW_A28_NO_SAVED_WRITE))
		h->writable = false;
	lock_take(h->vmf->ptl);
	return same(h->vmf);
}

/* False: the entry changed meanwhile. */
static bool decide(struct numa_hint *h)
{
	bool holds = !has(ROW_HINT_CHECK_UNDER_PTL);

	if (holds)
		get_page(h->page);
	hint_account(h, h->vmf->address & HPAGE_MASK, h->writable);
	if (h->target_nid != -1)
		return try_to_move(h);
	if (holds)
		put_page(h->page);
	return true;
}

void do_huge_pmd_numa_page_generic(struct vm_fault *vmf)
{
	struct numa_hint h = {.vmf = vmf, .nid = -1, .target_nid = -1};
	bool unchanged = true;

	vmf->ptl = pmd_lockptr(vmf->mm, vmf->pmd);
	lock_take(vmf->ptl);
	if (!same(vmf)) {
		lock_release(vmf->ptl);
		return;
	}
	h.writable = was_writable(vmf);
	h.page = pmd_page(vmf->orig_pmd);
	if (is_huge_zero_page(h.page))
		h.page = NULL;
	if (h.page)
		unchanged = decide(&h);
	if (unchanged)
		restore(&h);
	lock_release(vmf->ptl);
	if (unchanged || !has(ROW_A29_NO_ACCOUNT_PMD))
		hint_report(&h, BLOCK_FRAMES);
}
