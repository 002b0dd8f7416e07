/* SPDX-License-Identifier: BSD-2-Clause */
#include "explore/initial.h"

#define CLOCK_START 10000 /* ms since boot */
#define SCAN_DUE    2000  /* ms since boot; 0 would mean that no scan was ever planned */

void initial_clock(struct numasim_machine *m)
{
	*m->clock = CLOCK_START;
}

void initial_mm(struct mm_struct *mm)
{
	mm->numa_next_scan = SCAN_DUE;
}

void initial_nodes(const struct numasim_machine *m, struct mm_struct *mm)
{
	const struct cpu *first = NULL;

	for (unsigned i = 0; i < m->nr_cpus; i++) {
		const struct cpu *cpu = &m->cpu[i];

		if (cpu->mm != mm)
			continue;
		if (first && first->node != cpu->node)
			mm->first_nid = NUMA_SCAN_ACTIVE;
		first = cpu;
	}
}
