/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hint fault on a huge page to v5.13: do_huge_pmd_numa_page(), mm/huge_memory.c, by release. To
 * v3.19 pages move; the engine of v4.0 to v5.13 is not built yet and refuses each one.
 */
#include "mm/hint_huge.h"
#include "mm/migrate.h"
#include "mm/page.h"
#include "mm/rmap.h"
#include "mm/tlb.h"

/* Under the lock: the page, and what the statistics want of it. */
void huge_hint_account(struct hint *h)
{
	h->page = pmd_page(h->pmd);
	h->page_nid = h->page->node;
	h->last_cpupid = page_cpupid_last(h->page);
	count_vm_events(VM_EVENT_NUMA_HINT_FAULTS, 1);
	event(EVENT_HINT_FAULT, h->address);
	if (h->page->node == this_cpu()->node) {
		count_vm_events(VM_EVENT_NUMA_HINT_FAULTS_LOCAL, 1);
		h->flags |= TNF_FAULT_LOCAL;
	}
	if (!pmd_write(h->pmd))
		h->flags |= TNF_NO_GROUP;
}

/* Give the hint up where the lock is held: from v4.0 on the entry gets the VMA's rights, and RW if
 * that stayed in it. */
void huge_hint_clear(struct hint *h)
{
	pmd_t pmd = has(ROW_PROTNONE_HINTS)
			    ? kernel_pmd_disarm(current_kernel(), h->pmd, vm_page_prot(h->vma))
			    : pmd_mknonnuma(h->pmd);

	set_pmd_at(h->mm, h->haddr, h->pmdp, pmd);
}

bool huge_hint_unchanged(struct hint *h)
{
	return entry_read(h->pmdp) == h->pmd;
}

/*
 * v4.0 to v5.13, how migrate_misplaced_transhuge_page() ends when it refuses: the entry becomes
 * accessible (not writable), if it is still the one.
 */
static void refuse(struct hint *h)
{
	h->flags |= TNF_MIGRATE_FAIL;
	lock_take(h->ptl);
	if (huge_hint_unchanged(h))
		set_pmd_at(h->mm, h->haddr, h->pmdp,
			   kernel_pmd_modify(current_kernel(), h->pmd, vm_page_prot(h->vma)));
	lock_release(h->ptl);
	unlock_page(h->page);
	put_page(h->page);
}

/*
 * The last look at the PMD was good and its lock is still held: flush if that is the release's
 * way (a9b802500ebb, v4.13, brings it back), and move the page. True: it moved. Else 3f926ab945b6
 * has cleared the hint, too.
 */
static bool migrate(struct hint *h)
{
	if (has(ROW_A1_TLB_FLUSH_PENDING) && !has(ROW_A4_DEFER_THP_FLUSH) &&
	    mm_tlb_flush_pending(h->mm))
		flush_tlb_range(h->vma, h->haddr, h->haddr + HPAGE_SIZE);
	lock_release(h->ptl);
	if (has(ROW_PROTNONE_HINTS)) {
		refuse(h);
		return false;
	}
	if (has(ROW_DRAFT_NUMA_TLB_LAZY) && numa_tlb_lazy(h->mm))
		flush_tlb_range(h->vma, h->haddr, h->haddr + HPAGE_SIZE);
	if (!migrate_misplaced_transhuge_page(h->mm, h->vma, h->pmdp, h->pmd, h->address, h->page,
					      h->target_nid))
		return false;
	h->page_nid = h->target_nid;
	h->flags |= TNF_MIGRATED;
	return true;
}

/* The fault is going to be taken again, or somebody else took it. */
void huge_hint_not_counted(struct hint *h)
{
	if (has(ROW_A10_COUNT_SANE))
		h->page_nid = -1;
}

/* The page was not moved. To v3.11 its lock is dropped by now; the hint is cleared here (A9). */
static void clear_after_failure(struct hint *h)
{
	lock_take(h->ptl);
	if (huge_hint_unchanged(h))
		huge_hint_clear(h);
	else if (has(ROW_A10_RACED_NOT_COUNTED))
		h->page_nid = -1;
	lock_release(h->ptl);
}

void huge_hint_migrate(struct hint *h)
{
	if (!migrate(h) && !has(ROW_A9_THP_CLOSE_RACES))
		clear_after_failure(h);
}

/* The page may stay; both locks are held, and the page's goes first where A9 is not mended. */
void huge_hint_stay(struct hint *h)
{
	if (!has(ROW_A9_THP_CLOSE_RACES))
		unlock_page(h->page);
	huge_hint_clear(h);
	if (has(ROW_A9_THP_CLOSE_RACES))
		unlock_page(h->page);
}

/* Give the fault up: the PMD is not what it was. */
void huge_hint_raced(struct hint *h)
{
	unlock_page(h->page);
	put_page(h->page);
}

/*
 * v3.8 to v3.11: ask the policy, drop the lock, lock the page, look again, migrate. A page that may
 * stay has its hint cleared whoever has the page lock (A10).
 */
static void hint_fault_3_8(struct hint *h)
{
	huge_hint_account(h);
	get_page(h->page);
	h->target_nid = numa_hooks()->mpol_misplaced(h->page, h->vma, h->haddr);
	if (h->target_nid == -1) {
		put_page(h->page);
		huge_hint_clear(h);
		lock_release(h->ptl);
		return;
	}
	lock_release(h->ptl);
	lock_page(h->page);
	lock_take(h->ptl);
	if (huge_hint_unchanged(h)) {
		huge_hint_migrate(h);
		return;
	}
	huge_hint_raced(h);
	lock_release(h->ptl);
}

/* 42836f5f8baa alone: first the page lock (slept for with a reference), then the policy. */
static void hint_fault_page_lock_first(struct hint *h)
{
	huge_hint_account(h);
	get_page(h->page);
	if (!trylock_page(h->page)) {
		lock_release(h->ptl);
		lock_page(h->page);
		lock_take(h->ptl);
		if (!huge_hint_unchanged(h)) {
			huge_hint_raced(h);
			huge_hint_not_counted(h);
			lock_release(h->ptl);
			return;
		}
	}
	h->target_nid = numa_hooks()->mpol_misplaced(h->page, h->vma, h->haddr);
	if (h->target_nid != -1) {
		huge_hint_migrate(h);
		return;
	}
	huge_hint_stay(h);
	put_page(h->page);
	lock_release(h->ptl);
}

/* v4.0 to v4.8: a BUG_ON() that an inaccessible VMA fails; the huge zero page is nobody's. */
static bool nothing_to_move(struct hint *h)
{
	if (!has(ROW_PROTNONE_HINTS))
		return false;
	hint_check_vma(h->vmf);
	if (!is_huge_zero_page(pmd_page(h->pmd)))
		return false;
	huge_hint_clear(h);
	lock_release(h->ptl);
	return true;
}

void do_huge_pmd_numa_page(struct vm_fault *vmf)
{
	struct hint h = {.vmf = vmf, .mm = vmf->mm, .vma = vmf->vma, .address = vmf->address,
			 .haddr = vmf->address & HPAGE_MASK, .pmd = vmf->orig_pmd,
			 .pmdp = vmf->pmd, .ptl = pmd_lockptr(vmf->mm, vmf->pmd), .page_nid = -1};
	uint64_t stamp = numa_fault_prepare(h.mm);

	lock_take(h.ptl);
	if (!huge_hint_unchanged(&h)) {
		lock_release(h.ptl);
	} else if (!nothing_to_move(&h)) {
		if (has(ROW_A11_SPLIT_PREVENT))
			hint_fault_3_12(&h);
		else if (has(ROW_A10_THP_WAIT))
			hint_fault_page_lock_first(&h);
		else
			hint_fault_3_8(&h);
	}
	if (h.anon_vma)
		page_unlock_anon_vma_read(h.anon_vma);
	if (h.page_nid != -1)
		numa_hooks()->task_numa_fault(h.last_cpupid, h.page_nid, BLOCK_FRAMES, h.flags);
	numa_fault_commit(h.mm, h.vma, h.haddr, BLOCK_FRAMES, stamp);
}
