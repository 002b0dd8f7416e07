/* SPDX-License-Identifier: BSD-2-Clause */
#include "sched/task.h"

struct task_struct *task_create(struct numasim_machine *m, struct mm_struct *mm, uint32_t pid)
{
	struct task_struct *task = arena_alloc(m->arena, sizeof(*task));

	if (task)
		*task = (struct task_struct){.pid = pid, .name = ++m->exec.setup_births, .mm = mm,
					     .home_node = -1, .numa_scan_period = 1000};
	return task;
}

void task_place(struct task_struct *task, struct cpu *cpu)
{
	cpu->task = task;
	cpu->mm = task->mm;
}
