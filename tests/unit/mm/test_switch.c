/* SPDX-License-Identifier: BSD-2-Clause */
/* Context switches: what is loaded, what is borrowed, and what translations survive. */
#include "switch_world.h"

static const char *const releases[] = {BY_MASK, "v4.13", BY_GEN, BY_LAZIER, "v5.13", DEBIAN_OLD,
				       DEBIAN_NEW, "v6.13", "v6.16"};
#define NR_RELEASES (sizeof(releases) / sizeof(*releases))

/* P, then Q, then P again: each sees its own memory, and the masks say who is where, or was
 * (209954cbc7d0). */
static void two_processes(const char *release)
{
	struct switch_world w;
	uint64_t x, value;
	struct cpu *cpu;

	switch_world_open(&w, release);
	x = switch_world_map(&w, w.p->task->mm, 1);
	cpu = w.p->cpu;
	assert_int_equal(numasim_process_store(w.p, x, 7), 0);
	assert_ptr_equal(cpu->mm, w.p->task->mm);
	assert_int_equal(w.p->task->mm->cpumask, 1);
	assert_int_equal(numasim_process_load(&value, w.q, x), -EFAULT);
	assert_ptr_equal(cpu->mm, w.q->task->mm);
	assert_int_equal(w.q->task->mm->cpumask, 1);
	if (kernel_has(w.m->kernel, ROW_LAZY_CPUMASK))
		assert_int_equal(w.p->task->mm->cpumask, 1);
	else
		assert_int_equal(w.p->task->mm->cpumask, 0);
	assert_int_equal(numasim_process_load(&value, w.p, x), 0);
	assert_int_equal(value, 7);
	switch_world_close(&w);
}

static void test_two_processes(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++)
		two_processes(releases[i]);
}

static void run(struct numasim_process *process)
{
	DO(process, (void)0);
}

/* Without PCIDs a switch empties the TLB; with them (10af6235e0d3) P finds its page again. */
static void test_pcid(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct switch_world w;
		uint64_t x;

		switch_world_open(&w, releases[i]);
		x = switch_world_map(&w, w.p->task->mm, 1);
		assert_int_equal(numasim_process_store(w.p, x, 7), 0);
		run(w.q);
		assert_int_equal(cached(w.p->cpu, x), 0);
		run(w.p);
		assert_int_equal(cached(w.p->cpu, x), kernel_has(w.m->kernel, ROW_PCID));
		switch_world_close(&w);
	}
}

static void run_all(struct numasim_process *const *many, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		run(many[i]);
}

/* The seventh address space takes the place of the first. */
static void test_six_asids(void **state)
{
	struct numasim_process *many[6];
	struct switch_world w;
	uint64_t x;

	switch_world_open(&w, DEBIAN_NEW);
	x = switch_world_map(&w, w.p->task->mm, 1);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(numasim_process_create(&many[i], w.system, "R", 0, &w.err), 0);
	assert_int_equal(numasim_process_store(w.p, x, 7), 0);
	assert_int_equal(w.p->cpu->tlbstate.asid, 1); /* 0 is the kernel's own */
	run_all(many, 4);
	run(w.p);
	assert_int_equal(w.p->cpu->tlbstate.asid, 1);
	assert_int_equal(cached(w.p->cpu, x), 1);
	run_all(many, 6);
	run(w.p);
	assert_int_equal(cached(w.p->cpu, x), 0); /* its slot was given away: flushed on return */
	switch_world_close(&w);
}

/* P's second thread is on CPU 1; CPU 0 goes idle with P's tables. */
struct lazy {
	struct switch_world w;
	struct numasim_process thread;
	uint64_t x;
	struct cpu *cpu;
};

static void lazy_open(struct lazy *l, const char *release)
{
	struct task_struct *task;

	switch_world_open(&l->w, release);
	l->x = switch_world_map(&l->w, l->w.p->task->mm, 2);
	l->cpu = l->w.p->cpu;
	assert_int_equal(numasim_process_store(l->w.p, l->x, 7), 0);
	task = task_create(l->w.m, l->w.p->task->mm, 2000);
	mm_join(l->w.m, task->mm, task);
	l->thread = (struct numasim_process){.system = l->w.system, .task = task,
					     .cpu = &l->w.m->cpu[1]};
	DO(l->w.p, context_switch(cpu_idle_task(this_cpu())));
}

/* Who keeps the tables, who counts. */
static void test_idle(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct mm_struct *mm;
		struct lazy l;
		bool leaves;

		lazy_open(&l, releases[i]);
		mm = l.w.p->task->mm;
		leaves = kernel_has(l.w.m->kernel, ROW_PCID) &&
			 !kernel_has(l.w.m->kernel, ROW_LAZIER_TLB);
		assert_int_equal(mm->mm_users, 2);
		assert_int_equal(mm->mm_count, 2);
		assert_ptr_equal(l.cpu->task->active_mm, mm);
		assert_ptr_equal(l.cpu->mm, leaves ? NULL : mm);
		assert_int_equal(l.cpu->tlbstate.lazy, !leaves);
		assert_int_equal(mm->cpumask & 1, !leaves);
		run(l.w.p);
		assert_int_equal(mm->mm_count, 1);
		assert_ptr_equal(l.cpu->mm, mm);
		assert_false(l.cpu->tlbstate.lazy);
		assert_int_equal(mm->cpumask & 1, 1);
		switch_world_close(&l.w);
	}
}

static void flush_page(const struct lazy *l, bool freed_tables)
{
	flush_tlb_mm_range(l->w.p->task->mm, l->x, l->x + FRAME_SIZE, freed_tables);
}

/*
 * A flush while it is idle: to v4.13 the interrupt makes it leave the tables; from v4.20 on
 * (145f573b89a6) it is left alone, unless tables were freed, and drops its translations on return.
 */
static void flush_while_idle(const char *release, bool freed_tables)
{
	bool lazier, left;
	struct lazy l;

	lazy_open(&l, release);
	lazier = kernel_has(l.w.m->kernel, ROW_LAZIER_TLB);
	DO(&l.thread, flush_page(&l, freed_tables));
	left = !lazier || freed_tables;
	assert_ptr_equal(l.cpu->mm, left ? NULL : l.w.p->task->mm);
	assert_int_equal(cached(l.cpu, l.x), !left);
	run(l.w.p);
	assert_ptr_equal(l.cpu->mm, l.w.p->task->mm);
	assert_int_equal(cached(l.cpu, l.x), 0);
	switch_world_close(&l.w);
}

static void test_flush_while_idle(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		flush_while_idle(releases[i], false);
		flush_while_idle(releases[i], true);
	}
}

/* The plain flush of a range says that tables may have gone, since 3ef938c35035. */
static void range_while_idle(const char *release)
{
	struct vm_area_struct *vma;
	struct lazy l;
	bool left;

	lazy_open(&l, release);
	vma = RB_MIN(vma_tree, &l.w.p->task->mm->vmas);
	left = !kernel_has(l.w.m->kernel, ROW_LAZIER_TLB) ||
	       kernel_has(l.w.m->kernel, ROW_D8_RANGE_FREED_TABLES);
	DO(&l.thread, flush_tlb_range(vma, l.x, l.x + FRAME_SIZE));
	assert_int_equal(cached(l.cpu, l.x), !left);
	switch_world_close(&l.w);
}

static void test_range_while_idle(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++)
		range_while_idle(releases[i]);
}

/* No flush came: the translations are still good. */
static void test_back_without_flush(void **state)
{
	struct lazy l;

	lazy_open(&l, DEBIAN_NEW);
	run(l.w.p);
	assert_int_equal(cached(l.cpu, l.x), 1);
	switch_world_close(&l.w);
}

/* kernel thread to kernel thread: the loan is passed on, and counted once. */
static void test_loan_passes_on(void **state)
{
	struct numasim_process idle;
	struct task_struct *kthread;
	struct mm_struct *mm;
	struct lazy l;

	lazy_open(&l, DEBIAN_OLD);
	mm = l.w.p->task->mm;
	kthread = task_create(l.w.m, NULL, 3000);
	kthread->flags = TASK_KTHREAD;
	idle = (struct numasim_process){.system = l.w.system, .task = l.cpu->idle, .cpu = l.cpu};
	DO(&idle, context_switch(kthread));
	assert_ptr_equal(kthread->active_mm, mm);
	assert_null(l.cpu->idle->active_mm);
	assert_int_equal(mm->mm_count, 2);
	switch_world_close(&l.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_processes),
		cmocka_unit_test(test_pcid),
		cmocka_unit_test(test_six_asids),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_flush_while_idle),
		cmocka_unit_test(test_range_while_idle),
		cmocka_unit_test(test_back_without_flush),
		cmocka_unit_test(test_loan_passes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
