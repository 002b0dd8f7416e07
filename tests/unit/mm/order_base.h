/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on base pages and on huge pages whose order of points is written down. Each has a
 * set-up, which runs straight through, and what runs point by point. */
#ifndef ORDER_BASE_H
#define ORDER_BASE_H

#include "order_calls.h"

enum order_memory { ORDER_BASE, ORDER_HUGE, ORDER_SHMEM, ORDER_PRIVATE, ORDER_DISK,
		    ORDER_DEVICE, ORDER_TABLE, ORDER_HUGETLB,
		    ORDER_HUGETLB_PRIVATE };

struct order_operation {
	const char *name;
	enum order_memory memory;
	void (*prepare)(struct order_world *o); /* may be NULL */
	void (*run)(void *o);
};

/* ---- what stands before ---- */

static inline void order_written(struct order_world *o)
{
	assert_int_equal(numasim_process_store(o->w.p, o->at, 1), 0);
	IN_PROCESS(o->w.p, (lru_add_drain_all(), 0));
}

static inline void order_read(struct order_world *o)
{
	world_load(o->w.p, o->at);
}

static inline void order_inaccessible(struct order_world *o)
{
	order_written(o);
	assert_int_equal(numasim_sys_mprotect(o->w.p, o->at, o->bytes, PROT_NONE), 0);
}

static inline void order_shared(struct order_world *o)
{
	order_written(o);
	o->child = world_fork(&o->w);
}

static inline void order_given_back(struct order_world *o)
{
	order_shared(o);
	assert_int_equal(numasim_sys_munmap(o->child, o->at, o->bytes), 0);
}

/* Another thread has it cached on another CPU. */
static inline void order_cached(struct order_world *o)
{
	order_written(o);
	assert_int_equal(numasim_thread(&o->child, o->w.p, 1, NULL), 0);
	assert_int_equal(numasim_process_store(o->child, o->at, 2), 0);
}

static inline void order_second_process(struct order_world *o)
{
	order_written(o);
	assert_int_equal(numasim_process_create(&o->child, o->w.system, "R", 0, NULL), 0);
}

static inline uint64_t *order_entry(struct order_world *o)
{
	struct numasim_machine *m = order_machine(o);
	uint64_t *pmd = entry_find(m, o->mm, o->at, 2);

	return *pmd & X86_PSE ? pmd : entry_find(m, o->mm, o->at, 1);
}

/* Give the entry @value, as if the kernel had done so at some time. */
static inline void order_set(struct order_world *o, uint64_t value)
{
	*order_entry(o) = value;
	IN_PROCESS(o->w.p, (flush_tlb_mm(o->mm), 0));
}

static inline void order_clean(struct order_world *o)
{
	const struct kernel *k = order_machine(o)->kernel;

	order_written(o);
	order_set(o, kernel_entry_mkold(k, kernel_entry_mkclean(k, *order_entry(o))));
}

static inline int order_stay(struct page *page, struct vm_area_struct *vma, uint64_t address)
{
	return -1;
}

static inline int order_go(struct page *page, struct vm_area_struct *vma, uint64_t address)
{
	return 1;
}

static inline void order_account(uint32_t last_cpupid, int nid, unsigned pages, unsigned flags)
{
}

static inline void order_arm(struct order_world *o, const struct numa_hooks *hooks)
{
	const struct kernel *k = order_machine(o)->kernel;
	uint64_t entry;

	order_written(o);
	entry = *order_entry(o);
	order_set(o, entry & X86_PSE ? kernel_pmd_arm(k, entry) : kernel_pte_arm(k, entry));
	order_machine(o)->mm->numa = hooks;
}

static inline void order_armed(struct order_world *o)
{
	static const struct numa_hooks hooks = {.mpol_misplaced = order_stay,
						.task_numa_fault = order_account};

	order_arm(o, &hooks);
}

static inline void order_armed_hooks(struct order_world *o)
{
	static const struct numa_hooks hooks = {.mpol_misplaced = order_stay,
						.task_numa_fault = order_account};

	order_machine(o)->mm->numa = &hooks;
}

static inline void order_armed_elsewhere(struct order_world *o)
{
	static const struct numa_hooks hooks = {.mpol_misplaced = order_go,
						.task_numa_fault = order_account};

	order_arm(o, &hooks);
}

/* Somebody holds the page: it cannot move. */
static inline void order_armed_and_held(struct order_world *o)
{
	const struct numasim_machine *m = order_machine(o);

	order_armed_elsewhere(o);
	((struct page *)entry_frame_page(m, *order_entry(o), o->thp ? 2 : 1))->count++;
}

/* The page is on its way: a migration entry, and the page locked. */
static inline void order_on_its_way(struct order_world *o)
{
	struct numasim_machine *m = order_machine(o);
	uint64_t entry;

	order_written(o);
	entry = *order_entry(o);
	order_set(o, kernel_mk_migration(m->kernel, SWAP_MIGRATION_WRITE,
					 kernel_pte_pfn(m->kernel, entry & ~(uint64_t)X86_PSE),
					 MIGRATION_SOFT_DIRTY));
}

/* On the swap device. */
static inline void order_swapped(struct order_world *o)
{
	struct page *page;

	assert_int_equal(numasim_sys_swapon(o->w.p, 64), 0);
	order_written(o);
	page = (struct page *)entry_frame_page(order_machine(o), *order_entry(o), 1);
	assert_true(IN_PROCESS(o->w.p, (isolate_lru_page(page), lock_page(page),
					pageout_anon(page))));
}

/* ---- the memory ---- */

static inline void order_map_file(struct order_world *o, enum order_memory memory)
{
	bool huge = memory >= ORDER_HUGETLB;
	long at;

	if (huge)
		assert_int_equal(IN_PROCESS(o->w.p, hugetlb_set_pool(4)), 4);
	if (memory == ORDER_DISK)
		o->fd = (int)numasim_sys_open(o->w.p, "/f", O_RDWR | O_CREAT);
	else
		o->fd = (int)numasim_sys_memfd_create(o->w.p, "f", huge ? MFD_HUGETLB : 0);
	assert_int_equal(numasim_sys_ftruncate(o->w.p, o->fd, o->bytes), 0);
	at = numasim_sys_mmap(o->w.p, 0, o->bytes, PROT_READ | PROT_WRITE,
			      memory == ORDER_PRIVATE || memory == ORDER_HUGETLB_PRIVATE
				      ? MAP_PRIVATE : MAP_SHARED, o->fd, 0);
	assert_true(at > 0);
	o->at = (uint64_t)at;
}

static inline long order_map_device(struct order_world *o)
{
	struct file *file = file_create(FILE_DEVICE, "/dev/x", 0);

	o->at = (uint64_t)sys_mmap(0, o->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	file_put(file);
	return (long)o->at > 0;
}

static inline void order_open(struct order_world *o, enum order_memory memory, const char *release)
{
	o->thp = memory == ORDER_HUGE || memory >= ORDER_HUGETLB;
	o->bytes = o->thp || memory == ORDER_TABLE ? HUGE : 2 * PAGE;
	world_open(&o->w, release, memory == ORDER_HUGE ? NUMASIM_THP_ALWAYS : NUMASIM_THP_NEVER);
	o->mm = o->w.p->task->mm;
	if (memory == ORDER_BASE)
		o->at = world_anon(&o->w, o->bytes, PROT_READ | PROT_WRITE);
	else if (memory == ORDER_HUGE || memory == ORDER_TABLE)
		o->at = (world_anon(&o->w, 2 * HUGE, PROT_READ | PROT_WRITE) + HUGE - 1) & -HUGE;
	else if (memory == ORDER_DEVICE)
		assert_true(IN_PROCESS(o->w.p, order_map_device(o)));
	else
		order_map_file(o, memory);
}

/* Does the kernel have what the operation is about? Huge migration entries are of v4.14. */
static inline bool order_can(struct order_world *o, const struct order_operation *op)
{
	return op->memory != ORDER_HUGE || op->prepare != order_on_its_way ||
	       kernel_has(order_machine(o)->kernel, ROW_THP_MIGRATION);
}

#endif
