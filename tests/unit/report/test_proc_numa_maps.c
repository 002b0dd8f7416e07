/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of /proc and /sys by release, where the two kernels of test_proc_text.c do not tell.
 *
 * Rows that a test here fails without: b518154e59aa.
 */
#include "../mm/system_world.h"

#include "mm/mempolicy.h"
#include "mm/syscalls.h"
#include "report/proc.h"

#include <numasim/proc.h>

static char *text_of(struct system_world *w, const char *path)
{
	size_t length;
	char *text;

	assert_int_equal(numasim_read_file(&text, &length, w->process, path), 0);
	assert_int_equal(strlen(text), length);
	return text;
}

static void expect_line(struct system_world *w, const char *path, const char *line, bool there)
{
	char *text = text_of(w, path);

	if (!!strstr(text, line) != there)
		fail_msg("%s has%s \"%s\":\n%s", path, there ? " no" : "", line, text);
	free(text);
}

static void bind_vma(struct system_world *w, uint64_t at, int mode, unsigned long mask)
{
	assert_int_equal(IN_PROCESS(w->process, sys_mbind(at, 4 * FRAME_SIZE, mode, &mask, 65, 0)),
			 0);
}

static void open_touched(struct system_world *w, const char *release, uint64_t *at)
{
	system_open_small(w, release);
	*at = system_map(w, 4 * FRAME_SIZE, false);
	assert_int_equal(numasim_process_store(w->process, *at, 1), 0);
}

/* Row 8790c71a18e5: to v3.13 the default policy looks like "prefer" of the reader's node. */
static void default_policy(void **state)
{
	struct system_world w;
	uint64_t at;

	open_touched(&w, "v3.13", &at);
	expect_line(&w, "/proc/self/numa_maps", " prefer:0 anon=1 dirty=1 N0=1\n", true);
	system_close(&w);
	open_touched(&w, "v3.14", &at);
	expect_line(&w, "/proc/self/numa_maps",
		    " default anon=1 dirty=1 N0=1 kernelpagesize_kB=4\n", true);
	system_close(&w);
}

/* Row af649773fb25, and its backport. */
static void balancing_is_named(void **state)
{
	static const char *const release[] = {"v6.1", "v6.10", "debian-6.1.192", "v6.11"};
	struct system_world w;
	uint64_t at;

	for (unsigned i = 0; i < 4; i++) {
		open_touched(&w, release[i], &at);
		bind_vma(&w, at, MPOL_MODE_BIND | MPOL_FLAG_NUMA_BALANCING, 3);
		expect_line(&w, "/proc/self/numa_maps",
			    i < 2 ? " bind=:0-1 " : " bind=balancing:0-1 ", true);
		system_close(&w);
	}
}

/* A line of smaps is there from its release on, and not before. */
static void lines_come_with_releases(void **state)
{
	static const struct {
		const char *line, *before, *since;
	} lines[] = {
		{"\nSwapPss: ", "v4.2", "v4.3"},	  {"\nShared_Hugetlb: ", "v4.3", "v4.4"},
		{"\nShmemPmdMapped: ", "v4.7", "v4.8"},	  {"\nLazyFree: ", "v4.11", "v4.12"},
		{"\nTHPeligible: ", "v4.20", "v5.0"},	  {"\nFilePmdMapped: ", "v5.3", "v5.4"},
		{"\nPss_Dirty: ", "v5.19", "v6.0"},	  {"\nKSM: ", "v6.6", "v6.7"},
	};
	struct system_world w;
	uint64_t at;

	for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		open_touched(&w, lines[i].before, &at);
		expect_line(&w, "/proc/self/smaps", lines[i].line, false);
		system_close(&w);
		open_touched(&w, lines[i].since, &at);
		expect_line(&w, "/proc/self/smaps", lines[i].line, true);
		system_close(&w);
	}
}

static void smaps_of_old(void **state)
{
	static const char expected[] =
		"Size:                 16 kB\n"
		"Rss:                   4 kB\n"
		"Pss:                   4 kB\n"
		"Shared_Clean:          0 kB\n"
		"Shared_Dirty:          0 kB\n"
		"Private_Clean:         0 kB\n"
		"Private_Dirty:         4 kB\n"
		"Referenced:            4 kB\n"
		"Anonymous:             4 kB\n"
		"AnonHugePages:         0 kB\n"
		"Swap:                  0 kB\n"
		"KernelPageSize:        4 kB\n"
		"MMUPageSize:           4 kB\n"
		"Locked:                0 kB\n"
		"VmFlags: rd wr mr mw me nh \n";
	struct system_world w;
	uint64_t at;

	open_touched(&w, "v3.8", &at);
	expect_line(&w, "/proc/self/smaps", expected, true);
	system_close(&w);
}

static void pagemap_by_release(void **state)
{
	struct system_world w;
	uint64_t at, entry;

	open_touched(&w, "v3.8", &at);
	assert_int_equal(numasim_pagemap(&entry, w.process, at + 5), 0);
	assert_int_equal(entry >> 55, 1 << 8 | 12); /* present; 4 KiB is 2 to the 12th */
	assert_int_equal(numasim_pagemap(&entry, w.process, at + FRAME_SIZE), 0);
	assert_int_equal(entry, UINT64_C(12) << 55);
	system_close(&w);
	open_touched(&w, "v4.2", &at);
	assert_int_equal(numasim_pagemap(&entry, w.process, at), 0);
	assert_int_equal(entry >> 63, 1);
	assert_int_equal(entry >> 56 & 1, 1); /* mapped once */
	assert_int_equal(numasim_pagemap(&entry, w.process, at + FRAME_SIZE), 0);
	assert_int_equal(entry, UINT64_C(1) << 55); /* never touched, but new: soft-dirty */
	assert_int_equal(numasim_pagemap(&entry, w.process, at - FRAME_SIZE), 0);
	assert_int_equal(entry, 0);
	system_close(&w);
}

static void flags_and_counts(void **state)
{
	uint64_t at, entry, flags, count;
	struct system_world w;

	open_touched(&w, "debian-6.1.192", &at);
	assert_int_equal(numasim_pagemap(&entry, w.process, at), 0);
	entry &= (UINT64_C(1) << 55) - 1;
	assert_int_equal(numasim_kpageflags(&flags, w.system, entry), 0);
	assert_int_equal(flags & ~(UINT64_C(1) << 5), /* on its list or not yet */
			 (1 << 3 | 1 << 11 | 1 << 12 | 1 << 14 | UINT64_C(1) << 34));
	assert_int_equal(numasim_kpagecount(&count, w.system, entry), 0);
	assert_int_equal(count, 1);
	assert_int_equal(IN_PROCESS(w.process, sys_munmap(at, FRAME_SIZE)), 0);
	assert_int_equal(numasim_kpageflags(&flags, w.system, entry), 0);
	assert_int_equal(flags, 1 << 10);
	assert_int_equal(numasim_kpagecount(&count, w.system, entry), 0);
	assert_int_equal(count, 0);
	assert_int_equal(numasim_kpageflags(&flags, w.system, UINT64_C(1) << 40), -ENOENT);
	assert_int_equal(numasim_kpagecount(&count, w.system, UINT64_C(1) << 40), -ENOENT);
	system_close(&w);
}

static void counters(void **state)
{
	struct system_world w;
	uint64_t at;

	open_touched(&w, "v4.4", &at);
	bind_vma(&w, at, MPOL_MODE_INTERLEAVE, 2);
	assert_int_equal(numasim_process_store(w.process, at + FRAME_SIZE, 1), 0);
	expect_line(&w, "/proc/vmstat", "numa_interleave 1\n", true);
	expect_line(&w, "/proc/vmstat", "thp_split 0\n", true);
	expect_line(&w, "/proc/vmstat", "thp_split_pmd", false);
	expect_line(&w, "/sys/devices/system/node/node1/numastat",
		    "numa_hit 1\nnuma_miss 0\nnuma_foreign 0\ninterleave_hit 1\nlocal_node 0\n"
		    "other_node 1\n", true);
	system_close(&w);
	open_touched(&w, "v4.5", &at);
	expect_line(&w, "/proc/vmstat",
		    "thp_split_page 0\nthp_deferred_split_page 0\nthp_split_pmd 0\n", true);
	system_close(&w);
}

static void files_that_are_not_there(void **state)
{
	static const char *const path[] = {
		"",
		"/proc/self/map",
		"/proc/self/pagemap",
		"/sys/devices/system/node/node2/numastat",
		"/sys/devices/system/node/node/numastat",
		"/sys/devices/system/node/node0/numastatx",
		"/sys/devices/system/node/node-1/numastat",
		"/sys/devices/system/node/node99999999999999999999/numastat",
	};
	struct system_world w;
	char *text = NULL;

	system_open_small(&w, "debian-6.12.117");
	for (unsigned i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		assert_int_equal(numasim_read_file(&text, NULL, w.process, path[i]), -ENOENT);
		assert_null(text);
	}
	w.system->dead = true;
	assert_int_equal(numasim_read_file(&text, NULL, w.process, "/proc/vmstat"), -EFAULT);
	assert_int_equal(numasim_pagemap(&(uint64_t){0}, w.process, 0), -EFAULT);
	w.system->dead = false;
	system_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_policy),
		cmocka_unit_test(balancing_is_named),
		cmocka_unit_test(lines_come_with_releases),
		cmocka_unit_test(smaps_of_old),
		cmocka_unit_test(pagemap_by_release),
		cmocka_unit_test(flags_and_counts),
		cmocka_unit_test(counters),
		cmocka_unit_test(files_that_are_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
