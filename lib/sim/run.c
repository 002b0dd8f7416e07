/* SPDX-License-Identifier: BSD-2-Clause */
/* A process that runs: it touches memory, or lets time go by. */
#include "mm/access.h"
#include "numa/numa.h"
#include "sched/task_work.h"
#include "sim/system.h"

#include <numasim/system_calls.h>

#define TICK_MS	  4 /* HZ = 250 */
#define NS_PER_MS UINT64_C(1000000)

static bool touch_page(uint64_t address, bool write)
{
	uint64_t value;

	return write ? user_store(address, 1, 0, NULL, 0)
		     : user_load(address, &value, 0, NULL, 0);
}

static long touch_pages(uint64_t addr, uint64_t length, bool write)
{
	uint64_t end = addr + length;

	while (addr < end) {
		if (!touch_page(addr, write))
			return -EFAULT;
		addr = (addr | (FRAME_SIZE - 1)) + 1;
	}
	return 0;
}

int numasim_touch(struct numasim_process *process, uint64_t addr, uint64_t length, bool write)
{
	if (addr % 8 || addr + length < addr)
		return -EINVAL;
	return process_accessed(process,
				(int)IN_PROCESS(process, touch_pages(addr, length, write)));
}

static long run_for(struct numasim_machine *m, uint64_t milliseconds)
{
	while (milliseconds) {
		uint64_t step = TICK_MS - *m->clock % TICK_MS;

		if (step > milliseconds)
			step = milliseconds;
		milliseconds -= step;
		*m->clock += step;
		current_task()->sum_exec_runtime += step * NS_PER_MS;
		if (*m->clock % TICK_MS == 0)
			task_tick_numa();
		return_to_user();
	}
	return 0;
}

long numasim_process_run(struct numasim_process *process, uint64_t milliseconds)
{
	return IN_PROCESS(process, run_for(process->system->machine, milliseconds));
}
