/* SPDX-License-Identifier: BSD-2-Clause */
/* A lazy processor gives up the tables it borrowed (leave_mm()), and what of switches is state. */
#include "mm/switch.h"

#include "exec/point.h"

void leave_mm(struct cpu *cpu)
{
	if (!cpu->mm)
		return;
	switch_mm(cpu, NULL);
}

/*
 * The same as one step: interrupts are off in the handler, and nothing on this processor can come
 * between. The mask is left first and the tables after it, or the other way round: nobody can tell.
 */
void leave_mm_at_once(struct cpu *cpu)
{
	uint16_t asid = 0;
	bool flush = true;

	if (!cpu->mm)
		return;
	touch(MM_OBJECT(cpu->mm, MM_CPUMASK), ACCESS_WRITE);
	touch(CPU_OBJ_MM(cpu), ACCESS_WRITE);
	if (!has(ROW_LAZY_CPUMASK))
		cpu->mm->cpumask &= ~cpu_bit(cpu);
	if (has(ROW_D4_TLB_GEN))
		flush = choose_asid(cpu, NULL, &asid);
	load_mm_cr3(cpu, NULL, asid, flush);
	cpu->mm = NULL;
	cpu->tlbstate.asid = asid;
	cpu->tlbstate.lazy = false;
	note("CPU %u leaves the tables", cpu->id);
}

void announce_leave_mm(struct announcement *a, const struct cpu *cpu)
{
	announce_access(a, MM_OBJECT(cpu->mm, MM_CPUMASK), ACCESS_WRITE);
	announce_access(a, CPU_OBJ_MM(cpu), ACCESS_WRITE);
}

/* ---- state ---- */

static const struct mm_struct *mm_by_ctx(const struct numasim_machine *m, uint64_t ctx_id)
{
	const struct mm_struct *mm;

	TAILQ_FOREACH(mm, &m->mm->mms, link)
		if (mm->ctx_id == ctx_id)
			return mm;
	return NULL;
}

/* Whose translations a slot has, and how many flushes it missed; the numbers do not matter. */
static void digest_contexts(const struct numasim_machine *m, const struct cpu *cpu,
			    struct digest_sink *sink)
{
	const struct tlb_state *state = &cpu->tlbstate;

	digest_put(sink, (uint64_t)state->next_asid << 32 | (uint64_t)state->asid << 8 |
				 state->switching << 1 | state->lazy);
	for (unsigned i = 0; i < CPU_ASIDS; i++) {
		uint64_t ctx_id = state->ctx[i].ctx_id;
		const struct mm_struct *mm = mm_by_ctx(m, ctx_id);

		digest_put(sink, mm ? mm->name : ctx_id == INIT_MM_CTX_ID ? UINT32_MAX : 0);
		digest_put(sink, mm ? mm->tlb_gen - state->ctx[i].tlb_gen : 0);
	}
}

static void digest_call(const struct ipi *call, struct digest_sink *sink)
{
	const struct mm_struct *mm = call->mm;

	digest_put(sink, (uint64_t)(mm ? mm->name : 0) << 8 | call->trim << 2 |
				 call->freed_tables << 1 | call->pending);
	digest_put(sink, mm && call->gen ? mm->tlb_gen - call->gen + 1 : 0);
	digest_put(sink, call->start);
	digest_put(sink, call->end);
}

static uint32_t mm_name(const struct mm_struct *mm)
{
	return mm ? mm->name : 0;
}

void switch_digest(const struct numasim_machine *m, struct digest_sink *sink)
{
	for (unsigned i = 0; i < m->nr_cpus; i++) {
		const struct cpu *cpu = &m->cpu[i];
		const struct task_struct *task = cpu->task;

		digest_put(sink, (uint64_t)mm_name(cpu->mm) << 32 | (task ? task->name : 0));
		digest_put(sink, task ? mm_name(task->active_mm) : 0);
		digest_contexts(m, cpu, sink);
		digest_call(&cpu->tlbstate.flush, sink);
		for (unsigned k = 0; k < m->nr_cpus; k++)
			if (cpu->ipi[k].pending)
				digest_call(&cpu->ipi[k], sink);
	}
}
