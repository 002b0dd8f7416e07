/* SPDX-License-Identifier: BSD-2-Clause */
/* A hint fault on a huge page: do_huge_pmd_numa_page(), mm/huge_memory.c, by release. */
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/hooks.h"
#include "mm/migrate.h"
#include "mm/page.h"
#include "mm/tlb.h"

struct hint {
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

/* Give the hint up where the lock is held. */
static void clear_pmdnuma(struct hint *h)
{
	set_pmd_at(h->mm, h->haddr, h->pmdp, pmd_mknonnuma(h->pmd));
}

static bool unchanged(struct hint *h)
{
	return entry_read(h->pmdp) == h->pmd;
}

static void migrate(struct hint *h)
{
	if (has(ROW_DRAFT_NUMA_TLB_LAZY) && numa_tlb_lazy(h->mm))
		flush_tlb_range(h->vma, h->haddr, h->haddr + HPAGE_SIZE);
	if (migrate_misplaced_transhuge_page(h->mm, h->vma, h->pmdp, h->pmd, h->address, h->page,
					     h->target_nid)) {
		h->page_nid = h->target_nid;
		h->flags |= TNF_MIGRATED;
	}
}

/*
 * v3.8 to v3.11: ask the policy, drop the lock, lock the page, look again, migrate. If the move
 * failed, or none was wanted, the hint is cleared without the page lock (A9).
 */
static void hint_fault_3_8(struct hint *h)
{
	bool tried = false;

	account(h);
	get_page(h->page);
	h->target_nid = numa()->mpol_misplaced(h->page, h->vma, h->haddr);
	if (h->target_nid == -1) {
		put_page(h->page);
	} else {
		lock_release(h->ptl);
		lock_page(h->page);
		lock_take(h->ptl);
		if (!unchanged(h)) {
			unlock_page(h->page);
			put_page(h->page);
			lock_release(h->ptl);
			return;
		}
		lock_release(h->ptl);
		migrate(h);
		if (h->flags & TNF_MIGRATED)
			return;
		tried = true;
		lock_take(h->ptl);
	}
	if (!tried || unchanged(h))
		clear_pmdnuma(h);
	lock_release(h->ptl);
}

/* Sleep on the page that a migration holds; the fault is retried and not accounted. */
static void wait_and_retry(struct hint *h)
{
	h->page_nid = -1;
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
	h->anon_vma = has(ROW_A11_SPLIT_PREVENT) ? page_lock_anon_vma_read(h->page) : NULL;
	lock_take(h->ptl);
	if (!unchanged(h)) {
		unlock_page(h->page);
		put_page(h->page);
		h->page_nid = -1;
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
 * v3.12 and v3.13 (3f926ab945b6, 42836f5f8baa): the page lock is tried under the page-table lock
 * and held until the PMD is settled; who finds it locked waits and retries.
 */
static void hint_fault_3_12(struct hint *h)
{
	if (wait_for_migration(h))
		return;
	account(h);
	h->page_locked = trylock_page(h->page);
	h->target_nid = numa()->mpol_misplaced(h->page, h->vma, h->haddr);
	if (h->target_nid == -1 && h->page_locked) {
		clear_pmdnuma(h);
		unlock_page(h->page);
		lock_release(h->ptl);
		return;
	}
	if (!h->page_locked && (h->target_nid == -1 || has(ROW_A19_NO_DISRUPT))) {
		wait_and_retry(h);
		return;
	}
	if (!confirm(h)) {
		lock_release(h->ptl);
		return;
	}
	if (has(ROW_A1_TLB_FLUSH_PENDING) && !has(ROW_A4_DEFER_THP_FLUSH) &&
	    mm_tlb_flush_pending(h->mm))
		flush_tlb_range(h->vma, h->haddr, h->haddr + HPAGE_SIZE);
	lock_release(h->ptl);
	migrate(h);
}

void do_huge_pmd_numa_page(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
			   uint64_t pmd, uint64_t *pmdp)
{
	struct hint h = {.mm = mm, .vma = vma, .address = address, .haddr = address & HPAGE_MASK,
			 .pmd = pmd, .pmdp = pmdp, .ptl = pmd_lockptr(mm, pmdp), .page_nid = -1};
	uint64_t stamp = numa_fault_prepare(mm);

	lock_take(h.ptl);
	if (!unchanged(&h))
		lock_release(h.ptl);
	else if (has(ROW_A9_THP_CLOSE_RACES))
		hint_fault_3_12(&h);
	else
		hint_fault_3_8(&h);
	if (h.anon_vma)
		page_unlock_anon_vma_read(h.anon_vma);
	if (h.page_nid != -1)
		numa()->task_numa_fault(h.last_cpupid, h.page_nid, BLOCK_FRAMES, h.flags);
	numa_fault_commit(mm, vma, h.haddr, BLOCK_FRAMES, stamp);
}
