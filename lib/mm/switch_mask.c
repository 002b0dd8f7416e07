/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switch_mm() of v3.8 to v4.13 (arch/x86/include/asm/mmu_context.h; arch/x86/mm/tlb.c from v4.7
 * on): first into the mask of the next mm, so that no flush is missed, then its tables, which
 * empties the TLB, then out of the mask of the one before.
 *
 *	switcher, interrupts off	    flusher of next
 *	mm_cpumask(next) |= me		    entry = 0
 *	CR3 = next			    read mm_cpumask(next): me? an interrupt, taken later
 *	mm_cpumask(prev) &= ~me
 *
 * On a processor that delays stores the flusher may read the mask before its store to the entry is
 * seen (D3); here stores are seen at once.
 */
#include "mm/switch.h"

#include "exec/var.h"

static void change_mask(struct cpu *cpu, struct mm_struct *mm, bool in)
{
	point(POINT_UPDATE, MM_OBJECT(mm, MM_CPUMASK), ACCESS_WRITE);
	if (in)
		mm->cpumask |= cpu_bit(cpu);
	else
		mm->cpumask &= ~cpu_bit(cpu);
}

static void load_tables(struct cpu *cpu, struct mm_struct *mm)
{
	point(POINT_WRITE, CPU_OBJ_TLB(cpu), ACCESS_WRITE);
	touch(CPU_OBJ_MM(cpu), ACCESS_WRITE);
	load_mm_cr3(cpu, mm, 0, true);
	cpu->mm = mm;
	note("CPU %u loads CR3", cpu->id);
}

/*
 * A lazy processor that left the tables meanwhile has none loaded, and comes here as from the
 * kernel's own; one that still has them just goes on.
 */
void switch_mm_by_mask(struct cpu *cpu, struct mm_struct *next)
{
	struct mm_struct *prev = cpu->mm;

	touch(CPU_OBJ_MM(cpu), ACCESS_WRITE);
	cpu->tlbstate.lazy = false;
	if (prev == next)
		return;
	if (next)
		change_mask(cpu, next, true);
	load_tables(cpu, next);
	if (prev)
		change_mask(cpu, prev, false);
}
