/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc/PID/clear_refs (fs/proc/task_mmu.c of v3.8 to v6.12): entries become old, or (4) lose their
 * soft-dirty mark and RW, so that the next write is noticed by its fault.
 */
#include "mm/mmap_lock.h"
#include "mm/page.h"
#include "mm/split.h"
#include "mm/walk.h"
#include "mm/zap.h"

#include <errno.h>

struct clearing {
	struct vm_area_struct *vma;
	int what;
};

/* One step with what the processor may set: test-and-clear of A. */
static void clear_young(uint64_t *entry)
{
	if (!direct())
		point(POINT_UPDATE, entry_object(current_machine(), entry), ACCESS_WRITE);
	*entry &= ~(uint64_t)X86_A;
	note("clear A");
}

/* v5.11+: a write fault would not find a pinned page again (9348b73c2e1b). */
static bool pinned(const struct vm_area_struct *vma, uint64_t address, pte_t pte)
{
	struct page *page;

	if (!has(ROW_SOFT_DIRTY_SKIPS_PINNED) || !pte_write(pte) || !is_cow_mapping(vma) ||
	    !vma->vm_mm->has_pinned)
		return false;
	page = vm_normal_page(vma, address, pte);
	return page && page_maybe_dma_pinned(page);
}

static void clear_soft_dirty(const struct clearing *c, uint64_t address, pte_t *pte, pte_t seen)
{
	const struct kernel *k = current_kernel();
	struct mm_struct *mm = c->vma->vm_mm;

	if (!pte_present(seen)) {
		if (kernel_pte_swap(k, seen))
			set_pte_at(mm, address, pte, seen & ~k->format.swp_soft_dirty);
		return;
	}
	if (pinned(c->vma, address, seen))
		return;
	seen = entry_get_and_clear(mm, address, pte);
	seen = kernel_pte_clear_soft_dirty(k, kernel_pte_wrprotect(k, seen));
	set_pte_at(mm, address, pte, seen);
}

/* To v4.10 the entry was emptied meanwhile (5b7abeae3af8). */
static void clear_soft_dirty_pmd(const struct clearing *c, uint64_t address, pmd_t *pmd,
				 pmd_t seen)
{
	const struct kernel *k = current_kernel();
	struct mm_struct *mm = c->vma->vm_mm;

	if (!pmd_present(seen)) {
		set_pmd_at(mm, address, pmd, seen & ~k->format.swp_soft_dirty);
		return;
	}
	seen = has(ROW_A22_SOFT_DIRTY_KEEPS_PMD)
		       ? pmdp_invalidate_for_change(c->vma, address, pmd, seen)
		       : entry_get_and_clear(mm, address, pmd);
	set_pmd_at(mm, address, pmd,
		   kernel_pmd_clear_soft_dirty(k, kernel_pmd_wrprotect(k, seen)));
}

static void clear_pte(const struct clearing *c, uint64_t address, pte_t *pte)
{
	pte_t seen = entry_read(pte);
	struct page *page;

	if (pte_none(seen))
		return;
	if (c->what == CLEAR_REFS_SOFT_DIRTY) {
		clear_soft_dirty(c, address, pte, seen);
		return;
	}
	page = pte_present(seen) ? vm_normal_page(c->vma, address, seen) : NULL;
	if (!page)
		return;
	clear_young(pte);
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page->flags &= ~PAGE_REFERENCED;
}

/* True: the huge entry is dealt with. To v4.4 it is split instead. */
static bool clear_pmd(const struct clearing *c, uint64_t address, pmd_t *pmd)
{
	struct lock *ptl;
	pmd_t seen;

	if (!has(ROW_NO_SPLITTING)) {
		split_huge_pmd(c->vma, pmd, address);
		return false;
	}
	ptl = pmd_trans_huge_lock(c->vma, pmd, &seen);
	if (!ptl)
		return false;
	if (c->what == CLEAR_REFS_SOFT_DIRTY)
		clear_soft_dirty_pmd(c, address, pmd, seen);
	else if (pmd_present(seen))
		clear_young(pmd);
	lock_release(ptl);
	return true;
}

static void clear_vma(const struct clearing *c)
{
	struct mm_struct *mm = c->vma->vm_mm;
	struct pmd_walk w = {.mm = mm, .next = c->vma->vm_start, .end = c->vma->vm_end};

	while (pmd_walk_next(&w)) {
		pmd_t value = entry_read(w.pmd);
		struct lock *ptl;
		pte_t *pte;

		if (pmd_is_huge(value) && clear_pmd(c, w.at, w.pmd))
			continue;
		value = entry_read(w.pmd);
		if (!pmd_is_table(value, "clear_refs"))
			continue;
		pte = pmd_table(value) + x86_slot(w.at, 1);
		ptl = pte_lockptr(mm, pte);
		lock_take(ptl);
		for (uint64_t at = w.at; at < w.next; at += FRAME_SIZE, pte++)
			if (!entry_unused(pte))
				clear_pte(c, at, pte);
		lock_release(ptl);
	}
}

static bool wanted(const struct vm_area_struct *vma, int what)
{
	if (vma->vm_flags & (VM_PFNMAP | VM_HUGETLB))
		return false;
	return !(what == CLEAR_REFS_ANON && vma->vm_file) &&
	       !(what == CLEAR_REFS_MAPPED && !vma->vm_file);
}

static void clear_all(struct mm_struct *mm, int what)
{
	for (struct vm_area_struct *vma = vma_first(mm); vma; vma = vma_next(vma))
		if (wanted(vma, what))
			clear_vma(&(struct clearing){vma, what});
}

/* Marks of mappings go too: v3.13+ keeps one for what has no entries yet. */
static void clear_vma_marks(struct mm_struct *mm)
{
	for (struct vm_area_struct *vma = vma_first(mm); vma; vma = vma_next(vma))
		vma_set_flags(vma, vma->vm_flags & ~(uint64_t)VM_SOFTDIRTY);
}

static bool any_vma_mark(struct mm_struct *mm)
{
	for (struct vm_area_struct *vma = vma_first(mm); vma; vma = vma_next(vma))
		if (vma->vm_flags & VM_SOFTDIRTY)
			return true;
	return false;
}

/*
 * To v5.10 the walk holds mmap_sem for reading: faults, scans and MADV_DONTNEED may run beside it.
 * From v3.18 on (64e455079e1b) it is held for writing while marks of mappings go.
 */
static void lock_for_reading(struct mm_struct *mm, bool soft)
{
	mmap_read_lock(mm);
	if (!soft || !any_vma_mark(mm))
		return;
	if (!has(ROW_SOFT_DIRTY_NOTIFY)) {
		clear_vma_marks(mm);
		return;
	}
	mmap_read_unlock(mm);
	mmap_write_lock(mm);
	clear_vma_marks(mm);
	mmap_write_downgrade(mm);
}

static void lock_mm(struct mm_struct *mm, bool soft)
{
	if (!has(ROW_CLEAR_REFS_WRITE_LOCK)) {
		lock_for_reading(mm, soft);
		return;
	}
	mmap_write_lock(mm);
	if (soft)
		clear_vma_marks(mm);
}

static void unlock_mm(struct mm_struct *mm)
{
	if (has(ROW_CLEAR_REFS_WRITE_LOCK))
		mmap_write_unlock(mm);
	else
		mmap_read_unlock(mm);
}

int clear_refs(struct mm_struct *mm, int what)
{
	bool soft = what == CLEAR_REFS_SOFT_DIRTY, gathers = has(ROW_A5_NESTED_GATHER);

	if (what < CLEAR_REFS_ALL || what > CLEAR_REFS_HIWATER)
		return -EINVAL;
	if (soft && !current_kernel()->format.soft_dirty) /* switched off, or before v3.11 */
		return kernel_option(current_kernel(), OPTION_SOFT_DIRTY) ? -EINVAL : 0;
	if (what == CLEAR_REFS_HIWATER)
		return 0;
	lock_mm(mm, soft);
	if (soft && gathers)
		set_tlb_flush_pending(mm);
	clear_all(mm, what);
	if (soft || !has(ROW_CLEAR_REFS_NO_FLUSH))
		flush_tlb_mm_range(mm, 0, UINT64_MAX, false);
	if (soft && gathers)
		clear_tlb_flush_pending(mm);
	unlock_mm(mm);
	return 0;
}
