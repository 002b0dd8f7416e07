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
#define CPU_ASIDS	 6 /* address spaces whose translations a kernel keeps apart (v4.14+) */

struct cpu;
struct task_struct;
struct mm_struct;

/*
 * A function call asked for by another processor; one slot per sender. The function runs as one
 * step, without points: `announce` (NULL: nothing) adds what it touches beside the processor's TLB
 * and its loaded address space.
 */
struct ipi {
	bool pending;
	bool freed_tables; /* of a flush: page tables went, too */
	bool trim;	   /* of a flush: also processors that have another address space loaded */
	void (*fn)(struct cpu *cpu, const struct ipi *ipi);
	void (*announce)(struct announcement *a, const struct cpu *cpu, const struct ipi *ipi);
	void *mm;
	uint64_t start, end;
	uint64_t gen; /* of a flush, v4.14+: the generation to catch up with; 0: the newest */
};

/* What the kernel keeps per processor about its translations (cpu_tlbstate). */
struct tlb_state {
	bool lazy;	/* the tables stay loaded for nobody: TLBSTATE_LAZY; v4.14+ is_lazy */
	bool switching; /* v4.20+: between two address spaces (LOADED_MM_SWITCHING) */
	uint16_t asid, next_asid;
	struct {
		uint64_t ctx_id;  /* whose; 0: nobody's */
		uint64_t tlb_gen; /* all flushes up to this generation were done */
	} ctx[CPU_ASIDS];
	struct ipi flush; /* the flush that the processor asks others for (flush_tlb_info) */
};

struct cpu {
	uint32_t id;		  /* as the topology names it */
	uint32_t index;		  /* in the machine's array */
	uint32_t node;		  /* index */
	uint32_t irq_off;	  /* depth of interrupts-off */
	bool mid_instruction;	  /* between the walk and the access of one instruction */
	uint32_t walker_budget;	  /* unasked fills and losses that are still allowed */
	uint64_t cr3;		  /* where the tables are; 0: the kernel's own */
	uint16_t pcid;		  /* the other part of CR3 */
	struct mm_struct *mm;	  /* whose tables are loaded; NULL: the kernel's own */
	struct tlb_state tlbstate;
	struct task_struct *task; /* who runs */
	struct task_struct *idle; /* who runs when nobody does; NULL: never needed so far */
	uint64_t unanswered;	  /* processors it called and did not wait for: they may be at it */
	uint32_t rcu_nesting;	  /* read-side sections that its task is in */
	uint64_t rcu_waits_for;	  /* processors whose sections must end before its own wait does */
	struct x86_mode mode;
	struct x86_tlbset *tlb;
	struct ipi *ipi; /* by sender; of the room for as many processors as can be added */
};

#define CPU_OBJ_TLB(cpu) OBJECT(OBJ_TLB, (cpu)->index, 0)
#define CPU_OBJ_IPI(cpu) OBJECT(OBJ_IPI, (cpu)->index, 0)
#define CPU_OBJ_IRQ(cpu) OBJECT(OBJ_CPU, (cpu)->index, 0)
#define CPU_OBJ_MM(cpu)	 OBJECT(OBJ_CPU, (cpu)->index, 1)
#define CPU_OBJ_RCU(cpu) OBJECT(OBJ_CPU, (cpu)->index, 3)

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

/* Ask @target for @call; cpu_ipi_wait() waits until all that this processor asked has run. If it
 * does not, cpu_ipi_leave() must say so; the next call to the same target waits for the first. */
void cpu_ipi_send(struct cpu *target, const struct ipi *call);
void cpu_ipi_wait(void);
void cpu_ipi_leave(uint64_t targets);

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
