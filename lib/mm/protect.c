/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changing the protections of a range (mm/mprotect.c of v3.8 to v6.12):
 *
 *   raise tlb_flush_pending (20841405940e)
 *     every PMD:  huge  -> change_huge_pmd: lock, change, unlock
 *                 table -> change_pte_range: lock, change every PTE, unlock
 *   flush the range, if anything changed          <- until here others may use old translations
 *   lower tlb_flush_pending
 *
 * From v5.19 on a gather does what stands around it, and flushes no more than it must.
 */
#include "mm/protect.h"

#include "mm/hugetlb.h"
#include "mm/hugetlb.h"
#include "mm/page.h"
#include "mm/tlb.h"
#include "mm/walk.h"

/* What one huge PMD adds to the count of updates, by release (A18). */
static unsigned long huge_updates(int changed)
{
	if (changed != HUGE_CHANGED)
		return 0;
	return has(ROW_A18_COUNT_ONE) && !has(ROW_A18_COUNT_PAGES) ? 1 : BLOCK_FRAMES;
}

/* True: the huge page (if it is one) is dealt with, and @pages counted. */
static bool change_huge(struct protect *p, pmd_t *pmd, uint64_t at, uint64_t end,
			unsigned long *pages)
{
	int changed;

	if (end - at != HPAGE_SIZE) {
		split_huge_pmd(p->vma, pmd, at);
		return false;
	}
	changed = change_huge_pmd(p, pmd, at & HPAGE_MASK);
	if (!changed)
		return false;
	if (changed == HUGE_CHANGED)
		count_vm_events(VM_EVENT_NUMA_HUGE_PTE_UPDATES, 1);
	*pages = huge_updates(changed);
	return true;
}

/* The PMD points to a table, as far as one look can tell; a huge page is "bad" to it. */
static bool is_table(struct protect *p, pmd_t *pmd, uint64_t at)
{
	return pmd_table_or_clear_bad(p->vma, at, pmd, entry_read(pmd));
}

/* The first look, without a lock. */
static bool looks_huge(pmd_t *pmd)
{
	pmd_t value = entry_read(pmd);

	if (pmd_none(value))
		note("PMD is empty: not huge");
	return pmd_is_huge(value);
}

/*
 * To v3.14: huge? -- a table? The range is scanned under mmap_sem for reading, so a huge page can
 * come up between the two looks, and is "bad" to the second (A32).
 */
static bool look_huge_then_table(struct protect *p, pmd_t *pmd, uint64_t at, uint64_t end,
				 unsigned long *pages)
{
	if (looks_huge(pmd) && change_huge(p, pmd, at, end, pages))
		return false;
	return is_table(p, pmd, at);
}

/* v3.15 to v5.5 (88a9ab6e3dfb): the same two looks, and a third, if it may be huge after all. */
static bool look_until_huge(struct protect *p, pmd_t *pmd, uint64_t at, uint64_t end,
			    unsigned long *pages)
{
	if (!looks_huge(pmd) && !is_table(p, pmd, at))
		return false;
	return !pmd_is_huge(entry_read(pmd)) || !change_huge(p, pmd, at, end, pages);
}

/* 8b272b3cbbb5, v5.6: one look decides; what is huge then and not under the lock has changed since,
 * which change_pte_range() finds out. */
static bool look_once(struct protect *p, pmd_t *pmd, uint64_t at, uint64_t end,
		      unsigned long *pages)
{
	pmd_t value = entry_read(pmd);

	if (pmd_is_huge(value))
		return !change_huge(p, pmd, at, end, pages);
	return pmd_is_table(value, "change_pmd_range");
}

/* To v3.12: when all pages of a table are on one node, its PMD is marked too. */
static void change_pmd_protnuma(struct mm_struct *mm, uint64_t address, pmd_t *pmd)
{
	lock_take(&mm->page_table_lock);
	set_pmd_at(mm, address & HPAGE_MASK, pmd, pmd_mknuma(entry_read(pmd)));
	note("make table PMD_NUMA");
	lock_release(&mm->page_table_lock);
}

static unsigned long change_pmd(struct protect *p, pmd_t *pmd, uint64_t at, uint64_t end)
{
	unsigned long pages = 0;
	bool table;

	if (has(ROW_MPROTECT_LOOKS_ONCE))
		table = look_once(p, pmd, at, end, &pages);
	else if (has(ROW_MPROTECT_LOOKS_AGAIN))
		table = look_until_huge(p, pmd, at, end, &pages);
	else
		table = look_huge_then_table(p, pmd, at, end, &pages);
	if (!table)
		return pages;
	p->last_nid = -1;
	p->all_same_node = true;
	pages = change_pte_range(p, pmd, at, end);
	if (p->flags & CP_PROT_NUMA && !has(ROW_NO_PMD_BATCH) && p->all_same_node)
		change_pmd_protnuma(p->vma->vm_mm, at, pmd);
	return pages;
}

static unsigned long change_pmds(struct protect *p, uint64_t start, uint64_t end)
{
	struct pmd_walk w = {.mm = p->vma->vm_mm, .next = start, .end = end};
	unsigned long pages = 0;

	while (pmd_walk_next(&w))
		pages += change_pmd(p, w.pmd, w.at, w.next);
	return pages;
}

unsigned long change_protection_gather(struct mmu_gather *tlb, struct vm_area_struct *vma,
				       uint64_t start, uint64_t end, uint64_t newprot,
				       unsigned cp_flags)
{
	struct protect p = {.vma = vma, .tlb = tlb, .newprot = newprot, .flags = cp_flags,
			    .target_node = -1};

	if (vma->vm_flags & VM_HUGETLB)
		return hugetlb_change_protection(vma, start, end, newprot);
	if (cp_flags & CP_PROT_NUMA && has(ROW_SCAN_SKIPS_LOCAL) &&
	    !(vma->vm_flags & VM_SHARED) && vma->vm_mm->mm_users == 1)
		p.target_node = this_cpu()->node;
	return change_pmds(&p, start, end);
}

unsigned long change_protection(struct vm_area_struct *vma, uint64_t start, uint64_t end,
				uint64_t newprot, unsigned cp_flags)
{
	struct mm_struct *mm = vma->vm_mm;
	struct mmu_gather tlb;
	unsigned long pages;

	if (has(ROW_MPROTECT_GATHER)) {
		tlb_gather_mmu(&tlb, mm, start, end);
		pages = change_protection_gather(&tlb, vma, start, end, newprot, cp_flags);
		tlb_finish_mmu(&tlb, start, end);
		return pages;
	}
	if (has(ROW_A1_TLB_FLUSH_PENDING))
		set_tlb_flush_pending(mm);
	pages = change_protection_gather(NULL, vma, start, end, newprot, cp_flags);
	if (pages)
		flush_tlb_range(vma, start, end);
	if (has(ROW_A1_TLB_FLUSH_PENDING))
		clear_tlb_flush_pending(mm);
	return pages;
}
