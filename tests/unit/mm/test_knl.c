/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * D10: an Intel Xeon Phi x200 can set A and D in an entry whose P was cleared after it looked.
 *
 *	CPU 1, to write              CPU 0, to unmap
 *	walk: P, no D
 *	                             entry = 0
 *	set A and D: entry = 0x60
 *	P is clear: fault
 *	                             flush; is the entry empty?
 */
#include "fault_world.h"

#include "mm/api.h"
#include "mm_world.h"
#include "x86/walk.h"

#define MARKS ((uint64_t)(X86_A | X86_D))

static void walk(struct x86_walk *found, struct fault_world *w, uint64_t at)
{
	const struct x86_access access = {.va = at, .write = true, .user = true};

	x86_walk(found, &w->process->cpu->mode, &w->m->phys, w->mm->pgd, &access);
	assert_int_equal(found->outcome, X86_OK);
}

static void marks_reach_an_entry_that_was_cleared(void **state)
{
	struct fault_world w;
	struct x86_walk found;
	uint64_t at, entry;

	world_open(&w, "v4.8", NUMASIM_THP_NEVER);
	at = world_map(&w, FRAME_SIZE, RW_FLAGS, false)->vm_start;
	world_store(&w, at, 1);
	entry = world_entry(&w, at, 1) & ~MARKS;
	world_set(&w, at, 1, entry);
	walk(&found, &w, at);
	assert_int_equal(x86_walk_mark(&found), 0);
	assert_int_equal(world_entry(&w, at, 1), entry | MARKS);
	world_set(&w, at, 1, entry);
	walk(&found, &w, at);
	world_set(&w, at, 1, 0);
	assert_int_equal(x86_walk_commit(&found), -EAGAIN); /* a sound processor */
	assert_int_equal(world_entry(&w, at, 1), 0);
	assert_int_equal(x86_walk_mark(&found), -EAGAIN);
	assert_int_equal(world_entry(&w, at, 1), MARKS);
	world_set(&w, at, 1, entry | MARKS);
	walk(&found, &w, at);
	world_set(&w, at, 1, 0);
	assert_int_equal(x86_walk_mark(&found), 0); /* there was nothing to set */
	assert_int_equal(world_entry(&w, at, 1), 0);
	world_close(&w);
}

static void a_sound_program_runs_on_such_a_processor(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at;

		world_open(&w, release, NUMASIM_THP_NEVER);
		w.process->cpu->mode.ad_erratum = true;
		at = world_map(&w, 2 * FRAME_SIZE, RW_FLAGS, false)->vm_start;
		assert_int_equal(world_load(&w, at), 0);
		world_store(&w, at, 1);
		world_store(&w, at + FRAME_SIZE, 2);
		assert_int_equal(world_load(&w, at), 1);
		assert_int_equal(world_load(&w, at + FRAME_SIZE), 2);
		assert_false(w.process->cpu->mid_instruction);
		world_close(&w);
	}
}

/* 97e3c602ccbd, v4.8: such an entry is empty. Before, it is a swap entry of no device, for which no
 * page can be had: that is taken for lack of memory, and the thread is killed. */
static void an_empty_entry_with_marks_by_release(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at;
		bool ignores;

		world_open(&w, release, NUMASIM_THP_NEVER);
		ignores = kernel_has(w.m->kernel, ROW_KNL_NONE);
		at = world_map(&w, 2 * FRAME_SIZE, RW_FLAGS, false)->vm_start;
		world_store(&w, at + FRAME_SIZE, 1);
		world_set(&w, at, 1, MARKS);
		assert_int_equal(numasim_process_store(w.process, at, 2), ignores ? 0 : -EFAULT);
		if (ignores)
			assert_int_equal(world_load(&w, at), 2);
		else
			assert_int_equal(world_entry(&w, at, 1), MARKS);
		assert_false(w.system->dead);
		world_close(&w);
	}
}

/* 00839ee3b299, v4.8: type and offset of a swap entry lie above A and D. */
static void a_swap_entry_with_marks_by_release(void **state)
{
	EACH_RELEASE(release) {
		const struct kernel *k;
		struct fault_world w;
		uint64_t entry;
		bool same;

		world_open(&w, release, NUMASIM_THP_NEVER);
		k = w.m->kernel;
		entry = kernel_swp_entry(k, 0, 0x200);
		same = kernel_swp_type(k, entry | MARKS) == 0 &&
		       kernel_swp_offset(k, entry | MARKS) == 0x200;
		assert_int_equal(same, kernel_has(k, ROW_KNL_SWAP));
		world_close(&w);
	}
}

/* Unmap one page as zap does, and look whether it stays unmapped. */
static void zaps(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t *pte = entry_find(w->m, w->mm, w->x, 1);
	struct lock *ptl = pte_lockptr(w->mm, pte);

	lock_take(ptl);
	ptep_clear_flush(w->vma, w->x & PAGE_MASK_4K, pte);
	numasim_assert(!*pte);
	lock_release(ptl);
}

static void stores(void *payload)
{
	const struct mm_world *w = payload;

	numasim_user_store(w->x, 2);
}

/* In some order the erratum shows; on a sound processor in none. The entry is clean at first. */
static void the_race_is_found(void **state)
{
	for (int erratum = 0; erratum < 2; erratum++) {
		struct numasim_program_options options = {.release = "v3.13"};
		struct mm_world w;
		uint64_t *pte;

		mm_world_open(&w, &options, false);
		pte = entry_find(w.m, w.mm, w.x, 1);
		*pte &= ~(uint64_t)X86_D;
		mm_world_add(&w, "zapper", zaps, 0);
		mm_world_add(&w, "writer", stores, 1);
		for (unsigned i = 0; i < w.m->nr_cpus; i++) {
			x86_mov_cr3(w.m->cpu[i].tlb, NULL, false, w.mm->pgd);
			w.m->cpu[i].mode.ad_erratum = erratum;
		}
		mm_world_search(&w, NUMASIM_ENGINE_GRAPH, "assertion");
		assert_int_equal(w.info.verdict == NUMASIM_VERDICT_BROKEN, erratum);
		mm_world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_reach_an_entry_that_was_cleared),
		cmocka_unit_test(a_sound_program_runs_on_such_a_processor),
		cmocka_unit_test(an_empty_entry_with_marks_by_release),
		cmocka_unit_test(a_swap_entry_with_marks_by_release),
		cmocka_unit_test(the_race_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
