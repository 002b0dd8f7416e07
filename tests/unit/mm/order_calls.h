/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations whose order of points is written down: what runs, point by point. */
#ifndef ORDER_CALLS_H
#define ORDER_CALLS_H

#include "kernel/swap.h"
#include "mm/anon.h"
#include "mm/fault.h"
#include "mm/hooks.h"
#include "mm/hugetlb.h"
#include "mm/mm_life.h"
#include "mm/mmap_lock.h"
#include "mm/mprotect.h"
#include "mm/ranges.h"
#include "mm/swap.h"
#include "mm/switch.h"
#include "mm/syscalls.h"
#include "mm/tlb.h"
#include "order_world.h"

static inline void order_loads(void *payload)
{
	struct order_world *o = payload;
	uint64_t value;

	user_load(o->at, &value, 0, NULL, 0);
}

static inline void order_stores(void *payload)
{
	struct order_world *o = payload;

	user_store(o->at, 7, 0, NULL, 0);
}

/* A fault to write, of an entry that allows it: it raced with another. */
static inline void order_spurious(void *payload)
{
	struct order_world *o = payload;

	mmap_read_lock(o->mm);
	handle_mm_fault(find_vma(o->mm, o->at), o->at, FAULT_FLAG_WRITE);
	mmap_read_unlock(o->mm);
}

static inline void order_protects_none(void *payload)
{
	struct order_world *o = payload;

	sys_mprotect(o->at, o->bytes, PROT_NONE);
}

static inline void order_protects_rw(void *payload)
{
	struct order_world *o = payload;

	sys_mprotect(o->at, o->bytes, PROT_READ | PROT_WRITE);
}

static inline void order_protects_read(void *payload)
{
	struct order_world *o = payload;

	sys_mprotect(o->at, o->bytes, PROT_READ);
}

/* Of a huge page: it is split. */
static inline void order_protects_a_part(void *payload)
{
	struct order_world *o = payload;

	sys_mprotect(o->at, PAGE, PROT_READ);
}

static inline void order_scans(void *payload)
{
	struct order_world *o = payload;

	mmap_read_lock(o->mm);
	change_prot_numa(find_vma(o->mm, o->at), o->at, o->at + o->bytes);
	mmap_read_unlock(o->mm);
}

static inline void order_clears_young(void *payload)
{
	struct order_world *o = payload;

	clear_refs(o->mm, CLEAR_REFS_ALL);
}

static inline void order_clears_soft_dirty(void *payload)
{
	struct order_world *o = payload;

	clear_refs(o->mm, CLEAR_REFS_SOFT_DIRTY);
}

static inline void order_forgets(void *payload)
{
	struct order_world *o = payload;

	sys_madvise(o->at, o->bytes, MADV_DONTNEED);
}

static inline void order_forgets_a_part(void *payload)
{
	struct order_world *o = payload;

	sys_madvise(o->at, PAGE, MADV_DONTNEED);
}

static inline void order_frees(void *payload)
{
	struct order_world *o = payload;

	sys_madvise(o->at, o->bytes, MADV_FREE);
}

static inline void order_cools(void *payload)
{
	struct order_world *o = payload;

	sys_madvise(o->at, o->bytes, MADV_COLD);
}

static inline void order_unmaps(void *payload)
{
	struct order_world *o = payload;

	sys_munmap(o->at, o->bytes);
}

static inline void order_moves(void *payload)
{
	struct order_world *o = payload;

	sys_mremap(o->at, o->bytes, o->bytes, MREMAP_MAYMOVE | MREMAP_FIXED, o->at + 8 * HUGE);
}

static inline void order_forks(void *payload)
{
	struct order_world *o = payload;

	do_fork(&o->task, 0, 77, "Q");
}

static inline void order_switches(void *payload)
{
	struct order_world *o = payload;

	context_switch(o->child->task);
	context_switch(o->w.p->task);
}

#endif
