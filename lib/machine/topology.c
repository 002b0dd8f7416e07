/* SPDX-License-Identifier: BSD-2-Clause */
/* The topology's own block of memory, and its accessors. */
#include "machine/topology.h"

#include <errno.h>
#include <stdlib.h>

struct numasim_topology *topology_new(unsigned nr_nodes, unsigned nr_cpus, unsigned nr_lost)
{
	size_t nodes = nr_nodes, words = 2 * nodes + 1 + 3 * (size_t)nr_cpus + nr_lost;
	struct numasim_topology *t = calloc(1, sizeof(*t) + nodes * sizeof(uint64_t) +
						       words * sizeof(unsigned) + nodes * nodes);

	if (!t)
		return NULL;
	t->nr_nodes = nr_nodes;
	t->nr_cpus = nr_cpus;
	t->nr_lost = nr_lost;
	t->memory = (uint64_t *)(t + 1);
	t->node_id = (unsigned *)(t->memory + nodes);
	t->first_cpu = t->node_id + nodes;
	t->cpu_id = t->first_cpu + nodes + 1;
	t->cpu_node = t->cpu_id + nr_cpus;
	t->node_cpus = t->cpu_node + nr_cpus;
	t->lost_cpu = t->node_cpus + nr_cpus;
	t->distance = (uint8_t *)(t->lost_cpu + nr_lost);
	return t;
}

void topology_default_distances(struct numasim_topology *t)
{
	size_t from, to;

	for (from = 0; from < t->nr_nodes; from++)
		for (to = 0; to < t->nr_nodes; to++)
			t->distance[from * t->nr_nodes + to] =
				from == to ? NUMASIM_DISTANCE_LOCAL : NUMASIM_DISTANCE_REMOTE;
}

struct numasim_topology *topology_plain(unsigned nr_nodes, unsigned cpus, uint64_t memory)
{
	struct numasim_topology *t = topology_new(nr_nodes, nr_nodes * cpus, 0);

	if (!t)
		return NULL;
	for (unsigned i = 0; i < nr_nodes; i++) {
		t->node_id[i] = i;
		t->memory[i] = memory;
		t->first_cpu[i + 1] = (i + 1) * cpus;
	}
	for (unsigned i = 0; i < nr_nodes * cpus; i++) {
		t->cpu_id[i] = t->node_cpus[i] = i;
		t->cpu_node[i] = i / cpus;
	}
	topology_default_distances(t);
	return t;
}

void numasim_topology_free(struct numasim_topology *topology)
{
	free(topology);
}

static int compare_ids(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The position of @id in an ascending list, or -ENOENT. */
static long position(const unsigned *ids, size_t nr, unsigned id)
{
	const unsigned *found = bsearch(&id, ids, nr, sizeof(*ids), compare_ids);

	return found ? found - ids : -ENOENT;
}

void numasim_topology_nodes(const unsigned **ids, size_t *nr, const struct numasim_topology *t)
{
	*ids = t->node_id;
	*nr = t->nr_nodes;
}

void numasim_topology_cpus(const unsigned **ids, size_t *nr, const struct numasim_topology *t)
{
	*ids = t->cpu_id;
	*nr = t->nr_cpus;
}

void numasim_topology_lost_cpus(const unsigned **ids, size_t *nr, const struct numasim_topology *t)
{
	*ids = t->lost_cpu;
	*nr = t->nr_lost;
}

int numasim_topology_node_cpus(const unsigned **ids, size_t *nr, const struct numasim_topology *t,
			       unsigned node)
{
	long n = position(t->node_id, t->nr_nodes, node);

	if (n < 0)
		return (int)n;
	*ids = t->node_cpus + t->first_cpu[n];
	*nr = t->first_cpu[n + 1] - t->first_cpu[n];
	return 0;
}

int numasim_topology_node_memory(uint64_t *bytes, const struct numasim_topology *t, unsigned node)
{
	long n = position(t->node_id, t->nr_nodes, node);

	if (n < 0)
		return (int)n;
	*bytes = t->memory[n];
	return 0;
}

int numasim_topology_cpu_node(unsigned *node, const struct numasim_topology *t, unsigned cpu)
{
	long c = position(t->cpu_id, t->nr_cpus, cpu);

	if (c < 0)
		return (int)c;
	*node = t->node_id[t->cpu_node[c]];
	return 0;
}

int numasim_topology_distance(unsigned *distance, const struct numasim_topology *t, unsigned from,
			      unsigned to)
{
	long f = position(t->node_id, t->nr_nodes, from);
	long g = position(t->node_id, t->nr_nodes, to);

	if (f < 0 || g < 0)
		return -ENOENT;
	*distance = t->distance[(size_t)f * t->nr_nodes + (size_t)g];
	return 0;
}

enum numasim_distances numasim_topology_distances(const struct numasim_topology *t)
{
	return t->distances;
}
