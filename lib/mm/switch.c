/* SPDX-License-Identifier: BSD-2-Clause */
/* Context switches: who runs, and what is borrowed. */
#include "mm/switch.h"

#include "exec/var.h"
#include "mm/mm_life.h"
#include "sched/rcu.h"

void switch_mm(struct cpu *cpu, struct mm_struct *next)
{
	if (has(ROW_D4_TLB_GEN))
		switch_mm_by_gen(cpu, next);
	else
		switch_mm_by_mask(cpu, next);
}

/*
 * To v4.13 the tables stay. With PCIDs v4.14 to v4.19 load the kernel's own at once, for coming
 * back is cheap; from v4.20 on the tables stay always, and flushes leave lazy processors alone.
 */
void enter_lazy_tlb(struct cpu *cpu)
{
	if (!cpu->mm)
		return;
	if (has(ROW_PCID) && !has(ROW_LAZIER_TLB)) {
		switch_mm(cpu, NULL);
		return;
	}
	if (has(ROW_LAZIER_TLB))
		point(POINT_WRITE, CPU_OBJ_MM(cpu), ACCESS_WRITE);
	else
		touch(CPU_OBJ_MM(cpu), ACCESS_WRITE);
	cpu->tlbstate.lazy = true;
	note("CPU %u keeps the tables, lazily", cpu->id);
}

/* What @prev, a kernel thread, had borrowed goes over to @next, or back. */
static struct mm_struct *switch_tables(struct cpu *cpu, struct task_struct *prev,
				       struct task_struct *next)
{
	struct mm_struct *borrowed = prev->mm ? NULL : prev->active_mm;

	if (!next->mm) {
		enter_lazy_tlb(cpu);
		next->active_mm = prev->active_mm;
		if (prev->mm)
			mmgrab(prev->mm);
		borrowed = NULL;
	} else {
		switch_mm(cpu, next->mm);
		next->active_mm = next->mm;
	}
	if (!prev->mm)
		prev->active_mm = NULL;
	return borrowed;
}

void context_switch(struct task_struct *next)
{
	struct cpu *cpu = this_cpu();
	struct task_struct *prev = cpu_running_task(cpu);
	struct mm_struct *borrowed;

	if (prev == next)
		return;
	rcu_note_context_switch();
	local_irq_disable();
	borrowed = switch_tables(cpu, prev, next);
	touch(CPU_OBJ_MM(cpu), ACCESS_WRITE);
	cpu->task = next;
	note("CPU %u runs task %u", cpu->id, next->pid);
	local_irq_enable();
	if (borrowed)
		mmdrop(borrowed);
	if (prev->flags & TASK_DEAD)
		task_free(prev);
}

/* ---- set-up ---- */

static void load_setup(struct cpu *cpu, struct mm_struct *mm)
{
	uint16_t asid = 0;
	bool flush = true;

	if (cpu->mm)
		cpu->mm->cpumask &= ~cpu_bit(cpu);
	mm->cpumask |= cpu_bit(cpu);
	if (has(ROW_D4_TLB_GEN))
		flush = choose_asid(cpu, mm, &asid);
	load_mm_cr3(cpu, mm, asid, flush);
	cpu->mm = mm;
	cpu->tlbstate.asid = asid;
	cpu->tlbstate.lazy = false;
}

void task_start(struct numasim_machine *m, struct task_struct *task, struct cpu *cpu)
{
	struct exec *outer = exec_current;

	exec_current = &m->exec;
	cpu->task = task;
	task->active_mm = task->mm;
	load_setup(cpu, task->mm);
	exec_current = outer;
}
