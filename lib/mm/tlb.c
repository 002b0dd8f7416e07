/* SPDX-License-Identifier: BSD-2-Clause */
/* What callers of flushes use, and the mark that a flush is owed (include/linux/mm_types.h). */
#include "mm/tlb.h"

#include "exec/var.h"
#include "mm/entry.h"

void cpu_flush_loaded(struct cpu *cpu)
{
	x86_mov_cr3(cpu->tlb, NULL, cpu->pcid, cpu->cr3 | cpu->pcid);
}

void cpu_flush_range(struct cpu *cpu, uint64_t start, uint64_t end)
{
	for (uint64_t at = start; at < end; at += FRAME_SIZE)
		x86_invlpg(cpu->tlb, NULL, &x86_rules_intel, &cpu->mode, cpu->pcid, at);
}

/* Tell the oracles when it begins and when it is over. */
static void flush_mm_range(struct mm_struct *mm, uint64_t start, uint64_t end, bool page,
			   bool freed_tables)
{
	struct observer *o = &current_machine()->observer;

	if (has(ROW_D4_TLB_GEN))
		flush_mm_by_gen(mm, start, end, freed_tables);
	else
		flush_mm_by_mask(mm, start, end, page);
	if (o->flush_end)
		o->flush_end(o->self, mm->name, start, end);
	event_about(EVENT_FLUSHED, start, end);
}

void flush_tlb_mm_range(struct mm_struct *mm, uint64_t start, uint64_t end, bool freed_tables)
{
	flush_mm_range(mm, start, end, false, freed_tables);
}

/*
 * v4.20+ must say whether tables went. Callers of this one may have freed some and do not say so:
 * to v6.14 the answer was no (D8), since then it is yes.
 */
void flush_tlb_range(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	flush_mm_range(vma->vm_mm, start, end, false, has(ROW_D8_RANGE_FREED_TABLES));
}

void flush_tlb_page(struct vm_area_struct *vma, uint64_t address)
{
	address &= PAGE_MASK_4K;
	flush_mm_range(vma->vm_mm, address, address + FRAME_SIZE, true, false);
}

bool mm_tlb_flush_pending(struct mm_struct *mm)
{
	return shared_read32(MM_OBJECT(mm, MM_FLUSH_PENDING), &mm->tlb_flush_pending) != 0;
}

bool mm_tlb_flush_nested(struct mm_struct *mm)
{
	return shared_read32(MM_OBJECT(mm, MM_FLUSH_PENDING), &mm->tlb_flush_pending) > 1;
}

/* A boolean from 20841405940e on; 16af97dc5a89 makes it a counter, so that flushers can overlap. */
void set_tlb_flush_pending(struct mm_struct *mm)
{
	if (has(ROW_A3_PENDING_COUNTER))
		shared_add32(MM_OBJECT(mm, MM_FLUSH_PENDING), &mm->tlb_flush_pending, 1);
	else
		shared_write32(MM_OBJECT(mm, MM_FLUSH_PENDING), &mm->tlb_flush_pending, 1);
	note("raise tlb_flush_pending");
}

void clear_tlb_flush_pending(struct mm_struct *mm)
{
	if (has(ROW_A3_PENDING_COUNTER))
		shared_add32(MM_OBJECT(mm, MM_FLUSH_PENDING), &mm->tlb_flush_pending, -1);
	else
		shared_write32(MM_OBJECT(mm, MM_FLUSH_PENDING), &mm->tlb_flush_pending, 0);
	note("clear tlb_flush_pending");
}
