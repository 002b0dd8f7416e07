/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine with one process, for tests that make system calls of one release or another. */
#ifndef CALL_WORLD_H
#define CALL_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "mm/abi.h"
#include "mm/file.h"
#include "mm/gfp.h"
#include "mm/mmap.h"
#include "mm/syscalls.h"
#include "mm/vma_change.h"
#include "sim/system.h"

#define W     UINT64_C(0x200000000000)
#define P(n)  ((uint64_t)(n) * FRAME_SIZE)
#define RW    (PROT_READ | PROT_WRITE)
#define FIXED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

struct call_world {
	struct numasim_system *system;
	struct numasim_process *p;
	struct mm_struct *mm;
	int seen; /* for callbacks */
};

static inline void call_open(struct call_world *w, const char *release)
{
	struct numasim_error err = {0};

	if (numasim_system_create(&w->system, &(struct numasim_system_options){
				  .release = release}, &err) ||
	    numasim_process_create(&w->p, w->system, "calls", 0, &err))
		fail_msg("%s: %s", release, err.text);
	w->mm = w->p->task->mm;
}

static inline void call_close(struct call_world *w)
{
	numasim_system_free(w->system);
}

#define CALL(w, expr) IN_PROCESS((w)->p, expr)

static inline long map_at(struct call_world *w, unsigned page, unsigned pages, unsigned prot)
{
	return CALL(w, sys_mmap(W + P(page), P(pages), prot, FIXED, NULL, 0));
}

static inline bool store(struct call_world *w, unsigned page)
{
	return !numasim_process_store(w->p, W + P(page), 1);
}

/* The VMA of a page, or NULL. */
static inline struct vm_area_struct *vma_at(struct call_world *w, unsigned page)
{
	struct vm_area_struct *vma;

	RB_FOREACH(vma, vma_tree, &w->mm->vmas)
		if (vma->vm_start <= W + P(page) && vma->vm_end > W + P(page))
			return vma;
	return NULL;
}

/* The mapping of @page is [start, end) in pages of the window. */
static inline void assert_vma(struct call_world *w, unsigned page, unsigned start, unsigned end)
{
	const struct vm_area_struct *vma = vma_at(w, page);

	assert_non_null(vma);
	assert_int_equal((vma->vm_start - W) / FRAME_SIZE, start);
	assert_int_equal((vma->vm_end - W) / FRAME_SIZE, end);
}

#endif
