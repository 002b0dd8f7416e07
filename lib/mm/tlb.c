/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/tlb.h"

#include "exec/var.h"
#include "mm/entry.h"

/*
 * Above so many pages of a range the whole TLB goes: the 4 KiB entries of the TLB, 512, shifted by
 * tlb_flushall_shift, 5 on the Intel core of the time (Sandy Bridge: model 42). The kernel takes
 * the size of the process where that is less than the TLB's; here every process is taken to be
 * larger, as any that has a C library is. v3.8 to v3.13: flush_tlb_mm_range() of
 * arch/x86/mm/tlb.c, intel_tlb_flushall_shift_set() of arch/x86/kernel/cpu/intel.c. (The fixed
 * ceiling of 33 pages came later, with 3.17.)
 */
#define FLUSH_CEILING (512 >> 5)
#define TLB_FLUSH_ALL UINT64_MAX

static void flush_local(struct cpu *cpu, uint64_t start, uint64_t end)
{
	if (end == TLB_FLUSH_ALL) {
		x86_mov_cr3(cpu->tlb, NULL, false, cpu->cr3);
		return;
	}
	for (uint64_t at = start; at < end; at += FRAME_SIZE)
		x86_invlpg(cpu->tlb, NULL, &x86_rules_intel, &cpu->mode, 0, at);
}

/* A huge page starts in the range. (That PSE alone tells, without P, is from memory.) */
static bool has_large_page(struct mm_struct *mm, uint64_t start, uint64_t end)
{
	for (uint64_t at = (start + HPAGE_SIZE - 1) & HPAGE_MASK; at < end; at += HPAGE_SIZE) {
		const uint64_t *pmd = entry_find(current_machine(), mm, at, 2);

		if (pmd && entry_read(pmd) & X86_PSE)
			return true;
	}
	return false;
}

/* More than was asked for: when it costs less, and when another address space is loaded here. */
static bool flushes_all(struct mm_struct *mm, uint64_t start, uint64_t end)
{
	return this_cpu()->mm != mm || (end - start) >> FRAME_SHIFT > FLUSH_CEILING ||
	       has_large_page(mm, start, end);
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

/* @start and @end are what was asked for; @all says that the rest may go, too. */
static void flush_mm(struct mm_struct *mm, uint64_t start, uint64_t end, bool all)
{
	struct observer *o = &current_machine()->observer;
	uint64_t flushed = all ? TLB_FLUSH_ALL : end;
	struct cpu *cpu = this_cpu();

	point(POINT_FLUSH, CPU_OBJ_TLB(cpu), ACCESS_WRITE);
	if (o->flush_begin)
		o->flush_begin(o->self, mm->name, start, end);
	if (cpu->mm == mm)
		flush_local(cpu, start, flushed);
	note("flush own TLB");
	flush_others(mm, start, flushed);
	if (o->flush_end)
		o->flush_end(o->self, mm->name, start, end);
	event(EVENT_FLUSHED, start);
}

void flush_tlb_range(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	flush_mm(vma->vm_mm, start, end, flushes_all(vma->vm_mm, start, end));
}

void flush_tlb_page(struct vm_area_struct *vma, uint64_t address)
{
	uint64_t start = address & PAGE_MASK_4K;

	flush_mm(vma->vm_mm, start, start + FRAME_SIZE, false);
}

bool mm_tlb_flush_pending(struct mm_struct *mm)
{
	return shared_read32(MM_OBJECT(mm, MM_FLUSH_PENDING), &mm->tlb_flush_pending) != 0;
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
