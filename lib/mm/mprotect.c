/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arming as v3.8 to v3.19 do it: the entry is marked, its rights stay (mm/mprotect.c,
 * mm/huge_memory.c). From v4.0 on it is a change of protections like others (protect_pte.c).
 */
#include "mm/mprotect.h"

#include "mm/page.h"
#include "mm/protect.h"
#include "mm/rmap.h"

/* To v3.12 only pages with one mapper are armed. A page of frame 0 has none. */
static bool may_arm(struct page *page)
{
	return has(ROW_MAPCOUNT_NUMA_SHARED) || page_mapcount(page) == 1;
}

/* The huge zero page is left alone: it has no mapper, and from v3.13 on by name. */
static bool may_arm_huge(struct page *page)
{
	return may_arm(page) && !is_huge_zero_page(page);
}

/*
 * v3.8 to v3.12: cleared, and then looked at again, where it is empty now: the page that it
 * finds is that of frame 0, so nothing is ever armed, and yet it counts as changed (A16).
 */
static int arm_huge_clear_first(struct mm_struct *mm, uint64_t address, pmd_t *pmd)
{
	pmd_t entry = entry_get_and_clear(mm, address, pmd);
	pmd_t again = entry_read(pmd);

	if (may_arm_huge(pmd_page(again)) && !pmd_numa(again)) {
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

	if (!may_arm_huge(pmd_page(seen)) || pmd_numa(seen))
		return HUGE_UNCHANGED;
	entry = pmd_mknuma(entry_get_and_clear(mm, address, pmd));
	set_pmd_at(mm, address, pmd, entry);
	note("make entry PMD_NUMA");
	return HUGE_CHANGED;
}

/* 5a6dac3ec5f5: never empty. */
static int arm_huge_in_place(struct mm_struct *mm, uint64_t address, pmd_t *pmd, pmd_t seen)
{
	if (!may_arm_huge(pmd_page(seen)) || pmd_numa(seen))
		return HUGE_UNCHANGED;
	set_pmd_at(mm, address, pmd, pmd_mknuma(seen));
	note("make entry PMD_NUMA");
	return HUGE_CHANGED;
}

int arm_huge(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd, pmd_t seen)
{
	if (has(ROW_A16_PMD_NO_CLEAR))
		return arm_huge_in_place(vma->vm_mm, address, pmd, seen);
	if (has(ROW_A16_READ_BEFORE_CLEAR))
		return arm_huge_read_first(vma->vm_mm, address, pmd, seen);
	return arm_huge_clear_first(vma->vm_mm, address, pmd);
}

static enum scan_verdict judge(struct protect *p, uint64_t address, pte_t entry)
{
	struct page *page = vm_normal_page(p->vma, address, entry);

	if (!page)
		return SCAN_NO_PAGE;
	if (p->last_nid == -1)
		p->last_nid = page->node;
	if (p->last_nid != page->node)
		p->all_same_node = false;
	if (pte_numa(entry))
		return SCAN_ARMED_BEFORE;
	return may_arm(page) ? SCAN_ARM : SCAN_SHARED;
}

/* To 3.13-rc4 present entries are cleared and set again; 0c5f83c23ca7 stores only what it arms. */
bool arm_pte(struct protect *p, uint64_t address, pte_t *pte, pte_t seen)
{
	struct mm_struct *mm = p->vma->vm_mm;
	bool clear = !has(ROW_A16_PTE_NO_CLEAR);
	pte_t entry = clear ? entry_get_and_clear(mm, address, pte) : entry_read(pte);
	bool arm = judge(p, address, seen) == SCAN_ARM;

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

unsigned long change_prot_numa(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	/* Hugetlb slots just get the new protection: only 6b79c57b92cd (v4.0) leaves them alone. */
	uint64_t prot = has(ROW_PROTNONE_HINTS) ? PAGE_NONE_PROT : vm_page_prot(vma);
	unsigned long updated = change_protection(vma, start, end, prot, CP_PROT_NUMA);

	count_vm_events(VM_EVENT_NUMA_PTE_UPDATES, updated);
	return updated;
}
