/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hint fault on a base page from v4.0 on: do_numa_page(), mm/memory.c.
 *
 *   v4.0 to v5.12   accessible at once; then the page may move
 *   v5.13 to v6.10  the page may move; accessible if it stays
 *   v6.11, v6.12    the same, but whether it can move is found out before the lock is dropped
 *
 * No page moves here yet: the engine that moves pages in these releases comes with migration, and
 * until then it refuses each one, as it does when the target node is full.
 */
#include "mm/hint_common.h"
#include "mm/ranges.h"

static bool same(const struct vm_fault *vmf)
{
	return entry_read(vmf->pte) == vmf->orig_pte;
}

static pte_t accessible(const struct numa_hint *h, pte_t pte)
{
	pte = pte_mkyoung(kernel_pte_modify(current_kernel(), pte, vm_page_prot(h->vmf->vma)));
	return h->writable ? pte_mkwrite(pte) : pte;
}

/* From v4.12 on the entry is exchanged first, so that bits which a processor sets are not lost. */
static void restore(const struct numa_hint *h)
{
	struct vm_fault *vmf = h->vmf;
	pte_t old = vmf->orig_pte;

	if (has(ROW_HINT_MODIFY_PROT))
		old = entry_get_and_clear(vmf->mm, vmf->address, vmf->pte);
	set_pte_at(vmf->mm, vmf->address, vmf->pte, accessible(h, old));
}

/*
 * Is the entry to be writable again? To v4.0-rc5 no; then if RW stayed in it (savedwrite); from
 * v6.2 on if the rights of the VMA have RW, or page and VMA allow it (6a56ccbcf6c6).
 */
static bool was_writable(const struct vm_fault *vmf)
{
	const struct kernel *k = current_kernel();
	pte_t pte;

	if (has(ROW_A28_PRESERVE_WRITE))
		return vmf->orig_pte & X86_RW;
	if (!has(ROW_A28_NO_SAVED_WRITE))
		return false;
	pte = kernel_pte_modify(k, vmf->orig_pte, vm_page_prot(vmf->vma));
	return pte_write(pte) || (hint_wants_write(vmf->vma) &&
				  can_change_pte_writable(vmf->vma, vmf->address, pte));
}

/* NULL: nothing that could move. To v6.9 parts of a huge page do not, either. */
static struct page *page_of(const struct vm_fault *vmf)
{
	pte_t pte = kernel_pte_modify(current_kernel(), vmf->orig_pte, vm_page_prot(vmf->vma));
	struct page *page = vm_normal_page(vmf->vma, vmf->address, pte);

	if (page && page->flags & PAGE_HEAD && !has(ROW_SCAN_SKIPS_PINNED))
		return NULL;
	return page;
}

/* v4.0 to v5.12. The lock is held. */
static void restore_then_move(struct numa_hint *h)
{
	struct vm_fault *vmf = h->vmf;

	restore(h);
	if (!h->page) {
		lock_release(vmf->ptl);
		return;
	}
	get_page(h->page);
	hint_account(h, vmf->address, h->writable);
	lock_release(vmf->ptl);
	if (h->target_nid != -1)
		h->flags |= TNF_MIGRATE_FAIL;
	put_page(h->page);
	hint_report(h, 1);
}

/*
 * v5.13 to v6.10: the attempt, without the lock, with the reference that it takes over. False: the
 * entry changed meanwhile. What page and VMA allowed (v6.2+) may no longer hold after it.
 */
static bool try_to_move(struct numa_hint *h)
{
	lock_release(h->vmf->ptl);
	put_page(h->page);
	h->flags |= TNF_MIGRATE_FAIL;
	if (has(ROW_A28_NO_SAVED_WRITE))
		h->writable = false;
	lock_take(h->vmf->ptl);
	return same(h->vmf);
}

static void move_then_restore(struct numa_hint *h)
{
	struct vm_fault *vmf = h->vmf;
	bool unchanged = true;

	if (h->page) {
		bool early = has(ROW_HINT_CHECK_UNDER_PTL);

		if (!early)
			get_page(h->page);
		hint_account(h, vmf->address, h->writable);
		if (early && h->target_nid != -1)
			h->flags |= TNF_MIGRATE_FAIL;
		else if (!early && h->target_nid != -1)
			unchanged = try_to_move(h);
		else if (!early)
			put_page(h->page);
	}
	if (unchanged && h->page && h->page->flags & PAGE_HEAD)
		hint_restore_others(h);
	if (unchanged)
		restore(h);
	lock_release(vmf->ptl);
	if (unchanged || !has(ROW_A29_NO_ACCOUNT_PTE))
		hint_report(h, h->page ? page_nr_frames(h->page) : 1);
}

void do_numa_page_protnone(struct vm_fault *vmf)
{
	struct numa_hint h = {.vmf = vmf, .nid = -1, .target_nid = -1};

	hint_check_vma(vmf);
	lock_take(vmf->ptl);
	if (!same(vmf)) {
		lock_release(vmf->ptl);
		return;
	}
	h.writable = was_writable(vmf);
	h.page = page_of(vmf);
	if (has(ROW_HINT_DELAYED_MAP))
		move_then_restore(&h);
	else
		restore_then_move(&h);
}
