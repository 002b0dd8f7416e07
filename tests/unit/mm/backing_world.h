/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system with two processes, run straight through, whose mappings and faults are made by hand:
 * what backs memory is tested without the rest of the fault path.
 */
#ifndef BACKING_WORLD_H
#define BACKING_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "check/check.h"
#include "mm/access.h"
#include "mm/anon.h"
#include "mm/bits.h"
#include "mm/file.h"
#include "mm/gfp.h"
#include "mm/page.h"
#include "mm/ranges.h"
#include "mm/rmap.h"
#include "mm/swap.h"
#include "mm/tlb.h"
#include "sim/system.h"

#define ANON_RW (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_SOFTDIRTY)
#define BASE	UINT64_C(0x100000600000)
#define PFN_FIELD UINT64_C(0x000ffffffffff000)

struct backing_world {
	struct numasim_system *system;
	struct numasim_process *process[2];
	struct numasim_machine *m;
	struct mm_struct *mm[2];
	struct numasim_error err;
};

static inline struct backing_world *world_open(const char *release)
{
	struct backing_world *w = calloc(1, sizeof(*w));
	struct numasim_system_options options = {.release = release, .thp = NUMASIM_THP_NEVER};

	if (numasim_system_create(&w->system, &options, &w->err))
		fail_msg("%s", w->err.text);
	for (unsigned i = 0; i < 2; i++) {
		if (numasim_process_create(&w->process[i], w->system, i ? "Q" : "P", i, &w->err))
			fail_msg("%s", w->err.text);
		w->mm[i] = w->process[i]->task->mm;
	}
	w->m = w->system->machine;
	return w;
}

static inline void world_close(struct backing_world *w)
{
	assert_false(w->system->dead);
	numasim_system_free(w->system);
	free(w);
}

#define IN(w, expr)  IN_PROCESS((w)->process[0], expr)
#define IN2(w, expr) IN_PROCESS((w)->process[1], expr)

/* A mapping of @pages pages of @file (NULL: anonymous) at @start, in the running process. */
static inline struct vm_area_struct *world_map(uint64_t start, uint64_t pages, uint64_t flags,
					       struct file *file, uint64_t pgoff)
{
	struct mm_struct *mm = current_task()->mm;
	struct vm_area_struct *vma = vma_alloc(mm);

	if (!vma)
		return NULL;
	vma->vm_start = start;
	vma->vm_end = start + pages * FRAME_SIZE;
	vma->vm_flags = flags;
	vma->vm_pgoff = file ? pgoff : start >> FRAME_SHIFT;
	vma->vm_file = file;
	if (file) {
		file_get(file);
		if (file_vma_link(vma, NULL)) {
			file_put(file);
			vma_free(vma);
			return NULL;
		}
	} else if (anon_vma_prepare(vma)) {
		vma_free(vma);
		return NULL;
	}
	vma_link(mm, vma);
	return vma;
}

/* The mapping goes. */
static inline void world_unmap(struct vm_area_struct *vma)
{
	zap_page_range(vma, vma->vm_start, vma->vm_end - vma->vm_start);
	vma_unlink(vma->vm_mm, vma);
	if (vma->vm_file) {
		file_vma_unlink(vma);
		file_put(vma->vm_file);
	}
	if (vma->anon_vma)
		unlink_anon_vmas(vma);
	vma_free(vma);
}

/* The entry of the running process, at level 1 (or 2: the PMD). */
static inline uint64_t world_entry(uint64_t address, unsigned level)
{
	uint64_t *entry = entry_find(current_machine(), current_task()->mm, address, level);

	return entry ? *entry : 0;
}

/* One fault on an empty entry of a file's mapping. */
static inline int world_file_fault(struct vm_area_struct *vma, uint64_t address, bool write)
{
	pmd_t *pmd = entry_alloc(vma->vm_mm, address, 2);

	return pmd ? do_file_fault(vma->vm_mm, vma, address, pmd, write) : -ENOMEM;
}

static inline int world_swap_fault(struct vm_area_struct *vma, uint64_t address, bool write)
{
	pte_t *pte = entry_find(current_machine(), vma->vm_mm, address, 1);

	return do_swap_fault(vma->vm_mm, vma, address, pte, *pte, write);
}

static inline long world_store(uint64_t address, uint64_t value)
{
	return user_store(address, value, 0, NULL, 0) ? 0 : -EFAULT;
}

/* What the running process reads; UINT64_MAX: it was killed. */
static inline uint64_t world_load(uint64_t address)
{
	uint64_t value;

	return user_load(address, &value, 0, NULL, 0) ? value : UINT64_MAX;
}

/* Take the page at @address off its list, locked, and out of memory; true: it is gone. */
static inline bool world_pageout(uint64_t address)
{
	struct page *page = pte_page(world_entry(address, 1));

	lru_add_drain_all();
	if (!isolate_lru_page(page))
		return false;
	lock_page(page);
	if (pageout_anon(page))
		return true;
	putback_lru_page(page);
	return false;
}

/* The audit of references and map counts finds nothing. */
static inline void world_audit(struct backing_world *w)
{
	struct exec *outer = exec_current;

	exec_current = &w->m->exec;
	lru_drain_setup(w->m);
	w->m->exec.oracles = ORACLE_ALL;
	w->m->exec.violation = (struct violation){0};
	check_pages(w->m);
	exec_current = outer;
	if (w->m->exec.violation.found)
		fail_msg("%s", w->m->exec.violation.text);
}

#endif
