/* SPDX-License-Identifier: BSD-2-Clause */
/* What a system shows as the two recorded kernels do: page flags on the way to a list, signals. */
#include "sim_world.h"

#include <signal.h>

#define FRAME(entry) ((entry) & ((UINT64_C(1) << 55) - 1))
#define KPF(n)	     (UINT64_C(1) << (n))
enum { REFERENCED = 2, LRU = 5, ACTIVE = 6, SWAPCACHE = 13, MAPPEDTODISK = 34, OWNER_PRIVATE = 37 };

static uint64_t flags_at(struct sim_world *w, uint64_t at)
{
	uint64_t entry, flags;

	assert_int_equal(numasim_pagemap(&entry, w->p, at), 0);
	assert_int_equal(numasim_kpageflags(&flags, w->system, FRAME(entry)), 0);
	return flags;
}

static uint64_t counted(struct sim_world *w, const char *name)
{
	uint64_t value;

	assert_int_equal(numasim_vmstat(&value, w->system, name), 0);
	return value;
}

/* With generations a page that a fault made is active until it is on a list. */
static void a_new_page_waits_for_its_list(void **state)
{
	static const struct {
		const char *release;
		bool active;
	} cases[] = {{"debian-6.1.192", false}, {"debian-6.12.117", true}, {"v6.12", false}};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sim_world w;
		uint64_t at;

		sim_open(&w, cases[i].release, NUMASIM_THP_NEVER);
		at = sim_map(&w, PG, RW);
		assert_int_equal(numasim_process_store(w.p, at, 1), 0);
		assert_int_equal(flags_at(&w, at) & (KPF(LRU) | KPF(ACTIVE)),
				 cases[i].active ? KPF(ACTIVE) : 0);
		assert_int_equal(numasim_system_drain(w.system), 0);
		assert_int_equal(flags_at(&w, at) & (KPF(LRU) | KPF(ACTIVE)), KPF(LRU));
		sim_close(&w);
	}
}

/* What is populated counts as referenced; generations forget it when the page is on a list. */
static void populated_pages_are_referenced(void **state)
{
	static const struct {
		const char *release;
		bool referenced;
	} cases[] = {{"debian-6.1.192", true}, {"debian-6.12.117", false}};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sim_world w;
		long at;

		sim_open(&w, cases[i].release, NUMASIM_THP_NEVER);
		at = numasim_sys_mmap(w.p, 0, PG, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
				      -1, 0);
		assert_true(at > 0);
		assert_int_equal(flags_at(&w, (uint64_t)at) & (KPF(LRU) | KPF(REFERENCED)),
				 KPF(LRU) | (cases[i].referenced ? KPF(REFERENCED) : 0));
		sim_close(&w);
	}
}

/* The bit of v5.19+ that says whether a page belongs to one process alone. */
static void exclusive_pages_show(void **state)
{
	struct numasim_process *child;
	struct sim_world w;
	uint64_t at, reused;

	sim_open(&w, "debian-6.1.192", NUMASIM_THP_NEVER);
	at = sim_map(&w, PG, RW);
	assert_int_equal(numasim_process_store(w.p, at, 1), 0);
	assert_true(flags_at(&w, at) & KPF(MAPPEDTODISK));
	assert_int_equal(numasim_fork(&child, w.p, NULL, &w.err), 0);
	assert_false(flags_at(&w, at) & KPF(MAPPEDTODISK));
	assert_int_equal(numasim_exit(child), 0);
	reused = counted(&w, "pgreuse");
	assert_int_equal(numasim_process_store(w.p, at, 2), 0);
	assert_int_equal(counted(&w, "pgreuse") - reused, 1);
	assert_true(flags_at(&w, at) & KPF(MAPPEDTODISK));
	sim_close(&w);
	sim_open(&w, "v5.18", NUMASIM_THP_NEVER);
	at = sim_map(&w, PG, RW);
	assert_int_equal(numasim_process_store(w.p, at, 1), 0);
	assert_false(flags_at(&w, at) & KPF(MAPPEDTODISK));
	sim_close(&w);
}

/* Two processes' page that comes back from swap stays in the cache: two bits say so. */
static void the_swap_cache_shows(void **state)
{
	struct numasim_process *child;
	struct sim_world w;
	uint64_t at, value;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	assert_int_equal(numasim_sys_swapon(w.p, 64), 0);
	at = sim_map(&w, PG, RW);
	assert_int_equal(numasim_process_store(w.p, at, 1), 0);
	assert_int_equal(numasim_system_drain(w.system), 0);
	assert_int_equal(numasim_sys_madvise(w.p, at, PG, 21 /* MADV_PAGEOUT */), 0);
	assert_int_equal(numasim_fork(&child, w.p, NULL, &w.err), 0);
	assert_int_equal(numasim_process_load(&value, w.p, at), 0);
	assert_int_equal(flags_at(&w, at) & (KPF(SWAPCACHE) | KPF(OWNER_PRIVATE)),
			 KPF(SWAPCACHE) | KPF(OWNER_PRIVATE));
	sim_close(&w);
}

struct flushes {
	unsigned nr;
	uint64_t end; /* of the last */
};

static void count_flush(enum numasim_event event, uint64_t address, uint64_t detail, void *payload)
{
	struct flushes *flushes = payload;

	if (event == NUMASIM_EVENT_FLUSH) {
		flushes->nr++;
		flushes->end = detail;
	}
}

/* pageout-ignores-young: one flush for each page that goes, and before it one for A of all. */
static void paging_out_flushes(void **state)
{
	static const struct {
		const char *release;
		unsigned flushes;
	} cases[] = {{"debian-6.1.192", 2}, {"debian-6.12.117", 1},
		     {"debian-6.12.117~pageout-ignores-young", 2}};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flushes flushes = {0};
		struct sim_world w;
		uint64_t at;

		sim_open(&w, cases[i].release, NUMASIM_THP_NEVER);
		assert_int_equal(numasim_sys_swapon(w.p, 64), 0);
		at = sim_map(&w, PG, RW);
		assert_int_equal(numasim_process_store(w.p, at, 1), 0);
		assert_int_equal(numasim_system_drain(w.system), 0);
		numasim_system_trace(w.system, count_flush, &flushes);
		assert_int_equal(numasim_sys_madvise(w.p, at, PG, 21 /* MADV_PAGEOUT */), 0);
		numasim_system_trace(w.system, NULL, NULL);
		assert_int_equal(flushes.nr, cases[i].flushes);
		assert_int_equal(flushes.end, at + PG);
		sim_close(&w);
	}
}

static void gather_fills_at(const char *release, uint64_t full)
{
	struct sim_world w;
	uint64_t at;

	sim_open(&w, release, NUMASIM_THP_NEVER);
	at = sim_map(&w, (full + 1) * PG, RW);
	for (uint64_t pages = full; pages <= full + 1; pages++) {
		struct flushes flushes = {0};

		assert_int_equal(numasim_touch(w.p, at, pages * PG, true), 0);
		numasim_system_trace(w.system, count_flush, &flushes);
		assert_int_equal(numasim_sys_madvise(w.p, at, pages * PG, MADV_DONTNEED), 0);
		numasim_system_trace(w.system, NULL, NULL);
		assert_int_equal(flushes.nr, pages > full ? 2 : 1);
		assert_int_equal(flushes.end, at + pages * PG);
	}
	sim_close(&w);
}

/* A gather has room for 8 pages and 19 batches of 510, then it flushes; with gather-page-ranges for
 * one less in each. */
static void a_gather_fills(void **state)
{
	gather_fills_at("debian-6.1.192", 8 + 19 * 510);
	gather_fills_at("debian-6.12.117", 7 + 19 * 509);
	gather_fills_at("debian-6.12.117~gather-page-ranges", 8 + 19 * 510);
}

/* A fault says what was tried; nobody hears of more once nobody listens. */
static void keep_fault(enum numasim_event event, uint64_t address, uint64_t detail, void *payload)
{
	uint64_t *kept = payload;

	if (event == NUMASIM_EVENT_FAULT) {
		kept[0] = address;
		kept[1] = detail;
		kept[2]++;
	}
}

static void faults_are_told(void **state)
{
	uint64_t kept[3] = {0}, at;
	struct sim_world w;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	at = sim_map(&w, 2 * PG, RW);
	numasim_system_trace(w.system, keep_fault, kept);
	assert_int_equal(numasim_process_store(w.p, at + 8, 1), 0);
	assert_int_equal(kept[0], at + 8);
	assert_int_equal(kept[1], 6); /* a write, in user mode */
	assert_int_equal(numasim_process_store(w.p, at + 16, 1), 0);
	assert_int_equal(kept[2], 1);
	numasim_system_trace(w.system, NULL, NULL);
	assert_int_equal(numasim_touch(w.p, at + PG, PG, false), 0);
	assert_int_equal(kept[2], 1);
	sim_close(&w);
}

static void signals(void **state)
{
	struct sim_world w;
	uint64_t value;
	long at;

	sim_open(&w, "debian-6.1.192", NUMASIM_THP_NEVER);
	assert_int_equal(numasim_process_signal(w.p), 0);
	assert_int_equal(numasim_sys_memfd_create(w.p, "m", 0), 0);
	assert_int_equal(numasim_sys_ftruncate(w.p, 0, (int64_t)PG), 0);
	at = numasim_sys_mmap(w.p, 0, 2 * PG, PROT_READ, MAP_SHARED, 0, 0);
	assert_true(at > 0);
	assert_int_equal(numasim_process_load(&value, w.p, (uint64_t)at + PG), -EFAULT);
	assert_int_equal(numasim_process_signal(w.p), SIGBUS);
	assert_int_equal(numasim_process_store(w.p, (uint64_t)at, 1), -EFAULT);
	assert_int_equal(numasim_process_signal(w.p), SIGSEGV);
	assert_int_equal(numasim_touch(w.p, (uint64_t)at, 2 * PG, false), -EFAULT);
	assert_int_equal(numasim_process_signal(w.p), SIGBUS);
	sim_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_page_waits_for_its_list),
		cmocka_unit_test(populated_pages_are_referenced),
		cmocka_unit_test(exclusive_pages_show),
		cmocka_unit_test(the_swap_cache_shows),
		cmocka_unit_test(paging_out_flushes),
		cmocka_unit_test(a_gather_fills),
		cmocka_unit_test(faults_are_told),
		cmocka_unit_test(signals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
