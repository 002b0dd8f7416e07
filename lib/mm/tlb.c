/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/tlb.h"

#include "exec/var.h"

/*
 * Above this many pages the whole TLB goes. v3.8 to v3.14 compare with a share of the TLB that
 * depends on the processor (tlb_flushall_shift); 33 is the later fixed ceiling. From memory: the
 * difference is whether translations outside the range survive.
 */
#define FLUSH_CEILING 33

static void flush_local(struct cpu *cpu, uint64_t start, uint64_t end)
{
	if (end - start > (uint64_t)FLUSH_CEILING << FRAME_SHIFT) {
		x86_mov_cr3(cpu->tlb, NULL, false, cpu->cr3);
		return;
	}
	for (uint64_t at = start; at < end; at += FRAME_SIZE)
		x86_invlpg(cpu->tlb, NULL, &x86_rules_intel, &cpu->mode, 0, at);
}

/* The handler of the interrupt: nothing to do when another address space is loaded. */
static void flush_tlb_func(struct cpu *cpu, const struct ipi *ipi)
{
	if (cpu->mm == ipi->mm)
		flush_local(cpu, ipi->start, ipi->end);
	note("flush TLB");
}

static void flush_others(struct mm_struct *mm, uint64_t start, uint64_t end)
{
	struct numasim_machine *m = current_machine();
	struct cpu *self = this_cpu();
	uint64_t mask = shared_read64(MM_OBJECT(mm, MM_CPUMASK), &mm->cpumask);

	mask &= ~(UINT64_C(1) << self->index);
	if (!mask)
		return;
	for (unsigned i = 0; i < m->nr_cpus; i++)
		if (mask >> i & 1)
			cpu_ipi_send(&m->cpu[i], flush_tlb_func, mm, start, end);
	cpu_ipi_wait();
}

static void flush_mm_range(struct mm_struct *mm, uint64_t start, uint64_t end)
{
	struct observer *o = &current_machine()->observer;
	struct cpu *cpu = this_cpu();

	point(POINT_FLUSH, CPU_OBJ_TLB(cpu), ACCESS_WRITE);
	if (o->flush_begin)
		o->flush_begin(o->self, mm->name, start, end);
	if (cpu->mm == mm)
		flush_local(cpu, start, end);
	note("flush own TLB");
	flush_others(mm, start, end);
	if (o->flush_end)
		o->flush_end(o->self, mm->name, start, end);
	event(EVENT_FLUSHED, start);
}

void flush_tlb_mm_range(struct mm_struct *mm, uint64_t start, uint64_t end, bool freed_tables)
{
	flush_mm_range(mm, start, end);
}

void flush_tlb_range(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	flush_mm_range(vma->vm_mm, start, end);
}

void flush_tlb_page(struct vm_area_struct *vma, uint64_t address)
{
	flush_mm_range(vma->vm_mm, address & PAGE_MASK_4K, (address & PAGE_MASK_4K) + FRAME_SIZE);
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
