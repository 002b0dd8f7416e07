/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flushes that reclaim puts off (72b252aed506, v4.3+; mm/rmap.c, and arch/x86/mm/tlb.c from v4.14
 * on). The task keeps the set of processors that must be asked; what they have loaded does not
 * matter, they drop everything.
 *
 *	mm->tlb_flush_batched	to v4.12  nothing: whoever finds the entry empty is not told (A7)
 *				to v5.16  raised by whoever puts a flush off, lowered by who makes
 *					  up for it, also for one that was put off meanwhile
 *				since	  two numbers: put off so far, and made up for
 *
 *	 31		     16 15		   0
 *	+----------------------+--------------------+
 *	|	flushed	       |      pending	    |
 *	+----------------------+--------------------+
 */
#include "mm/tlb.h"

#include "exec/var.h"

#define FLUSHED_SHIFT 16
#define PENDING_MASK  0x7fff
#define PENDING_LARGE (PENDING_MASK / 2)

/* Worth it if another processor may have to be interrupted. */
bool should_defer_flush(struct mm_struct *mm)
{
	if (!has(ROW_TLB_BATCH))
		return false;
	return mask_others(shared_read64(MM_OBJECT(mm, MM_CPUMASK), &mm->cpumask));
}

static void mark_batched(struct mm_struct *mm)
{
	point(POINT_UPDATE, MM_OBJECT(mm, MM_FLUSH_BATCHED), ACCESS_WRITE);
	if (!has(ROW_A7_BATCH_NUMBERS))
		mm->tlb_flush_batched = 1;
	else if ((mm->tlb_flush_batched & PENDING_MASK) > PENDING_LARGE)
		mm->tlb_flush_batched = 1;
	else
		mm->tlb_flush_batched++;
	note("put a flush off");
}

void set_tlb_ubc_flush_pending(struct mm_struct *mm, bool writable)
{
	struct task_struct *task = current_task();

	if (has(ROW_D4_TLB_GEN)) {
		point(POINT_UPDATE, MM_OBJECT(mm, MM_TLB_GEN), ACCESS_WRITE);
		mm->tlb_gen++;
	}
	task->tlb_batch |= shared_read64(MM_OBJECT(mm, MM_CPUMASK), &mm->cpumask);
	task->tlb_batch_required = true;
	task->tlb_batch_writable |= writable;
	if (has(ROW_A7_FLUSH_BATCHED))
		mark_batched(mm);
}

void try_to_unmap_flush(void)
{
	struct task_struct *task = current_task();

	if (!task || !task->tlb_batch_required)
		return;
	if (has(ROW_D4_TLB_GEN))
		flush_batch_by_gen(task->tlb_batch);
	else
		flush_batch_by_mask(task->tlb_batch);
	task->tlb_batch = 0;
	task->tlb_batch_required = task->tlb_batch_writable = false;
}

void try_to_unmap_flush_dirty(void)
{
	const struct task_struct *task = current_task();

	if (task && task->tlb_batch_writable)
		try_to_unmap_flush();
}

static bool owes_flush(int32_t batched)
{
	if (!has(ROW_A7_BATCH_NUMBERS))
		return batched;
	return (batched & PENDING_MASK) != batched >> FLUSHED_SHIFT;
}

/* What was put off while the flush was under way stays owed, from v5.17 on. */
static void mark_flushed(struct mm_struct *mm, int32_t batched)
{
	int32_t pending = batched & PENDING_MASK;

	point(POINT_UPDATE, MM_OBJECT(mm, MM_FLUSH_BATCHED), ACCESS_WRITE);
	if (!has(ROW_A7_BATCH_NUMBERS))
		mm->tlb_flush_batched = 0;
	else if (mm->tlb_flush_batched == batched)
		mm->tlb_flush_batched = pending | pending << FLUSHED_SHIFT;
}

/*
 * A flush that was put off for entries of this table was put off under its lock, so it is seen; one
 * for other tables may be missed, and need not be seen: nothing is read as a step of its own.
 */
void flush_tlb_batched_pending(struct mm_struct *mm)
{
	int32_t batched = mm->tlb_flush_batched;

	if (!has(ROW_A7_FLUSH_BATCHED))
		return;
	touch(MM_OBJECT(mm, MM_FLUSH_BATCHED), ACCESS_READ);
	observe(batched);
	if (!owes_flush(batched))
		return;
	flush_tlb_mm(mm);
	mark_flushed(mm, batched);
}
