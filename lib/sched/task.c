/* SPDX-License-Identifier: BSD-2-Clause */
#include "sched/task.h"

#define IDLE_NAME UINT32_C(0x80000000) /* beyond all birth names */

struct task_struct *task_create(struct numasim_machine *m, struct mm_struct *mm, uint32_t pid)
{
	struct task_struct *task = arena_alloc(m->arena, sizeof(*task));

	if (task)
		*task = (struct task_struct){.pid = pid, .tgid = pid,
					     .name = ++m->exec.setup_births, .mm = mm,
					     .home_node = -1, .numa_scan_period = 1000};
	return task;
}

struct task_struct *cpu_idle_task(struct cpu *cpu)
{
	if (cpu->idle)
		return cpu->idle;
	cpu->idle = arena_alloc(current_machine()->arena, sizeof(*cpu->idle));
	if (!cpu->idle) {
		limit_reached("an idle task for CPU %u", cpu->id);
		context_die();
	}
	*cpu->idle = (struct task_struct){.name = IDLE_NAME | cpu->index,
					  .flags = TASK_KTHREAD | TASK_IDLE, .home_node = -1};
	return cpu->idle;
}

struct task_struct *cpu_running_task(struct cpu *cpu)
{
	return cpu->task ? cpu->task : cpu_idle_task(cpu);
}
