/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the error code to the verdict: rights, stacks that grow, the lock of a VMA.
 *
 * Rows that a test here fails without: 0bff0aaea03e, late-anon-vma.
 */
#include "fault_world.h"

static bool fetch(struct fault_world *w, uint64_t at)
{
	return IN_PROCESS(w->process, user_fetch(at, 0, NULL, 0));
}

static void what_the_mapping_forbids_is_a_signal(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t none, data, code, value;

		world_open(&w, release, NUMASIM_THP_NEVER);
		none = world_map(&w, FRAME_SIZE, VM_MAYREAD | VM_MAYWRITE, false)->vm_start;
		data = world_map(&w, FRAME_SIZE, RW_FLAGS, false)->vm_start;
		code = world_map(&w, FRAME_SIZE, VM_READ | VM_EXEC, false)->vm_start;
		assert_int_equal(numasim_process_load(&value, w.process, none), -EFAULT);
		assert_int_equal(numasim_process_store(w.process, none, 1), -EFAULT);
		assert_int_equal(numasim_process_load(&value, w.process, 0), -EFAULT);
		assert_int_equal(numasim_process_load(&value, w.process, code + (1 << 30)),
				 -EFAULT);
		assert_int_equal(numasim_process_store(w.process, code, 1), -EFAULT);
		assert_false(fetch(&w, data)); /* by the second fault: the page is there, and NX */
		assert_true(world_pte(&w, data) & X86_NX);
		assert_true(fetch(&w, code));
		assert_false(world_pte(&w, code) & X86_NX);
		assert_false(fetch(&w, none));
		assert_int_equal(w.mm->mmap_sem.readers, 0);
		assert_int_equal(w.mm->mmap_sem.writer, 0);
		world_close(&w);
	}
}

static void a_corrupted_table_is_an_oops(void **state)
{
	struct fault_world w;
	uint64_t at, value;

	world_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	at = world_map(&w, FRAME_SIZE, RW_FLAGS, false)->vm_start;
	world_store(&w, at, 1);
	world_set(&w, at, 1, world_entry(&w, at, 1) | UINT64_C(1) << 50);
	assert_int_equal(numasim_process_load(&value, w.process, at), -EFAULT);
	assert_true(w.system->dead);
	world_close(&w);
}

/* A mapping of some pages with a stack on top, a gap of @gap bytes between. */
static struct vm_area_struct *map_stack(struct fault_world *w, uint64_t below_flags, uint64_t gap)
{
	struct vm_area_struct *below = world_map(w, FRAME_SIZE, below_flags, false);
	struct vm_area_struct *stack;

	stack = world_map(w, gap + 16 * FRAME_SIZE, RW_FLAGS | VM_GROWSDOWN, false);
	stack->vm_start = below->vm_end + gap;
	stack->vm_end = stack->vm_start + 4 * FRAME_SIZE;
	stack->vm_pgoff = stack->vm_start >> FRAME_SHIFT;
	w->mm->rlimit_stack = 8 << 20;
	w->mm->rlimit_as = w->mm->rlimit_memlock = UINT64_MAX;
	return stack;
}

static void a_stack_grows_to_the_page_that_is_touched(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		struct vm_area_struct *stack;
		uint64_t start, pages;

		world_open(&w, release, NUMASIM_THP_NEVER);
		stack = map_stack(&w, RW_FLAGS, 2 << 20);
		start = stack->vm_start;
		pages = w.mm->total_vm;
		world_store(&w, start - 3 * FRAME_SIZE + 16, 1);
		/* to v4.11 the page below is the guard, and part of the VMA */
		assert_int_equal((start - stack->vm_start) / FRAME_SIZE,
				 kernel_has(w.m->kernel, ROW_LARGE_STACK_GAP) ? 3 : 4);
		assert_int_equal(stack->vm_pgoff, stack->vm_start >> FRAME_SHIFT);
		assert_int_equal(w.mm->total_vm - pages, (start - stack->vm_start) / FRAME_SIZE);
		assert_int_equal(w.mm->mmap_sem.readers | w.mm->mmap_sem.writer, 0);
		assert_int_equal(world_load(&w, start - 3 * FRAME_SIZE + 16), 1);
		world_close(&w);
	}
}

static void a_stack_keeps_its_distance(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		struct vm_area_struct *stack;
		bool large;

		world_open(&w, release, NUMASIM_THP_NEVER);
		large = kernel_has(w.m->kernel, ROW_LARGE_STACK_GAP);
		stack = map_stack(&w, RW_FLAGS, 258 * FRAME_SIZE);
		/* 256 pages stay free; before v4.12 one page does */
		world_store(&w, stack->vm_start - 2 * FRAME_SIZE, 1);
		assert_int_equal(numasim_process_store(w.process,
						       stack->vm_start - 2 * FRAME_SIZE, 1),
				 large ? -EFAULT : 0);
		world_close(&w);
		world_open(&w, release, NUMASIM_THP_NEVER);
		/* one without access does not count */
		stack = map_stack(&w, VM_MAYREAD, 4 * FRAME_SIZE);
		world_store(&w, stack->vm_start - 2 * FRAME_SIZE, 1);
		world_close(&w);
	}
}

static void the_limit_of_stacks_holds(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		struct vm_area_struct *stack;

		world_open(&w, release, NUMASIM_THP_NEVER);
		stack = map_stack(&w, RW_FLAGS, 8 << 20);
		w.mm->rlimit_stack = 8 * FRAME_SIZE;
		assert_int_equal(
			numasim_process_store(w.process, stack->vm_end - 9 * FRAME_SIZE, 1),
			-EFAULT);
		world_store(&w, stack->vm_end - 7 * FRAME_SIZE, 1);
		w.mm->rlimit_stack = 8 << 20;
		stack->vm_flags |= VM_LOCKED;
		w.mm->rlimit_memlock = w.mm->locked_vm << FRAME_SHIFT;
		assert_int_equal(
			numasim_process_store(w.process, stack->vm_start - 5 * FRAME_SIZE, 1),
			-EFAULT);
		world_close(&w);
	}
}

static bool lock_vma(struct fault_world *w, const struct vm_area_struct *vma)
{
	return IN_PROCESS(w->process, lock_vma_under_rcu(w->mm, vma->vm_start) != NULL);
}

/* v6.4+: a VMA that a writer has marked sends the fault to mmap_sem; either way it is handled. */
static void a_fault_tries_the_lock_of_its_mapping_first(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		struct vm_area_struct *vma;

		world_open(&w, release, NUMASIM_THP_NEVER);
		if (!kernel_has(w.m->kernel, ROW_PER_VMA_LOCK)) {
			world_close(&w);
			continue;
		}
		vma = world_map(&w, 4 * FRAME_SIZE, RW_FLAGS, false);
		w.mm->mm_lock_seq = vma->vm_lock_seq + 1;
		w.mm->mmap_sem.writer = 99; /* who needs mmap_sem would not get it */
		world_store(&w, vma->vm_start, 1);
		assert_int_equal(vma->vm_lock.readers, 0);
		w.mm->mmap_sem.writer = 0;
		vma->vm_lock_seq = w.mm->mm_lock_seq;
		assert_false(lock_vma(&w, vma));
		world_store(&w, vma->vm_start + FRAME_SIZE, 1);
		assert_int_equal(vma->vm_lock.readers, 0);
		world_close(&w);
	}
}

static void only_what_the_release_can_handle_goes_under_that_lock(void **state)
{
	EACH_RELEASE(release) {
		struct anon_vma *family;
		struct fault_world w;
		struct vm_area_struct *vma;
		bool late;

		world_open(&w, release, NUMASIM_THP_NEVER);
		vma = world_map(&w, FRAME_SIZE, RW_FLAGS, false);
		family = vma->anon_vma;
		w.mm->mm_lock_seq = vma->vm_lock_seq + 1;
		late = kernel_has(w.m->kernel, ROW_VMA_LOCK_NO_ANON_VMA);
		vma->anon_vma = NULL;
		if (kernel_has(w.m->kernel, ROW_PER_VMA_LOCK)) {
			assert_int_equal(lock_vma(&w, vma), late);
			assert_int_equal(vma->vm_lock.readers, late);
			vma->vm_lock.readers = 0;
		}
		vma->anon_vma = family;
		world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_mapping_forbids_is_a_signal),
		cmocka_unit_test(a_corrupted_table_is_an_oops),
		cmocka_unit_test(a_stack_grows_to_the_page_that_is_touched),
		cmocka_unit_test(a_stack_keeps_its_distance),
		cmocka_unit_test(the_limit_of_stacks_holds),
		cmocka_unit_test(a_fault_tries_the_lock_of_its_mapping_first),
		cmocka_unit_test(only_what_the_release_can_handle_goes_under_that_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
