/* SPDX-License-Identifier: BSD-2-Clause */
/* More operations whose order of points is written down: files of a disk, a driver's pages, swap,
 * pins, tables that move, pages that cannot be had. */
#ifndef ORDER_MORE_H
#define ORDER_MORE_H

#include "mm/device.h"
#include "mm/gfp.h"
#include "order_base.h"

/* ---- what runs ---- */

static inline void order_syncs(void *payload)
{
	struct order_world *o = payload;

	file_writeback(find_vma(o->mm, o->at)->vm_file);
}

static inline void order_gups(void *payload)
{
	struct order_world *o = payload;
	uint64_t pfn;

	mmap_read_lock(o->mm);
	get_user_page(&pfn, o->mm, o->at, FOLL_WRITE | FOLL_TOUCH | FOLL_GET);
	mmap_read_unlock(o->mm);
}

static inline void order_inserts_page(void *payload)
{
	struct order_world *o = payload;

	vm_insert_page(find_vma(o->mm, o->at), o->at, o->device_page);
}

static inline void order_inserts_frame(void *payload)
{
	struct order_world *o = payload;

	vm_insert_pfn(find_vma(o->mm, o->at), o->at,
		      page_to_pfn(order_machine(o), o->device_page));
}

/* A frame behind all memory: no page. */
static inline long order_map_beyond(struct order_world *o)
{
	struct vm_area_struct *vma = find_vma(o->mm, o->at);

	vma->vm_flags |= VM_MIXEDMAP;
	return vm_insert_mixed(vma, o->at, UINT64_C(1) << 30);
}

static inline void order_pages_out(void *payload)
{
	struct order_world *o = payload;

	lock_page(o->isolated);
	pageout_anon(o->isolated);
}

/* A kernel thread runs for a while, and another process after it. */
static inline void order_switches_lazily(void *payload)
{
	struct order_world *o = payload;

	context_switch(o->task);
	context_switch(o->child->task);
	context_switch(o->w.p->task);
}

static inline void order_moves_the_table(void *payload)
{
	struct order_world *o = payload;

	sys_mremap(o->at, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, o->at + 8 * HUGE);
}

/* ---- what stands before ---- */

static inline void order_pinned(struct order_world *o)
{
	order_written(o);
	assert_int_equal(numasim_gup(o->w.p, o->w.p, o->at,
				     NUMASIM_GUP_WRITE | NUMASIM_GUP_PIN), 0);
}

/* No huge page can be had for what is stored now. */
static inline void order_zero_without_memory(struct order_world *o)
{
	order_read(o);
	alloc_fail_nth(order_machine(o), 1);
}

static inline void order_shared_without_memory(struct order_world *o)
{
	order_shared(o);
	alloc_fail_nth(order_machine(o), 1);
}

static inline void order_kthread(struct order_world *o)
{
	order_second_process(o);
	assert_false(IN_PROCESS(o->w.p, !(o->task = kthread_create(88))));
}

static inline void order_isolate(struct order_world *o)
{
	o->isolated = (struct page *)entry_frame_page(order_machine(o), *order_entry(o), 1);
	assert_true(IN_PROCESS(o->w.p, isolate_lru_page(o->isolated)));
}

static inline void order_to_be_swapped(struct order_world *o)
{
	assert_int_equal(numasim_sys_swapon(o->w.p, 64), 0);
	order_cached(o);
	order_isolate(o);
}

/* A pinned page, to be swapped out: v5.19+ keep it. */
static inline void order_pinned_to_be_swapped(struct order_world *o)
{
	assert_int_equal(numasim_sys_swapon(o->w.p, 64), 0);
	order_pinned(o);
	order_isolate(o);
}

/* Lazy (MADV_FREE), and written again; or not. */
static inline void order_lazy(struct order_world *o)
{
	order_clean(o);
	order_isolate(o);
	o->isolated->flags &= ~(PAGE_SWAPBACKED | PAGE_DIRTY);
}

static inline void order_lazy_but_written(struct order_world *o)
{
	order_lazy(o);
	assert_int_equal(numasim_process_store(o->w.p, o->at, 3), 0);
}

/* A huge page that PTEs map, two of them hints (v6.10: both are mended at once). */
static inline void order_split(struct order_world *o)
{
	order_written(o);
	assert_int_equal(IN_PROCESS(o->w.p, (split_huge_pmd(find_vma(o->mm, o->at),
							    order_entry(o), o->at), 0)), 0);
}

static inline void order_split_and_armed(struct order_world *o)
{
	const struct kernel *k = order_machine(o)->kernel;
	uint64_t *pte;

	order_split(o);
	order_armed_hooks(o);
	pte = order_entry(o);
	pte[0] = kernel_pte_arm(k, pte[0]);
	pte[1] = kernel_pte_arm(k, pte[1]);
	IN_PROCESS(o->w.p, (flush_tlb_mm(o->mm), 0));
}

/* The scanner marked the entry that leads to the table, too (to v3.12). */
static inline void order_scanned(struct order_world *o)
{
	order_written(o);
	order_armed_hooks(o);
	IN_PROCESS(o->w.p, (change_prot_numa(find_vma(o->mm, o->at), o->at, o->at + o->bytes), 0));
}

static inline void order_device_page(struct order_world *o)
{
	assert_int_equal(IN_PROCESS(o->w.p, device_alloc_pages(&o->device_page, 1)), 0);
}

static inline void order_device_frame(struct order_world *o)
{
	order_device_page(o);
	IN_PROCESS(o->w.p, (find_vma(o->mm, o->at)->vm_flags |= VM_PFNMAP, 0));
}

static inline void order_frame_is_mapped(struct order_world *o)
{
	assert_int_equal(IN_PROCESS(o->w.p, order_map_beyond(o)), 0);
}

#endif
