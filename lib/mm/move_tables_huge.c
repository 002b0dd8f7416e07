/* SPDX-License-Identifier: BSD-2-Clause */
/* mremap() of 2 MiB and 1 GiB at a time: a huge entry goes elsewhere, or a whole table is hung
 * elsewhere (2c91bd4a4e2e, v5.0; c49dd3401802, v5.11). */
#include "mm/move.h"

#include "mm/table.h"

static void lock_both(struct lock *old_ptl, struct lock *new_ptl)
{
	lock_take(old_ptl);
	if (new_ptl != old_ptl)
		lock_take(new_ptl);
}

static void unlock_both(struct lock *old_ptl, struct lock *new_ptl)
{
	if (new_ptl != old_ptl)
		lock_release(new_ptl);
	lock_release(old_ptl);
}

/* The table that waits for a split goes with its page. */
static void move_deposit(struct move *mv, pmd_t *old_pmd, pmd_t *new_pmd)
{
	struct mm_struct *mm = mv->vma->vm_mm;

	if (table_deposit_list(mm, old_pmd) != table_deposit_list(mm, new_pmd) &&
	    vma_is_anonymous(mv->vma))
		pgtable_trans_huge_deposit(mm, new_pmd, pgtable_trans_huge_withdraw(mm, old_pmd));
}

/* Flushed before the locks are dropped as for base entries: see move_tables.c. */
static void flush_huge(struct move *mv, pmd_t pmd)
{
	const struct kernel *k = current_kernel();

	if (!pmd_present(pmd))
		return;
	if (has(ROW_D1_MREMAP_FLUSH) || (has(ROW_D2_MREMAP_DIRTY) && kernel_pmd_dirty(k, pmd)))
		flush_tlb_range(mv->vma, mv->old, mv->old + HPAGE_SIZE);
	else
		mv->need_flush = true;
}

static pmd_t moved_pmd(pmd_t pmd)
{
	const struct kernel *k = current_kernel();

	return pmd_present(pmd) ? kernel_pmd_mksoft_dirty(k, pmd) : pmd | k->format.swp_soft_dirty;
}

bool move_huge_pmd(struct move *mv, pmd_t *old_pmd, pmd_t *new_pmd)
{
	struct mm_struct *mm = mv->vma->vm_mm;
	struct lock *old_ptl, *new_ptl = pmd_lockptr(mm, new_pmd);
	bool moved = false;
	pmd_t pmd;

	if (!pmd_none(entry_read(new_pmd)))
		return false;
	if (mv->rmap_locks)
		take_rmap_locks(mv->vma);
	old_ptl = pmd_trans_huge_lock(mv->vma, old_pmd, &pmd);
	if (old_ptl) {
		if (new_ptl != old_ptl)
			lock_take(new_ptl);
		pmd = entry_get_and_clear(mm, mv->old, old_pmd);
		move_deposit(mv, old_pmd, new_pmd);
		set_pmd_at(mm, mv->new, new_pmd, moved_pmd(pmd));
		flush_huge(mv, pmd);
		unlock_both(old_ptl, new_ptl);
		moved = true;
	}
	if (mv->rmap_locks)
		drop_rmap_locks(mv->vma);
	return moved;
}

/* Hang the table below @old below @new, which is empty. Locks held. */
static void move_table(struct move *mv, uint64_t *old, uint64_t *new, uint64_t size)
{
	struct numasim_machine *m = current_machine();
	struct mm_struct *mm = mv->vma->vm_mm;
	uint64_t value = entry_read(old);

	set_entry_at(mm, mv->old, old, 0);
	table_move(entry_table(m, phys_to_host(&m->phys, value & X86_PFN_MASK)), mv->new);
	set_entry_at(mm, mv->new, new, value);
	flush_tlb_range(mv->vma, mv->old, mv->old + size);
}

bool move_normal_pmd(struct move *mv, pmd_t *old_pmd, pmd_t *new_pmd)
{
	struct mm_struct *mm = mv->vma->vm_mm;
	struct lock *old_ptl = pmd_lockptr(mm, old_pmd), *new_ptl = pmd_lockptr(mm, new_pmd);

	if (!pmd_none(entry_read(new_pmd)))
		return false;
	take_rmap_locks(mv->vma);
	lock_both(old_ptl, new_ptl);
	move_table(mv, old_pmd, new_pmd, HPAGE_SIZE);
	unlock_both(old_ptl, new_ptl);
	drop_rmap_locks(mv->vma);
	return true;
}

/* A PMD table that moves takes its 512 PTE tables along: they translate elsewhere now. */
static void move_tables_below(struct table *table, uint64_t base)
{
	struct numasim_machine *m = current_machine();
	uint64_t *entry = phys_to_host(&m->phys, table->pa);

	for (unsigned i = 0; i < 512; i++)
		if (entry[i] & X86_P && !(entry[i] & X86_PSE))
			table_move(entry_table(m, phys_to_host(&m->phys, entry[i] & X86_PFN_MASK)),
				   base + (uint64_t)i * HPAGE_SIZE);
}

bool move_normal_pud(struct move *mv)
{
	struct numasim_machine *m = current_machine();
	struct mm_struct *mm = mv->vma->vm_mm;
	uint64_t *old = entry_find(m, mm, mv->old, 3), *new;
	struct lock *ptl = &mm->page_table_lock; /* PUDs have no locks of their own here */
	struct table *table;

	if (!old || entry_none(entry_read(old)))
		return false;
	new = entry_alloc(mm, mv->new, 3);
	if (!new || !entry_none(entry_read(new)))
		return false;
	take_rmap_locks(mv->vma);
	lock_take(ptl);
	table = entry_table(m, phys_to_host(&m->phys, *old & X86_PFN_MASK));
	move_tables_below(table, mv->new);
	move_table(mv, old, new, x86_level_size(3));
	lock_release(ptl);
	drop_rmap_locks(mv->vma);
	return true;
}
