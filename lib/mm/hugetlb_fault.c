/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults of hugetlb mappings: hugetlb_fault(), hugetlb_no_page(), hugetlb_cow() (hugetlb_wp()),
 * mm/hugetlb.c. They branch off before the generic code looks at the PMD.
 *
 * A private page is the process's own anonymous page, as base pages are; a shared one stands in the
 * file's page cache.
 */
#include "exec/var.h"
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/hugetlb.h"
#include "mm/page.h"

#include <errno.h>

#define AGAIN 1 /* the entry changed: the instruction tries again */

struct huge_fault {
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	uint64_t address, index;
	pmd_t *pmd;
	bool write;
};

bool pmd_huge(pmd_t pmd)
{
	if (has(ROW_B3_PMD_HUGE))
		return !pmd_none(pmd) && (pmd & (X86_P | X86_PSE)) != X86_P;
	return pmd & X86_PSE;
}

static struct lock *slot_lock(const struct huge_fault *f)
{
	return pmd_lockptr(f->mm, f->pmd);
}

/*
 * B1, to v3.9: the slot is read as if it pointed to a table. Whatever stands there in memory is not
 * the entry that the page has, so nobody waits, and the instruction faults again at once.
 */
static void wait_in_the_wrong_place(pmd_t *pmd)
{
	const struct numasim_machine *m = current_machine();
	uint64_t pa = entry_read(pmd) & X86_PFN_MASK, end = 0;

	for (unsigned i = 0; i < m->nr_nodes; i++)
		if (m->node[i].start_pfn + m->node[i].nr_frames > end)
			end = m->node[i].start_pfn + m->node[i].nr_frames;
	if (pa >> FRAME_SHIFT >= end)
		kernel_oops("migration_entry_wait takes a hugetlb slot for a page table at %#llx",
			    (unsigned long long)pa);
}

void migration_entry_wait_huge(struct mm_struct *mm, pmd_t *pmd)
{
	struct lock *ptl = pmd_lockptr(mm, pmd);
	struct page *page;
	pmd_t entry;

	if (!has(ROW_B1_HUGE_WAIT))
		return wait_in_the_wrong_place(pmd);
	lock_take(ptl);
	entry = entry_read(pmd);
	page = kernel_pte_migration(current_kernel(), entry)
		       ? pfn_to_page(current_machine(),
				     kernel_migration_pfn(current_kernel(), entry))
		       : NULL;
	if (!page || !get_page_unless_zero(page)) {
		lock_release(ptl);
		return;
	}
	lock_release(ptl);
	wait_on_page_locked(page);
	put_page(page);
}

/* set_huge_ptep_writable(): RW is a plain bit here, so from v6.6 on a saved D stays beside it. */
static pmd_t make_writable(pmd_t entry)
{
	return pmd_mkyoung(pmd_mkdirty(entry)) | X86_RW;
}

/* mk_huge_pte(): a private one starts without RW whatever the VMA says. */
static pmd_t new_entry(const struct huge_fault *f, struct page *page)
{
	pmd_t entry = mk_huge_pmd(page, vm_page_prot(f->vma));
	const unsigned long both = VM_SHARED | VM_WRITE;

	if ((f->vma->vm_flags & both) == both)
		return pmd_mkyoung(pmd_mkwrite(pmd_mkdirty(entry)));
	return pmd_mkyoung(kernel_pmd_wrprotect(current_kernel(), entry));
}

/* A new page for the slot, locked. Shared: in the file's page cache; -EEXIST: there was one. */
static int make_page(const struct huge_fault *f, struct page **page)
{
	bool shared = f->vma->vm_flags & VM_SHARED;
	int ret = 0;

	if (!shared && anon_vma_prepare(f->vma))
		return -ENOMEM;
	*page = hugetlb_alloc(f->vma, f->index);
	if (!*page)
		return -EFAULT;
	lock_page(*page);
	if (shared)
		ret = add_to_page_cache(*page, &f->vma->vm_file->mapping, f->index);
	if (ret) {
		unlock_page(*page);
		put_page(*page);
	}
	return ret;
}

/* Private mappings of a file that others share look there first, too. */
static int find_or_make_page(const struct huge_fault *f, struct page **page)
{
	struct file *file = f->vma->vm_file;
	int ret = -EEXIST;

	while (ret == -EEXIST) {
		if (f->index * HPAGE_SIZE >= file_size(file))
			return -EFAULT;
		*page = find_lock_page(&file->mapping, f->index);
		if (*page)
			return 0;
		ret = make_page(f, page);
	}
	return ret;
}

static void add_rmap(const struct huge_fault *f, struct page *page)
{
	if (page_mapping(page)) {
		page_add_file_rmap(page);
		return;
	}
	page_add_anon_rmap(page, f->vma, f->address);
	if (has(ROW_ANON_EXCLUSIVE))
		page_set_anon_exclusive(page, 0, true);
}

static int huge_wp(const struct huge_fault *f, pmd_t entry);

static int no_page(const struct huge_fault *f)
{
	struct page *page;
	pmd_t entry;
	int ret = find_or_make_page(f, &page);

	if (ret)
		return ret;
	lock_take(slot_lock(f));
	if (!pmd_none(entry_read(f->pmd)) ||
	    f->index * HPAGE_SIZE >= file_size(f->vma->vm_file)) {
		lock_release(slot_lock(f));
		unlock_page(page);
		put_page(page);
		return AGAIN;
	}
	add_rmap(f, page);
	entry = new_entry(f, page);
	set_pmd_at(f->mm, f->address, f->pmd, entry);
	lock_release(slot_lock(f));
	ret = f->write && !(f->vma->vm_flags & VM_SHARED) ? huge_wp(f, entry) : 0;
	unlock_page(page);
	return ret;
}

/* Nobody else has the page: v5.19+ it says so itself. */
static bool own_page(struct page *page)
{
	if (!page_flags_test(page, PAGE_ANON))
		return false;
	if (has(ROW_ANON_EXCLUSIVE) && page_anon_exclusive(page, 0))
		return true;
	return page_mapcount(page) == 1;
}

static int copy_page(const struct huge_fault *f, pmd_t entry, struct page *old)
{
	struct page *new;
	bool same;

	if (anon_vma_prepare(f->vma))
		return -ENOMEM;
	new = hugetlb_alloc(f->vma, f->index);
	if (!new)
		return -EFAULT;
	copy_page_contents(new, old);
	lock_take(slot_lock(f));
	same = entry_read(f->pmd) == entry;
	if (same) {
		pmdp_clear_flush(f->vma, f->address, f->pmd);
		page_remove_rmap(old);
		page_add_anon_rmap(new, f->vma, f->address);
		if (has(ROW_ANON_EXCLUSIVE))
			page_set_anon_exclusive(new, 0, true);
		set_pmd_at(f->mm, f->address, f->pmd, make_writable(new_entry(f, new)));
	}
	lock_release(slot_lock(f));
	put_page(same ? old : new);
	return 0;
}

/* A write to a private page without RW. */
static int huge_wp(const struct huge_fault *f, pmd_t entry)
{
	struct page *page = pmd_page(entry);
	int ret = 0;

	if (own_page(page)) {
		if (has(ROW_ANON_EXCLUSIVE))
			page_set_anon_exclusive(page, 0, true);
		lock_take(slot_lock(f));
		if (entry_read(f->pmd) == entry)
			set_pmd_at(f->mm, f->address, f->pmd, make_writable(entry));
		lock_release(slot_lock(f));
		return 0;
	}
	get_page(page);
	ret = copy_page(f, entry, page);
	put_page(page);
	return ret;
}

/* A page is there, and it was not enough. */
static int present_page(const struct huge_fault *f, pmd_t entry)
{
	if (f->write && !pmd_write(entry) && !(f->vma->vm_flags & VM_SHARED))
		return huge_wp(f, entry);
	lock_take(slot_lock(f));
	if (entry_read(f->pmd) == entry)
		set_pmd_at(f->mm, f->address, f->pmd,
			   f->write ? make_writable(entry) : pmd_mkyoung(entry));
	lock_release(slot_lock(f));
	return 0;
}

int hugetlb_fault(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address, bool write)
{
	struct huge_fault f = {.mm = mm, .vma = vma, .address = address & HPAGE_MASK,
			       .index = hugetlb_index(vma, address), .write = write};
	struct lock *mutex = has(ROW_HUGETLB_FAULT_TABLE)
				     ? &vma->vm_file->hugetlb->fault_lock
				     : &current_machine()->mm->hugetlb->fault_lock;
	pmd_t entry;
	int ret;

	f.pmd = entry_alloc(mm, f.address, 2);
	if (!f.pmd)
		return -ENOMEM;
	if (kernel_pte_migration(current_kernel(), entry_read(f.pmd))) {
		migration_entry_wait_huge(mm, f.pmd);
		return 0;
	}
	lock_take(mutex);
	entry = entry_read(f.pmd);
	if (pmd_none(entry))
		ret = no_page(&f);
	else if (entry & X86_PSE)
		ret = present_page(&f, entry);
	else
		ret = AGAIN; /* it became a migration entry */
	lock_release(mutex);
	return ret == AGAIN ? 0 : ret;
}
