/* SPDX-License-Identifier: BSD-2-Clause */
/* Automatic NUMA balancing, v3.8 to v3.13: scanner, policy filter, statistics. */
#ifndef NUMA_NUMA_H
#define NUMA_NUMA_H

#include "mm/hooks.h"

/* What the mm calls. */
extern const struct numa_hooks numa_balancing;

/* The running task's scan, on its return to user mode (kernel/sched/fair.c). */
void task_numa_work(void);

/* Cpu (or node) and pid of a hint fault as a page remembers them (3.13): low 8 bits pid. */
static inline uint32_t cpupid_make(uint32_t cpu, uint32_t pid)
{
	return cpu << 8 | (pid & 0xff);
}

static inline bool cpupid_unset(uint32_t cpupid)
{
	return cpupid == UINT32_MAX;
}

#endif
