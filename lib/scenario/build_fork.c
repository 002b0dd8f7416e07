/* SPDX-License-Identifier: BSD-2-Clause */
/* Q: fork P by COLUMN: the child, its variables, and threads for the columns that belong to it. */
#include "scenario/program.h"

#include "explore/initial.h"
#include "mm/mm_life.h"
#include "mm/switch.h"

#include <errno.h>

#define CHILD_PID 1900 /* of a process without columns, and up */

/* The child's first column is the forked task itself; the others are threads beside it. */
static int seat_children(struct scenario_program *p, uint32_t process, struct task_struct *first)
{
	struct task_struct *task = first;

	for (unsigned i = 0; i < p->ast->nr_columns; i++) {
		struct column *column = &p->column[i];

		if (column->process != process)
			continue;
		if (!task) {
			task = task_create(p->m, p->mm[process], first->pid + i);
			if (!task)
				return -ENOMEM;
			mm_join(p->m, p->mm[process], task);
		}
		column->task = task;
		task_start(p->m, task, column->cpu);
		task = NULL;
	}
	return 0;
}

int fork_process(struct column *column, const struct scenario_fork *fork)
{
	struct scenario_program *p = column->program;
	struct task_struct *child;
	int ret = do_fork(&child, 0, CHILD_PID + fork->child, fork->child_name.text);

	if (ret)
		return ret;
	p->mm[fork->child] = child->mm;
	initial_mm(child->mm);
	for (unsigned i = fork->first; i < fork->first + fork->nr; i++) {
		const struct scenario_variable *v = &p->ast->variables[i];

		p->variable[i] = (struct variable){.ast = v, .mm = child->mm,
						   .va = p->variable[v->inherited].va};
	}
	ret = seat_children(p, fork->child, child);
	if (!ret)
		initial_nodes(p->m, child->mm);
	return ret;
}
