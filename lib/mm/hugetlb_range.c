/* SPDX-License-Identifier: BSD-2-Clause */
/* What is done to all slots of a range of a hugetlb mapping (mm/hugetlb.c). */
#include "mm/bits.h"
#include "mm/hugetlb.h"
#include "mm/page.h"
#include "mm/tlb.h"

#include <errno.h>

static pmd_t *slot_of(struct mm_struct *mm, uint64_t address)
{
	return entry_find(current_machine(), mm, address, 2);
}

static bool slot_migrates(pmd_t entry)
{
	return kernel_pte_migration(current_kernel(), entry);
}

/* One slot is emptied. true: its page has joined the gather, which is full now. */
static bool unmap_slot(struct mmu_gather *tlb, struct vm_area_struct *vma, uint64_t address,
		       pmd_t *pmd)
{
	struct lock *ptl = pmd_lockptr(vma->vm_mm, pmd);
	struct page *page;
	pmd_t entry;

	lock_take(ptl);
	entry = entry_read(pmd);
	if (pmd_none(entry) || slot_migrates(entry)) {
		if (!pmd_none(entry))
			set_pmd_at(vma->vm_mm, address, pmd, 0);
		lock_release(ptl);
		return false;
	}
	entry = entry_get_and_clear(vma->vm_mm, address, pmd);
	tlb_remove_tlb_entry(tlb, address, HPAGE_SIZE);
	page = pmd_page(entry);
	if (kernel_pmd_dirty(current_kernel(), entry))
		set_page_dirty(page);
	page_remove_rmap(page);
	lock_release(ptl);
	return tlb_remove_page(tlb, page);
}

void hugetlb_unmap_range(struct mmu_gather *tlb, struct vm_area_struct *vma, uint64_t start,
			 uint64_t end)
{
	for (uint64_t at = start & HPAGE_MASK; at < end; at += HPAGE_SIZE) {
		pmd_t *pmd = slot_of(vma->vm_mm, at);

		if (pmd && unmap_slot(tlb, vma, at, pmd))
			tlb_flush_mmu(tlb);
	}
}

/* copy_hugetlb_page_range(): the child's entry; a private page loses RW on both sides. */
static void copy_slot(struct vm_area_struct *dst_vma, pmd_t *dst, struct vm_area_struct *src_vma,
		      pmd_t *src, uint64_t address)
{
	const struct kernel *k = current_kernel();
	bool cow = !(src_vma->vm_flags & VM_SHARED) && src_vma->vm_flags & VM_MAYWRITE;
	struct lock *dst_ptl = pmd_lockptr(dst_vma->vm_mm, dst);
	struct lock *src_ptl = pmd_lockptr(src_vma->vm_mm, src);
	pmd_t entry;

	lock_take(dst_ptl);
	lock_take(src_ptl);
	entry = entry_read(src);
	if (slot_migrates(entry)) {
		if (cow && kernel_swp_kind(k, entry) != SWAP_MIGRATION_READ) {
			entry = kernel_mk_migration(k, SWAP_MIGRATION_READ,
						    kernel_migration_pfn(k, entry),
						    kernel_migration_marks(k, entry));
			set_pmd_at(src_vma->vm_mm, address, src, entry);
		}
		set_pmd_at(dst_vma->vm_mm, address, dst, entry);
	} else if (!pmd_none(entry)) {
		struct page *page = pmd_page(entry);

		if (cow && pmd_write(entry)) {
			entry = kernel_pmd_wrprotect(k, entry);
			set_pmd_at(src_vma->vm_mm, address, src, entry);
		}
		if (cow && page->flags & PAGE_ANON && has(ROW_ANON_EXCLUSIVE))
			page_set_anon_exclusive(page, 0, false);
		get_page(page);
		page_dup_rmap(page);
		set_pmd_at(dst_vma->vm_mm, address, dst, entry);
	}
	lock_release(src_ptl);
	lock_release(dst_ptl);
}

int hugetlb_copy_range(struct vm_area_struct *dst_vma, struct vm_area_struct *src_vma)
{
	for (uint64_t at = src_vma->vm_start; at < src_vma->vm_end; at += HPAGE_SIZE) {
		pmd_t *src = slot_of(src_vma->vm_mm, at), *dst;

		if (!src || pmd_none(entry_read(src)))
			continue;
		dst = entry_alloc(dst_vma->vm_mm, at, 2);
		if (!dst)
			return -ENOMEM;
		copy_slot(dst_vma, dst, src_vma, src, at);
	}
	return 0;
}

/* One slot; true: it changed. */
static bool protect_slot(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd,
			 uint64_t newprot)
{
	const struct kernel *k = current_kernel();
	struct lock *ptl = pmd_lockptr(vma->vm_mm, pmd);
	pmd_t entry;
	bool changed = false;

	lock_take(ptl);
	entry = entry_read(pmd);
	if (slot_migrates(entry)) {
		if (kernel_swp_kind(k, entry) == SWAP_MIGRATION_WRITE) {
			entry = kernel_mk_migration(k, SWAP_MIGRATION_READ,
						    kernel_migration_pfn(k, entry),
						    kernel_migration_marks(k, entry));
			set_pmd_at(vma->vm_mm, address, pmd, entry);
			changed = true;
		}
	} else if (!pmd_none(entry)) {
		entry = entry_get_and_clear(vma->vm_mm, address, pmd);
		set_pmd_at(vma->vm_mm, address, pmd,
			   kernel_pmd_mkhuge(k, kernel_pmd_modify(k, entry, newprot)));
		changed = true;
	}
	lock_release(ptl);
	return changed;
}

unsigned long hugetlb_change_protection(struct vm_area_struct *vma, uint64_t start, uint64_t end,
					uint64_t newprot)
{
	struct address_space *mapping = &vma->vm_file->mapping;
	unsigned long pages = 0;

	rwlock_take_write(&mapping->i_mmap_lock);
	for (uint64_t at = start; at < end; at += HPAGE_SIZE) {
		pmd_t *pmd = slot_of(vma->vm_mm, at);

		if (pmd && protect_slot(vma, at, pmd, newprot))
			pages += BLOCK_FRAMES;
	}
	flush_tlb_range(vma, start, end);
	rwlock_release_write(&mapping->i_mmap_lock);
	return pages;
}
