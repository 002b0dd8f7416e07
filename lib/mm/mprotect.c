/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arming a range:
 *
 *   raise tlb_flush_pending (20841405940e)
 *     every PMD:  huge  -> change_huge_pmd: lock, arm, unlock
 *                 table -> change_pte_range: lock, arm every PTE, unlock
 *   flush the range, if anything changed          <- until here others may use old translations
 *   lower tlb_flush_pending
 */
#include "mm/mprotect.h"

#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/page.h"
#include "mm/tlb.h"

#define HUGE_UNLOCKED  0 /* no stable huge page here */
#define HUGE_UNCHANGED 1
#define HUGE_CHANGED   BLOCK_FRAMES

/* To v3.12 only pages with one mapper are armed. A page of frame 0 has none. */
static bool may_arm(struct page *page)
{
	return has(ROW_MAPCOUNT_NUMA_SHARED) || page_mapcount(page) == 1;
}

/*
 * v3.8 to v3.12: cleared, and then looked at again, where it is empty now: the page that it
 * finds is that of frame 0, so nothing is ever armed, and yet it counts as changed (A16).
 */
static int arm_huge_clear_first(struct mm_struct *mm, uint64_t address, pmd_t *pmd)
{
	pmd_t entry = entry_get_and_clear(mm, address, pmd);
	pmd_t again = entry_read(pmd);

	if (may_arm(pmd_page(again)) && !pmd_numa(again)) {
		entry = pmd_mknuma(entry);
		note("make entry PMD_NUMA");
	}
	set_pmd_at(mm, address, pmd, entry);
	return HUGE_CHANGED;
}

/* f123d74abf91: look first; the entry is empty between the clear and the set. */
static int arm_huge_read_first(struct mm_struct *mm, uint64_t address, pmd_t *pmd, pmd_t seen)
{
	pmd_t entry;

	if (!may_arm(pmd_page(seen)) || pmd_numa(seen))
		return HUGE_UNCHANGED;
	entry = pmd_mknuma(entry_get_and_clear(mm, address, pmd));
	set_pmd_at(mm, address, pmd, entry);
	note("make entry PMD_NUMA");
	return HUGE_CHANGED;
}

/* 5a6dac3ec5f5: never empty. */
static int arm_huge_in_place(struct mm_struct *mm, uint64_t address, pmd_t *pmd, pmd_t seen)
{
	if (!may_arm(pmd_page(seen)) || pmd_numa(seen))
		return HUGE_UNCHANGED;
	set_pmd_at(mm, address, pmd, pmd_mknuma(seen));
	note("make entry PMD_NUMA");
	return HUGE_CHANGED;
}

/*
 * The kernel's text dereferences the PMD several times under the lock, with nothing between that
 * would make a compiler load it again: one read here.
 */
static int change_huge_pmd(struct vm_area_struct *vma, pmd_t *pmd, uint64_t address)
{
	struct lock *ptl = pmd_lockptr(vma->vm_mm, pmd);
	int ret = HUGE_UNLOCKED;
	pmd_t seen;

	lock_take(ptl);
	seen = entry_read(pmd);
	if (pmd_trans_huge(seen)) {
		if (has(ROW_A16_PMD_NO_CLEAR))
			ret = arm_huge_in_place(vma->vm_mm, address, pmd, seen);
		else if (has(ROW_A16_READ_BEFORE_CLEAR))
			ret = arm_huge_read_first(vma->vm_mm, address, pmd, seen);
		else
			ret = arm_huge_clear_first(vma->vm_mm, address, pmd);
		if (ret == HUGE_CHANGED && pmd_numa(*pmd))
			event(EVENT_ARMED, address);
	}
	lock_release(ptl);
	return ret;
}

struct pte_scan {
	struct vm_area_struct *vma;
	int last_nid;
	bool all_same_node;
};

/* Why this entry stays as it is, or SCAN_ARM. */
enum scan_verdict { SCAN_ARM, SCAN_NO_PAGE, SCAN_ARMED_BEFORE, SCAN_SHARED };

static enum scan_verdict judge_pte(struct pte_scan *scan, pte_t entry)
{
	struct page *page = pte_special(entry) ? NULL : pte_page(entry);

	if (!page)
		return SCAN_NO_PAGE;
	if (scan->last_nid == -1)
		scan->last_nid = page->node;
	if (scan->last_nid != page->node)
		scan->all_same_node = false;
	if (pte_numa(entry))
		return SCAN_ARMED_BEFORE;
	return may_arm(page) ? SCAN_ARM : SCAN_SHARED;
}

/* To 3.13-rc4 present entries are cleared and set again; 0c5f83c23ca7 stores only what it arms. */
static bool arm_pte(struct pte_scan *scan, uint64_t address, pte_t *pte, pte_t old)
{
	struct mm_struct *mm = scan->vma->vm_mm;
	bool clear = !has(ROW_A16_PTE_NO_CLEAR);
	pte_t entry = clear ? entry_get_and_clear(mm, address, pte) : entry_read(pte);
	bool arm = judge_pte(scan, old) == SCAN_ARM;

	if (arm)
		entry = pte_mknuma(entry);
	if (arm || clear)
		set_pte_at(mm, address, pte, entry);
	if (arm) {
		note("make entry PTE_NUMA");
		event(EVENT_ARMED, address);
	}
	return arm;
}

static unsigned long change_pte_range(struct pte_scan *scan, pmd_t *pmd, uint64_t start,
				      uint64_t end)
{
	uint64_t *table = phys_to_host(&current_machine()->phys, entry_read(pmd) & X86_PFN_MASK);
	struct lock *ptl = pte_lockptr(scan->vma->vm_mm, table);
	unsigned long pages = 0;

	lock_take(ptl);
	for (uint64_t at = start; at < end; at += FRAME_SIZE) {
		pte_t *pte = &table[x86_slot(at, 1)], old;

		/* An entry that was never used costs no step: reading it decides nothing. */
		if (!*pte) {
			touch(entry_object(current_machine(), pte), ACCESS_READ);
			continue;
		}
		old = entry_read(pte);
		pages += pte_present(old) && arm_pte(scan, at, pte, old);
	}
	lock_release(ptl);
	return pages;
}

/* To v3.12: when all pages of a table are on one node, its PMD is marked too. */
static void change_pmd_protnuma(struct mm_struct *mm, uint64_t address, pmd_t *pmd)
{
	lock_take(&mm->page_table_lock);
	set_pmd_at(mm, address & HPAGE_MASK, pmd, pmd_mknuma(entry_read(pmd)));
	note("make table PMD_NUMA");
	lock_release(&mm->page_table_lock);
}

/* What one huge PMD adds to the count of updates, by release (A18). */
static unsigned long huge_updates(int changed)
{
	if (has(ROW_A18_COUNT_PAGES))
		return changed == HUGE_CHANGED ? BLOCK_FRAMES : 0;
	if (has(ROW_A18_COUNT_ONE))
		return changed == HUGE_CHANGED;
	return changed == HUGE_CHANGED ? BLOCK_FRAMES : 0;
}

static unsigned long change_pmd(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	pmd_t *pmd = entry_find(current_machine(), vma->vm_mm, start, 2);
	struct pte_scan scan = {vma, -1, true};
	unsigned long pages;
	pmd_t value;

	if (!pmd)
		return 0;
	if (pmd_trans_huge(entry_read(pmd))) {
		int changed = change_huge_pmd(vma, pmd, start & HPAGE_MASK);

		if (changed) {
			if (changed == HUGE_CHANGED)
				count_vm_events(VM_EVENT_NUMA_HUGE_PTE_UPDATES, 1);
			return huge_updates(changed);
		}
	}
	value = entry_read(pmd);
	if (pmd_none(value))
		return 0;
	if (pmd_bad(value))
		kernel_oops("change_pmd_range clears PMD %#llx as bad", (unsigned long long)value);
	pages = change_pte_range(&scan, pmd, start, end);
	if (!has(ROW_NO_PMD_BATCH) && scan.all_same_node)
		change_pmd_protnuma(vma->vm_mm, start, pmd);
	return pages;
}

static unsigned long change_protection_range(struct vm_area_struct *vma, uint64_t start,
					     uint64_t end)
{
	unsigned long pages = 0;

	if (has(ROW_A1_TLB_FLUSH_PENDING))
		set_tlb_flush_pending(vma->vm_mm);
	for (uint64_t at = start, next; at < end; at = next) {
		next = (at & HPAGE_MASK) + HPAGE_SIZE;
		if (next > end)
			next = end;
		pages += change_pmd(vma, at, next);
	}
	if (pages)
		flush_tlb_range(vma, start, end);
	if (has(ROW_A1_TLB_FLUSH_PENDING))
		clear_tlb_flush_pending(vma->vm_mm);
	return pages;
}

unsigned long change_prot_numa(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	unsigned long updated = change_protection_range(vma, start, end);

	count_vm_events(VM_EVENT_NUMA_PTE_UPDATES, updated);
	return updated;
}
