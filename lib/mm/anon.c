/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/anon.h"

#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/page.h"
#include "mm/table.h"
#include "mm/tlb.h"

#include <errno.h>

bool thp_enabled(const struct vm_area_struct *vma)
{
	enum thp_mode mode = current_machine()->mm->thp;

	if (vma->vm_flags & VM_NOHUGEPAGE)
		return false;
	return mode == THP_ALWAYS || (mode == THP_MADVISE && vma->vm_flags & VM_HUGEPAGE);
}

static unsigned fault_node(void)
{
	struct task_struct *task = current_task();

	return task->home_node >= 0 ? (unsigned)task->home_node : this_cpu()->node;
}

/*
 * v3.8 to v3.13, mm/huge_memory.c, with use_zero_page off: a read fault too gets a page of its
 * own. A table is put by so that a later split cannot fail.
 */
int do_huge_pmd_anonymous_page(struct mm_struct *mm, struct vm_area_struct *vma,
			       uint64_t address, pmd_t *pmd)
{
	uint64_t haddr = address & HPAGE_MASK;
	struct page *page, *pgtable;
	struct lock *ptl;

	if (haddr < vma->vm_start || haddr + HPAGE_SIZE > vma->vm_end)
		return THP_FALLBACK;
	page = alloc_page_near(fault_node(), true, true);
	if (!page) {
		count_vm_events(VM_EVENT_THP_FAULT_FALLBACK, 1);
		return THP_FALLBACK;
	}
	count_vm_events(VM_EVENT_THP_FAULT_ALLOC, 1);
	pgtable = pte_alloc_one(mm);
	if (!pgtable) {
		put_page(page);
		return -ENOMEM;
	}
	page->flags |= PAGE_UPTODATE;
	ptl = pmd_lockptr(mm, pmd);
	lock_take(ptl);
	if (!pmd_none(entry_read(pmd))) {
		lock_release(ptl);
		put_page(page);
		pte_free(mm, pgtable);
		return 0;
	}
	page_add_new_anon_rmap(page, vma, haddr);
	set_pmd_at(mm, haddr, pmd,
		   maybe_pmd_mkwrite(pmd_mkdirty(mk_huge_pmd(page, vm_page_prot(vma))), vma));
	pgtable_trans_huge_deposit(mm, pmd, pgtable);
	mm->rss[MM_ANONPAGES] += BLOCK_FRAMES;
	lock_release(ptl);
	return 0;
}

/* The shared page of zeroes, made at first use. */
static uint64_t zero_pfn(void)
{
	struct numasim_machine *m = current_machine();
	struct page *page;

	if (!m->mm->zero_pfn) {
		page = alloc_page_near(0, false, true);
		if (!page)
			return 0;
		page->flags |= PAGE_ZERO;
		m->mm->zero_pfn = page_to_pfn(m, page);
	}
	return m->mm->zero_pfn;
}

/* A page of zeroes for @address: read-only and shared for a read, an own one for a write. */
bool do_anonymous_page(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
		       pte_t *pte, bool write)
{
	struct page *page = NULL;
	struct lock *ptl = pte_lockptr(mm, pte);
	pte_t entry;

	address &= PAGE_MASK_4K;
	if (write) {
		page = alloc_page_near(fault_node(), false, true);
		if (!page)
			return false;
		page->flags |= PAGE_UPTODATE;
		entry = maybe_mkwrite(pte_mkdirty(mk_pte(page, vm_page_prot(vma))), vma);
	} else {
		uint64_t pfn = zero_pfn();

		if (!pfn)
			return false;
		entry = kernel_pte_mkspecial(
			current_kernel(),
			kernel_mk_pte(current_kernel(), pfn, vm_page_prot(vma)));
	}
	lock_take(ptl);
	if (!pte_none(entry_read(pte))) {
		lock_release(ptl);
		if (page)
			put_page(page);
		return true;
	}
	if (page) {
		mm->rss[MM_ANONPAGES]++;
		page_add_new_anon_rmap(page, vma, address);
	}
	set_pte_at(mm, address, pte, entry);
	lock_release(ptl);
	return true;
}

/* v3.8, do_wp_page() for what exists here: the zero page is replaced, an own page reused. */
static bool do_wp_page(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
		       pte_t *pte, pte_t entry)
{
	struct page *page;

	if (!pte_special(entry)) {
		set_pte_at(mm, address, pte, maybe_mkwrite(pte_mkdirty(pte_mkyoung(entry)), vma));
		lock_release(pte_lockptr(mm, pte));
		return true;
	}
	lock_release(pte_lockptr(mm, pte));
	page = alloc_page_near(fault_node(), false, true);
	if (!page)
		return false;
	page->flags |= PAGE_UPTODATE;
	lock_take(pte_lockptr(mm, pte));
	if (entry_read(pte) != entry) {
		lock_release(pte_lockptr(mm, pte));
		put_page(page);
		return true;
	}
	ptep_clear_flush(vma, address, pte);
	mm->rss[MM_ANONPAGES]++;
	page_add_new_anon_rmap(page, vma, address);
	set_pte_at(mm, address, pte,
		   maybe_mkwrite(pte_mkdirty(mk_pte(page, vm_page_prot(vma))), vma));
	lock_release(pte_lockptr(mm, pte));
	return true;
}

bool finish_pte_fault(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
		      pte_t *pte, pte_t entry, bool write)
{
	address &= PAGE_MASK_4K;
	lock_take(pte_lockptr(mm, pte));
	if (entry_read(pte) != entry) {
		lock_release(pte_lockptr(mm, pte));
		return true;
	}
	if (write && !pte_write(entry))
		return do_wp_page(mm, vma, address, pte, entry);
	if (pte_mkyoung(write ? pte_mkdirty(entry) : entry) != entry)
		set_pte_at(mm, address, pte, pte_mkyoung(write ? pte_mkdirty(entry) : entry));
	lock_release(pte_lockptr(mm, pte));
	return true;
}

void huge_pmd_set_accessed(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address,
			   pmd_t *pmd, pmd_t orig, bool write)
{
	struct lock *ptl = pmd_lockptr(mm, pmd);
	pmd_t entry = pmd_mkyoung(orig);

	if (write) /* private memory of one process: the page is its own */
		entry = maybe_pmd_mkwrite(pmd_mkdirty(entry), vma);
	lock_take(ptl);
	if (entry_read(pmd) == orig && entry != orig)
		set_pmd_at(mm, address & HPAGE_MASK, pmd, entry);
	lock_release(ptl);
}

pte_t *pte_alloc_or_retry(struct mm_struct *mm, uint64_t address, pmd_t *pmd)
{
	pmd_t value;
	uint64_t *table;

	if (pmd_none(entry_read(pmd)) && !table_populate(mm, pmd, address, 2))
		return NULL;
	if (pmd_trans_huge(entry_read(pmd)))
		return PTE_RETRY;
	value = entry_read(pmd); /* pte_offset_map() reads it once more */
	table = phys_to_host(&current_machine()->phys, value & X86_PFN_MASK);
	if (pmd_bad(value) || !table)
		kernel_oops("handle_mm_fault takes PMD %#llx for a page table",
			    (unsigned long long)value);
	return &table[x86_slot(address, 1)];
}

bool do_swap_page(struct mm_struct *mm, uint64_t address, pte_t *pte, pte_t entry)
{
	if (!kernel_pte_migration(current_kernel(), entry))
		kernel_oops("a fault on a swap entry, and there is no swap");
	migration_entry_wait(mm, address, pte);
	return true;
}

void migration_entry_wait(struct mm_struct *mm, uint64_t address, pte_t *pte)
{
	struct lock *ptl = pte_lockptr(mm, pte);
	struct page *page;
	pte_t entry;

	lock_take(ptl);
	entry = entry_read(pte);
	if (!pte_present(entry) && !pte_none(entry)) {
		page = pfn_to_page(current_machine(),
				   kernel_migration_pfn(current_kernel(), entry));
		if (get_page_unless_zero(page)) {
			lock_release(ptl);
			wait_on_page_locked(page);
			put_page(page);
			return;
		}
	}
	lock_release(ptl);
}
