/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fork: what the child has and has not, that parent and child do not see each other's stores, and
 * that nothing is left over when memory runs out half-way or when all have exited.
 */
#include "switch_world.h"

#include "mm/gfp.h"
#include "mm/mmap.h"

#include <errno.h>

static const char *const releases[] = {"v3.8", BY_MASK, BY_GEN, "v5.4", DEBIAN_OLD, "v6.5",
				       DEBIAN_NEW};
#define NR_RELEASES (sizeof(releases) / sizeof(*releases))

static struct vm_area_struct *vma_at(const struct mm_struct *mm, uint64_t address)
{
	struct vm_area_struct *vma;

	RB_FOREACH(vma, vma_tree, (struct vma_tree *)&mm->vmas)
		if (vma->vm_start <= address && address < vma->vm_end)
			return vma;
	return NULL;
}

static uint64_t load(struct numasim_process *p, uint64_t address)
{
	uint64_t value = 0;

	assert_int_equal(numasim_process_load(&value, p, address), 0);
	return value;
}

static void store(struct numasim_process *p, uint64_t address, uint64_t value)
{
	assert_int_equal(numasim_process_store(p, address, value), 0);
}

static void child_of_p(struct switch_world *w, struct numasim_process **child)
{
	if (numasim_fork(child, w->p, NULL, &w->err))
		fail_msg("%s", w->err.text);
}

/* Both read what was there; what either stores afterwards is its own. */
static void test_private(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct numasim_process *child;
		struct switch_world w;
		uint64_t x;

		switch_world_open(&w, releases[i]);
		x = switch_world_map(&w, w.p->task->mm, 2);
		store(w.p, x, 1);
		child_of_p(&w, &child);
		assert_int_equal(numasim_process_id(child), numasim_process_id(w.p) + 2);
		assert_int_equal(load(child, x), 1);
		store(w.p, x, 2);
		assert_int_equal(load(child, x), 1);
		store(child, x, 3);
		store(child, x + FRAME_SIZE, 4);
		assert_int_equal(load(w.p, x), 2);
		assert_int_equal(load(w.p, x + FRAME_SIZE), 0);
		switch_world_close(&w);
	}
}

/* The flags that say what a child gets, and what is counted. */
static void test_rules(void **state)
{
	struct vm_area_struct *vma;
	struct mm_struct *mm, *mine;
	struct numasim_process *child;
	uint64_t plain, gone, wiped;
	struct switch_world w;

	switch_world_open(&w, DEBIAN_NEW);
	mm = w.p->task->mm;
	plain = switch_world_map(&w, mm, 3);
	gone = switch_world_map(&w, mm, 5);
	wiped = switch_world_map(&w, mm, 7);
	store(w.p, plain, 1);
	store(w.p, gone, 2);
	store(w.p, wiped, 3);
	vma_at(mm, plain)->vm_flags |= VM_LOCKED;
	vma_at(mm, gone)->vm_flags |= VM_DONTCOPY;
	vma_at(mm, wiped)->vm_flags |= VM_WIPEONFORK;
	mm->total_vm = 15;
	mm->locked_vm = 3;
	mm->def_flags = VM_LOCKED | VM_NOHUGEPAGE;
	child_of_p(&w, &child);
	mine = child->task->mm;
	assert_null(vma_at(mine, gone));
	assert_int_equal(mine->map_count, 2);
	assert_int_equal(mine->total_vm, 10);
	assert_int_equal(mine->locked_vm, 0);
	assert_int_equal(mine->def_flags, VM_NOHUGEPAGE);
	vma = vma_at(mine, plain);
	assert_false(vma->vm_flags & VM_LOCKED);
	assert_true(vma->anon_vma && vma->anon_vma != vma_at(mm, plain)->anon_vma);
	assert_null(vma_at(mine, wiped)->anon_vma);
	assert_int_equal(load(child, plain), 1);
	assert_int_equal(load(child, wiped), 0);
	assert_int_equal(numasim_process_store(child, gone, 1), -EFAULT);
	assert_int_equal(load(w.p, wiped), 3);
	switch_world_close(&w);
}

/* The parent's own translations must not let it write what is shared now. */
static void test_flushes_parent(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct numasim_process *child;
		struct switch_world w;
		uint64_t x;

		switch_world_open(&w, releases[i]);
		x = switch_world_map(&w, w.p->task->mm, 1);
		store(w.p, x, 1);
		assert_int_equal(cached(w.p->cpu, x), 1);
		child_of_p(&w, &child);
		assert_int_equal(cached(w.p->cpu, x), 0);
		switch_world_close(&w);
	}
}

/* fb49c455323f: the parent's mappings are locked against faults under their own locks. */
static void locks_vmas(const char *release, bool locks)
{
	struct numasim_process *child;
	struct vm_area_struct *vma;
	struct switch_world w;

	switch_world_open(&w, release);
	switch_world_map(&w, w.p->task->mm, 1);
	vma = RB_MIN(vma_tree, &w.p->task->mm->vmas);
	vma->vm_lock_seq = 1000; /* of long ago */
	child_of_p(&w, &child);
	assert_int_equal(vma->vm_lock_seq == w.p->task->mm->mm_lock_seq - 1, locks);
	switch_world_close(&w);
}

static void test_locks_vmas(void **state)
{
	locks_vmas("v6.4", false);
	locks_vmas("v6.5", true);
	locks_vmas(DEBIAN_NEW, true);
}

/* A thread is no copy. */
static void test_thread(void **state)
{
	struct numasim_process *thread, *child;
	struct switch_world w;
	uint64_t x;

	switch_world_open(&w, DEBIAN_OLD);
	x = switch_world_map(&w, w.p->task->mm, 1);
	store(w.p, x, 1);
	assert_int_equal(numasim_thread(&thread, w.p, 7, &w.err), -ENOENT);
	assert_int_equal(numasim_thread(&thread, w.p, 2, &w.err), 0);
	assert_ptr_equal(thread->task->mm, w.p->task->mm);
	assert_int_equal(thread->task->tgid, w.p->task->tgid);
	assert_int_not_equal(thread->task->pid, w.p->task->pid);
	assert_int_equal(w.p->task->mm->mm_users, 2);
	store(thread, x, 2);
	assert_int_equal(load(w.p, x), 2);
	assert_int_equal(w.p->task->mm->cpumask, 1 | 4);
	/* the child of a thread is a process of one */
	assert_int_equal(numasim_fork(&child, thread, "C", &w.err), 0);
	assert_int_equal(child->task->tgid, child->task->pid);
	assert_string_equal(child->task->mm->label, "C");
	assert_int_equal(child->task->mm->mm_users, 1);
	switch_world_close(&w);
}

static void test_wrong(void **state)
{
	struct numasim_process *child = NULL;
	struct task_struct *task = NULL;
	struct switch_world w;
	char name[64];

	memset(name, 'n', sizeof(name) - 1);
	name[63] = '\0';
	switch_world_open(&w, DEBIAN_OLD);
	assert_int_equal(numasim_fork(&child, w.p, "", &w.err), -EINVAL);
	assert_int_equal(numasim_fork(&child, w.p, name, &w.err), -EINVAL);
	assert_int_equal(numasim_exec(w.p, "", &w.err), -EINVAL);
	assert_null(child);
	assert_int_equal(IN_PROCESS(w.p, do_fork(&task, FORK_THREAD, 9, NULL)), -EINVAL);
	assert_null(task);
	switch_world_close(&w);
}

/* ---- nothing is left over ---- */

static unsigned families(const struct numasim_machine *m)
{
	const struct anon_vma *anon_vma;
	unsigned nr = 0;

	TAILQ_FOREACH(anon_vma, &m->mm->anon_vmas, link)
		nr++;
	return nr;
}

/* One fork with memory running out at its @nth allocation; false: it went through. */
static bool fork_fails(struct switch_world *w, uint64_t nth)
{
	struct numasim_process *child;
	int ret;

	alloc_fail_nth(w->m, nth);
	ret = numasim_fork(&child, w->p, NULL, &w->err);
	alloc_fail_nth(w->m, 0);
	if (!ret) {
		assert_int_equal(numasim_exit(child), 0);
		DO(w->p, (void)0); /* the CPU lets go of the child's tables */
		return false;
	}
	assert_int_equal(ret, -ENOMEM);
	return true;
}

static void test_out_of_memory(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct switch_world w;
		uint64_t x, free;
		unsigned n = 0, fams;

		switch_world_open(&w, releases[i]);
		x = switch_world_map(&w, w.p->task->mm, 4);
		store(w.p, x, 1);
		store(w.p, x + FRAME_SIZE, 2);
		fork_fails(&w, 0); /* what is only made once */
		free = frames_free(w.m);
		fams = families(w.m);
		while (fork_fails(&w, ++n)) {
			assert_int_equal(frames_free(w.m), free);
			assert_int_equal(families(w.m), fams);
			assert_int_equal(w.m->mm->nr_mm, 2);
			assert_int_equal(load(w.p, x), 1);
			store(w.p, x, 1);
		}
		assert_true(n >= 7); /* task, mm, four levels of tables at least */
		assert_int_equal(frames_free(w.m), free);
		switch_world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_flushes_parent),
		cmocka_unit_test(test_locks_vmas),
		cmocka_unit_test(test_thread),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
