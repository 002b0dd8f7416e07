/* SPDX-License-Identifier: BSD-2-Clause */
#include "sched/rcu.h"

void rcu_read_lock(void)
{
	struct cpu *cpu = this_cpu();

	if (cpu->rcu_nesting) {
		cpu->rcu_nesting++;
		return;
	}
	point(POINT_LOCK, CPU_OBJ_RCU(cpu), ACCESS_WRITE);
	cpu->rcu_nesting = 1;
}

/* Leaving belongs to the step before. Everybody who waits waits for one section less. */
void rcu_read_unlock(void)
{
	struct numasim_machine *m = current_machine();
	struct cpu *cpu = this_cpu();

	if (--cpu->rcu_nesting)
		return;
	touch(CPU_OBJ_RCU(cpu), ACCESS_WRITE);
	for (unsigned i = 0; i < m->nr_cpus; i++)
		m->cpu[i].rcu_waits_for &= ~(UINT64_C(1) << cpu->index);
}

static void describe_look(struct announcement *a, const void *arg)
{
	const struct numasim_machine *m = current_machine();

	for (unsigned i = 0; i < m->nr_cpus; i++)
		announce_access(a, CPU_OBJ_RCU(&m->cpu[i]), ACCESS_READ);
}

static void describe_end(struct announcement *a, const void *arg)
{
	const struct numasim_machine *m = current_machine();
	const struct cpu *self = arg;

	for (unsigned i = 0; i < m->nr_cpus; i++) {
		const struct cpu *reader = &m->cpu[i];

		announce_access(a, CPU_OBJ_RCU(reader), ACCESS_READ);
		if (!(self->rcu_waits_for >> i & 1))
			continue;
		a->enabled = false;
		a->waits_for = CPU_OBJ_RCU(reader);
	}
}

void synchronize_rcu(void)
{
	struct numasim_machine *m = current_machine();
	struct cpu *self = this_cpu();

	point_described(POINT_READ, CPU_OBJ_RCU(self), describe_look, self);
	for (unsigned i = 0; i < m->nr_cpus; i++)
		if (m->cpu[i].rcu_nesting)
			self->rcu_waits_for |= UINT64_C(1) << i;
	observe(self->rcu_waits_for != 0);
	if (self->rcu_waits_for)
		point_described(POINT_WAIT, CPU_OBJ_RCU(self), describe_end, self);
	self->rcu_waits_for = 0;
}

void rcu_note_context_switch(void)
{
	const struct cpu *cpu = this_cpu();

	if (!cpu->rcu_nesting)
		return;
	violate(ORACLE_OOPS, NULL, 0,
		"the kernel oopses: CPU %u switches tasks in an RCU read-side section", cpu->id);
	context_die();
}
