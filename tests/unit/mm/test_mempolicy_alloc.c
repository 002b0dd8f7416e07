/* SPDX-License-Identifier: BSD-2-Clause */
/* Where pages come from, by policy and release. Nodes 0 1 2 in a row: 1 is nearest to both. */
#include "mempolicy_world.h"

#include <numasim/system_calls.h>

static void expect_task_pages(struct system_world *w, const char *nodes)
{
	for (; *nodes; nodes++)
		assert_int_equal(task_page(w), *nodes - '0');
}

static void fill(struct system_world *w, unsigned node)
{
	while (IN_PROCESS(w->process, take(alloc_page_node(node, false, false))) >= 0)
		;
}

static void the_default_is_here(void **state)
{
	struct system_world w;

	open_three(&w, "v3.8");
	expect_task_pages(&w, "000");
	fill(&w, 0);
	expect_task_pages(&w, "11");
	system_close(&w);
}

static void preferred_comes_first(void **state)
{
	struct system_world w;

	open_three(&w, "v3.13");
	set(&w, MPOL_MODE_PREFERRED, 4);
	expect_task_pages(&w, "22");
	fill(&w, 2);
	expect_task_pages(&w, "11"); /* the nearest to 2 */
	system_close(&w);
}

static void bind_takes_the_nearest_and_no_other(void **state)
{
	struct system_world w;

	open_three(&w, "v3.8");
	set(&w, MPOL_MODE_BIND, 6);
	expect_task_pages(&w, "11");
	fill(&w, 1);
	expect_task_pages(&w, "22");
	fill(&w, 2);
	assert_int_equal(task_page(&w), -1);
	system_close(&w);
}

static void preferred_many_goes_on_elsewhere(void **state)
{
	struct system_world w;

	open_three(&w, "v5.15");
	set(&w, MPOL_MODE_PREFERRED_MANY, 6);
	expect_task_pages(&w, "11");
	fill(&w, 1);
	expect_task_pages(&w, "22");
	fill(&w, 2);
	expect_task_pages(&w, "00");
	system_close(&w);
}

static void interleaving_takes_turns(void **state)
{
	struct system_world w;

	open_three(&w, "v3.8");
	set(&w, MPOL_MODE_INTERLEAVE, 5);
	expect_task_pages(&w, "02020");
	assert_int_equal(zone_of(w.m, 0)->stat[NUMA_STAT_INTERLEAVE_HIT], 3);
	assert_int_equal(zone_of(w.m, 2)->stat[NUMA_STAT_INTERLEAVE_HIT], 2);
	set(&w, MPOL_MODE_INTERLEAVE, 7);
	expect_task_pages(&w, "0120"); /* from the first again */
	fill(&w, 1);
	expect_task_pages(&w, "220"); /* its turn falls to the nearest: of equals, to the next */
	assert_int_equal(zone_of(w.m, 1)->stat[NUMA_STAT_INTERLEAVE_HIT], 1);
	system_close(&w);
}

/* Row fa3bea4e1f82. */
static void weights_count(void **state)
{
	struct system_world w;
	uint64_t at;

	open_three(&w, "v6.9");
	assert_int_equal(IN_PROCESS(w.process, mpol_set_weight(w.m, 0, 3)), 0);
	assert_int_equal(IN_PROCESS(w.process, mpol_set_weight(w.m, 2, 2)), 0);
	set(&w, MPOL_MODE_WEIGHTED_INTERLEAVE, 5);
	expect_task_pages(&w, "0002200022");
	assert_int_equal(zone_of(w.m, 0)->stat[NUMA_STAT_INTERLEAVE_HIT], 0); /* not counted */
	assert_int_equal(IN_PROCESS(w.process, mpol_set_weight(w.m, 0, 0)), 0);
	expect_task_pages(&w, "022022");
	at = system_map(&w, 16 * FRAME_SIZE, false);
	bind_vma(&w, at, 16 * FRAME_SIZE, MPOL_MODE_WEIGHTED_INTERLEAVE, 6);
	for (unsigned i = 0; i < 9; i++) {
		uint64_t address = at + i * FRAME_SIZE;

		assert_int_equal(vma_page(&w, address, 0),
				 (address >> FRAME_SHIFT) % 3 ? 2 : 1);
	}
	system_close(&w);
}

#define WEIGHT "/sys/kernel/mm/mempolicy/weighted_interleave/"

static void weights_can_be_refused(void **state)
{
	struct system_world w;

	open_three(&w, "v6.8");
	assert_int_equal(mpol_set_weight(w.m, 0, 3), -ENOENT);
	system_close(&w);
	open_three(&w, "v6.9");
	assert_int_equal(numasim_write_file(w.process, WEIGHT "node2", "255"), 0);
	assert_int_equal(mpol_weight(w.m, 2), 255);
	assert_int_equal(numasim_write_file(w.process, WEIGHT "node2", ""), 0);
	assert_int_equal(mpol_weight(w.m, 2), 1);
	assert_int_equal(numasim_write_file(w.process, WEIGHT "node2", "0"), -EINVAL);
	assert_int_equal(numasim_write_file(w.process, WEIGHT "node2", "256"), -EINVAL);
	assert_int_equal(numasim_write_file(w.process, WEIGHT "node2", "x"), -EINVAL);
	assert_int_equal(numasim_write_file(w.process, WEIGHT "node3", "1"), -ENOENT);
	assert_int_equal(numasim_write_file(w.process, WEIGHT "node", "1"), -ENOENT);
	assert_int_equal(mpol_set_weight(w.m, 3, 3), -ENOENT);
	assert_int_equal(mpol_weight(w.m, 0), 1);
	system_close(&w);
}

/* Row ddc1a5cbc05d. By the place in the mapping's file or family, not by a counter, also if the
 * policy is the task's. */
static void interleaving_goes_by_offset(void **state)
{
	static const char *const release[] = {"v3.8", "v6.6", "v6.7"};
	struct system_world w;

	for (unsigned k = 0; k < 3; k++) {
		uint64_t at;

		open_three(&w, release[k]);
		set(&w, MPOL_MODE_INTERLEAVE, 7);
		at = system_map(&w, 16 * FRAME_SIZE, false);
		for (unsigned i = 0; i < 6; i++) {
			uint64_t place = (at >> FRAME_SHIFT) + i;

			/* to v6.6 of 32 bits */
			assert_int_equal(vma_page(&w, at + i * FRAME_SIZE, 0),
					 k < 2 ? (uint32_t)place % 3 : place % 3);
		}
		system_close(&w);
	}
}

static void a_vma_has_the_last_word(void **state)
{
	struct system_world w;
	uint64_t at;

	open_three(&w, "v3.8");
	set(&w, MPOL_MODE_BIND, 4);
	at = system_map(&w, 4 * FRAME_SIZE, false);
	assert_int_equal(vma_page(&w, at, 0), 2);
	bind_vma(&w, at, 4 * FRAME_SIZE, MPOL_MODE_PREFERRED, 2);
	assert_int_equal(vma_page(&w, at, 0), 1);
	bind_vma(&w, at, 4 * FRAME_SIZE, MPOL_MODE_LOCAL, 0);
	assert_int_equal(vma_page(&w, at, 0), 0);
	system_close(&w);
}

/* Rows c6018b4b2549 and ddc1a5cbc05d. */
static void home_nodes(void **state)
{
	static const char *const release[] = {"v5.17", "v6.6", "v6.7"};
	struct system_world w;

	for (unsigned i = 0; i < 3; i++) {
		uint64_t at;

		open_three(&w, release[i]);
		at = system_map(&w, 2 * HPAGE_SIZE, true);
		bind_vma(&w, at, 2 * HPAGE_SIZE, MPOL_MODE_BIND, 7);
		assert_int_equal(IN_PROCESS(w.process, sys_set_mempolicy_home_node(
						    at, 2 * HPAGE_SIZE, 2, 0)), 0);
		assert_int_equal(vma_page(&w, at, 0), 2);
		/* huge pages start there, too, only since v6.7 */
		assert_int_equal(vma_page(&w, at, HPAGE_ORDER), i == 2 ? 2 : 0);
		system_close(&w);
	}
	open_three(&w, "v5.16");
	assert_int_equal(IN_PROCESS(w.process, sys_set_mempolicy_home_node(0, 0, 0, 0)), -ENOSYS);
	system_close(&w);
}

/* Node 0 has no huge page left. Advised: the mapping has MADV_HUGEPAGE. */
static long huge_page_elsewhere(const char *release, bool advised, int mode, unsigned long mask)
{
	struct system_world w;
	uint64_t at;
	long node;

	open_three(&w, release);
	while (IN_PROCESS(w.process, take(alloc_page_node(0, true, false))) >= 0)
		;
	at = system_map(&w, 2 * HPAGE_SIZE, true);
	vma_at(&w, at)->vm_flags &= ~(uint64_t)(advised ? 0 : VM_HUGEPAGE);
	if (mode)
		bind_vma(&w, at, 2 * HPAGE_SIZE, mode, mask);
	node = vma_page(&w, at, HPAGE_ORDER);
	system_close(&w);
	return node;
}

/* Rows 077fcf116c8c and a8282608c88e. */
static void huge_pages_stay_near(void **state)
{
	assert_int_equal(huge_page_elsewhere("v3.19", false, 0, 0), 1);
	assert_int_equal(huge_page_elsewhere("v4.0", true, 0, 0), -1);
	assert_int_equal(huge_page_elsewhere("v5.2", true, 0, 0), -1);
	assert_int_equal(huge_page_elsewhere("v5.3", false, 0, 0), -1);
	assert_int_equal(huge_page_elsewhere("v5.3", true, 0, 0), 1);
	assert_int_equal(huge_page_elsewhere("debian-6.12.117", false, 0, 0), -1);
	assert_int_equal(huge_page_elsewhere("debian-6.12.117", true, 0, 0), 1);
	/* a policy that does not have this node looks further */
	assert_int_equal(huge_page_elsewhere("v4.0", false, MPOL_MODE_BIND, 4), 2);
	assert_int_equal(huge_page_elsewhere("v4.0", false, MPOL_MODE_BIND, 5), -1);
	assert_int_equal(huge_page_elsewhere("v6.1", true, MPOL_MODE_BIND, 5), 2);
	assert_int_equal(huge_page_elsewhere("v6.1", false, MPOL_MODE_PREFERRED_MANY, 1), 1);
}

/* Row 0867a57c4f80: v4.0 and v4.1 take huge pages from where the task runs. */
static void huge_pages_where_preferred(void **state)
{
	static const struct {
		const char *release;
		long node;
	} expect[] = {{"v3.19", 2}, {"v4.0", 0}, {"v4.1", 0}, {"v4.2", 2}, {"v6.12", 2}};
	struct system_world w;

	for (unsigned i = 0; i < 5; i++) {
		uint64_t at;

		open_three(&w, expect[i].release);
		at = system_map(&w, HPAGE_SIZE, true);
		bind_vma(&w, at, HPAGE_SIZE, MPOL_MODE_PREFERRED, 4);
		assert_int_equal(vma_page(&w, at, HPAGE_ORDER), expect[i].node);
		system_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_is_here),
		cmocka_unit_test(preferred_comes_first),
		cmocka_unit_test(bind_takes_the_nearest_and_no_other),
		cmocka_unit_test(preferred_many_goes_on_elsewhere),
		cmocka_unit_test(interleaving_takes_turns),
		cmocka_unit_test(weights_count),
		cmocka_unit_test(weights_can_be_refused),
		cmocka_unit_test(interleaving_goes_by_offset),
		cmocka_unit_test(a_vma_has_the_last_word),
		cmocka_unit_test(home_nodes),
		cmocka_unit_test(huge_pages_stay_near),
		cmocka_unit_test(huge_pages_where_preferred),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
