/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which task runs on a processor, and whose tables it has loaded (kernel/sched/core.c,
 * context_switch(); arch/x86/include/asm/mmu_context.h to v4.7, arch/x86/mm/tlb.c since).
 *
 *	from	 to	   what happens
 *	user	 user	   the new mm's tables are loaded, unless they are already
 *	user	 kernel	   the old tables stay, borrowed (lazy): mm_count keeps them
 *	kernel	 kernel	   the loan is passed on
 *	kernel	 user	   as user to user; the loan ends, and with it perhaps the mm
 *
 * A context of the machine is its processor: it goes on, as the other task.
 */
#ifndef MM_SWITCH_H
#define MM_SWITCH_H

#include "mm/mm.h"

#define INIT_MM_CTX_ID 1

/* Run @next here. The idle task: cpu_idle_task(). */
void context_switch(struct task_struct *next);

/* Interrupts are off, or the processor is the running one's own and nobody can interrupt it:
 * load @next's tables, NULL: the kernel's own. */
void switch_mm(struct cpu *cpu, struct mm_struct *next);
void enter_lazy_tlb(struct cpu *cpu);

/* A lazy processor gives the tables up, of its own or (at once: one step) asked by an interrupt. */
void leave_mm(struct cpu *cpu);
void leave_mm_at_once(struct cpu *cpu);
void announce_leave_mm(struct announcement *a, const struct cpu *cpu);

/* Set-up, no points: @task runs on @cpu with its tables loaded. */
void task_start(struct numasim_machine *m, struct task_struct *task, struct cpu *cpu);

/* A kernel thread, which is the current task, works on @mm for a while (kernel/kthread.c, v5.8+;
 * mm/mmu_context.c before). */
void kthread_use_mm(struct mm_struct *mm);
void kthread_unuse_mm(void);

void switch_digest(const struct numasim_machine *m, struct digest_sink *sink);

/* ---- between the files of switches ---- */

/* By release: to v4.13 by mask alone; from v4.14 on with numbered flushes. */
void switch_mm_by_mask(struct cpu *cpu, struct mm_struct *next);
void switch_mm_by_gen(struct cpu *cpu, struct mm_struct *next);

static inline uint64_t cpu_bit(const struct cpu *cpu)
{
	return UINT64_C(1) << cpu->index;
}

/* Which set of translations is @mm's on @cpu (v4.14+); true: it must be flushed. */
bool choose_asid(struct cpu *cpu, const struct mm_struct *mm, uint16_t *asid);
/* MOV to CR3; the kernel's own tables translate nothing of users. */
void load_mm_cr3(struct cpu *cpu, struct mm_struct *mm, uint16_t asid, bool flush);

#endif
