/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls of a process that say where its memory comes from. */
#include "mm/syscalls.h"
#include "sim/system.h"

#include <numasim/system_calls.h>

long numasim_sys_mbind(struct numasim_process *process, uint64_t addr, uint64_t length, int mode,
		       const unsigned long *mask, unsigned long maxnode, unsigned flags)
{
	return IN_PROCESS(process, sys_mbind(addr, length, mode, mask, maxnode, flags));
}

long numasim_sys_set_mempolicy(struct numasim_process *process, int mode,
			       const unsigned long *mask, unsigned long maxnode)
{
	return IN_PROCESS(process, sys_set_mempolicy(mode, mask, maxnode));
}

long numasim_sys_set_mempolicy_home_node(struct numasim_process *process, uint64_t addr,
					 uint64_t length, unsigned long node, unsigned long flags)
{
	return IN_PROCESS(process, sys_set_mempolicy_home_node(addr, length, node, flags));
}

long numasim_sys_get_mempolicy(struct numasim_process *process, int *mode, unsigned long *mask,
			       unsigned long maxnode, uint64_t addr, unsigned long flags)
{
	return IN_PROCESS(process, sys_get_mempolicy(mode, mask, maxnode, addr, flags));
}
