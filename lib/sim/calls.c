/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls of a process that concern its mappings: sys_*() of lib/mm on its CPU. */
#include "mm/pages_stat.h"
#include "mm/syscalls.h"
#include "sim/files.h"
#include "sim/system.h"

#include <numasim/system_calls.h>

#include <sys/mman.h>

static long map(struct numasim_process *process, uint64_t addr, uint64_t length,
		unsigned long prot, unsigned long flags, struct file *file, uint64_t offset)
{
	return IN_PROCESS(process, sys_mmap(addr, length, prot, flags, file, offset));
}

long numasim_sys_mmap(struct numasim_process *process, uint64_t addr, uint64_t length, int prot,
		      int flags, int fd, uint64_t offset)
{
	struct file *file = NULL;

	if (!(flags & MAP_ANONYMOUS)) {
		file = fd_file_for_mmap(process, fd);
		if (!file)
			return -EBADF;
	}
	return map(process, addr, length, (unsigned long)prot, (unsigned long)flags, file, offset);
}

long numasim_sys_munmap(struct numasim_process *process, uint64_t addr, uint64_t length)
{
	return IN_PROCESS(process, sys_munmap(addr, length));
}

long numasim_sys_mprotect(struct numasim_process *process, uint64_t addr, uint64_t length,
			  int prot)
{
	return IN_PROCESS(process, sys_mprotect(addr, length, (unsigned long)prot));
}

long numasim_sys_mremap(struct numasim_process *process, uint64_t addr, uint64_t old_length,
			uint64_t new_length, int flags, uint64_t new_addr)
{
	return IN_PROCESS(process, sys_mremap(addr, old_length, new_length, (unsigned long)flags,
					      new_addr));
}

long numasim_sys_brk(struct numasim_process *process, uint64_t addr)
{
	return IN_PROCESS(process, sys_brk(addr));
}

long numasim_sys_madvise(struct numasim_process *process, uint64_t addr, uint64_t length,
			 int advice)
{
	return IN_PROCESS(process, sys_madvise(addr, length, advice));
}

long numasim_sys_mlock(struct numasim_process *process, uint64_t addr, uint64_t length)
{
	return IN_PROCESS(process, sys_mlock(addr, length));
}

long numasim_sys_mlock2(struct numasim_process *process, uint64_t addr, uint64_t length, int flags)
{
	return IN_PROCESS(process, sys_mlock2(addr, length, flags));
}

long numasim_sys_munlock(struct numasim_process *process, uint64_t addr, uint64_t length)
{
	return IN_PROCESS(process, sys_munlock(addr, length));
}

long numasim_sys_mlockall(struct numasim_process *process, int flags)
{
	return IN_PROCESS(process, sys_mlockall(flags));
}

long numasim_sys_munlockall(struct numasim_process *process)
{
	return IN_PROCESS(process, sys_munlockall());
}

static long status_of(struct numasim_process *process, uint64_t address)
{
	return IN_PROCESS(process, page_status(address));
}

long numasim_sys_move_pages(struct numasim_process *process, size_t count, const uint64_t *pages,
			    int *status)
{
	for (size_t i = 0; i < count; i++) {
		long answer = status_of(process, pages[i]);

		if (process->system->dead)
			return -EFAULT;
		status[i] = (int)answer;
	}
	return 0;
}
