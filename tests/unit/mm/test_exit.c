/* SPDX-License-Identifier: BSD-2-Clause */
/* The ends of tasks and address spaces: who keeps what, and that all of it comes back. */
#include "switch_world.h"

#include <errno.h>

static const char *const releases[] = {"v3.8", BY_MASK, BY_GEN, BY_LAZIER, DEBIAN_OLD, DEBIAN_NEW};
#define NR_RELEASES (sizeof(releases) / sizeof(*releases))

static unsigned nr_tasks(const struct numasim_machine *m)
{
	const struct task_struct *task;
	unsigned nr = 0;

	TAILQ_FOREACH(task, &m->mm->tasks, link)
		nr++;
	return nr;
}

static void store(struct numasim_process *p, uint64_t address, uint64_t value)
{
	assert_int_equal(numasim_process_store(p, address, value), 0);
}

/* A child that wrote its pages exits: all frames come back once its CPU has other tables. */
static void test_all_comes_back(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct numasim_process *child;
		struct switch_world w;
		uint64_t x, free;

		switch_world_open(&w, releases[i]);
		x = switch_world_map(&w, w.p->task->mm, 600);
		for (unsigned k = 0; k < 600; k += 100)
			store(w.p, x + k * FRAME_SIZE, k);
		free = frames_free(w.m);
		assert_int_equal(numasim_fork(&child, w.p, NULL, &w.err), 0);
		for (unsigned k = 0; k < 600; k += 50)
			store(child, x + k * FRAME_SIZE, 1);
		assert_true(frames_free(w.m) < free);
		assert_int_equal(nr_tasks(w.m), 3);
		assert_int_equal(numasim_exit(child), 0);
		assert_int_equal(nr_tasks(w.m), 2);
		store(w.p, x, 1); /* the CPU leaves the child's tables */
		assert_int_equal(frames_free(w.m), free);
		assert_int_equal(w.m->mm->nr_mm, 2);
		switch_world_close(&w);
	}
}

/* The idle CPU still has the tables loaded (or not, by release), so the structure stays. */
static void test_lazy_keeps_structure(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct cpu *cpu;
		struct switch_world w;
		uint64_t x;

		switch_world_open(&w, releases[i]);
		x = switch_world_map(&w, w.p->task->mm, 1);
		cpu = w.p->cpu;
		store(w.p, x, 1);
		assert_int_equal(numasim_exit(w.p), 0);
		assert_ptr_equal(cpu->task, cpu->idle);
		assert_int_equal(w.m->mm->nr_mm, 2);
		assert_non_null(cpu->idle->active_mm);
		assert_int_equal(cpu->idle->active_mm->map_count, 0);
		assert_null(cpu->mm); /* its tables were freed: the flush made it leave */
		assert_int_equal(cached(cpu, x), 0);
		DO(w.q, (void)0);
		assert_int_equal(w.m->mm->nr_mm, 1);
		assert_null(cpu->idle->active_mm);
		switch_world_close(&w);
	}
}

/* The address space ends with its last thread, wherever that runs. */
static void test_last_thread(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct numasim_process *thread;
		struct mm_struct *mm;
		struct switch_world w;
		uint64_t x, value;

		switch_world_open(&w, releases[i]);
		mm = w.p->task->mm;
		x = switch_world_map(&w, mm, 1);
		store(w.p, x, 1);
		assert_int_equal(numasim_thread(&thread, w.p, 1, &w.err), 0);
		assert_int_equal(numasim_exit(w.p), 0);
		assert_int_equal(mm->mm_users, 1);
		assert_int_equal(mm->map_count, 1);
		assert_int_equal(numasim_process_load(&value, thread, x), 0);
		assert_int_equal(value, 1);
		assert_int_equal(numasim_exit(thread), 0);
		DO(w.q, (void)0); /* CPU 0 lets go, CPU 1 is idle still */
		assert_int_equal(w.m->mm->nr_mm, 2);
		assert_int_equal(numasim_move(w.q, 1), 0);
		DO(w.q, (void)0);
		assert_int_equal(w.m->mm->nr_mm, 1);
		switch_world_close(&w);
	}
}

/* exec: an empty address space, the old one gone; not with other threads. */
static void test_exec(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct numasim_process *thread;
		struct switch_world w;
		uint64_t x, y, value;

		switch_world_open(&w, releases[i]);
		x = switch_world_map(&w, w.p->task->mm, 1);
		store(w.p, x, 1);
		assert_int_equal(numasim_thread(&thread, w.p, 1, &w.err), 0);
		assert_int_equal(numasim_exec(w.p, "N", &w.err), -EAGAIN);
		assert_int_equal(numasim_process_load(&value, w.p, x), 0);
		assert_int_equal(numasim_exit(thread), 0);
		assert_int_equal(numasim_exec(w.p, "N", &w.err), 0);
		assert_string_equal(w.p->task->mm->label, "N");
		assert_int_equal(numasim_process_load(&value, w.p, x), -EFAULT);
		assert_ptr_equal(w.p->cpu->mm, w.p->task->mm);
		y = switch_world_map(&w, w.p->task->mm, 1);
		store(w.p, y, 2);
		assert_int_equal(numasim_exec(w.p, NULL, &w.err), 0);
		assert_string_equal(w.p->task->mm->label, "N");
		switch_world_close(&w);
	}
}

/* Sleeping and moving: who is idle, who runs. */
static void test_move(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct switch_world w;
		uint64_t x, value;

		switch_world_open(&w, releases[i]);
		x = switch_world_map(&w, w.p->task->mm, 1);
		store(w.p, x, 1);
		assert_int_equal(numasim_sleep(w.p), 0);
		assert_ptr_equal(w.m->cpu[0].task, w.m->cpu[0].idle);
		assert_int_equal(numasim_sleep(w.p), 0); /* again: nothing to do */
		assert_int_equal(numasim_move(w.p, 9), -ENOENT);
		assert_int_equal(numasim_move(w.p, 2), 0);
		assert_int_equal(numasim_process_load(&value, w.p, x), 0);
		assert_int_equal(value, 1);
		assert_ptr_equal(w.m->cpu[2].task, w.p->task);
		assert_true(w.p->task->mm->cpumask & 4);
		switch_world_close(&w);
	}
}

/* A kernel thread lends itself to P, and keeps the loan until it runs on other tables. */
static void test_kthread(void **state)
{
	struct numasim_process kernel;
	struct mm_struct *mm;
	struct switch_world w;

	switch_world_open(&w, DEBIAN_OLD);
	mm = w.p->task->mm;
	kernel = (struct numasim_process){.system = w.system, .cpu = &w.m->cpu[1]};
	DO(w.p, kernel.task = kthread_create(77));
	assert_non_null(kernel.task);
	DO(&kernel, kthread_use_mm(mm));
	assert_ptr_equal(w.m->cpu[1].mm, mm);
	assert_int_equal(mm->mm_count, 2);
	assert_true(mm->cpumask & 2);
	DO(&kernel, kthread_unuse_mm());
	assert_true(w.m->cpu[1].tlbstate.lazy);
	assert_ptr_equal(kernel.task->active_mm, mm);
	DO(&kernel, kthread_use_mm(w.q->task->mm));
	assert_int_equal(mm->mm_count, 1);
	assert_false(mm->cpumask & 2);
	switch_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_comes_back),
		cmocka_unit_test(test_lazy_keeps_structure),
		cmocka_unit_test(test_last_thread),
		cmocka_unit_test(test_exec),
		cmocka_unit_test(test_move),
		cmocka_unit_test(test_kthread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
