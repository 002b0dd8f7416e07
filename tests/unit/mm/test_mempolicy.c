/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies of tasks by release; what two real kernels say is in test_mempolicy_script.c. */
#include "system_world.h"

#include "mm/mempolicy.h"
#include "mm/mm_life.h"
#include "mm/syscalls.h"

#include <stdio.h>

struct call {
	const char *release;
	int mode;
	unsigned long mask;
	long result;
};

static long set(struct system_world *w, int mode, unsigned long mask)
{
	unsigned long room = mask;

	return IN_PROCESS(w->process, sys_set_mempolicy(mode, &room, 65));
}

static long get(struct system_world *w, int *mode, unsigned long *mask, unsigned long maxnode,
		uint64_t addr, unsigned long flags)
{
	return IN_PROCESS(w->process, sys_get_mempolicy(mode, mask, maxnode, addr, flags));
}

/* The mapping that begins at, or holds, @at. */
static struct vm_area_struct *vma_at(struct system_world *w, uint64_t at)
{
	struct vm_area_struct *vma;

	RB_FOREACH(vma, vma_tree, &w->mm->vmas)
		if (vma->vm_end > at)
			return vma;
	return NULL;
}

/* Rows b27abaccf8e8 (preferred-many), fa3bea4e1f82 (weighted), bda420b98505 and 133d04b1ee97 (the
 * balancing flag), local-policy-flags. */
static void modes_come_with_releases(void **state)
{
	static const struct call calls[] = {
		{"v3.8", MPOL_MODE_LOCAL, 0, 0},
		{"v3.8", MPOL_MODE_PREFERRED_MANY, 1, -EINVAL},
		{"v5.14", MPOL_MODE_PREFERRED_MANY, 1, -EINVAL},
		{"v5.15", MPOL_MODE_PREFERRED_MANY, 1, 0},
		{"v6.8", MPOL_MODE_WEIGHTED_INTERLEAVE, 3, -EINVAL},
		{"v6.9", MPOL_MODE_WEIGHTED_INTERLEAVE, 3, 0},
		{"v6.9", MPOL_MODE_WEIGHTED_INTERLEAVE + 1, 3, -EINVAL},
		{"v5.11", MPOL_MODE_BIND | MPOL_FLAG_NUMA_BALANCING, 1, -EINVAL},
		{"v5.12", MPOL_MODE_BIND | MPOL_FLAG_NUMA_BALANCING, 1, 0},
		{"v5.12", MPOL_MODE_LOCAL | MPOL_FLAG_NUMA_BALANCING, 0, -EINVAL},
		{"v6.8", MPOL_MODE_PREFERRED_MANY | MPOL_FLAG_NUMA_BALANCING, 1, -EINVAL},
		{"v6.9", MPOL_MODE_PREFERRED_MANY | MPOL_FLAG_NUMA_BALANCING, 1, 0},
		{"v3.13", MPOL_MODE_LOCAL | MPOL_FLAG_STATIC_NODES, 0, 0},
		{"v6.1", MPOL_MODE_LOCAL | MPOL_FLAG_STATIC_NODES, 0, -EINVAL},
		{"v3.13", MPOL_MODE_BIND | MPOL_FLAG_STATIC_NODES | MPOL_FLAG_RELATIVE_NODES, 1,
		 -EINVAL},
		{"v3.8", -1, 1, -EINVAL},
	};
	struct system_world w;

	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		system_open_small(&w, calls[i].release);
		assert_int_equal(set(&w, calls[i].mode, calls[i].mask), calls[i].result);
		assert_int_equal(w.process->task->mempolicy != NULL, !calls[i].result);
		system_close(&w);
	}
}

/* Row 6d2aec9e123b: mbind() of v5.12 to v5.14 takes the flag with any mode; it has no effect. */
static void balancing_is_checked_late(void **state)
{
	static const char *const release[] = {"v5.12", "v5.14", "v5.15"};
	unsigned long one = 1;
	struct system_world w;

	for (unsigned i = 0; i < 3; i++) {
		uint64_t at;
		long ret;

		system_open_small(&w, release[i]);
		at = system_map(&w, 8 * FRAME_SIZE, false);
		ret = IN_PROCESS(w.process,
				 sys_mbind(at, FRAME_SIZE,
					   MPOL_MODE_INTERLEAVE | MPOL_FLAG_NUMA_BALANCING, &one,
					   65, 0));
		assert_int_equal(ret, i == 2 ? -EINVAL : 0);
		if (i < 2)
			assert_false(vma_at(&w, at)->vm_policy->mof);
		system_close(&w);
	}
}

/* Row 7858d7bca7fb. */
static void local_has_a_name_of_its_own(void **state)
{
	static const char *const release[] = {"v3.8", "v5.13", "v5.14", "debian-6.12.117"};
	struct system_world w;
	int mode;

	for (unsigned i = 0; i < 4; i++) {
		unsigned long mask[16] = {~0ul};

		system_open_small(&w, release[i]);
		assert_int_equal(set(&w, MPOL_MODE_LOCAL, 0), 0);
		assert_int_equal(get(&w, &mode, mask, 1024, 0, 0), 0);
		assert_int_equal(mode, i < 2 ? MPOL_MODE_PREFERRED : MPOL_MODE_LOCAL);
		assert_int_equal(mask[0], 0);
		system_close(&w);
	}
}

/* Row 050c17f239fd. */
static void masks_have_room_for_nodes(void **state)
{
	unsigned long mask[16] = {0};
	struct system_world w;
	int mode;

	system_open_small(&w, "v4.20");
	assert_int_equal(get(&w, &mode, mask, 1023, 0, 0), -EINVAL);
	assert_int_equal(get(&w, &mode, mask, 1024, 0, 0), 0);
	system_close(&w);
	system_open_small(&w, "v5.0");
	assert_int_equal(get(&w, &mode, mask, 1, 0, 0), -EINVAL);
	assert_int_equal(get(&w, &mode, mask, 2, 0, 0), 0);
	system_close(&w);
}

/* Row set-mempolicy-unlocked: to v3.17 the call waits for mmap_sem, which somebody reads here for
 * ever. */
static void mmap_sem_to_v3_17(void **state)
{
	struct system_world w;

	system_open_small(&w, "v3.17");
	assert_int_equal(set(&w, MPOL_MODE_BIND, 1), 0);
	w.mm->mmap_sem.readers = 1;
	assert_int_equal(set(&w, MPOL_MODE_BIND, 2), -EFAULT);
	assert_true(w.system->dead);
	system_close(&w);
	system_open_small(&w, "v3.18");
	w.mm->mmap_sem.readers = 1;
	assert_int_equal(set(&w, MPOL_MODE_BIND, 2), 0);
	system_close(&w);
}

/* A wider mask is filled up with zeroes; one wider than a page is refused. */
static void masks_end_in_zeroes(void **state)
{
	unsigned long mask[16], one = 1;
	struct system_world w;
	int mode;

	memset(mask, 0xff, sizeof(mask));
	system_open_small(&w, "debian-6.1.192");
	assert_int_equal(set(&w, MPOL_MODE_BIND, one), 0);
	assert_int_equal(get(&w, &mode, mask, 129, 0, 0), 0);
	assert_int_equal(mask[0], 1);
	assert_int_equal(mask[1], 0);
	assert_int_equal(mask[2], ~0ul);
	assert_int_equal(get(&w, &mode, mask, 32770, 0, 0), -EINVAL);
	assert_int_equal(mode, MPOL_MODE_BIND); /* the mode was given all the same */
	system_close(&w);
}

/* fork(): the policy and the place in it; then each goes its own way. */
static void children_inherit(void **state)
{
	struct system_world w;
	struct task_struct *child;

	system_open_small(&w, "debian-6.12.117");
	assert_int_equal(set(&w, MPOL_MODE_INTERLEAVE, 3), 0);
	assert_int_equal(IN_PROCESS(w.process, (alloc_page_task(0, 0), 0)), 0);
	assert_int_equal(IN_PROCESS(w.process, do_fork(&child, 0, 2000, NULL)), 0);
	assert_ptr_not_equal(child->mempolicy, w.process->task->mempolicy); /* a copy */
	assert_true(mpol_equal(child->mempolicy, w.process->task->mempolicy));
	assert_int_equal(child->il_prev, 0);
	assert_int_equal(set(&w, MPOL_MODE_DEFAULT, 0), 0);
	assert_int_equal(child->mempolicy->mode, MPOL_MODE_INTERLEAVE);
	system_close(&w);
}

static void out_of_memory_changes_nothing(void **state)
{
	struct system_world w;

	system_open_small(&w, "debian-6.12.117");
	assert_int_equal(set(&w, MPOL_MODE_BIND, 1), 0);
	alloc_fail_nth(w.m, 1);
	assert_int_equal(set(&w, MPOL_MODE_BIND, 2), -ENOMEM);
	assert_int_equal(nodeset_next(&w.process->task->mempolicy->nodes, -1), 0);
	assert_int_equal(set(&w, MPOL_MODE_BIND, 2), 0);
	assert_int_equal(nodeset_next(&w.process->task->mempolicy->nodes, -1), 1);
	system_close(&w);
}

static void check_text(const struct numasim_machine *m, struct mempolicy policy, const char *text)
{
	char buffer[64];

	mpol_to_str(m, buffer, sizeof(buffer), &policy);
	assert_string_equal(buffer, text);
}

static void policies_have_names(void **state)
{
	const struct nodeset both = {{3}}, second = {{2}};
	struct system_world w;
	char small[8];

	system_open_small(&w, "debian-6.12.117");
	check_text(w.m, (struct mempolicy){.mode = MPOL_MODE_LOCAL}, "local");
	check_text(w.m, (struct mempolicy){.mode = MPOL_MODE_PREFERRED, .nodes = second},
		   "prefer:1");
	check_text(w.m, (struct mempolicy){.mode = MPOL_MODE_PREFERRED_MANY, .nodes = both},
		   "prefer (many):0-1");
	check_text(w.m, (struct mempolicy){.mode = MPOL_MODE_WEIGHTED_INTERLEAVE, .nodes = both},
		   "weighted interleave:0-1");
	check_text(w.m, (struct mempolicy){.mode = MPOL_MODE_BIND, .nodes = both,
					   .flags = MPOL_FLAG_RELATIVE_NODES |
						    MPOL_FLAG_NUMA_BALANCING},
		   "bind=relative|balancing:0-1");
	check_text(w.m, (struct mempolicy){.mode = MPOL_MODE_BIND, .nodes = both,
					   .flags = MPOL_FLAG_NUMA_BALANCING},
		   "bind=balancing:0-1");
	mpol_to_str(w.m, small, sizeof(small),
		    &(struct mempolicy){.mode = MPOL_MODE_INTERLEAVE, .nodes = both});
	assert_string_equal(small, "interle"); /* cut, as the kernel's buffer is */
	system_close(&w);
}

/* Ids with gaps: lists are of ids, and neighbours in the list only if their numbers are. */
static void lists_are_of_ids(void **state)
{
	static const unsigned id[] = {0, 1, 2, 8, 9};
	const uint64_t memory[] = {16 * MIB, 16 * MIB, 16 * MIB, 16 * MIB, 16 * MIB};
	unsigned long mask[16] = {1ul << 8 | 1ul << 9 | 5};
	struct system_world w;
	char text[64];
	int mode;

	system_open(&w, "debian-6.12.117", 5, memory, NULL);
	for (unsigned i = 0; i < 5; i++)
		w.m->node[i].id = id[i];
	assert_int_equal(set(&w, MPOL_MODE_BIND, mask[0]), 0);
	mpol_to_str(w.m, text, sizeof(text), w.process->task->mempolicy);
	assert_string_equal(text, "bind:0,2,8-9");
	memset(mask, 0, sizeof(mask));
	assert_int_equal(get(&w, &mode, mask, 11, 0, 0), 0);
	assert_int_equal(mask[0], 1ul << 8 | 1ul << 9 | 5);
	/* relative: the first, second and sixth of five nodes, that is ids 0, 1, and 0 again */
	assert_int_equal(set(&w, MPOL_MODE_BIND | MPOL_FLAG_RELATIVE_NODES, 0x23), 0);
	mpol_to_str(w.m, text, sizeof(text), w.process->task->mempolicy);
	assert_string_equal(text, "bind=relative:0-1");
	assert_int_equal(set(&w, MPOL_MODE_BIND, 1ul << 3), -EINVAL); /* no such node */
	system_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes_come_with_releases),
		cmocka_unit_test(balancing_is_checked_late),
		cmocka_unit_test(local_has_a_name_of_its_own),
		cmocka_unit_test(masks_have_room_for_nodes),
		cmocka_unit_test(mmap_sem_to_v3_17),
		cmocka_unit_test(masks_end_in_zeroes),
		cmocka_unit_test(children_inherit),
		cmocka_unit_test(out_of_memory_changes_nothing),
		cmocka_unit_test(policies_have_names),
		cmocka_unit_test(lists_are_of_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
