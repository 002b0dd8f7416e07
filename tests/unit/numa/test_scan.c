/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a scan arms and leaves out, how far it goes, and when it comes.
 *
 * Rows that a test here fails without: 8e76d4eecf7a, fc3147245d19, 6b79c57b92cd,
 * ef6a22b70f6d, fc137c0ddab2.
 */
#include "../sim/sim_world.h"

#include "numa/numa.h"
#include "sim/system.h"

#define ON "/proc/sys/kernel/numa_balancing"
#define FOLDER "/sys/kernel/debug/sched/numa_balancing/"

/* Balancing is on, with a pace that a test can wait for. */
static void start(struct sim_world *w, const char *release, const char *megabytes)
{
	sim_open(w, release, NUMASIM_THP_NEVER);
	assert_int_equal(numasim_write_file(w->p, FOLDER "scan_delay_ms", "1"), 0);
	assert_int_equal(numasim_write_file(w->p, FOLDER "scan_period_min_ms", "10"), 0);
	assert_int_equal(numasim_write_file(w->p, FOLDER "scan_size_mb", megabytes), 0);
	assert_int_equal(numasim_write_file(w->p, ON, "1"), 0);
}

/* Memory of node 1 that nobody is on: the single-thread rule does not spare it. */
static uint64_t far_memory(struct sim_world *w, uint64_t bytes)
{
	unsigned long node1 = 2;
	uint64_t at = sim_map(w, bytes, RW);

	assert_int_equal(numasim_sys_mbind(w->p, at, bytes, 2, &node1, 64, 0), 0);
	assert_int_equal(numasim_touch(w->p, at, bytes, true), 0);
	assert_int_equal(numasim_sys_mbind(w->p, at, bytes, 0, NULL, 0, 0), 0);
	return at;
}

static unsigned armed(struct sim_world *w, uint64_t at, uint64_t bytes)
{
	unsigned n = 0;

	for (uint64_t a = at; a < at + bytes; a += PG) {
		struct numasim_entries e;

		numasim_process_entries(&e, w->p, a);
		n += e.pte && !(e.pte & 1);
	}
	return n;
}

static const char *const modern[] = {"v4.0", "v4.4", "v4.14", "v5.10", "debian-6.1.192", "v6.4",
				     "v6.8", "debian-6.12.117"};

/* The first visit only sets when the address space may be scanned; the second scans, 100 ms
 * later. */
static void a_scan_comes_after_a_second_of_run_time(void **state)
{
	for (unsigned i = 0; i < sizeof(modern) / sizeof(modern[0]); i++) {
		struct sim_world w;
		uint64_t at;

		start(&w, modern[i], "256");
		at = far_memory(&w, 16 * PG);
		/* v5.17 to v6.9 leave pages alone that wait in an LRU batch: fill it */
		assert_int_equal(numasim_touch(w.p, sim_map(&w, 64 * PG, RW), 64 * PG, true), 0);
		assert_int_equal(numasim_process_run(w.p, 1000), 0);
		assert_int_equal(armed(&w, at, 16 * PG), 0);
		assert_int_equal(numasim_process_run(w.p, 200), 0);
		if (armed(&w, at, 16 * PG) != 16)
			fail_msg("%s: %u armed", modern[i], armed(&w, at, 16 * PG));
		assert_in_range(sim_counter(&w, "numa_pte_updates"), 16, 16 + 64);
		sim_close(&w);
	}
}

static void nothing_is_scanned_while_it_is_off(void **state)
{
	struct sim_world w;
	uint64_t at;

	start(&w, "debian-6.12.117", "256");
	assert_int_equal(numasim_write_file(w.p, ON, "0"), 0);
	at = far_memory(&w, 4 * PG);
	assert_int_equal(numasim_process_run(w.p, 5000), 0);
	assert_int_equal(armed(&w, at, 4 * PG), 0);
	sim_close(&w);
}

/* 2 MB a scan: one chunk, and the next one after the period. */
static void a_scan_stops_at_its_size_and_goes_on_there(void **state)
{
	struct sim_world w;
	uint64_t at;

	start(&w, "debian-6.1.192", "2");
	at = (far_memory(&w, 4 * HPG) + HPG - 1) & ~(HPG - 1);
	for (unsigned ms = 0; ms < 2000 && !armed(&w, at, HPG); ms += 4)
		assert_int_equal(numasim_process_run(w.p, 4), 0);
	assert_int_equal(armed(&w, at, HPG), 512);
	assert_int_equal(armed(&w, at + HPG, 2 * HPG), 0);
	for (unsigned ms = 0; ms < 2000 && !armed(&w, at + HPG, HPG); ms += 4)
		assert_int_equal(numasim_process_run(w.p, 4), 0);
	assert_int_equal(armed(&w, at + HPG, HPG), 512);
	assert_int_equal(armed(&w, at + 2 * HPG, HPG), 0);
	sim_close(&w);
}

static void what_is_where_it_should_be_is_left_out(void **state)
{
	struct sim_world w;
	uint64_t here, none, bound;
	unsigned long node1 = 2;

	start(&w, "debian-6.12.117", "256");
	here = sim_map(&w, 4 * PG, RW);
	assert_int_equal(numasim_touch(w.p, here, 4 * PG, true), 0);
	none = far_memory(&w, 4 * PG);
	assert_int_equal(numasim_sys_mprotect(w.p, none, 4 * PG, PROT_NONE), 0);
	bound = sim_map(&w, 4 * PG, RW);
	assert_int_equal(numasim_sys_mbind(w.p, bound, 4 * PG, 2, &node1, 64, 0), 0);
	assert_int_equal(numasim_touch(w.p, bound, 4 * PG, true), 0);
	assert_int_equal(numasim_process_run(w.p, 3000), 0);
	assert_int_equal(armed(&w, here, 4 * PG), 0);
	assert_int_equal(armed(&w, bound, 4 * PG), 0);
	assert_int_equal(sim_counter(&w, "numa_pte_updates"), 0);
	sim_close(&w);
}

/* From the third pass on a VMA is scanned for who had a hint fault in it: v6.4 to v6.6. */
static void hint_faults_keep_a_mapping_in_the_scan(void **state)
{
	struct vma_numab_state *numab;
	struct sim_world w;
	uint64_t at;

	start(&w, "v6.4", "256");
	at = far_memory(&w, 16 * PG);
	for (unsigned ms = 0; ms < 3000 && !armed(&w, at, PG); ms += 4)
		assert_int_equal(numasim_process_run(w.p, 4), 0);
	numab = RB_MIN(vma_tree, &w.p->task->mm->vmas)->numab_state;
	assert_non_null(numab);
	assert_int_equal(numab->pids_active[1], 0);
	assert_int_equal(numasim_process_store(w.p, at, 2), 0);
	assert_int_not_equal(numab->pids_active[1], 0);
	sim_close(&w);
}

/* v6.4: nobody had a fault, so it is scanned in the first two passes only. */
static void a_mapping_without_faults_drops_out(void **state)
{
	struct sim_world w;
	uint64_t at;

	start(&w, "v6.4", "256");
	at = far_memory(&w, 16 * PG);
	assert_int_equal(numasim_process_run(w.p, 3000), 0);
	assert_true(w.p->task->mm->numa_scan_seq > 4);
	assert_int_equal(armed(&w, at, PG), 1);
	/* new memory in the same mapping is not found any more */
	assert_int_equal(numasim_sys_madvise(w.p, at, 16 * PG, MADV_DONTNEED), 0);
	assert_int_equal(numasim_touch(w.p, at, 16 * PG, true), 0);
	assert_int_equal(numasim_process_run(w.p, 3000), 0);
	assert_int_equal(armed(&w, at, 16 * PG), 0);
	sim_close(&w);
}

static long judge(struct sim_world *w, struct vm_area_struct *vma)
{
	return IN_PROCESS(w->p, scan_judge_vma(vma));
}

static void expect_verdict(const char *release, uint64_t flags, enum vma_verdict verdict)
{
	struct vm_area_struct vma = {.vm_start = HPG, .vm_end = 3 * HPG, .vm_flags = flags};
	struct sim_world w;

	if (!release)
		return;
	sim_open(&w, release, NUMASIM_THP_NEVER);
	if (judge(&w, &vma) != (long)verdict)
		fail_msg("flags %#lx on %s: %ld", flags, release, judge(&w, &vma));
	sim_close(&w);
}

/* Each rung by itself: the flag that stops it, and the first release with the rung. */
static void each_rung_has_its_release(void **state)
{
	static const struct {
		uint64_t flags;
		enum vma_verdict verdict;
		const char *without, *with; /* without: NULL: always there */
	} rungs[] = {
		{VM_READ | VM_PFNMAP, VMA_UNMIGRATABLE, NULL, "v3.8"},
		{VM_READ | VM_IO, VMA_UNMIGRATABLE, NULL, "v6.12"},
		{VM_READ | VM_WRITE | VM_HUGETLB, VMA_HUGETLB, "v3.19", "v4.0"},
		{VM_READ | VM_WRITE | VM_MIXEDMAP, VMA_MIXEDMAP, "v4.0", "v4.1"},
		{VM_MAYREAD, VMA_INACCESSIBLE, "v3.12", "v3.13"},
	};

	for (unsigned i = 0; i < sizeof(rungs) / sizeof(rungs[0]); i++) {
		expect_verdict(rungs[i].with, rungs[i].flags, rungs[i].verdict);
		expect_verdict(rungs[i].without, rungs[i].flags, VMA_SCAN);
	}
}

static void small_mappings_are_left_out_to_v3_12(void **state)
{
	struct vm_area_struct vma = {.vm_start = HPG, .vm_end = HPG + PG,
				     .vm_flags = VM_READ | VM_WRITE};
	struct sim_world w;

	sim_open(&w, "v3.12", NUMASIM_THP_NEVER);
	assert_int_equal(judge(&w, &vma), VMA_SMALL);
	sim_close(&w);
	sim_open(&w, "v3.13", NUMASIM_THP_NEVER);
	assert_int_equal(judge(&w, &vma), VMA_SCAN);
	sim_close(&w);
}

static long windows(struct mm_struct *mm, int64_t rss)
{
	mm->rss[MM_ANONPAGES] = rss;
	return (long)task_scan_min(mm) << 20 | (long)task_scan_max(mm);
}

static long windows_in(struct sim_world *w, struct mm_struct *mm, int64_t rss)
{
	return IN_PROCESS(w->p, windows(mm, rss));
}

/* 256 MB are 65,536 pages: one window; never more than 2,560 MB in a second. */
static void periods_follow_what_is_resident(void **state)
{
	static const struct {
		int64_t rss;
		long min, max;
	} cases[] = {{0, 1000, 60000}, {65536, 1000, 60000}, {65537, 500, 30000},
		     {4 * 65536, 250, 15000}, {100 * 65536, 100, 600}};
	struct sim_world w;
	struct mm_struct *mm;

	sim_open(&w, "debian-6.1.192", NUMASIM_THP_NEVER);
	mm = w.p->task->mm;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		long got = windows_in(&w, mm, cases[i].rss);

		assert_int_equal(got >> 20, cases[i].min);
		assert_int_equal(got & 0xfffff, cases[i].max);
	}
	mm->rss[MM_ANONPAGES] = 0;
	sim_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scan_comes_after_a_second_of_run_time),
		cmocka_unit_test(nothing_is_scanned_while_it_is_off),
		cmocka_unit_test(a_scan_stops_at_its_size_and_goes_on_there),
		cmocka_unit_test(what_is_where_it_should_be_is_left_out),
		cmocka_unit_test(hint_faults_keep_a_mapping_in_the_scan),
		cmocka_unit_test(a_mapping_without_faults_drops_out),
		cmocka_unit_test(each_rung_has_its_release),
		cmocka_unit_test(small_mappings_are_left_out_to_v3_12),
		cmocka_unit_test(periods_follow_what_is_resident),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
