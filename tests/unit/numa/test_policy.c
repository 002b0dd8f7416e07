/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which node a hint fault wants a page on: by policy, and by who had it last.
 *
 * Rows that a test here fails without: 90572890d202.
 */
#include "../mm/system_world.h"

#include "mm/mempolicy.h"
#include "mm/syscalls.h"
#include "numa/numa.h"

/* A process on node 0, a mapping, a page of node 1 that it touches. */
struct fault {
	struct system_world w;
	struct vm_area_struct *vma;
	struct page *page;
};

static void open_fault(struct fault *f, const char *release)
{
	uint64_t at;

	system_open_small(&f->w, release);
	at = system_map(&f->w, 8 * FRAME_SIZE, false);
	RB_FOREACH(f->vma, vma_tree, &f->w.mm->vmas)
		if (f->vma->vm_start == at)
			break;
	assert_non_null(f->vma);
	IN_PROCESS(f->w.process, (f->page = alloc_page_node(1, false, false), 0));
	assert_non_null(f->page);
}

static long wanted(struct fault *f)
{
	return IN_PROCESS(f->w.process, numa_balancing.mpol_misplaced(f->page, f->vma,
								      f->vma->vm_start));
}

/* The page remembers a fault of a task with @pid on @cpu. */
static void last_fault(struct fault *f, uint32_t cpu, uint32_t pid)
{
	f->page->cpupid = cpupid_make(cpu, pid);
}

/* Rows 10f39042711b (v3.15) and 37355bdc5a12 (v4.19). */
static void the_filter_by_release(void **state)
{
	static const struct {
		const char *release;
		/* first fault of all; own, from the other node; another's from here; from there */
		long first, own_far, other_here, other_far;
	} expect[] = {
		{"v3.16", 0, -1, 0, -1},
		{"v4.18", 0, -1, 0, -1},
		{"v4.19", 0, 0, 0, -1},
		{"debian-6.1.192", 0, 0, 0, -1},
		{"debian-6.12.117", 0, 0, 0, -1},
	};

	for (unsigned i = 0; i < sizeof(expect) / sizeof(expect[0]); i++) {
		struct fault f;
		uint32_t own;

		open_fault(&f, expect[i].release);
		own = f.w.process->task->pid;
		assert_int_equal(wanted(&f), expect[i].first);
		assert_int_equal(f.page->cpupid, cpupid_make(0, own));
		last_fault(&f, 2, own);
		assert_int_equal(wanted(&f), expect[i].own_far);
		last_fault(&f, 1, own + 1);
		assert_int_equal(wanted(&f), expect[i].other_here);
		last_fault(&f, 2, own + 1);
		assert_int_equal(wanted(&f), expect[i].other_far);
		assert_int_equal(wanted(&f), 0); /* the second from here in a row */
		system_close(&f.w);
	}
}

/* From v3.15 on nothing is put off after another task's fault. */
static void deferral_ended(void **state)
{
	struct fault f;

	open_fault(&f, "v3.15");
	last_fault(&f, 2, f.w.process->task->pid + 1);
	assert_int_equal(wanted(&f), -1);
	last_fault(&f, 1, f.w.process->task->pid + 1);
	assert_int_equal(wanted(&f), 0);
	assert_int_equal(f.w.process->task->numa_migrate_deferred, 0);
	system_close(&f.w);
	open_fault(&f, "v3.14");
	last_fault(&f, 2, f.w.process->task->pid + 1);
	assert_int_equal(wanted(&f), -1);
	last_fault(&f, 1, f.w.process->task->pid + 1);
	assert_int_equal(wanted(&f), -1);
	system_close(&f.w);
}

static void a_page_that_is_here_stays(void **state)
{
	struct fault f;

	open_fault(&f, "debian-6.12.117");
	IN_PROCESS(f.w.process, (f.page = alloc_page_node(0, false, false), 0));
	assert_int_equal(wanted(&f), -1);
	system_close(&f.w);
}

static long bind_vma(struct fault *f, int mode, unsigned long mask)
{
	return IN_PROCESS(f->w.process, sys_mbind(f->vma->vm_start, 8 * FRAME_SIZE, mode, &mask,
						  65, 0));
}

/* A user's policy does not migrate, unless it says so; then only within its nodes. */
static void policies_hold_pages(void **state)
{
	struct fault f;

	open_fault(&f, "debian-6.1.192");
	assert_int_equal(bind_vma(&f, MPOL_MODE_BIND, 1), 0);
	assert_int_equal(wanted(&f), -1);
	assert_int_equal(bind_vma(&f, MPOL_MODE_BIND | MPOL_FLAG_NUMA_BALANCING, 3), 0);
	assert_int_equal(wanted(&f), 0);
	assert_int_equal(bind_vma(&f, MPOL_MODE_BIND | MPOL_FLAG_NUMA_BALANCING, 2), 0);
	assert_int_equal(wanted(&f), -1);
	assert_int_equal(bind_vma(&f, MPOL_MODE_DEFAULT, 0), 0);
	assert_int_equal(wanted(&f), 0);
	system_close(&f.w);
}

/* Row numa-skips-memoryless. */
static void nodes_without_memory(void **state)
{
	struct fault f;

	open_fault(&f, "v6.8");
	f.w.m->node[0].nr_frames = 0;
	assert_int_equal(wanted(&f), 0);
	system_close(&f.w);
	open_fault(&f, "v6.9");
	f.w.m->node[0].nr_frames = 0;
	assert_int_equal(wanted(&f), -1);
	system_close(&f.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_filter_by_release),
		cmocka_unit_test(deferral_ended),
		cmocka_unit_test(a_page_that_is_here_stays),
		cmocka_unit_test(policies_hold_pages),
		cmocka_unit_test(nodes_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
