/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flushes of v3.8 to v4.13 (arch/x86/mm/tlb.c): here, then every processor in the mm's mask is
 * interrupted, and one that has the tables loaded for nobody (lazy) leaves them instead.
 *
 *	flusher				processor in the mask
 *	drop own translations
 *	read mm_cpumask
 *	interrupt ------------------->	flush_tlb_func(): drop, or leave_mm()
 *	wait
 *
 * A flusher that runs on other tables than the mm's drops nothing of its own and has everything
 * dropped elsewhere.
 */
#include "mm/tlb.h"

#include "exec/var.h"
#include "mm/entry.h"
#include "mm/switch.h"

/*
 * Is [start, end) too much for single pages? From v3.17 on above a fixed number of pages. Before,
 * above the 4 KiB entries of the TLB, 512, shifted by tlb_flushall_shift, 5 on the Intel core of
 * the time (Sandy Bridge: model 42). The kernel takes the size of the process where that is less
 * than the TLB's; here every process is taken to be larger, as any that has a C library is. v3.8 to
 * v3.13: flush_tlb_mm_range() of arch/x86/mm/tlb.c, intel_tlb_flushall_shift_set() of
 * arch/x86/kernel/cpu/intel.c.
 */
#define OLD_TLB_ENTRIES	   512
#define OLD_FLUSHALL_SHIFT 5

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

static bool flushes_all(struct mm_struct *mm, uint64_t start, uint64_t end)
{
	uint64_t pages = (end - start) >> FRAME_SHIFT;

	if (end == UINT64_MAX)
		return true;
	if (has(ROW_FLUSH_CEILING))
		return pages > FLUSH_CEILING;
	return this_cpu()->mm != mm || pages > OLD_TLB_ENTRIES >> OLD_FLUSHALL_SHIFT ||
	       has_large_page(mm, start, end);
}

static void flush_loaded(struct cpu *cpu, uint64_t start, uint64_t end)
{
	if (end == UINT64_MAX)
		cpu_flush_loaded(cpu);
	else
		cpu_flush_range(cpu, start, end);
}

/* The handler of the interrupt. No mm: whichever is loaded (v4.3+). */
static void flush_tlb_func(struct cpu *cpu, const struct ipi *ipi)
{
	if (ipi->mm && cpu->mm != ipi->mm)
		return;
	if (cpu->tlbstate.lazy)
		leave_mm_at_once(cpu);
	else
		flush_loaded(cpu, ipi->start, ipi->end);
	note("flush TLB");
}

static void announce_flush(struct announcement *a, const struct cpu *cpu, const struct ipi *ipi)
{
	if (cpu->mm && cpu->tlbstate.lazy)
		announce_leave_mm(a, cpu);
}

static void flush_others(uint64_t mask, struct mm_struct *mm, uint64_t start, uint64_t end)
{
	const struct ipi call = {.fn = flush_tlb_func, .announce = announce_flush, .mm = mm,
				 .start = start, .end = end};
	struct numasim_machine *m = current_machine();

	mask = mask_others(mask);
	if (!mask)
		return;
	for (unsigned i = 0; i < m->nr_cpus; i++)
		if (mask >> i & 1)
			cpu_ipi_send(&m->cpu[i], &call);
	cpu_ipi_wait();
}

/* This processor's part. false: it does not run on the mm, so the others drop everything. */
static bool flush_here(struct cpu *cpu, struct mm_struct *mm, uint64_t start, uint64_t end)
{
	if (cpu->mm != mm)
		return false;
	if (cpu->task && !cpu->task->mm) {
		leave_mm(cpu);
		return false;
	}
	flush_loaded(cpu, start, end);
	note("flush own TLB");
	return true;
}

void flush_mm_by_mask(struct mm_struct *mm, uint64_t start, uint64_t end, bool page)
{
	struct observer *o = &current_machine()->observer;
	bool all = !page && flushes_all(mm, start, end); /* looks at entries first */
	struct cpu *cpu = this_cpu();

	point(POINT_FLUSH, CPU_OBJ_TLB(cpu), ACCESS_WRITE);
	if (o->flush_begin)
		o->flush_begin(o->self, mm->name, start, end);
	if (all)
		end = UINT64_MAX;
	if (!flush_here(cpu, mm, start, end) && !page)
		end = UINT64_MAX;
	flush_others(shared_read64(MM_OBJECT(mm, MM_CPUMASK), &mm->cpumask), mm, start, end);
}

/* try_to_unmap_flush() of v4.3 to v4.13. */
void flush_batch_by_mask(uint64_t mask)
{
	struct cpu *cpu = this_cpu();

	if (mask >> cpu->index & 1) {
		point(POINT_FLUSH, CPU_OBJ_TLB(cpu), ACCESS_WRITE);
		cpu_flush_loaded(cpu);
		note("flush own TLB");
	}
	flush_others(mask, NULL, 0, UINT64_MAX);
}
