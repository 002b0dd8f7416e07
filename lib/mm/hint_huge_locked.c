/* SPDX-License-Identifier: BSD-2-Clause */
/* Hint faults on huge pages, v3.12 to v5.13: a page that is being moved is seen by its lock. */
#include "mm/hint_huge.h"
#include "mm/migrate.h"

/* Sleep on the page that a migration holds; the fault is retried and not accounted. */
static void wait_and_retry(struct hint *h)
{
	huge_hint_not_counted(h);
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

/*
 * To v3.19: the PMD is read once more without the lock, and whatever it leads to is waited for. A
 * real kernel takes the descriptor of physical page 0 for an empty PMD and that of the table for a
 * table; neither is ever locked, so the fault is tried again. It ends as an oops here.
 */
static void wait_for_what_is_there(pmd_t *pmdp)
{
	pmd_t pmd = entry_read(pmdp);

	if (pmd_none(pmd))
		kernel_oops("wait_migrate_huge_page takes an empty PMD for a huge page: it would "
			    "wait for physical page 0");
	if (!pmd_trans_huge(pmd))
		kernel_oops("wait_migrate_huge_page takes PMD %#llx, a page table's, for a huge "
			    "page", (unsigned long long)pmd);
	wait_on_page_locked(pmd_page(pmd));
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
	lock_release(h->ptl);
	wait_for_what_is_there(h->pmdp);
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
	if (!huge_hint_unchanged(h)) {
		huge_hint_raced(h);
		huge_hint_not_counted(h);
		return false;
	}
	if (has(ROW_A11_ANON_VMA_BAIL) && !h->anon_vma) {
		put_page(h->page);
		h->page_nid = -1;
		huge_hint_clear(h);
		unlock_page(h->page);
		return false;
	}
	return true;
}

/*
 * v3.12 and v3.13 (587fe586f44a): the page lock is tried under the page-table lock; who finds the
 * page locked, and has no reason to move it, waits and retries.
 */
void hint_fault_3_12(struct hint *h)
{
	if (wait_for_migration(h))
		return;
	huge_hint_account(h);
	h->page_locked = trylock_page(h->page);
	h->target_nid = numa_hooks()->mpol_misplaced(h->page, h->vma, h->haddr);
	if (h->target_nid == -1 && h->page_locked) {
		huge_hint_stay(h);
		lock_release(h->ptl);
	} else if (!h->page_locked && (h->target_nid == -1 || has(ROW_A19_NO_DISRUPT))) {
		wait_and_retry(h);
	} else if (confirm(h)) {
		huge_hint_migrate(h);
	} else {
		lock_release(h->ptl);
	}
}
