/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A logical processor of the explorer's machine, and two actors that belong to it beside the
 * context that it runs: its pending interrupts, and its page walker.
 */
#ifndef X86_CPU_H
#define X86_CPU_H

#include "exec/point.h"
#include "machine/machine.h"
#include "x86/tlbset.h"
#include "x86/tlbset_inval.h"

#define CPU_MAX		 16 /* processors that take part in one run of the explorer */
#define CPU_ROOM	 64 /* processors of a machine: sets of them are words */
#define CPU_TLB_ENTRIES	 24

struct cpu;

/* A function call asked for by another processor; one slot per sender. */
struct ipi {
	bool pending;
	void (*fn)(struct cpu *cpu, const struct ipi *ipi);
	void *mm;
	uint64_t start, end;
};

struct task_struct;
struct mm_struct;

struct cpu {
	uint32_t id;		  /* as the topology names it */
	uint32_t index;		  /* in the machine's array */
	uint32_t node;		  /* index */
	uint32_t irq_off;	  /* depth of interrupts-off */
	bool mid_instruction;	  /* between the walk and the access of one instruction */
	uint32_t walker_budget;	  /* unasked fills and losses that are still allowed */
	uint64_t cr3;
	struct mm_struct *mm;	  /* whose tables are loaded */
	struct task_struct *task; /* who runs */
	struct x86_mode mode;
	struct x86_tlbset *tlb;
	struct ipi *ipi; /* by sender; of the room for as many processors as can be added */
};

#define CPU_OBJ_TLB(cpu) OBJECT(OBJ_TLB, (cpu)->index, 0)
#define CPU_OBJ_IPI(cpu) OBJECT(OBJ_IPI, (cpu)->index, 0)
#define CPU_OBJ_IRQ(cpu) OBJECT(OBJ_CPU, (cpu)->index, 0)
#define CPU_OBJ_MM(cpu)	 OBJECT(OBJ_CPU, (cpu)->index, 1)

/* Where the running context runs. */
static inline struct cpu *this_cpu(void)
{
	return &current_machine()->cpu[exec_current->running->cpu];
}

/* Add processor @id. It starts with no address space and interrupts on. */
int cpu_add(struct numasim_machine *m, struct cpu **cpu, uint32_t id, uint32_t node);

/* Make interrupts and page walkers actors; after the contexts, before the search. */
int cpu_add_actors(struct numasim_machine *m);

/* Make room for @nr processors; -EINVAL above CPU_ROOM. */
int cpu_init(struct numasim_machine *m, unsigned nr);

/* The page walker may fill in the page at @va unasked. 0 or -ENOSPC. */
int cpu_walker_may_fill(struct numasim_machine *m, uint64_t va);

/* Ask @target to run fn; cpu_ipi_wait() waits until all that this processor asked has run. */
void cpu_ipi_send(struct cpu *target, void (*fn)(struct cpu *, const struct ipi *), void *mm,
		  uint64_t start, uint64_t end);
void cpu_ipi_wait(void);

void local_irq_disable(void);
void local_irq_enable(void);

/* Cache what walk @w found for @va, with the names of the frame's present life. */
void cpu_tlb_fill(struct numasim_machine *m, struct cpu *cpu, const struct x86_walk *w,
		  uint64_t va);

/* The accesses that committing walk @w makes, for an announcement. */
void cpu_announce_walk(struct announcement *a, const struct numasim_machine *m,
		       const struct x86_walk *w);

/* The object that the page-table entry at host address @entry is. */
uint64_t entry_object(const struct numasim_machine *m, const uint64_t *entry);

#endif
