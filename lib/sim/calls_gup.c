/* SPDX-License-Identifier: BSD-2-Clause */
/* A process gets at pages past page tables: /proc/PID/mem, drivers and their devices. */
#include "mm/gup.h"
#include "sim/system.h"

#include <numasim/system_calls.h>

static long access_word(struct numasim_process *process, struct numasim_process *of, uint64_t addr,
			uint64_t *value, bool write)
{
	if (of->system != process->system)
		return -EINVAL;
	return IN_PROCESS(process, access_remote_word(of->task->mm, addr, value, write));
}

long numasim_mem_read(struct numasim_process *process, uint64_t *value, struct numasim_process *of,
		      uint64_t addr)
{
	return access_word(process, of, addr, value, false);
}

long numasim_mem_write(struct numasim_process *process, struct numasim_process *of, uint64_t addr,
		       uint64_t value)
{
	return access_word(process, of, addr, &value, true);
}

static unsigned foll_flags(unsigned flags)
{
	return FOLL_TOUCH | (flags & NUMASIM_GUP_PIN ? FOLL_PIN : FOLL_GET) |
	       (flags & NUMASIM_GUP_WRITE ? FOLL_WRITE : 0) |
	       (flags & NUMASIM_GUP_FORCE ? FOLL_FORCE : 0);
}

long numasim_gup(struct numasim_process *process, struct numasim_process *of, uint64_t addr,
		 unsigned flags)
{
	const unsigned known = NUMASIM_GUP_WRITE | NUMASIM_GUP_FORCE | NUMASIM_GUP_PIN;

	if (flags & ~known || of->system != process->system)
		return -EINVAL;
	return IN_PROCESS(process, gup_hold(of->task->mm, addr, foll_flags(flags)));
}

long numasim_gup_put(struct numasim_process *process, struct numasim_process *of, uint64_t addr)
{
	return IN_PROCESS(process, gup_release(of->task->mm, addr));
}

long numasim_dma_read(struct numasim_process *process, uint64_t *value, struct numasim_process *of,
		      uint64_t addr)
{
	return IN_PROCESS(process, gup_read_word(value, of->task->mm, addr));
}

long numasim_dma_write(struct numasim_process *process, struct numasim_process *of, uint64_t addr,
		       uint64_t value)
{
	return IN_PROCESS(process, gup_write_word(of->task->mm, addr, value));
}
