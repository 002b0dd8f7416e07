/* SPDX-License-Identifier: BSD-2-Clause */
/* The message between the child and the caller: what is true gets through, what is not does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine/topology_message.h"

/* Nodes 1, 5 and 9; CPUs 0 to 5 on nodes 5, 1, 5, none, 1, 5. */
static struct topology_message *make(struct topology_parts *parts)
{
	static const uint32_t ids[] = {1, 5, 9}, cpus[] = {0, 1, 2, 3, 4, 5};
	static const uint32_t nodes[] = {1, 0, 1, TOPOLOGY_NO_NODE, 0, 1};
	struct topology_message *m;

	*parts = (struct topology_parts){
		.nr_nodes = 3, .nr_cpus = 6, .distances = NUMASIM_DISTANCES_RECORDED};
	m = topology_message_new(parts);
	assert_non_null(m);
	memcpy(parts->node_id, ids, sizeof(ids));
	memcpy(parts->cpu_id, cpus, sizeof(cpus));
	memcpy(parts->cpu_node, nodes, sizeof(nodes));
	memcpy(parts->distance, "\12\13\14\15\12\16\17\20\12", 9);
	parts->memory[0] = 4096;
	parts->memory[2] = NUMASIM_TOPOLOGY_MAX_MEMORY;
	topology_message_seal(m);
	return m;
}

struct reading {
	struct numasim_topology *topology;
	enum topology_failure why;
	uint64_t detail;
	struct numasim_error err;
};

static int read_message(struct reading *r, const struct topology_message *m, size_t len)
{
	memset(r, 0, sizeof(*r));
	return topology_message_read(&r->topology, &r->why, &r->detail, m, len, &r->err);
}

static void a_topology_gets_through(void **state)
{
	struct topology_parts parts;
	struct topology_message *m = make(&parts);
	struct reading r;
	struct numasim_topology *t;

	assert_int_equal(read_message(&r, m, topology_message_size(m)), 0);
	t = r.topology;
	assert_non_null(t);
	assert_int_equal(t->nr_nodes, 3);
	assert_int_equal(t->nr_cpus, 5);
	assert_int_equal(t->nr_lost, 1);
	assert_int_equal(t->lost_cpu[0], 3);
	assert_memory_equal(t->node_id, ((unsigned[]){1, 5, 9}), 3 * sizeof(unsigned));
	assert_memory_equal(t->cpu_id, ((unsigned[]){0, 1, 2, 4, 5}), 5 * sizeof(unsigned));
	assert_memory_equal(t->cpu_node, ((unsigned[]){1, 0, 1, 0, 1}), 5 * sizeof(unsigned));
	assert_memory_equal(t->first_cpu, ((unsigned[]){0, 2, 5, 5}), 4 * sizeof(unsigned));
	assert_memory_equal(t->node_cpus, ((unsigned[]){1, 4, 0, 2, 5}), 5 * sizeof(unsigned));
	assert_memory_equal(t->distance, "\12\13\14\15\12\16\17\20\12", 9);
	assert_int_equal(t->memory[0], 4096);
	assert_int_equal(t->memory[1], 0);
	assert_true(t->memory[2] == NUMASIM_TOPOLOGY_MAX_MEMORY);
	numasim_topology_free(t);
	free(m);
}

static void a_failure_gets_through(void **state)
{
	uint64_t room[TOPOLOGY_FAILURE_SIZE / 8];
	struct topology_message *m = (struct topology_message *)room;
	struct reading r;

	topology_message_failure(m, TOPOLOGY_MANY_CPUS, 123456789012);
	assert_int_equal(read_message(&r, m, sizeof(room)), 0);
	assert_null(r.topology);
	assert_int_equal(r.why, TOPOLOGY_MANY_CPUS);
	assert_true(r.detail == 123456789012);
}

static void the_largest_topology_fits(void **state)
{
	struct topology_parts parts = {.nr_nodes = NUMASIM_TOPOLOGY_MAX_NODES,
				       .nr_cpus = NUMASIM_TOPOLOGY_MAX_CPUS,
				       .distances = NUMASIM_DISTANCES_PARTIAL};
	struct topology_message *m = topology_message_new(&parts);
	struct reading r;
	uint32_t i;

	assert_int_equal(topology_message_size(m), TOPOLOGY_MESSAGE_MAX);
	for (i = 0; i < parts.nr_nodes; i++)
		parts.node_id[i] = i;
	for (i = 0; i < parts.nr_cpus; i++)
		parts.cpu_id[i] = i;
	memset(parts.distance, 255, (size_t)parts.nr_nodes * parts.nr_nodes);
	topology_message_seal(m);
	assert_int_equal(read_message(&r, m, topology_message_size(m)), 0);
	assert_int_equal(r.topology->first_cpu[1], NUMASIM_TOPOLOGY_MAX_CPUS);
	numasim_topology_free(r.topology);
	free(m);
}

/* Every byte counts: none can change, and no length but the right one will do. */
static void damage_is_seen(void **state)
{
	struct topology_parts parts;
	struct topology_message *m = make(&parts);
	size_t i, len = topology_message_size(m);
	struct reading r;

	for (i = 0; i < len; i++) {
		((unsigned char *)m)[i] ^= 0x40;
		assert_int_equal(read_message(&r, m, len), -EINVAL);
		assert_null(r.topology);
		assert_non_null(strstr(r.err.text, "damaged"));
		((unsigned char *)m)[i] ^= 0x40;
		assert_int_equal(read_message(&r, m, i), -EINVAL);
	}
	assert_int_equal(read_message(&r, m, len), 0);
	numasim_topology_free(r.topology);
	free(m);
}

/* A liar can compute checksums as well: every field is checked for what it says. */
static void expect_lie(struct topology_message *m, const char *text)
{
	struct reading r;

	topology_message_seal(m);
	assert_int_equal(read_message(&r, m, topology_message_size(m)), -EINVAL);
	assert_null(r.topology);
	if (!strstr(r.err.text, text))
		fail_msg("'%s' does not say '%s'", r.err.text, text);
	free(m);
}

#define LIE(change, text)                                                                          \
	do {                                                                                       \
		struct topology_parts parts;                                                       \
		struct topology_message *m = make(&parts);                                         \
		uint32_t *fixed = (uint32_t *)m->payload;                                          \
                                                                                                   \
		(void)fixed;                                                                       \
		change;                                                                            \
		expect_lie(m, text);                                                               \
	} while (0)

static void lies_are_seen(void **state)
{
	LIE(fixed[0] = 0, "impossible counts");
	LIE(fixed[0] = NUMASIM_TOPOLOGY_MAX_NODES + 1, "impossible counts");
	LIE(fixed[1] = 0, "impossible counts");
	LIE(fixed[1] = NUMASIM_TOPOLOGY_MAX_CPUS + 1, "impossible counts");
	LIE(fixed[1] = UINT32_MAX, "impossible counts");
	LIE(fixed[2] = NUMASIM_DISTANCES_UNUSABLE + 1, "impossible counts");
	LIE(fixed[3] = 1, "impossible counts");
	LIE(fixed[0] = 4, "wrong length");
	LIE(fixed[1] = 5, "wrong length");
	LIE(fixed[2] = NUMASIM_DISTANCES_DEFAULT, "wrong length");
	LIE(parts.node_id[1] = 1, "two NUMA nodes have the id 1");
	LIE(parts.node_id[0] = 6, "nodes out of order");
	LIE(parts.node_id[2] = 1024, "NUMA node 1024: node ids go up to 1023");
	LIE(parts.memory[1] = NUMASIM_TOPOLOGY_MAX_MEMORY + 1, "NUMA node 5 has 4503599627370497");
	LIE(parts.cpu_id[1] = 0, "two CPUs have the id 0");
	LIE(parts.cpu_id[0] = 4, "CPUs out of order");
	LIE(parts.cpu_id[5] = 8192, "CPU 8192: CPU ids go up to 8191");
	LIE(parts.cpu_node[2] = 3, "a CPU of no node");
	LIE(memset(parts.cpu_node, 255, 24), "no CPU belongs to a NUMA node");
	LIE(parts.distance[8] = 0, "a distance of 0");
	LIE(m->status = TOPOLOGY_NR_FAILURES, "unknown status");
	LIE(m->status = UINT32_MAX, "unknown status");
	LIE(m->status = TOPOLOGY_LOAD, "wrong length");
	LIE(m->magic++, "no head");
}

static void a_payload_can_be_too_short_for_anything(void **state)
{
	uint64_t room[TOPOLOGY_FAILURE_SIZE / 8];
	struct topology_message *m = (struct topology_message *)room;
	struct reading r;

	topology_message_failure(m, TOPOLOGY_OK, 0); /* 8 bytes, said to be a topology */
	assert_int_equal(read_message(&r, m, sizeof(room)), -EINVAL);
	assert_int_equal(read_message(&r, m, 0), -EINVAL);
}

static void errors_may_go_unheard(void **state)
{
	struct topology_parts parts;
	struct topology_message *m = make(&parts);
	struct numasim_topology *t = NULL;
	enum topology_failure why;
	uint64_t detail;

	parts.cpu_id[1] = 0;
	topology_message_seal(m);
	assert_int_equal(
		topology_message_read(&t, &why, &detail, m, topology_message_size(m), NULL),
		-EINVAL);
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_topology_gets_through),
		cmocka_unit_test(a_failure_gets_through),
		cmocka_unit_test(the_largest_topology_fits),
		cmocka_unit_test(damage_is_seen),
		cmocka_unit_test(lies_are_seen),
		cmocka_unit_test(a_payload_can_be_too_short_for_anything),
		cmocka_unit_test(errors_may_go_unheard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
