/* SPDX-License-Identifier: BSD-2-Clause */
/* A system of one node and three CPUs, with processes whose kernel code tests call directly. */
#ifndef SWITCH_WORLD_H
#define SWITCH_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "machine/topology.h"

#include "mm/bits.h"
#include "mm/mm_life.h"
#include "mm/page.h"
#include "mm/switch.h"
#include "mm/tlb.h"
#include "mm/zone.h"
#include "sim/system.h"

struct switch_world {
	struct numasim_system *system;
	struct numasim_machine *m;
	struct numasim_process *p, *q;
	struct numasim_error err;
};

/* Switches and flushes are built to v6.16, most of the rest to v6.12: so a system of v6.12 takes
 * @release as its kernel afterwards. */
static inline void take_kernel(struct switch_world *w, const char *release)
{
	if (kernel_config(w->system->machine->kernel, release, NULL, 0, NULL, 0, NULL, 0, &w->err))
		fail_msg("%s: %s", release, w->err.text);
}

static inline void switch_world_open(struct switch_world *w, const char *release)
{
	bool later = !strncmp(release, "v6.1", 4) && release[4] >= '3' && release[4] <= '6';
	struct numasim_system_options options = {.release = later ? "v6.12" : release,
						 .thp = NUMASIM_THP_NEVER};
	struct numasim_topology *topology;

	memset(w, 0, sizeof(*w));
	topology = topology_plain(1, 3, UINT64_C(256) << 20);
	assert_non_null(topology);
	options.topology = topology;
	if (numasim_system_create(&w->system, &options, &w->err))
		fail_msg("%s: %s", release, w->err.text);
	if (later)
		take_kernel(w, release);
	if (numasim_process_create(&w->p, w->system, "P", 0, &w->err) ||
	    numasim_process_create(&w->q, w->system, "Q", 0, &w->err))
		fail_msg("%s: %s", release, w->err.text);
	numasim_topology_free(topology);
	w->m = w->system->machine;
}

static inline void switch_world_close(struct switch_world *w)
{
	numasim_system_free(w->system);
}

/* An anonymous writable mapping of @pages pages in @mm; its start. */
static inline uint64_t switch_world_map(struct switch_world *w, struct mm_struct *mm,
					uint64_t pages)
{
	struct vm_area_struct *vma;

	assert_int_equal(mm_map_anon(w->m, &vma, mm, pages * FRAME_SIZE, VM_READ | VM_WRITE |
				     VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC, false), 0);
	return vma->vm_start;
}

#define DO(process, statement) assert_int_equal(IN_PROCESS(process, ({ statement; 0; })), 0)

/* Translations of @va that @cpu holds for whom it runs now. */
static inline unsigned cached(const struct cpu *cpu, uint64_t va)
{
	unsigned nr = 0;

	for (uint32_t i = 0; i < cpu->tlb->nr; i++)
		nr += cpu->tlb->entry[i].va == va && cpu->tlb->entry[i].pcid == cpu->pcid;
	return nr;
}

/* Frames that nobody has, when no CPU keeps any back. */
static inline uint64_t frames_free(struct numasim_machine *m)
{
	uint64_t nr = 0;

	lru_drain_setup(m);
	pcp_drain_all(m);
	for (unsigned i = 0; i < m->nr_nodes; i++)
		nr += m->node[i].nr_free;
	return nr;
}

/* Releases of the four kinds of lazy processors. */
#define BY_MASK	   "v3.13"
#define BY_GEN	   "v4.14"
#define BY_LAZIER  "v4.20"
#define DEBIAN_OLD "debian-6.1.192"
#define DEBIAN_NEW "debian-6.12.117"

#endif
