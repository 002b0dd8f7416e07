/* SPDX-License-Identifier: BSD-2-Clause */
/* Three nodes in a row, a process on the first, and pages for it by policy. */
#ifndef MEMPOLICY_WORLD_H
#define MEMPOLICY_WORLD_H

#include "system_world.h"

#include "mm/mempolicy.h"
#include "mm/syscalls.h"

static inline void open_three(struct system_world *w, const char *release)
{
	static const uint8_t distance[] = {10, 20, 30, 20, 10, 20, 30, 20, 10};
	const uint64_t memory[] = {16 * MIB, 16 * MIB, 16 * MIB};

	system_open(w, release, 3, memory, distance);
}

/* The mapping that begins at, or holds, @at. */
static inline struct vm_area_struct *vma_at(struct system_world *w, uint64_t at)
{
	struct vm_area_struct *vma;

	RB_FOREACH(vma, vma_tree, &w->mm->vmas)
		if (vma->vm_end > at)
			return vma;
	return NULL;
}

static inline void set(struct system_world *w, int mode, unsigned long mask)
{
	unsigned long room = mask;

	assert_int_equal(IN_PROCESS(w->process, sys_set_mempolicy(mode, &room, 65)), 0);
}

static inline void bind_vma(struct system_world *w, uint64_t at, uint64_t size, int mode,
		     unsigned long mask)
{
	unsigned long room = mask;

	assert_int_equal(IN_PROCESS(w->process, sys_mbind(at, size, mode, &room, 65, 0)), 0);
}

static inline long take(struct page *page)
{
	return page ? page->node : -1;
}

/* The node of the next page for the kernel; -1: none. */
static inline long task_page(struct system_world *w)
{
	return IN_PROCESS(w->process, take(alloc_page_task(0, 0)));
}

static inline long vma_page(struct system_world *w, uint64_t at, unsigned order)
{
	gfp_t gfp = order ? GFP_COMP : 0;

	return IN_PROCESS(w->process,
			  take(alloc_page_vma(gfp, order, find_vma(w->mm, at), at)));
}

#endif
