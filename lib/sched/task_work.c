/* SPDX-License-Identifier: BSD-2-Clause */
#include "sched/task_work.h"

#include "exec/point.h"

#include <errno.h>

/* What the list of a task becomes that takes no more. It is nobody's work: only compared with. */
#define WORK_EXITED ((struct task_work *)1)

int task_work_add(struct task_struct *task, struct task_work *work)
{
	bool exited;

	point(POINT_UPDATE, TASK_OBJECT(task, TASK_F_WORKS), ACCESS_WRITE);
	exited = task->works == WORK_EXITED;
	observe(exited);
	if (exited)
		return -ESRCH;
	work->next = task->works;
	task->works = work;
	return 0;
}

bool task_work_cancel(struct task_struct *task, struct task_work *work)
{
	struct task_work **at = &task->works;
	bool found;

	point(POINT_UPDATE, TASK_OBJECT(task, TASK_F_WORKS), ACCESS_WRITE);
	while (*at && *at != WORK_EXITED && *at != work)
		at = &(*at)->next;
	found = *at == work;
	observe(found);
	if (found)
		*at = work->next;
	return found;
}

/* Take the whole list; an exiting task with an empty one closes it. */
static struct task_work *take_all(struct task_struct *task)
{
	struct task_work *work;

	point(POINT_UPDATE, TASK_OBJECT(task, TASK_F_WORKS), ACCESS_WRITE);
	work = task->works;
	observe(work && work != WORK_EXITED);
	if (work == WORK_EXITED)
		return NULL;
	task->works = !work && task->flags & TASK_EXITING ? WORK_EXITED : NULL;
	return work;
}

void task_work_run(void)
{
	struct task_struct *task = current_task();
	struct task_work *work, *next;

	while ((work = take_all(task))) {
		for (; work; work = next) {
			next = work->next;
			work->fn(work);
		}
	}
}

void task_work_digest(const struct task_struct *task, struct digest_sink *sink)
{
	const struct task_work *work = task->works;

	for (; work && work != WORK_EXITED; work = work->next)
		digest_put(sink, work->kind + UINT64_C(2));
	digest_put(sink, work == WORK_EXITED);
}

void return_to_user(void)
{
	const struct task_struct *task = current_task();

	if (direct() && (!task || !task->works))
		return;
	task_work_run();
}
