/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of /proc and /sys, counters, and the audit, which must find what is wrong. */
#include "sim_world.h"

#include "mm/page.h"
#include "sim/system.h"

static void bad_values_and_names_are_refused(void **state)
{
	static const struct {
		const char *path, *text;
		long result;
	} cases[] = {
		{"/proc/sys/kernel/numa_balancing", "1", 0},
		{"/proc/sys/kernel/numa_balancing", "2", -EINVAL},
		{"/proc/sys/kernel/numa_balancing", "-1", -EINVAL},
		{"/proc/sys/kernel/numa_balancing", "", -EINVAL},
		{"/proc/sys/kernel/numa_balancing", "1x", -EINVAL},
		{"/sys/kernel/debug/sched/numa_balancing/scan_size_mb", "0", -EINVAL},
		{"/sys/kernel/debug/sched/numa_balancing/scan_size_mb", "64", 0},
		{"/sys/kernel/debug/sched/numa_balancing/scan_delay_ms", "99999999999", -EINVAL},
		{"/sys/kernel/mm/transparent_hugepage/enabled", "sometimes", -EINVAL},
		{"/sys/kernel/mm/transparent_hugepage/enabled", "madvise", 0},
		{"/proc/self/clear_refs", "0", -EINVAL},
		{"/proc/self/clear_refs", "4", 0},
		{"/proc/sys/vm/nr_hugepages", "many", -EINVAL},
		{"/proc/sys/vm/nr_hugepages", "2", 0},
		{"/proc/sys/vm/nr_hugepages", "0", 0},
		{"/proc/sys/kernel/numa_balancing", "0\n", 0},
		{"/proc/sys/kernel/numa_balancing", "0\n\n", -EINVAL},
		{"/proc/sys/kernel/numa_balancing", "\n", -EINVAL},
		{"/proc/sys/kernel/numa_balancing", "0\n1", -EINVAL},
		{"/sys/kernel/mm/transparent_hugepage/enabled", "never\n", 0},
		{"/proc/self/clear_refs", "1\n", 0},
		{"/sys/kernel/mm/mempolicy/weighted_interleave/node0", "7\n", 0},
		{"/sys/kernel/mm/mempolicy/weighted_interleave/node0", "\n", 0},
		{"/proc/no", "1", -ENOENT},
		{"/proc/no", "1\n", -ENOENT},
	};
	struct sim_world w;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_ALWAYS);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (numasim_write_file(w.p, cases[i].path, cases[i].text) != cases[i].result)
			fail_msg("\"%s\" to %s", cases[i].text, cases[i].path);
	sim_close(&w);
}

static void counters_have_the_kernels_names(void **state)
{
	struct sim_world w;
	uint64_t value;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_ALWAYS);
	assert_int_equal(numasim_vmstat(&value, w.system, "pgfault"), 0);
	assert_int_equal(numasim_vmstat(&value, w.system, "numa_interleave"), 0);
	assert_int_equal(numasim_vmstat(&value, w.system, "interleave_hit"), -ENOENT);
	assert_int_equal(numasim_vmstat(&value, w.system, ""), -ENOENT);
	value = sim_counter(&w, "numa_hit");
	assert_int_equal(numasim_touch(w.p, sim_map(&w, PG, RW), PG, true), 0);
	assert_true(sim_counter(&w, "numa_hit") > value);
	sim_close(&w);
}

static void huge_pages_come_as_the_setting_says(void **state)
{
	struct numasim_entries e;
	struct sim_world w;
	uint64_t at;

	for (unsigned huge = 0; huge < 2; huge++) {
		sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
		if (huge)
			assert_int_equal(numasim_write_file(
				w.p, "/sys/kernel/mm/transparent_hugepage/enabled", "always"), 0);
		at = (sim_map(&w, 2 * HPG, RW) + HPG - 1) & ~(HPG - 1);
		assert_int_equal(numasim_process_store(w.p, at, 1), 0);
		numasim_process_entries(&e, w.p, at);
		assert_int_equal(e.pmd >> 7 & 1, huge);
		sim_close(&w);
	}
}

static void the_audit_finds_a_lost_reference(void **state)
{
	struct sim_world w;
	struct numasim_entries e;
	struct page *page;
	uint64_t at;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	at = sim_map(&w, PG, RW);
	assert_int_equal(numasim_process_store(w.p, at, 1), 0);
	assert_int_equal(numasim_system_audit(w.system, &w.err), 0);
	numasim_process_entries(&e, w.p, at);
	page = pfn_to_page(w.system->machine, e.pte >> 12 & 0xffffffffff);
	page->count++;
	assert_int_equal(numasim_system_audit(w.system, &w.err), -EUCLEAN);
	page->count--;
	w.system->machine->exec.violation.found = false;
	sim_close(&w);
}

static void swap_comes_once(void **state)
{
	struct sim_world w;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	assert_int_equal(numasim_sys_swapon(w.p, 1), -EINVAL);
	assert_int_equal(numasim_sys_swapon(w.p, 64), 0);
	assert_int_equal(numasim_sys_swapon(w.p, 64), -EBUSY);
	sim_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_values_and_names_are_refused),
		cmocka_unit_test(counters_have_the_kernels_names),
		cmocka_unit_test(huge_pages_come_as_the_setting_says),
		cmocka_unit_test(the_audit_finds_a_lost_reference),
		cmocka_unit_test(swap_comes_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
