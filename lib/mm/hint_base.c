/* SPDX-License-Identifier: BSD-2-Clause */
/* A hint fault on a base page: do_numa_page() and its kin, mm/memory.c of v3.8 to v3.19. */
#include "exec/var.h"
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/hooks.h"
#include "mm/migrate.h"
#include "mm/page.h"
#include "mm/tlb.h"

uint64_t numa_fault_prepare(struct mm_struct *mm)
{
	if (!has(ROW_DRAFT_14_15))
		return 0;
	return shared_read64(MM_OBJECT(mm, MM_NEXT_SCAN), &mm->numa_next_scan);
}

void numa_fault_commit(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t start,
		       unsigned pages, uint64_t stamp)
{
	if (!has(ROW_DRAFT_14_15) ||
	    shared_read64(MM_OBJECT(mm, MM_NEXT_SCAN), &mm->numa_next_scan) == stamp)
		return;
	if (pages == 1)
		flush_tlb_page(vma, start);
	else
		flush_tlb_range(vma, start, start + ((uint64_t)pages << FRAME_SHIFT));
}

struct base_hint {
	struct vm_area_struct *vma;
	uint64_t address;
	struct page *page;
	uint32_t last_cpupid;
	int page_nid, target_nid;
	unsigned flags;
};

/* numa_migrate_prep(): a reference, the counters, the policy's word; under the lock. */
static void prepare(struct base_hint *h)
{
	get_page(h->page);
	count_vm_events(VM_EVENT_NUMA_HINT_FAULTS, 1);
	event(EVENT_HINT_FAULT, h->address);
	if (h->page_nid == (int)this_cpu()->node) {
		count_vm_events(VM_EVENT_NUMA_HINT_FAULTS_LOCAL, 1);
		h->flags |= TNF_FAULT_LOCAL;
	}
	h->target_nid = current_machine()->mm->numa->mpol_misplaced(h->page, h->vma, h->address);
}

/* After the lock was dropped: move the page, or let it be, and account. */
static void settle(struct base_hint *h)
{
	if (h->target_nid == -1) {
		put_page(h->page);
	} else if (migrate_misplaced_page(h->vma, h->page, h->address, h->target_nid)) {
		h->page_nid = h->target_nid;
		h->flags |= TNF_MIGRATED;
	}
	current_machine()->mm->numa->task_numa_fault(h->last_cpupid, h->page_nid, 1, h->flags);
}

/* Restore access first, migrate then: so others can reach the page while it is decided. */
static void handle(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
		   pte_t entry, pte_t *ptep)
{
	struct lock *ptl = pte_lockptr(mm, ptep);
	struct base_hint h = {.vma = vma, .address = address};

	lock_take(ptl);
	if (entry_read(ptep) != entry) {
		lock_release(ptl);
		return;
	}
	entry = pte_mknonnuma(entry);
	set_pte_at(mm, address, ptep, entry);
	h.page = pte_special(entry) ? NULL : pte_page(entry);
	if (!h.page) {
		lock_release(ptl);
		return;
	}
	h.flags = pte_write(entry) ? 0 : TNF_NO_GROUP;
	h.last_cpupid = page_cpupid_last(h.page);
	h.page_nid = h.page->node;
	prepare(&h);
	lock_release(ptl);
	settle(&h);
}

void do_numa_page(struct vm_fault *vmf)
{
	uint64_t stamp = numa_fault_prepare(vmf->mm);

	handle(vmf->mm, vmf->vma, vmf->address, vmf->orig_pte, vmf->pte);
	numa_fault_commit(vmf->mm, vmf->vma, vmf->address, 1, stamp);
}

/*
 * One PTE under a marked PMD; the lock is held and is held again on return. In the VMAs behind the
 * fault's nobody asks what they allow: what mprotect(PROT_NONE) closed looks the same, and gets P
 * back (but not US, so that the kernel alone could use it).
 */
static void handle_one(struct vm_area_struct **vma, uint64_t address, pte_t *pte, struct lock *ptl)
{
	pte_t entry = entry_read(pte);
	struct base_hint h = {.address = address};

	if (!pte_present(entry) || !pte_numa(entry))
		return;
	if (address >= (*vma)->vm_end)
		*vma = find_vma((*vma)->vm_mm, address);
	h.vma = *vma;
	entry = pte_mknonnuma(entry);
	set_pte_at(h.vma->vm_mm, address, pte, entry);
	h.page = pte_special(entry) ? NULL : pte_page(entry);
	if (!h.page || (!has(ROW_MAPCOUNT_NUMA_SHARED) && page_mapcount(h.page) != 1))
		return;
	h.last_cpupid = page_cpupid_last(h.page);
	h.page_nid = h.page->node;
	prepare(&h);
	if (h.target_nid == -1 && !has(ROW_A10_COUNT_SANE)) {
		put_page(h.page); /* and not counted */
		return;
	}
	lock_release(ptl);
	settle(&h);
	lock_take(ptl);
}

/* v3.8 to v3.12: the mark of the PMD goes, then every hint below it, from the fault's VMA on, is
 * taken as a fault. */
void do_pmd_numa_page(struct vm_fault *vmf)
{
	uint64_t start = vmf->address & HPAGE_MASK, end = start + HPAGE_SIZE;
	struct vm_area_struct *vma = vmf->vma;
	struct mm_struct *mm = vmf->mm;
	pmd_t *pmdp = vmf->pmd;
	uint64_t *table;
	struct lock *ptl;
	pmd_t pmd;
	bool numa;

	lock_take(&mm->page_table_lock);
	pmd = entry_read(pmdp);
	numa = pmd_numa(pmd);
	if (numa)
		set_pmd_at(mm, start, pmdp, pmd_mknonnuma(pmd));
	lock_release(&mm->page_table_lock);
	if (!numa)
		return;
	if (pmd_trans_huge(pmd)) /* it was empty when the fault looked for a huge page (A16) */
		kernel_oops("do_pmd_numa_page takes the huge PMD %#llx for a table",
			    (unsigned long long)pmd);
	start = start < vma->vm_start ? vma->vm_start : start;
	table = phys_to_host(&current_machine()->phys, pmd & X86_PFN_MASK);
	ptl = pte_lockptr(mm, table);
	lock_take(ptl);
	for (uint64_t at = start; at < end; at += FRAME_SIZE) {
		pte_t *pte = &table[x86_slot(at, 1)];

		touch(entry_object(current_machine(), pte), ACCESS_READ);
		if (*pte)
			handle_one(&vma, at, pte, ptl);
	}
	lock_release(ptl);
}
