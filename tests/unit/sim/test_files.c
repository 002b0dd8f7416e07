/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors: what is open, who shares it, what mappings of it hold. */
#include "sim_world.h"

static void descriptors_are_the_lowest_free_numbers(void **state)
{
	struct sim_world w;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	for (int i = 0; i < 12; i++)
		assert_int_equal(numasim_sys_memfd_create(w.p, "m", 0), i);
	assert_int_equal(numasim_sys_close(w.p, 5), 0);
	assert_int_equal(numasim_sys_close(w.p, 5), -EBADF);
	assert_int_equal(numasim_sys_close(w.p, -1), -EBADF);
	assert_int_equal(numasim_sys_close(w.p, 99), -EBADF);
	assert_int_equal(numasim_sys_memfd_create(w.p, "m", 0), 5);
	assert_int_equal(numasim_sys_memfd_create(w.p, "m", 1u << 20), -EINVAL);
	sim_close(&w);
}

static void files_are_made_and_found_by_name(void **state)
{
	struct sim_world w;
	uint64_t word = 42, back = 0;
	long fd;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	assert_int_equal(numasim_sys_open(w.p, "/f", O_RDWR), -ENOENT);
	assert_int_equal(numasim_sys_open(w.p, "", O_RDWR | O_CREAT), -ENOENT);
	assert_int_equal(numasim_sys_open(w.p, "/f", O_RDWR | O_CREAT | O_TRUNC), -EINVAL);
	fd = numasim_sys_open(w.p, "/f", O_RDWR | O_CREAT);
	assert_int_equal(fd, 0);
	assert_int_equal(numasim_sys_pwrite(w.p, 0, &word, 8, 4096), 8);
	assert_int_equal(numasim_sys_close(w.p, 0), 0);
	fd = numasim_sys_open(w.p, "/f", O_RDONLY);
	assert_int_equal(numasim_sys_pread(w.p, (int)fd, &back, 8, 4096), 8);
	assert_int_equal(back, 42);
	assert_int_equal(numasim_sys_pread(w.p, (int)fd, &back, 8, 1 << 20), 0);
	assert_int_equal(numasim_sys_pread(w.p, (int)fd, &back, 8, 4), -EINVAL);
	assert_int_equal(numasim_sys_pwrite(w.p, (int)fd, &word, 8, 0), -EBADF);
	assert_int_equal(numasim_sys_ftruncate(w.p, (int)fd, 0), -EINVAL);
	sim_close(&w);
}

/* mmap() looks at how this descriptor was opened, whoever else has the file open. */
static void a_descriptor_has_its_own_rights(void **state)
{
	struct sim_world w;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	assert_int_equal(numasim_sys_open(w.p, "/f", O_RDWR | O_CREAT), 0);
	assert_int_equal(numasim_sys_open(w.p, "/f", O_RDONLY), 1);
	assert_int_equal(numasim_sys_open(w.p, "/f", O_WRONLY), 2);
	assert_true(numasim_sys_mmap(w.p, 0, PG, RW, MAP_SHARED, 0, 0) > 0);
	assert_int_equal(numasim_sys_mmap(w.p, 0, PG, RW, MAP_SHARED, 1, 0), -EACCES);
	assert_true(numasim_sys_mmap(w.p, 0, PG, RW, MAP_PRIVATE, 1, 0) > 0);
	assert_int_equal(numasim_sys_mmap(w.p, 0, PG, PROT_READ, MAP_PRIVATE, 2, 0), -EACCES);
	sim_close(&w);
}

static void shared_pages_are_seen_by_all(void **state)
{
	struct numasim_process *child;
	struct sim_world w;
	uint64_t word = 0;
	long a, b;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	assert_int_equal(numasim_sys_memfd_create(w.p, "m", 0), 0);
	assert_int_equal(numasim_sys_ftruncate(w.p, 0, 2 * PG), 0);
	a = numasim_sys_mmap(w.p, 0, 4 * PG, RW, MAP_SHARED, 0, 0);
	assert_int_equal(numasim_process_store(w.p, (uint64_t)a, 7), 0);
	assert_int_equal(numasim_process_store(w.p, (uint64_t)a + 2 * PG, 7), -EFAULT);
	assert_int_equal(numasim_fork(&child, w.p, NULL, &w.err), 0);
	b = numasim_sys_mmap(child, 0, PG, PROT_READ, MAP_PRIVATE, 0, 0);
	assert_int_equal(numasim_process_load(&word, child, (uint64_t)b), 0);
	assert_int_equal(word, 7);
	assert_int_equal(numasim_sys_close(child, 0), 0);
	assert_int_equal(numasim_sys_ftruncate(w.p, 0, PG), 0); /* the parent's is still open */
	assert_int_equal(numasim_exit(child), 0);
	sim_close(&w);
}

static void threads_share_what_is_open(void **state)
{
	struct numasim_process *thread;
	struct sim_world w;

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	assert_int_equal(numasim_sys_memfd_create(w.p, "m", 0), 0);
	assert_int_equal(numasim_thread(&thread, w.p, 1, &w.err), 0);
	assert_int_equal(numasim_sys_close(thread, 0), 0);
	assert_int_equal(numasim_sys_ftruncate(w.p, 0, PG), -EBADF);
	assert_int_equal(numasim_exit(thread), 0);
	sim_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_are_the_lowest_free_numbers),
		cmocka_unit_test(files_are_made_and_found_by_name),
		cmocka_unit_test(a_descriptor_has_its_own_rights),
		cmocka_unit_test(shared_pages_are_seen_by_all),
		cmocka_unit_test(threads_share_what_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
