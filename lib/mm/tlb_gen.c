/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flushes of v4.14 on (arch/x86/mm/tlb.c): every flush of an mm has a number, mm->tlb_gen, and each
 * processor knows per address space up to which it has done them. A processor that missed some
 * drops everything; one that is asked for the very next drops what that one asks for.
 *
 *	flusher			     processor, at 7
 *	mm->tlb_gen = 8
 *	  "8: [start, end)" ------->  8 == 7 + 1, and nothing newer: drop [start, end), be at 8
 *	  "8: [start, end)" ------->  mm->tlb_gen is 9 already: drop all, be at 9; 9 finds nothing
 *
 * Who is asked: all of the mask; from v4.20 on not the lazy ones, which catch up when they switch
 * back, unless tables were freed; from 6db2526c1d69 on only those that have the mm loaded, or once
 * a second all, and since D5's fix those that are between two.
 */
#include "mm/tlb.h"

#include "exec/var.h"
#include "mm/switch.h"

#define TRIM_PERIOD 1000 /* ms */

/* ---- on the processor that is asked: one step ---- */

static bool catches_up_by_range(const struct ipi *f, uint64_t local_gen, uint64_t mm_gen)
{
	return f->end != UINT64_MAX && f->gen == local_gen + 1 && f->gen == mm_gen;
}

static void flush_loaded(struct cpu *cpu, const struct ipi *f)
{
	uint64_t *local_gen = &cpu->tlbstate.ctx[cpu->tlbstate.asid].tlb_gen;
	uint64_t mm_gen = cpu->mm->tlb_gen;

	if (has(ROW_FLUSH_LATE_GEN_READ) && f->gen && f->gen <= *local_gen)
		return;
	touch(MM_OBJECT(cpu->mm, MM_TLB_GEN), ACCESS_READ);
	if (*local_gen == mm_gen)
		return;
	if (catches_up_by_range(f, *local_gen, mm_gen))
		cpu_flush_range(cpu, f->start, f->end);
	else
		cpu_flush_loaded(cpu);
	*local_gen = mm_gen;
}

/* flush_tlb_func(). */
static void flush_tlb_func(struct cpu *cpu, const struct ipi *f)
{
	struct mm_struct *mm = f->mm;

	if (mm && cpu->mm != mm) {
		if (has(ROW_LAZY_CPUMASK)) {
			touch(MM_OBJECT(mm, MM_CPUMASK), ACCESS_WRITE);
			mm->cpumask &= ~(UINT64_C(1) << cpu->index);
		}
		return;
	}
	if (!cpu->mm)
		return;
	if (cpu->tlbstate.lazy)
		leave_mm_at_once(cpu);
	else
		flush_loaded(cpu, f);
	note("flush TLB");
}

static void announce_flush(struct announcement *a, const struct cpu *cpu, const struct ipi *f)
{
	if (f->mm && cpu->mm != f->mm) {
		if (has(ROW_LAZY_CPUMASK))
			announce_access(a, MM_OBJECT((struct mm_struct *)f->mm, MM_CPUMASK),
					ACCESS_WRITE);
	} else if (cpu->mm && cpu->tlbstate.lazy) {
		announce_leave_mm(a, cpu);
	} else if (cpu->mm) {
		announce_access(a, MM_OBJECT(cpu->mm, MM_TLB_GEN), ACCESS_READ);
	}
}

/* ---- on the processor that asks ---- */

/* Must @target take part? v4.20+ looks at what it has loaded (should_flush_tlb()). */
static bool should_flush(const struct cpu *target, const struct ipi *f)
{
	const struct tlb_state *state = &target->tlbstate;

	if (!has(ROW_LAZIER_TLB) || f->freed_tables)
		return true;
	if (state->lazy)
		return false;
	if (!f->mm || f->trim || !has(ROW_FLUSH_ONLY_LOADED))
		return true;
	return state->switching ? has(ROW_D5_SWITCHING) : target->mm == f->mm;
}

/* The same of another processor, which may just be changing it. */
static bool should_ask(const struct cpu *target, const struct ipi *f)
{
	bool wanted;

	if (has(ROW_LAZIER_TLB) && !f->freed_tables)
		point(POINT_READ, CPU_OBJ_MM(target), ACCESS_READ);
	wanted = should_flush(target, f);
	observe(wanted);
	return wanted;
}

/* The caller's own part, with interrupts off. */
static void flush_here(struct cpu *cpu)
{
	const struct ipi *f = &cpu->tlbstate.flush;

	if (!cpu->mm || (f->mm && cpu->mm != f->mm))
		return;
	if (cpu->tlbstate.lazy) {
		leave_mm(cpu);
		return;
	}
	point(POINT_FLUSH, CPU_OBJ_TLB(cpu), ACCESS_WRITE);
	flush_loaded(cpu, f);
	note("flush own TLB");
}

static void ask_others(struct cpu *cpu, uint64_t mask)
{
	struct numasim_machine *m = current_machine();

	mask = mask_others(mask);
	for (unsigned i = 0; i < m->nr_cpus; i++)
		if (mask >> i & 1 && should_ask(&m->cpu[i], &cpu->tlbstate.flush))
			cpu_ipi_send(&m->cpu[i], &cpu->tlbstate.flush);
}

/*
 * To v5.12 the own part comes first, and the mask is read after it; from v5.13 on (4ce94eabac16)
 * others are asked first and flush at the same time, and the own part depends on the mask, too.
 */
static void flush_one_after_another(struct cpu *cpu, const struct mm_struct *mm, bool here)
{
	uint64_t mask;

	if (here)
		flush_here(cpu);
	mask = shared_read64(MM_OBJECT(mm, MM_CPUMASK), &mm->cpumask);
	if (!mask_others(mask))
		return;
	ask_others(cpu, mask);
	cpu_ipi_wait();
}

static void flush_together(struct cpu *cpu, uint64_t mask, bool here)
{
	if (!mask_others(mask)) {
		if (here)
			flush_here(cpu);
		return;
	}
	ask_others(cpu, mask);
	if (mask >> cpu->index & 1 && should_flush(cpu, &cpu->tlbstate.flush))
		flush_here(cpu);
	cpu_ipi_wait();
}

/* Once a second, processors that switched away but are still in the mask are interrupted too */
static bool should_trim(struct mm_struct *mm)
{
	uint64_t now = *current_machine()->clock;

	if (!has(ROW_FLUSH_ONLY_LOADED))
		return false;
	touch(MM_OBJECT(mm, MM_NEXT_TRIM), ACCESS_WRITE);
	if (now <= mm->next_trim_cpumask)
		return false;
	mm->next_trim_cpumask = now + TRIM_PERIOD;
	return true;
}

/* inc_mm_tlb_gen(), and what others are going to be asked for. */
static void new_flush(struct cpu *cpu, struct mm_struct *mm, uint64_t start, uint64_t end,
		      bool freed_tables)
{
	struct observer *o = &current_machine()->observer;
	bool all = end == UINT64_MAX || (end - start) >> FRAME_SHIFT > FLUSH_CEILING;

	point(POINT_UPDATE, MM_OBJECT(mm, MM_TLB_GEN), ACCESS_WRITE);
	mm->tlb_gen++;
	if (o->flush_begin)
		o->flush_begin(o->self, mm->name, start, end);
	cpu->tlbstate.flush = (struct ipi){
		.fn = flush_tlb_func, .announce = announce_flush, .mm = mm,
		.start = all ? 0 : start, .end = all ? UINT64_MAX : end,
		.freed_tables = freed_tables, .gen = mm->tlb_gen};
}

void flush_mm_by_gen(struct mm_struct *mm, uint64_t start, uint64_t end, bool freed_tables)
{
	struct cpu *cpu = this_cpu();
	uint64_t mask;

	new_flush(cpu, mm, start, end, freed_tables);
	if (has(ROW_FLUSH_CONCURRENT)) {
		mask = shared_read64(MM_OBJECT(mm, MM_CPUMASK), &mm->cpumask);
		if (mask_others(mask))
			cpu->tlbstate.flush.trim = should_trim(mm);
		flush_together(cpu, mask, cpu->mm == mm);
	} else {
		flush_one_after_another(cpu, mm, cpu->mm == mm);
	}
	cpu->tlbstate.flush = (struct ipi){0};
}

/* arch_tlbbatch_flush(). */
void flush_batch_by_gen(uint64_t mask)
{
	struct cpu *cpu = this_cpu();
	bool here = mask >> cpu->index & 1;

	cpu->tlbstate.flush = (struct ipi){.fn = flush_tlb_func, .announce = announce_flush,
					   .end = UINT64_MAX};
	if (has(ROW_FLUSH_CONCURRENT)) {
		flush_together(cpu, mask, here);
	} else {
		if (here)
			flush_here(cpu);
		if (mask_others(mask)) {
			ask_others(cpu, mask);
			cpu_ipi_wait();
		}
	}
	cpu->tlbstate.flush = (struct ipi){0};
}
