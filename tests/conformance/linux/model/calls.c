/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls by number. */
#include "model.h"

#include <errno.h>
#include <sys/syscall.h>

#define TEXT(n)	 ((const char *)(uintptr_t)arg[n])
#define MASK(n)	 ((unsigned long *)(uintptr_t)arg[n])
#define INT(n)	 ((int)arg[n])

static long mapping_call(struct numasim_process *p, long number, const uint64_t arg[6])
{
	switch (number) {
	case SYS_mmap:
		return numasim_sys_mmap(p, arg[0], arg[1], INT(2), INT(3), INT(4), arg[5]);
	case SYS_munmap:
		return numasim_sys_munmap(p, arg[0], arg[1]);
	case SYS_mprotect:
		return numasim_sys_mprotect(p, arg[0], arg[1], INT(2));
	case SYS_mremap:
		return numasim_sys_mremap(p, arg[0], arg[1], arg[2], INT(3), arg[4]);
	case SYS_madvise:
		return numasim_sys_madvise(p, arg[0], arg[1], INT(2));
	case SYS_brk:
		return numasim_sys_brk(p, arg[0]);
	case SYS_mlock:
		return numasim_sys_mlock(p, arg[0], arg[1]);
	case SYS_mlock2:
		return numasim_sys_mlock2(p, arg[0], arg[1], INT(2));
	case SYS_munlock:
		return numasim_sys_munlock(p, arg[0], arg[1]);
	case SYS_mlockall:
		return numasim_sys_mlockall(p, INT(0));
	case SYS_munlockall:
		return numasim_sys_munlockall(p);
	default:
		return -ENOSYS;
	}
}

static long file_call(struct numasim_process *p, long number, const uint64_t arg[6])
{
	switch (number) {
	case SYS_memfd_create:
		return numasim_sys_memfd_create(p, TEXT(0), (unsigned)arg[1]);
	case SYS_open:
		return numasim_sys_open(p, TEXT(0), INT(1));
	case SYS_close:
		return numasim_sys_close(p, INT(0));
	case SYS_ftruncate:
		return numasim_sys_ftruncate(p, INT(0), (int64_t)arg[1]);
	case SYS_fsync:
		return numasim_sys_fsync(p, INT(0));
	case SYS_pwrite64:
		return numasim_sys_pwrite(p, INT(0), TEXT(1), arg[2], arg[3]);
	default:
		return mapping_call(p, number, arg);
	}
}

long side_call(struct side_actor *a, long number, const uint64_t arg[6])
{
	struct numasim_process *p = a->process;

	switch (number) {
	case SYS_mbind:
		return numasim_sys_mbind(p, arg[0], arg[1], INT(2), MASK(3), arg[4],
					 (unsigned)arg[5]);
	case SYS_set_mempolicy:
		return numasim_sys_set_mempolicy(p, INT(0), MASK(1), arg[2]);
	case SYS_set_mempolicy_home_node:
		return numasim_sys_set_mempolicy_home_node(p, arg[0], arg[1], arg[2], arg[3]);
	case SYS_get_mempolicy:
		return numasim_sys_get_mempolicy(p, (int *)(uintptr_t)arg[0], MASK(1), arg[2],
						 arg[3], arg[4]);
	case SYS_move_pages:
		return numasim_sys_move_pages(p, arg[1], (const uint64_t *)(uintptr_t)arg[2],
					      (int *)(uintptr_t)arg[4]);
	default:
		return file_call(p, number, arg);
	}
}
