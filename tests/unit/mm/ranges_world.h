/* SPDX-License-Identifier: BSD-2-Clause */
/* A system with two nodes and a process with one anonymous mapping at a 2 MiB boundary; kernel code
 * runs straight through, so what it leaves behind can be looked at. */
#ifndef RANGES_WORLD_H
#define RANGES_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mm/access.h"
#include "mm/bits.h"
#include "mm/page.h"
#include "mm/ranges.h"
#include "mm/rmap.h"
#include "mm/table.h"
#include "mm/zone.h"
#include "sim/system.h"

#define DEBIAN_6_1  "debian-6.1.192"
#define DEBIAN_6_12 "debian-6.12.117"
#define RW_FLAGS    (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_SOFTDIRTY)

struct ranges_world {
	struct numasim_system *system;
	struct numasim_process *process;
	struct numasim_machine *m;
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	uint64_t x;
};

static inline void ranges_open(struct ranges_world *w, const char *release, bool huge,
			       uint64_t bytes)
{
	struct numasim_system_options options = {
		.release = release, .thp = huge ? NUMASIM_THP_ALWAYS : NUMASIM_THP_NEVER};
	struct numasim_error err = {0};

	memset(w, 0, sizeof(*w));
	if (numasim_system_create(&w->system, &options, &err) ||
	    numasim_process_create(&w->process, w->system, "P", 0, &err))
		fail_msg("%s: %s", release, err.text);
	w->m = w->system->machine;
	w->mm = w->process->task->mm;
	assert_int_equal(mm_map_anon(w->m, &w->vma, w->mm, bytes, RW_FLAGS, true), 0);
	w->x = w->vma->vm_start;
}

static inline void ranges_close(struct ranges_world *w)
{
	numasim_system_free(w->system);
}

/* Store 1 + the page's number at the start of each page. */
static inline void ranges_touch(struct ranges_world *w, uint64_t from, uint64_t bytes)
{
	for (uint64_t at = 0; at < bytes; at += FRAME_SIZE)
		assert_int_equal(numasim_process_store(w->process, from + at,
						       1 + ((from + at - w->x) >> 12)), 0);
}

static inline uint64_t entry_of(const struct ranges_world *w, struct mm_struct *mm,
				uint64_t address, unsigned level)
{
	const uint64_t *entry = entry_find(w->m, mm, address, level);

	return entry ? *entry : 0;
}

#define PTE_AT(w, address) entry_of(w, (w)->mm, address, 1)
#define PMD_AT(w, address) entry_of(w, (w)->mm, address, 2)

/* The flags of an entry, without its frame, as they stand in ../shared/linux/golden. */
#define FLAGS(entry) ((entry) & ~X86_PFN_MASK)

static inline uint64_t prot_of(unsigned rights)
{
	return kernel_page_prot(rights);
}

static inline uint64_t free_frames(const struct ranges_world *w)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < w->m->nr_nodes; i++)
		n += w->m->node[i].nr_free + pcp_count(w->m, i);
	return n;
}

static inline uint64_t events(const struct ranges_world *w, enum vm_event e)
{
	return w->m->mm->vm_event[e];
}

#define IN(w, statement)                                                                           \
	assert_int_equal(IN_PROCESS((w)->process, ({ statement; 0; })), 0)

#endif
