/* SPDX-License-Identifier: BSD-2-Clause */
/* When a task scans: kernel/sched/fair.c, v3.8 to v6.12. Times of a task are of its run time. */
#include "exec/point.h"
#include "numa/numa.h"
#include "sched/task_work.h"

#include <errno.h>

#define NUMA_WORK	1    /* as digests call it */
#define MAX_SCAN_WINDOW 2560 /* MB in a second */
#define NSEC_PER_MSEC	UINT64_C(1000000)

int numa_init(struct numasim_machine *m)
{
	struct numa_knobs *knobs = arena_alloc(m->arena, sizeof(*knobs));
	bool windows = kernel_has(m->kernel, ROW_SCAN_WINDOWS);

	if (!knobs)
		return -ENOMEM;
	*knobs = (struct numa_knobs){
		.scan_delay = 1000,
		.scan_period_min = windows ? 1000 : 100,
		.scan_period_max = windows ? 60000 : 5000,
		.scan_size = 256,
	};
	m->mm->numa_knobs = knobs;
	m->mm->numa = &numa_balancing;
	return 0;
}

uint64_t numa_now(void)
{
	uint64_t now;

	point(POINT_READ, OBJECT(OBJ_CLOCK, 0, 0), ACCESS_READ);
	now = *current_machine()->clock;
	observe(now);
	return now;
}

/* How many scans it takes to see all that is resident. */
static uint64_t scan_windows(const struct mm_struct *mm)
{
	int64_t rss = mm->rss[MM_FILEPAGES] + mm->rss[MM_ANONPAGES] + mm->rss[MM_SHMEMPAGES];
	int64_t window = (int64_t)numa_knobs()->scan_size << (20 - FRAME_SHIFT);

	return rss > 0 && window ? (uint64_t)((rss + window - 1) / window) : 1;
}

uint64_t task_scan_min(const struct mm_struct *mm)
{
	const struct numa_knobs *knobs = numa_knobs();
	uint64_t floor = 1000, period;

	if (!has(ROW_SCAN_WINDOWS))
		return knobs->scan_period_min;
	if (knobs->scan_size && knobs->scan_size < MAX_SCAN_WINDOW)
		floor = 1000 / (MAX_SCAN_WINDOW / knobs->scan_size);
	period = knobs->scan_period_min / scan_windows(mm);
	return period > floor ? period : floor;
}

uint64_t task_scan_max(const struct mm_struct *mm)
{
	const struct numa_knobs *knobs = numa_knobs();
	uint64_t min = task_scan_min(mm), period;

	if (!has(ROW_SCAN_WINDOWS))
		return knobs->scan_period_max;
	period = knobs->scan_period_max / scan_windows(mm);
	return period > min ? period : min;
}

static bool scan_is_due(struct task_struct *task)
{
	uint64_t period = task->numa_scan_period * NSEC_PER_MSEC;

	if (has(ROW_SCAN_WINDOWS) ? task->sum_exec_runtime <= task->node_stamp + period
			    : task->sum_exec_runtime - task->node_stamp <= period)
		return false;
	if (!task->node_stamp)
		task->numa_scan_period = task_scan_min(task->mm);
	task->node_stamp = has(ROW_SCAN_WINDOWS) ? task->node_stamp + period
						 : task->sum_exec_runtime;
	return *current_machine()->clock >= task->mm->numa_next_scan;
}

static void scan_in_work(struct task_work *work)
{
	work->fn = NULL;
	if (current_task()->mm)
		task_numa_work();
}

void task_tick_numa(void)
{
	struct task_struct *task = current_task();

	if (!task->mm || task->flags & TASK_EXITING || task->numa_work.fn ||
	    !(numa_knobs()->mode & NUMA_BALANCING_NORMAL) || !scan_is_due(task))
		return;
	task->numa_work = (struct task_work){.kind = NUMA_WORK, .fn = scan_in_work};
	task_work_add(task, &task->numa_work);
}
