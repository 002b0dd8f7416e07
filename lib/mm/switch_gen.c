/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switch_mm_irqs_off() of v4.14 on (arch/x86/mm/tlb.c). Per processor six address spaces (PCIDs)
 * keep their translations, each with the number of the last flush that was done for it:
 *
 *	ctx[asid]    0	      1	       2 ...		 CR3.PCID = asid + 1
 *	ctx_id	   P's	    kernel    Q's
 *	tlb_gen	    12	      0	       7		 Q has tlb_gen 9: flush when it is loaded
 *
 *	switcher, interrupts off		  who reads it
 *	loaded_mm = "switching"	  (v4.20+)	  flushers, from 6db2526c1d69 on
 *	mm_cpumask(prev) &= ~me	  (to v6.12)
 *	mm_cpumask(next) |= me			  flushers
 *	read next->tlb_gen			  raised by flushers before they read the mask
 *	CR3 = next, flushing or not
 *	loaded_mm = next			  flushers, from v4.20 on
 */
#include "mm/switch.h"

#include "exec/var.h"

static uint64_t ctx_of(const struct mm_struct *mm)
{
	return mm ? mm->ctx_id : INIT_MM_CTX_ID;
}

/* The kernel's own tables are never flushed for users. */
static uint64_t gen_of(const struct mm_struct *mm)
{
	return mm ? mm->tlb_gen : 0;
}

/* Round robin; the kernel's own tables have slot 0 at boot. */
static uint16_t take_asid(struct tlb_state *state)
{
	if (!has(ROW_PCID))
		return 0;
	if (!state->next_asid) {
		state->next_asid = 1;
		state->ctx[0].ctx_id = INIT_MM_CTX_ID;
	}
	if (state->next_asid < CPU_ASIDS)
		return state->next_asid++;
	state->next_asid = 1;
	return 0;
}

bool choose_asid(struct cpu *cpu, const struct mm_struct *mm, uint16_t *asid)
{
	struct tlb_state *state = &cpu->tlbstate;
	bool stale;

	for (*asid = 0; has(ROW_PCID) && *asid < CPU_ASIDS; ++*asid) {
		if (state->ctx[*asid].ctx_id != ctx_of(mm))
			continue;
		stale = state->ctx[*asid].tlb_gen < gen_of(mm);
		state->ctx[*asid].tlb_gen = gen_of(mm);
		return stale;
	}
	*asid = take_asid(state);
	state->ctx[*asid].ctx_id = ctx_of(mm);
	state->ctx[*asid].tlb_gen = gen_of(mm);
	return true;
}

void load_mm_cr3(struct cpu *cpu, struct mm_struct *mm, uint16_t asid, bool flush)
{
	cpu->cr3 = mm ? mm->pgd : 0;
	cpu->pcid = has(ROW_PCID) ? asid + 1 : 0;
	x86_mov_cr3(cpu->tlb, NULL, cpu->pcid,
		    cpu->cr3 | cpu->pcid | (flush ? 0 : X86_CR3_NOFLUSH));
}

/* Others look at what is loaded here, and in which mode (v4.20+): then it is a step. */
static void loaded_point(const struct cpu *cpu)
{
	if (has(ROW_LAZIER_TLB))
		point(POINT_WRITE, CPU_OBJ_MM(cpu), ACCESS_WRITE);
	else
		touch(CPU_OBJ_MM(cpu), ACCESS_WRITE);
}

static void move_masks(struct cpu *cpu, struct mm_struct *prev, struct mm_struct *next)
{
	if (prev && !has(ROW_LAZY_CPUMASK)) {
		point(POINT_UPDATE, MM_OBJECT(prev, MM_CPUMASK), ACCESS_WRITE);
		prev->cpumask &= ~cpu_bit(cpu);
	}
	if (next) {
		point(POINT_UPDATE, MM_OBJECT(next, MM_CPUMASK), ACCESS_WRITE);
		next->cpumask |= cpu_bit(cpu);
	}
}

static void load(struct cpu *cpu, struct mm_struct *next, uint16_t asid, bool flush)
{
	point(POINT_WRITE, CPU_OBJ_TLB(cpu), ACCESS_WRITE);
	load_mm_cr3(cpu, next, asid, flush);
	note("CPU %u loads CR3%s", cpu->id, flush ? "" : ", keeping translations");
}

static void switch_tables(struct cpu *cpu, struct mm_struct *prev, struct mm_struct *next)
{
	uint16_t asid;
	bool flush;

	loaded_point(cpu);
	cpu->tlbstate.lazy = false;
	cpu->tlbstate.switching = true;
	move_masks(cpu, prev, next);
	if (next)
		point(POINT_READ, MM_OBJECT(next, MM_TLB_GEN), ACCESS_READ);
	flush = choose_asid(cpu, next, &asid);
	observe(flush);
	load(cpu, next, asid, flush);
	loaded_point(cpu);
	cpu->mm = next;
	cpu->tlbstate.asid = asid;
	cpu->tlbstate.switching = false;
}

/* Back to the mm that was kept loaded: up to v4.19 a flush would have taken it away. */
static void catch_up(struct cpu *cpu, struct mm_struct *mm)
{
	uint16_t asid = cpu->tlbstate.asid;
	bool behind;

	point(POINT_READ, MM_OBJECT(mm, MM_TLB_GEN), ACCESS_READ);
	behind = cpu->tlbstate.ctx[asid].tlb_gen != mm->tlb_gen;
	observe(behind);
	if (!behind)
		return;
	cpu->tlbstate.ctx[asid].tlb_gen = mm->tlb_gen;
	load(cpu, mm, asid, true);
}

void switch_mm_by_gen(struct cpu *cpu, struct mm_struct *next)
{
	bool was_lazy = cpu->tlbstate.lazy;

	if (cpu->mm != next) {
		switch_tables(cpu, cpu->mm, next);
		return;
	}
	if (!was_lazy)
		return;
	loaded_point(cpu);
	cpu->tlbstate.lazy = false;
	if (next && has(ROW_LAZIER_TLB))
		catch_up(cpu, next);
}
