/* SPDX-License-Identifier: BSD-2-Clause */
/* The accessors and the text of `numactl -H`, on a topology made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine/topology.h"

/*
 *   node 0: 15 GiB, CPUs 0 2     node 8: no memory, CPU 1     node 250: 1 MiB - 1 byte, no CPU
 *   CPU 7 is lost
 */
static struct numasim_topology *make(void)
{
	static const uint8_t distance[9] = {10, 40, 80, 41, 10, 100, 80, 255, 14};
	struct numasim_topology *t = topology_new(3, 3, 1);

	assert_non_null(t);
	memcpy(t->node_id, (unsigned[]){0, 8, 250}, 3 * sizeof(unsigned));
	memcpy(t->memory, (uint64_t[]){UINT64_C(15) << 30, 0, (1 << 20) - 1}, 24);
	memcpy(t->first_cpu, (unsigned[]){0, 2, 3, 3}, 4 * sizeof(unsigned));
	memcpy(t->cpu_id, (unsigned[]){0, 1, 2}, 3 * sizeof(unsigned));
	memcpy(t->cpu_node, (unsigned[]){0, 1, 0}, 3 * sizeof(unsigned));
	memcpy(t->node_cpus, (unsigned[]){0, 2, 1}, 3 * sizeof(unsigned));
	t->lost_cpu[0] = 7;
	memcpy(t->distance, distance, sizeof(distance));
	t->distances = NUMASIM_DISTANCES_RECORDED;
	return t;
}

static void lists_are_handed_out(void **state)
{
	struct numasim_topology *t = make();
	const unsigned *ids;
	size_t nr;

	numasim_topology_nodes(&ids, &nr, t);
	assert_int_equal(nr, 3);
	assert_int_equal(ids[2], 250);
	numasim_topology_cpus(&ids, &nr, t);
	assert_int_equal(nr, 3);
	assert_int_equal(ids[2], 2);
	numasim_topology_lost_cpus(&ids, &nr, t);
	assert_int_equal(nr, 1);
	assert_int_equal(ids[0], 7);
	assert_int_equal(numasim_topology_distances(t), NUMASIM_DISTANCES_RECORDED);
	numasim_topology_free(t);
	numasim_topology_free(NULL);
}

static void a_node_is_found_by_its_id(void **state)
{
	struct numasim_topology *t = make();
	const unsigned *ids;
	uint64_t bytes;
	size_t nr;

	assert_int_equal(numasim_topology_node_cpus(&ids, &nr, t, 0), 0);
	assert_int_equal(nr, 2);
	assert_int_equal(ids[1], 2);
	assert_int_equal(numasim_topology_node_cpus(&ids, &nr, t, 8), 0);
	assert_int_equal(nr, 1);
	assert_int_equal(ids[0], 1);
	assert_int_equal(numasim_topology_node_cpus(&ids, &nr, t, 250), 0);
	assert_int_equal(nr, 0);
	assert_int_equal(numasim_topology_node_memory(&bytes, t, 0), 0);
	assert_int_equal(bytes, UINT64_C(15) << 30);
	assert_int_equal(numasim_topology_node_memory(&bytes, t, 8), 0);
	assert_int_equal(bytes, 0);
	numasim_topology_free(t);
}

static void what_does_not_exist_changes_nothing(void **state)
{
	static const unsigned absent[] = {1, 7, 9, 249, 251, 1023, 1024, ~0U};
	struct numasim_topology *t = make();
	const unsigned *ids = absent;
	uint64_t bytes = 5;
	unsigned node = 6, distance = 4;
	size_t nr = 3, i;

	for (i = 0; i < sizeof(absent) / sizeof(*absent); i++) {
		assert_int_equal(numasim_topology_node_cpus(&ids, &nr, t, absent[i]), -ENOENT);
		assert_int_equal(numasim_topology_node_memory(&bytes, t, absent[i]), -ENOENT);
		assert_int_equal(numasim_topology_distance(&distance, t, absent[i], 0), -ENOENT);
		assert_int_equal(numasim_topology_distance(&distance, t, 0, absent[i]), -ENOENT);
	}
	assert_int_equal(numasim_topology_cpu_node(&node, t, 3), -ENOENT);
	assert_int_equal(numasim_topology_cpu_node(&node, t, 7), -ENOENT); /* lost */
	assert_int_equal(numasim_topology_cpu_node(&node, t, ~0U), -ENOENT);
	assert_ptr_equal(ids, absent);
	assert_int_equal(bytes + node + distance + nr, 5 + 6 + 4 + 3);
	numasim_topology_free(t);
}

static void a_cpu_knows_its_node(void **state)
{
	struct numasim_topology *t = make();
	unsigned node;

	assert_int_equal(numasim_topology_cpu_node(&node, t, 2), 0);
	assert_int_equal(node, 0);
	assert_int_equal(numasim_topology_cpu_node(&node, t, 1), 0);
	assert_int_equal(node, 8);
	numasim_topology_free(t);
}

static void distance_has_a_direction(void **state)
{
	struct numasim_topology *t = make();
	unsigned there, back;

	assert_int_equal(numasim_topology_distance(&there, t, 8, 250), 0);
	assert_int_equal(numasim_topology_distance(&back, t, 250, 8), 0);
	assert_int_equal(there, 100);
	assert_int_equal(back, 255);
	numasim_topology_free(t);
}

static void defaults_are_those_of_linux(void **state)
{
	struct numasim_topology *t = make();
	unsigned local, remote;

	topology_default_distances(t);
	assert_int_equal(numasim_topology_distance(&local, t, 250, 250), 0);
	assert_int_equal(numasim_topology_distance(&remote, t, 250, 8), 0);
	assert_int_equal(local, 10);
	assert_int_equal(remote, 20);
	numasim_topology_free(t);
}

static void prints_as_numactl_does(void **state)
{
	static const char expected[] = "available: 3 nodes (0,8,250)\n"
				       "node 0 cpus: 0 2\n"
				       "node 0 size: 15360 MB\n"
				       "node 0 free: 15360 MB\n"
				       "node 8 cpus: 1\n"
				       "node 8 size: 0 MB\n"
				       "node 8 free: 0 MB\n"
				       "node 250 cpus:\n"
				       "node 250 size: 0 MB\n"
				       "node 250 free: 0 MB\n"
				       "node distances:\n"
				       "node   0   8  250 \n"
				       "  0:  10  40  80 \n"
				       "  8:  41  10  100 \n"
				       " 250:  80  255  14 \n";
	struct numasim_topology *t = make();
	char *text;

	assert_int_equal(numasim_topology_numactl(&text, t, NULL), 0);
	assert_string_equal(text, expected);
	free(text);
	numasim_topology_free(t);
}

static void prints_the_free_memory_it_is_given(void **state)
{
	static const uint64_t unused[] = {(UINT64_C(3) << 30) - 1, 0, 0};
	struct numasim_topology *t = make();
	char *text;

	assert_int_equal(numasim_topology_numactl(&text, t, unused), 0);
	assert_non_null(strstr(text, "node 0 size: 15360 MB\nnode 0 free: 3071 MB\n"));
	free(text);
	numasim_topology_free(t);
}

static void runs_of_ids_are_joined(void **state)
{
	struct numasim_topology *t = topology_new(6, 1, 0);
	char *text;

	assert_non_null(t);
	memcpy(t->node_id, (unsigned[]){0, 1, 2, 33, 34, 45}, 6 * sizeof(unsigned));
	topology_default_distances(t);
	assert_int_equal(numasim_topology_numactl(&text, t, NULL), 0);
	assert_memory_equal(text, "available: 6 nodes (0-2,33-34,45)\n", 34);
	free(text);
	numasim_topology_free(t);
}

/* What needs no hwloc is what hwloc makes of the same words. */
static void plain_machines_are_those_described(void **state)
{
	static const char *const words[] = {"numa:2 core:2 pu:1",
					    "numa:2(memory=1073741824) core:2 pu:1"};
	struct numasim_topology *plain = topology_plain(2, 2, UINT64_C(1) << 30), *t;
	struct numasim_error err = {0};
	size_t bytes = (char *)(plain->distance + 4) - (char *)(plain + 1);

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		assert_int_equal(numasim_topology_load(&t, words[i], &err), 0);
		assert_int_equal(t->nr_nodes, plain->nr_nodes);
		assert_int_equal(t->nr_cpus, plain->nr_cpus);
		assert_int_equal(t->nr_lost, 0);
		assert_int_equal(t->distances, plain->distances);
		assert_memory_equal(t + 1, plain + 1, bytes);
		numasim_topology_free(t);
	}
	numasim_topology_free(plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_handed_out),
		cmocka_unit_test(a_node_is_found_by_its_id),
		cmocka_unit_test(what_does_not_exist_changes_nothing),
		cmocka_unit_test(a_cpu_knows_its_node),
		cmocka_unit_test(distance_has_a_direction),
		cmocka_unit_test(defaults_are_those_of_linux),
		cmocka_unit_test(prints_as_numactl_does),
		cmocka_unit_test(prints_the_free_memory_it_is_given),
		cmocka_unit_test(runs_of_ids_are_joined),
		cmocka_unit_test(plain_machines_are_those_described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
