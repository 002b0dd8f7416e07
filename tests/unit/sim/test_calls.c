/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls of a process: they reach the kernel of the release, and come back with its errors.
 *
 * Rows that a test here fails without: d899844e9c98, 474098edac26, pages-stat-walks.
 */
#include "sim_world.h"

static void mappings_hold_what_was_stored(void **state)
{
	struct sim_world w;
	uint64_t at;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	at = sim_map(&w, 4 * PG, RW);
	assert_int_equal(numasim_process_store(w.p, at + PG, 7), 0);
	assert_int_equal(sim_word(&w, at + PG), 7);
	assert_int_equal(sim_word(&w, at), 0);
	assert_int_equal(numasim_sys_madvise(w.p, at, 4 * PG, MADV_DONTNEED), 0);
	assert_int_equal(sim_word(&w, at + PG), 0);
	assert_int_equal(numasim_sys_munmap(w.p, at, 4 * PG), 0);
	assert_int_equal(numasim_process_store(w.p, at, 1), -EFAULT);
	sim_close(&w);
}

static void rights_are_kept(void **state)
{
	struct sim_world w;
	uint64_t at, word;

	sim_open(&w, "debian-6.1.192", NUMASIM_THP_NEVER);
	at = sim_map(&w, 2 * PG, RW);
	assert_int_equal(numasim_process_store(w.p, at, 7), 0);
	assert_int_equal(numasim_sys_mprotect(w.p, at, 2 * PG, PROT_READ), 0);
	assert_int_equal(numasim_process_store(w.p, at, 8), -EFAULT);
	assert_int_equal(sim_word(&w, at), 7);
	assert_int_equal(numasim_sys_mprotect(w.p, at, 2 * PG, PROT_NONE), 0);
	assert_int_equal(numasim_process_load(&word, w.p, at), -EFAULT);
	assert_int_equal(numasim_sys_mprotect(w.p, at, 2 * PG, RW), 0);
	assert_int_equal(sim_word(&w, at), 7);
	sim_close(&w);
}

static void errors_are_the_kernels(void **state)
{
	struct sim_world w;
	uint64_t at;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	at = sim_map(&w, 2 * PG, RW);
	assert_int_equal(numasim_sys_mmap(w.p, 0, PG, RW, MAP_PRIVATE, -1, 0), -EBADF);
	assert_int_equal(numasim_sys_mmap(w.p, 0, PG, RW, MAP_PRIVATE, 3, 0), -EBADF);
	assert_int_equal(numasim_sys_mmap(w.p, 0, 0, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
			 -EINVAL);
	assert_int_equal(numasim_sys_mprotect(w.p, at + 1, PG, RW), -EINVAL);
	assert_int_equal(numasim_sys_mprotect(w.p, at + 2 * PG, PG, RW), -ENOMEM);
	assert_int_equal(numasim_sys_mremap(w.p, at + 4 * PG, PG, PG, 0, 0), -EFAULT);
	assert_int_equal(numasim_sys_madvise(w.p, at, PG, 12345), -EINVAL);
	assert_int_equal(numasim_sys_munmap(w.p, at, 0), -EINVAL);
	assert_int_equal(numasim_touch(w.p, at + 4, PG, true), -EINVAL);
	assert_int_equal(numasim_touch(w.p, at, UINT64_MAX - at, true), -EFAULT);
	assert_int_equal(numasim_touch(w.p, at, 0 - at + 8, true), -EINVAL);
	assert_int_equal(numasim_process_store(w.p, at + 1, 1), -EINVAL);
	sim_close(&w);
}

/* mlock2() is v4.4's, MADV_FREE v4.5's. */
static void a_release_lacks_what_came_later(void **state)
{
	struct sim_world w;
	uint64_t at;

	sim_open(&w, "v3.13", NUMASIM_THP_NEVER);
	at = sim_map(&w, 2 * PG, RW);
	assert_int_equal(numasim_sys_madvise(w.p, at, PG, MADV_FREE), -EINVAL);
	assert_int_equal(numasim_sys_mlock2(w.p, at, PG, 0), -ENOSYS);
	assert_int_equal(numasim_sys_mlock(w.p, at, PG), 0);
	sim_close(&w);
}

static void remapping_moves_what_pages_hold(void **state)
{
	struct sim_world w;
	uint64_t at, to;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	at = sim_map(&w, 2 * PG, RW);
	to = sim_map(&w, 8 * PG, PROT_NONE);
	assert_int_equal(numasim_process_store(w.p, at, 7), 0);
	assert_int_equal(numasim_sys_mremap(w.p, at, 2 * PG, 4 * PG,
					    MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	assert_int_equal(sim_word(&w, to), 7);
	assert_int_equal(numasim_process_store(w.p, at, 1), -EFAULT);
	sim_close(&w);
}

/* Nothing there; a page of zeroes; on node 0; then what PROT_NONE hides (in v6.1 to v6.4). */
static void one_asks_where_pages_are(void **state)
{
	static const struct {
		const char *release;
		int none, zeroes, prot_none;
	} cases[] = {
		{"v3.8", -ENOENT, -ENOENT, 0},		   {"v4.2", -ENOENT, -ENOENT, 0},
		{"v4.3", -EFAULT, -EFAULT, 0},		   {"v6.0", -EFAULT, -EFAULT, 0},
		{"debian-6.1.192", -EFAULT, -EFAULT, -ENOENT}, {"v6.4", -EFAULT, -EFAULT, -ENOENT},
		{"v6.5", -EFAULT, -EFAULT, 0},		   {"debian-6.12.117", -ENOENT, -EFAULT, 0},
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sim_world w;
		uint64_t page[4];
		int status[4];

		sim_open(&w, cases[i].release, NUMASIM_THP_NEVER);
		page[0] = sim_map(&w, 4 * PG, RW);
		page[1] = page[0] + PG;
		page[2] = page[0] + 2 * PG;
		page[3] = 0x1000;
		sim_word(&w, page[1]);
		assert_int_equal(numasim_process_store(w.p, page[2], 1), 0);
		assert_int_equal(numasim_sys_move_pages(w.p, 4, page, status), 0);
		assert_int_equal(status[0], cases[i].none);
		assert_int_equal(status[1], cases[i].zeroes);
		assert_int_equal(status[2], 0);
		assert_int_equal(status[3], -EFAULT);
		assert_int_equal(numasim_sys_mprotect(w.p, page[0], 4 * PG, PROT_NONE), 0);
		assert_int_equal(numasim_sys_move_pages(w.p, 4, page, status), 0);
		assert_int_equal(status[2], cases[i].prot_none);
		sim_close(&w);
	}
}

static void touching_counts_faults_once(void **state)
{
	struct sim_world w;
	uint64_t at, before;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	at = sim_map(&w, 16 * PG, RW);
	before = sim_counter(&w, "pgfault");
	assert_int_equal(numasim_touch(w.p, at, 16 * PG, true), 0);
	assert_int_equal(sim_counter(&w, "pgfault") - before, 16);
	assert_int_equal(numasim_touch(w.p, at, 16 * PG, true), 0);
	assert_int_equal(sim_counter(&w, "pgfault") - before, 16);
	assert_int_equal(numasim_touch(w.p, at + 12 * PG, 8 * PG, true), -EFAULT);
	sim_close(&w);
}

static void policies_can_be_asked_for(void **state)
{
	unsigned long mask = 2, found = 0;
	struct sim_world w;
	uint64_t at;
	int mode;

	sim_open(&w, "debian-6.1.192", NUMASIM_THP_NEVER);
	at = sim_map(&w, PG, RW);
	assert_int_equal(numasim_sys_get_mempolicy(w.p, &mode, NULL, 0, 0, 0), 0);
	assert_int_equal(mode, 0);
	assert_int_equal(numasim_sys_mbind(w.p, at, PG, 2 /* MPOL_BIND */, &mask, 65, 0), 0);
	assert_int_equal(numasim_process_store(w.p, at, 1), 0);
	/* MPOL_F_ADDR, and with MPOL_F_NODE: where the page is */
	assert_int_equal(numasim_sys_get_mempolicy(w.p, &mode, &found, 65, at, 2), 0);
	assert_int_equal(mode, 2);
	assert_int_equal(found, 2);
	assert_int_equal(numasim_sys_get_mempolicy(w.p, &mode, NULL, 0, at, 3), 0);
	assert_int_equal(mode, 1);
	assert_int_equal(numasim_sys_get_mempolicy(w.p, &mode, NULL, 0, at + PG, 2), -EFAULT);
	assert_int_equal(numasim_sys_get_mempolicy(w.p, &mode, NULL, 0, at, 8), -EINVAL);
	sim_close(&w);
}

static void others_memory_is_reached(void **state)
{
	struct sim_world w;
	struct numasim_process *child;
	uint64_t at, value;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	at = sim_map(&w, PG, RW);
	assert_int_equal(numasim_process_store(w.p, at, 7), 0);
	assert_int_equal(numasim_fork(&child, w.p, "Q", NULL), 0);
	assert_int_equal(numasim_mem_write(w.p, child, at, 8), 0);
	assert_int_equal(numasim_mem_read(w.p, &value, child, at), 0);
	assert_int_equal(value, 8);
	assert_int_equal(sim_word(&w, at), 7);
	assert_int_equal(numasim_gup(w.p, child, at, NUMASIM_GUP_WRITE | NUMASIM_GUP_PIN), 0);
	assert_int_equal(numasim_dma_write(w.p, child, at, 9), 0);
	assert_int_equal(numasim_process_load(&value, child, at), 0);
	assert_int_equal(value, 9);
	assert_int_equal(numasim_dma_read(child, &value, child, at), -ENOENT);
	assert_int_equal(numasim_gup_put(w.p, child, at), 0);
	sim_close(&w);
}

/* v5.10+: what a device may be writing is not shared by fork(): the child has copies, each part of
 * a huge page its own. */
static void a_child_gets_copies_of_pinned_parts(void **state)
{
	static const char *const releases[] = {"v5.8", "v5.10", "v5.19", "debian-6.1.192",
					       "debian-6.12.117"};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++) {
		struct sim_world w;
		struct numasim_process *child;
		uint64_t at, value;

		sim_open(&w, releases[i], NUMASIM_THP_ALWAYS);
		at = (sim_map(&w, 4 << 20, RW) + (2 << 20) - 1) & ~(uint64_t)((2 << 20) - 1);
		for (uint64_t part = 0; part < 4; part++)
			assert_int_equal(numasim_process_store(w.p, at + part * PG, part + 1), 0);
		assert_int_equal(numasim_gup(w.p, w.p, at + 2 * PG, NUMASIM_GUP_PIN), 0);
		assert_int_equal(numasim_fork(&child, w.p, "Q", NULL), 0);
		for (uint64_t part = 0; part < 4; part++) {
			assert_int_equal(numasim_process_load(&value, child, at + part * PG), 0);
			assert_int_equal(value, part + 1);
			assert_int_equal(numasim_process_load(&value, w.p, at + part * PG), 0);
			assert_int_equal(value, part + 1);
		}
		assert_int_equal(numasim_gup_put(w.p, w.p, at + 2 * PG), 0);
		assert_int_equal(numasim_system_audit(w.system, NULL), 0);
		sim_close(&w);
	}
}

/* get_user_pages() of hugetlb pages is not modelled. */
static void hugetlb_pages_are_refused(void **state)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;
	struct sim_world w;
	uint64_t value;
	long at;

	sim_open(&w, "v6.12", NUMASIM_THP_NEVER);
	assert_int_equal(numasim_write_file(w.p, "/proc/sys/vm/nr_hugepages", "1"), 0);
	at = numasim_sys_mmap(w.p, 0, 512 * PG, RW, flags, -1, 0);
	assert_true(at > 0);
	assert_int_equal(numasim_gup(w.p, w.p, at, 0), -EOPNOTSUPP);
	assert_int_equal(numasim_mem_read(w.p, &value, w.p, at), -EOPNOTSUPP);
	sim_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mappings_hold_what_was_stored),
		cmocka_unit_test(rights_are_kept),
		cmocka_unit_test(errors_are_the_kernels),
		cmocka_unit_test(a_release_lacks_what_came_later),
		cmocka_unit_test(remapping_moves_what_pages_hold),
		cmocka_unit_test(one_asks_where_pages_are),
		cmocka_unit_test(touching_counts_faults_once),
		cmocka_unit_test(policies_can_be_asked_for),
		cmocka_unit_test(others_memory_is_reached),
		cmocka_unit_test(a_child_gets_copies_of_pinned_parts),
		cmocka_unit_test(hugetlb_pages_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
