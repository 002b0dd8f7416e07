/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies of shared memory, which belong to the file. */
#include "sim_world.h"

#define BIND	    2
#define MPOL_F_ADDR 2
#define MAX_NODE    1025

static int mode_at(struct sim_world *w, uint64_t at)
{
	unsigned long mask[17];
	int mode = -1;

	assert_int_equal(numasim_sys_get_mempolicy(w->p, &mode, mask, MAX_NODE, at, MPOL_F_ADDR),
			 0);
	return mode;
}

/*
 * Row 4e0906008cdb. A file is mapped, and its pages are bound one after the other: the mapping of
 * the second becomes one with that of the first.
 *
 *	page        0        1        2
 *	VMA         bound    bound    -
 *	file        bound    ?        -
 */
static void bind_and_merge(const char *release, int second)
{
	unsigned long node = 1;
	struct sim_world w;
	uint64_t at;
	int fd;

	sim_open(&w, release, NUMASIM_THP_NEVER);
	fd = (int)numasim_sys_memfd_create(w.p, "f", 0);
	assert_int_equal(numasim_sys_ftruncate(w.p, fd, 3 * PG), 0);
	at = (uint64_t)numasim_sys_mmap(w.p, 0, 3 * PG, RW, MAP_SHARED, fd, 0);
	assert_int_equal(numasim_sys_mbind(w.p, at, PG, BIND, &node, 65, 0), 0);
	assert_int_equal(mode_at(&w, at), BIND);
	assert_int_equal(numasim_sys_mbind(w.p, at + PG, PG, BIND, &node, 65, 0), 0);
	assert_int_equal(mode_at(&w, at), BIND);
	assert_int_equal(mode_at(&w, at + PG), second);
	assert_int_equal(mode_at(&w, at + 2 * PG), 0);
	sim_close(&w);
}

static void test_bind_and_merge(void **state)
{
	bind_and_merge("v3.8", 0);
	bind_and_merge("v5.17", 0);
	bind_and_merge("v5.17+4e0906008cdb", BIND);
	bind_and_merge("v5.18", BIND);
	bind_and_merge("v5.18~4e0906008cdb", 0);
	bind_and_merge("debian-6.1.192", BIND);
	bind_and_merge("debian-6.12.117", BIND);
}

/* The mapping between two that have the policy becomes one with both. */
static void bind_between(const char *release, int middle)
{
	unsigned long node = 1;
	struct sim_world w;
	uint64_t at;
	int fd;

	sim_open(&w, release, NUMASIM_THP_NEVER);
	fd = (int)numasim_sys_memfd_create(w.p, "f", 0);
	assert_int_equal(numasim_sys_ftruncate(w.p, fd, 3 * PG), 0);
	at = (uint64_t)numasim_sys_mmap(w.p, 0, 3 * PG, RW, MAP_SHARED, fd, 0);
	assert_int_equal(numasim_sys_mbind(w.p, at, PG, BIND, &node, 65, 0), 0);
	assert_int_equal(numasim_sys_mbind(w.p, at + 2 * PG, PG, BIND, &node, 65, 0), 0);
	assert_int_equal(mode_at(&w, at + PG), 0);
	assert_int_equal(numasim_sys_mbind(w.p, at + PG, PG, BIND, &node, 65, 0), 0);
	assert_int_equal(mode_at(&w, at), BIND);
	assert_int_equal(mode_at(&w, at + PG), middle);
	assert_int_equal(mode_at(&w, at + 2 * PG), BIND);
	sim_close(&w);
}

static void test_bind_between(void **state)
{
	bind_between("v3.8", 0);
	bind_between("v5.17", 0);
	bind_between("v5.18", BIND);
	bind_between("debian-6.12.117", BIND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bind_and_merge),
		cmocka_unit_test(test_bind_between),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
