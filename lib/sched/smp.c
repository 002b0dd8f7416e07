/* SPDX-License-Identifier: BSD-2-Clause */
#include "sched/smp.h"

/* The processors of @mask that exist. */
static uint64_t present(uint64_t mask)
{
	unsigned nr = current_machine()->nr_cpus;

	return nr < 64 ? mask & ((UINT64_C(1) << nr) - 1) : mask;
}

static void send_all(uint64_t mask, const struct ipi *call)
{
	struct numasim_machine *m = current_machine();

	for (unsigned i = 0; i < m->nr_cpus; i++)
		if (mask >> i & 1)
			cpu_ipi_send(&m->cpu[i], call);
}

static void wait_or_leave(uint64_t mask, bool wait)
{
	if (wait)
		cpu_ipi_wait();
	else
		cpu_ipi_leave(mask);
}

/* The function's part here, as a step of its own with interrupts off. */
static void run_here(struct cpu *self, const struct ipi *call)
{
	point(POINT_IPI_TAKE, CPU_OBJ_TLB(self), ACCESS_WRITE);
	call->fn(self, call);
}

void smp_call_function_many(uint64_t mask, const struct ipi *call, bool wait)
{
	mask = present(mask) & ~(UINT64_C(1) << this_cpu()->index);
	if (!mask)
		return;
	send_all(mask, call);
	wait_or_leave(mask, wait);
}

void smp_call_function_single(struct cpu *target, const struct ipi *call, bool wait)
{
	if (target == this_cpu())
		run_here(target, call);
	else
		smp_call_function_many(UINT64_C(1) << target->index, call, wait);
}

void on_each_cpu_cond_mask(uint64_t mask, bool (*cond)(const struct cpu *cpu, const void *arg),
			   const void *arg, const struct ipi *call, bool wait)
{
	struct numasim_machine *m = current_machine();
	struct cpu *self = this_cpu();
	uint64_t wanted = 0, others;

	mask = present(mask);
	for (unsigned i = 0; i < m->nr_cpus; i++)
		if (mask >> i & 1 && (!cond || cond(&m->cpu[i], arg)))
			wanted |= UINT64_C(1) << i;
	others = wanted & ~(UINT64_C(1) << self->index);
	send_all(others, call);
	if (wanted != others)
		run_here(self, call);
	if (others)
		wait_or_leave(others, wait);
}
