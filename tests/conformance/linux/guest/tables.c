/* SPDX-License-Identifier: BSD-2-Clause */
/* Page tables of a process, as they lie in the kernel's memory. */
#include "guest.h"

#include <stdlib.h>
#include <string.h>

#define PRESENT	 UINT64_C(1)
#define HUGE_BIT (UINT64_C(1) << 7)
#define FRAME	 UINT64_C(0x000ffffffffff000)

static struct {
	uint64_t init_task;
	size_t tasks, pid, mm, pgd; /* offsets */
	unsigned levels;
} known;

void tables_open(void)
{
	char *cpuinfo = file_read("/proc/cpuinfo", NULL);

	if (!cpuinfo)
		side_fail("cannot read /proc/cpuinfo");
	known.levels = strstr(cpuinfo, " la57") ? 5 : 4;
	free(cpuinfo);
	known.init_task = symbol_address("init_task");
	known.tasks = btf_offset("task_struct", "tasks");
	known.pid = btf_offset("task_struct", "pid");
	known.mm = btf_offset("task_struct", "mm");
	known.pgd = btf_offset("mm_struct", "pgd");
}

unsigned tables_levels(void)
{
	return known.levels;
}

/* From the youngest process on: the list's first link leads back to the end. */
uint64_t tables_mm(pid_t process)
{
	uint64_t task = known.init_task;

	do {
		task = kcore_u64(task + known.tasks + 8) - known.tasks;
		if ((pid_t)kcore_u32(task + known.pid) == process)
			return kcore_u64(task + known.mm);
	} while (task != known.init_task);
	side_fail("the kernel has no process %d", process);
}

uint64_t tables_pgd(uint64_t mm)
{
	return kcore_u64(mm + known.pgd);
}

unsigned side_entries(struct side_actor *a, uint64_t address, uint64_t entry[SIDE_LEVELS])
{
	unsigned level = known.levels;
	uint64_t value;

	memset(entry, 0, SIDE_LEVELS * sizeof(*entry));
	for (uint64_t table = 0;; level--) {
		uint64_t place = 8 * ((address >> (12 + 9 * (level - 1))) & 511);

		value = table ? kcore_physical_u64(table + place) : kcore_u64(a->pgd + place);
		entry[known.levels - level] = value;
		if (level == 1 || !(value & PRESENT) || (level <= 3 && value & HUGE_BIT))
			return known.levels;
		table = value & FRAME;
	}
}
