/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a processor does beside running its context.
 *
 * Interrupt: taken as one step, between instructions, with interrupts on; it serves every call
 * that is pending, as the kernel's handler empties its queue.
 *
 * Page walker: within its budget it may translate any page that the scenario watches and cache
 * the result (setting A), or lose any translation. Alternatives: 0..n-1 fill watched page i;
 * WALKER_DROP + k lose entry k.
 */
#include "x86/cpu.h"

#include <errno.h>

#define WALKER_DROP 1024

static unsigned irq_choices(void *self, uint16_t *alternative, unsigned max)
{
	struct cpu *cpu = self;

	if (!max || cpu->irq_off || cpu->mid_instruction)
		return 0;
	for (unsigned i = 0; i < current_machine()->nr_cpus; i++) {
		if (cpu->ipi[i].pending) {
			alternative[0] = 0;
			return 1;
		}
	}
	return 0;
}

static void irq_announce(void *self, uint16_t alternative, struct announcement *a)
{
	struct cpu *cpu = self;

	a->kind = POINT_IPI_TAKE;
	a->object = CPU_OBJ_IPI(cpu);
	announce_access(a, CPU_OBJ_IPI(cpu), ACCESS_WRITE);
	announce_access(a, CPU_OBJ_IRQ(cpu), ACCESS_READ);
	announce_access(a, CPU_OBJ_MM(cpu), ACCESS_READ);
	announce_access(a, CPU_OBJ_TLB(cpu), ACCESS_WRITE);
	for (unsigned i = 0; i < current_machine()->nr_cpus; i++)
		if (cpu->ipi[i].pending && cpu->ipi[i].announce)
			cpu->ipi[i].announce(a, cpu, &cpu->ipi[i]);
}

static void irq_step(void *self, uint16_t alternative)
{
	struct cpu *cpu = self;

	for (unsigned i = 0; i < current_machine()->nr_cpus; i++) {
		if (!cpu->ipi[i].pending)
			continue;
		cpu->ipi[i].fn(cpu, &cpu->ipi[i]);
		cpu->ipi[i] = (struct ipi){0};
	}
	event(EVENT_IPI, cpu->id);
}

static bool walker_walk(const struct cpu *cpu, uint64_t va, struct x86_walk *w)
{
	const struct x86_access access = {.va = va, .user = true, .probe = true};

	if (!cpu->cr3)
		return false;
	x86_walk(w, &cpu->mode, &current_machine()->phys, cpu->cr3, &access);
	return w->outcome == X86_OK;
}

/* Would filling the page at @va change the TLB? */
static bool can_fill(const struct cpu *cpu, uint64_t va)
{
	struct x86_walk w;
	struct x86_tlb_hit hit;
	const struct x86_access access = {.va = va, .user = true};

	x86_tlb_lookup(&hit, cpu->tlb, &cpu->mode, cpu->pcid, &access);
	return hit.result == X86_TLB_MISS && walker_walk(cpu, va, &w);
}

static unsigned walker_choices(void *self, uint16_t *alternative, unsigned max)
{
	struct cpu *cpu = self;
	const struct numasim_machine *m = current_machine();
	unsigned nr = 0;

	if (!cpu->walker_budget)
		return 0;
	for (unsigned i = 0; i < m->nr_walker_pages && nr < max; i++)
		if (can_fill(cpu, m->walker_page[i]))
			alternative[nr++] = i;
	for (unsigned i = 0; i < cpu->tlb->nr && nr < max; i++)
		alternative[nr++] = WALKER_DROP + i;
	return nr;
}

static void walker_announce(void *self, uint16_t alternative, struct announcement *a)
{
	struct cpu *cpu = self;
	struct x86_walk w;

	a->object = CPU_OBJ_TLB(cpu);
	announce_access(a, CPU_OBJ_TLB(cpu), ACCESS_WRITE);
	if (alternative >= WALKER_DROP) {
		a->kind = POINT_DROP;
		return;
	}
	a->kind = POINT_FILL;
	if (walker_walk(cpu, current_machine()->walker_page[alternative], &w))
		cpu_announce_walk(a, current_machine(), &w);
}

static void walker_step(void *self, uint16_t alternative)
{
	struct cpu *cpu = self;
	struct numasim_machine *m = current_machine();
	struct x86_walk w;

	cpu->walker_budget--;
	if (alternative >= WALKER_DROP) {
		note("lose a TLB entry");
		x86_tlb_drop_one(cpu->tlb, alternative - WALKER_DROP);
		return;
	}
	if (walker_walk(cpu, m->walker_page[alternative], &w) && !x86_walk_commit(&w)) {
		note("load TLB entry, unasked");
		cpu_tlb_fill(m, cpu, &w, m->walker_page[alternative]);
	}
}

int cpu_add_actors(struct numasim_machine *m)
{
	int ret = 0;

	for (unsigned i = 0; i < m->nr_cpus && !ret; i++) {
		struct cpu *cpu = &m->cpu[i];

		ret = exec_add_actor(&m->exec, (struct actor){.name = "interrupt", .self = cpu,
							      .choices = irq_choices,
							      .announce = irq_announce,
							      .step = irq_step});
		if (!ret && cpu->walker_budget)
			ret = exec_add_actor(&m->exec,
					     (struct actor){.name = "walker", .self = cpu,
							    .choices = walker_choices,
							    .announce = walker_announce,
							    .step = walker_step});
	}
	return ret;
}

int cpu_walker_may_fill(struct numasim_machine *m, uint64_t va)
{
	if (m->nr_walker_pages == MACHINE_WALKER_PAGES)
		return -ENOSPC;
	m->walker_page[m->nr_walker_pages++] = va;
	return 0;
}
