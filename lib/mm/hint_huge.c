/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hint fault on a huge page to v5.13: do_huge_pmd_numa_page(), mm/huge_memory.c, by release. To
 * v3.19 pages move; the engine of v4.0 to v5.13 is not built yet and refuses each one.
 */
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/hint_common.h"
#include "mm/migrate.h"
#include "mm/page.h"
#include "mm/rmap.h"
#include "mm/tlb.h"

struct hint {
	struct vm_fault *vmf;
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	uint64_t address, haddr;
	pmd_t pmd;
	pmd_t *pmdp;
	struct lock *ptl;
	struct page *page;
	struct anon_vma *anon_vma;
	int page_nid, target_nid;
	uint32_t last_cpupid;
	unsigned flags;
	bool page_locked;
};

static const struct numa_hooks *numa(void)
{
	return current_machine()->mm->numa;
}

/* Under the lock: the page, and what the statistics want of it. */
static void account(struct hint *h)
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
static void clear_pmdnuma(struct hint *h)
{
	pmd_t pmd = has(ROW_PROTNONE_HINTS)
			    ? kernel_pmd_disarm(current_kernel(), h->pmd, vm_page_prot(h->vma))
			    : pmd_mknonnuma(h->pmd);

	set_pmd_at(h->mm, h->haddr, h->pmdp, pmd);
}

static bool unchanged(struct hint *h)
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
	if (unchanged(h))
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
static void do_not_count(struct hint *h)
{
	if (has(ROW_A10_COUNT_SANE))
		h->page_nid = -1;
}

/* The page was not moved. To v3.11 its lock is dropped by now; the hint is cleared here (A9). */
static void clear_after_failure(struct hint *h)
{
	lock_take(h->ptl);
	if (unchanged(h))
		clear_pmdnuma(h);
	else if (has(ROW_A10_RACED_NOT_COUNTED))
		h->page_nid = -1;
	lock_release(h->ptl);
}

static void migrate_or_clear(struct hint *h)
{
	if (!migrate(h) && !has(ROW_A9_THP_CLOSE_RACES))
		clear_after_failure(h);
}

/* The page may stay; both locks are held, and the page's goes first where A9 is not mended. */
static void stay(struct hint *h)
{
	if (!has(ROW_A9_THP_CLOSE_RACES))
		unlock_page(h->page);
	clear_pmdnuma(h);
	if (has(ROW_A9_THP_CLOSE_RACES))
		unlock_page(h->page);
}

/* Give the fault up: the PMD is not what it was. */
static void raced(struct hint *h)
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
	account(h);
	get_page(h->page);
	h->target_nid = numa()->mpol_misplaced(h->page, h->vma, h->haddr);
	if (h->target_nid == -1) {
		put_page(h->page);
		clear_pmdnuma(h);
		lock_release(h->ptl);
		return;
	}
	lock_release(h->ptl);
	lock_page(h->page);
	lock_take(h->ptl);
	if (unchanged(h)) {
		migrate_or_clear(h);
		return;
	}
	raced(h);
	lock_release(h->ptl);
}

/* 42836f5f8baa alone: first the page lock (slept for with a reference), then the policy. */
static void hint_fault_page_lock_first(struct hint *h)
{
	account(h);
	get_page(h->page);
	if (!trylock_page(h->page)) {
		lock_release(h->ptl);
		lock_page(h->page);
		lock_take(h->ptl);
		if (!unchanged(h)) {
			raced(h);
			do_not_count(h);
			lock_release(h->ptl);
			return;
		}
	}
	h->target_nid = numa()->mpol_misplaced(h->page, h->vma, h->haddr);
	if (h->target_nid != -1) {
		migrate_or_clear(h);
		return;
	}
	stay(h);
	put_page(h->page);
	lock_release(h->ptl);
}

/* Sleep on the page that a migration holds; the fault is retried and not accounted. */
static void wait_and_retry(struct hint *h)
{
	do_not_count(h);
	if (has(ROW_A23_HOLD_PAGE)) {
		bool got = get_page_unless_zero(h->page);

		lock_release(h->ptl);
		if (got) {
			wait_on_page_locked(h->page);
			put_page(h->page);
		}
		return;
	}
	lock_release(h->ptl);
	wait_on_page_locked(h->page);
}

/* de466bd628e8: see a migration before anything is disturbed. True: waited. */
static bool wait_for_migration(struct hint *h)
{
	struct page *page = pmd_page(h->pmd);

	if (!has(ROW_A19_NO_DISRUPT) || !page_locked(page))
		return false;
	h->page = page;
	if (has(ROW_A25_PMD_UNDER_LOCK)) {
		wait_and_retry(h);
		return true;
	}
	/* The page is looked up again without the lock, from whatever the PMD holds by then. */
	lock_release(h->ptl);
	wait_on_page_locked(pmd_page(entry_read(h->pmdp)));
	return true;
}

/* With the page lock and its family's lock: is the fault still about the same page? */
static bool confirm(struct hint *h)
{
	get_page(h->page);
	lock_release(h->ptl);
	if (!h->page_locked)
		lock_page(h->page);
	h->anon_vma = page_lock_anon_vma_read(h->page);
	lock_take(h->ptl);
	if (!unchanged(h)) {
		raced(h);
		do_not_count(h);
		return false;
	}
	if (has(ROW_A11_ANON_VMA_BAIL) && !h->anon_vma) {
		put_page(h->page);
		h->page_nid = -1;
		clear_pmdnuma(h);
		unlock_page(h->page);
		return false;
	}
	return true;
}

/*
 * v3.12 and v3.13 (587fe586f44a): the page lock is tried under the page-table lock; who finds the
 * page locked, and has no reason to move it, waits and retries.
 */
static void hint_fault_3_12(struct hint *h)
{
	if (wait_for_migration(h))
		return;
	account(h);
	h->page_locked = trylock_page(h->page);
	h->target_nid = numa()->mpol_misplaced(h->page, h->vma, h->haddr);
	if (h->target_nid == -1 && h->page_locked) {
		stay(h);
		lock_release(h->ptl);
	} else if (!h->page_locked && (h->target_nid == -1 || has(ROW_A19_NO_DISRUPT))) {
		wait_and_retry(h);
	} else if (confirm(h)) {
		migrate_or_clear(h);
	} else {
		lock_release(h->ptl);
	}
}

/* v4.0 to v4.8: a BUG_ON() that an inaccessible VMA fails; the huge zero page is nobody's. */
static bool nothing_to_move(struct hint *h)
{
	if (!has(ROW_PROTNONE_HINTS))
		return false;
	hint_check_vma(h->vmf);
	if (!is_huge_zero_page(pmd_page(h->pmd)))
		return false;
	clear_pmdnuma(h);
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
	if (!unchanged(&h)) {
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
		numa()->task_numa_fault(h.last_cpupid, h.page_nid, BLOCK_FRAMES, h.flags);
	numa_fault_commit(h.mm, h.vma, h.haddr, BLOCK_FRAMES, stamp);
}
