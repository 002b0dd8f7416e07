/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mremap(): entries go to another place of the same address space (move_page_tables(), mm/mremap.c
 * of v3.8 to v6.12). mmap_sem is held for writing; whoever finds the page by its family may look
 * at the old place or the new one.
 *
 *	lock the old table, and the new one
 *	every entry: clear it here | store it there
 *	unlock
 *
 * When processors forget the old place: to v4.8 after the last table; for dirty entries before the
 * locks are dropped since 5d1904204c99 (D2); for all since eb66ae030829 (D1), for once the new
 * table's lock is free the page can be taken away there, and freed.
 */
#include "mm/move.h"

#include "mm/file.h"
#include "mm/table.h"

/* Where the stretch ends that old and new place have in one entry of that size. */
static uint64_t extent(uint64_t old_addr, uint64_t new_addr, uint64_t left, uint64_t size)
{
	uint64_t to_old = size - (old_addr & (size - 1)), to_new = size - (new_addr & (size - 1));
	uint64_t least = to_old < to_new ? to_old : to_new;

	return left < least ? left : least;
}

void take_rmap_locks(struct vm_area_struct *vma)
{
	if (vma->vm_file)
		rwlock_take_write(&vma->vm_file->mapping.i_mmap_lock);
	if (vma->anon_vma)
		rwlock_take_write(&vma->anon_vma->root->lock);
}

void drop_rmap_locks(struct vm_area_struct *vma)
{
	if (vma->anon_vma)
		rwlock_release_write(&vma->anon_vma->root->lock);
	if (vma->vm_file)
		rwlock_release_write(&vma->vm_file->mapping.i_mmap_lock);
}

/* What moved is soft-dirty: it was not at the new place before (v3.11+). */
uint64_t move_soft_dirty(uint64_t entry)
{
	const struct kernel *k = current_kernel();

	if (kernel_pte_present(k, entry))
		return kernel_pte_mksoft_dirty(k, entry);
	return kernel_pte_swap(k, entry) ? entry | k->format.swp_soft_dirty : entry;
}

/* Must the old place be flushed before anybody can get at the new one? */
static bool flush_at_once(struct move *mv, pte_t pte)
{
	if (!pte_present(pte))
		return false;
	if (has(ROW_D1_MREMAP_FLUSH))
		return true;
	if (has(ROW_D2_MREMAP_DIRTY) && pte_dirty(pte))
		return true;
	mv->need_flush = true;
	return false;
}

static bool move_entries(struct move *mv, pte_t *old, pte_t *new, uint64_t len)
{
	struct mm_struct *mm = mv->vma->vm_mm;
	bool flush = false;

	for (uint64_t at = 0; at < len; at += FRAME_SIZE, old++, new++) {
		pte_t pte;

		if (entry_unused(old) || pte_none(entry_read(old)))
			continue;
		pte = entry_get_and_clear(mm, mv->old + at, old);
		flush |= flush_at_once(mv, pte);
		set_pte_at(mm, mv->new + at, new, move_soft_dirty(pte));
	}
	return flush;
}

static void move_ptes(struct move *mv, pmd_t *old_pmd, pte_t *new, uint64_t len)
{
	pte_t *old = pmd_table(entry_read(old_pmd)) + x86_slot(mv->old, 1);
	struct mm_struct *mm = mv->vma->vm_mm;
	struct lock *old_ptl = pte_lockptr(mm, old), *new_ptl = pte_lockptr(mm, new);

	if (mv->rmap_locks)
		take_rmap_locks(mv->vma);
	lock_take(old_ptl);
	if (new_ptl != old_ptl)
		lock_take(new_ptl);
	flush_tlb_batched_pending(mm);
	if (move_entries(mv, old, new, len))
		flush_tlb_range(mv->vma, mv->old, mv->old + len);
	if (new_ptl != old_ptl)
		lock_release(new_ptl);
	lock_release(old_ptl);
	if (mv->rmap_locks)
		drop_rmap_locks(mv->vma);
}

/* True: the whole PMD went (or there is no more to do there). */
static bool move_pmd(struct move *mv, pmd_t *old_pmd, pmd_t *new_pmd, uint64_t len)
{
	pmd_t value = entry_read(old_pmd);

	if (pmd_is_huge(value)) {
		if (len == HPAGE_SIZE && move_huge_pmd(mv, old_pmd, new_pmd))
			return true;
		split_huge_pmd(mv->vma, old_pmd, mv->old);
		return !pmd_is_table(entry_read(old_pmd), "move_page_tables");
	}
	if (!pmd_is_table(value, "move_page_tables"))
		return true;
	return len == HPAGE_SIZE && has(ROW_MREMAP_MOVES_TABLES) &&
	       move_normal_pmd(mv, old_pmd, new_pmd);
}

/* Moves what one PMD of each side covers; false: out of memory. */
static bool move_one(struct move *mv, uint64_t len)
{
	struct mm_struct *mm = mv->vma->vm_mm;
	pmd_t *old_pmd = entry_find(current_machine(), mm, mv->old, 2), *new_pmd;
	pte_t *new;

	if (!old_pmd || pmd_none(entry_read(old_pmd)))
		return true;
	new_pmd = entry_alloc(mm, mv->new, 2);
	if (!new_pmd)
		return false;
	if (move_pmd(mv, old_pmd, new_pmd, len))
		return true;
	new = entry_alloc(mm, mv->new, 1);
	if (!new)
		return false;
	move_ptes(mv, old_pmd, new, len);
	return true;
}

uint64_t move_page_tables(struct vm_area_struct *vma, uint64_t old_addr,
			  struct vm_area_struct *new_vma, uint64_t new_addr, uint64_t len)
{
	struct move mv = {.vma = vma, .new_vma = new_vma, .old = old_addr, .new = new_addr,
			  .rmap_locks = new_vma->vm_start < vma->vm_start};
	uint64_t end = old_addr + len, step;

	for (; mv.old < end; mv.old += step, mv.new += step) {
		step = extent(mv.old, mv.new, end - mv.old, UINT64_C(1) << 30);
		if (step == UINT64_C(1) << 30 && has(ROW_MREMAP_MOVES_PUDS) &&
		    move_normal_pud(&mv))
			continue;
		step = extent(mv.old, mv.new, end - mv.old, HPAGE_SIZE);
		if (!move_one(&mv, step))
			break;
	}
	if (mv.need_flush)
		flush_tlb_range(vma, old_addr, mv.old);
	return mv.old - old_addr;
}
