/* SPDX-License-Identifier: BSD-2-Clause */
/* A small system: two CPUs per node, nodes of a given size, a process on CPU 0. */
#ifndef SYSTEM_WORLD_H
#define SYSTEM_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "check/check.h"
#include "machine/topology.h"
#include "mm/bits.h"
#include "mm/page.h"
#include "mm/zone.h"
#include "sim/system.h"

#define MIB UINT64_C(0x100000)

struct system_world {
	struct numasim_system *system;
	struct numasim_process *process;
	struct numasim_machine *m;
	struct mm_struct *mm;
};

/* @memory: bytes of each node; @distance: rows of @nodes, or NULL. CPUs 2n and 2n + 1 are node
 * n's. */
static inline void system_open(struct system_world *w, const char *release, unsigned nodes,
			       const uint64_t *memory, const uint8_t *distance)
{
	struct numasim_topology *t = topology_new(nodes, 2 * nodes, 0);
	struct numasim_system_options options = {.topology = t, .release = release};
	struct numasim_error err = {0};

	assert_non_null(t);
	for (unsigned i = 0; i < nodes; i++) {
		t->node_id[i] = i;
		t->memory[i] = memory[i];
		t->first_cpu[i + 1] = 2 * i + 2;
		for (unsigned k = 2 * i; k < 2 * i + 2; k++) {
			t->cpu_id[k] = t->node_cpus[k] = k;
			t->cpu_node[k] = i;
		}
	}
	topology_default_distances(t);
	if (distance)
		memcpy(t->distance, distance, nodes * nodes);
	if (numasim_system_create(&w->system, &options, &err) ||
	    numasim_process_create(&w->process, w->system, "P", 0, &err))
		fail_msg("%s", err.text);
	numasim_topology_free(t);
	w->m = w->system->machine;
	w->mm = w->process->task->mm;
}

/* Two nodes of 16 MiB. */
static inline void system_open_small(struct system_world *w, const char *release)
{
	const uint64_t memory[] = {16 * MIB, 16 * MIB};

	system_open(w, release, 2, memory, NULL);
}

static inline void system_close(struct system_world *w)
{
	numasim_system_free(w->system);
}

/* Run @fn as kernel code of the process; what it returns. */
static inline long system_run(struct system_world *w, long (*fn)(struct system_world *w))
{
	return IN_PROCESS(w->process, fn(w));
}

/* An anonymous mapping of @pages that may be read and written; its address. */
static inline uint64_t system_map(struct system_world *w, uint64_t bytes, bool huge)
{
	struct vm_area_struct *vma;

	assert_int_equal(mm_map_anon(w->m, &vma, w->mm, bytes,
				     VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE |
					     (huge ? VM_HUGEPAGE : VM_NOHUGEPAGE), huge), 0);
	return vma->vm_start;
}

/* Frames that somebody has, per-CPU lists not counted. */
static inline uint64_t system_used(const struct system_world *w, unsigned node)
{
	return w->m->node[node].nr_frames - w->m->node[node].nr_free - pcp_count(w->m, node);
}

#endif
