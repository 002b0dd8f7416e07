/* SPDX-License-Identifier: BSD-2-Clause */
/* Load with hwloc, and say what was found as a message. */
#include "machine/topology_hwloc.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "machine/topology_child.h"

/*
 * hwloc's own XML reader and no plugins: what is installed beside it must not change the result.
 * The nodes of NVIDIA GPUs, which hwloc hides on a host, are nodes to Linux.
 */
char *const topology_hwloc_environment[] = {
	"HWLOC_LIBXML=0",
	"HWLOC_PLUGINS_PATH=/dev/null",
	"HWLOC_XML_VERBOSE=1",
	"HWLOC_SYNTHETIC_VERBOSE=1",
	"HWLOC_KEEP_NVIDIA_GPU_NUMA_NODES=1",
	NULL,
};

static void answer_failure(enum topology_failure why, uint64_t detail)
{
	uint64_t room[TOPOLOGY_FAILURE_SIZE / sizeof(uint64_t)];
	struct topology_message *message = (struct topology_message *)room;

	topology_message_failure(message, why, detail);
	topology_child_answer(message, topology_message_size(message));
}

static int by_os_index(const void *a, const void *b)
{
	hwloc_obj_t x = *(const hwloc_obj_t *)a, y = *(const hwloc_obj_t *)b;

	return (x->os_index > y->os_index) - (x->os_index < y->os_index);
}

/* All objects of a type, by os_index; *nr is how many. NULL when there are none, or no memory. */
static hwloc_obj_t *list_objects(unsigned *nr, hwloc_topology_t topology, hwloc_obj_type_t type)
{
	int n = hwloc_get_nbobjs_by_type(topology, type);
	hwloc_obj_t *list, obj = NULL;

	*nr = 0;
	if (n <= 0)
		return NULL;
	list = calloc((size_t)n, sizeof(*list));
	while (list && *nr < (unsigned)n && (obj = hwloc_get_next_obj_by_type(topology, type, obj)))
		list[(*nr)++] = obj;
	if (list)
		qsort(list, *nr, sizeof(*list), by_os_index);
	return list;
}

/* How many CPUs a node's cpuset holds; an unbounded set is larger than any. */
static unsigned weight(hwloc_obj_t node)
{
	int w = node->cpuset ? hwloc_bitmap_weight(node->cpuset) : 0;

	return w < 0 ? UINT_MAX : (unsigned)w;
}

/* Nodes come in ascending order of id, so the first of the smallest has the lowest id. */
static uint32_t node_of_cpu(unsigned cpu, const hwloc_obj_t *nodes, const unsigned *weights,
			    unsigned nr_nodes)
{
	uint32_t n, best = TOPOLOGY_NO_NODE;

	for (n = 0; n < nr_nodes; n++) {
		if (!nodes[n]->cpuset || !hwloc_bitmap_isset(nodes[n]->cpuset, cpu))
			continue;
		if (best == TOPOLOGY_NO_NODE || weights[n] < weights[best])
			best = n;
	}
	return best;
}

static int fill_nodes(struct topology_parts *parts, const hwloc_obj_t *nodes,
		      const hwloc_obj_t *cpus)
{
	unsigned *weights = calloc(parts->nr_nodes, sizeof(*weights));
	uint32_t i;

	if (!weights)
		return -ENOMEM;
	for (i = 0; i < parts->nr_nodes; i++) {
		parts->node_id[i] = nodes[i]->os_index;
		parts->memory[i] = nodes[i]->attr->numanode.local_memory;
		weights[i] = weight(nodes[i]);
	}
	for (i = 0; i < parts->nr_cpus; i++) {
		parts->cpu_id[i] = cpus[i]->os_index;
		parts->cpu_node[i] =
			node_of_cpu(cpus[i]->os_index, nodes, weights, parts->nr_nodes);
	}
	free(weights);
	return 0;
}

/* The matrix decides how long the message is, so it is made before the message. */
static int answer_topology(hwloc_topology_t topology, enum topology_kind kind,
			   const hwloc_obj_t *nodes, unsigned nr_nodes, const hwloc_obj_t *cpus,
			   unsigned nr_cpus)
{
	struct topology_parts parts = {.nr_nodes = nr_nodes, .nr_cpus = nr_cpus};
	uint8_t *matrix = malloc((size_t)nr_nodes * nr_nodes);
	uint32_t *ids = malloc(nr_nodes * sizeof(*ids));
	struct topology_message *message = NULL;
	unsigned n;

	for (n = 0; ids && n < nr_nodes; n++)
		ids[n] = nodes[n]->os_index;
	if (ids && matrix) {
		parts.distances =
			kind == TOPOLOGY_HOST
				? topology_host_distances(matrix, ids, nr_nodes)
				: topology_hwloc_distances(matrix, topology, ids, nr_nodes);
		message = topology_message_new(&parts);
	}
	if (message && !fill_nodes(&parts, nodes, cpus)) {
		if (parts.distance)
			memcpy(parts.distance, matrix, (size_t)nr_nodes * nr_nodes);
		topology_message_seal(message);
		topology_child_answer(message, topology_message_size(message));
		n = 0;
	} else {
		n = 1;
	}
	free(message);
	free(matrix);
	free(ids);
	return n ? -ENOMEM : 0;
}

static void answer_loaded(hwloc_topology_t topology, enum topology_kind kind)
{
	unsigned nr_nodes, nr_cpus;
	hwloc_obj_t *nodes = list_objects(&nr_nodes, topology, HWLOC_OBJ_NUMANODE);
	hwloc_obj_t *cpus = list_objects(&nr_cpus, topology, HWLOC_OBJ_PU);

	if (!nr_nodes || !nr_cpus)
		answer_failure(TOPOLOGY_NO_NODES, 0);
	else if (nr_nodes > NUMASIM_TOPOLOGY_MAX_NODES)
		answer_failure(TOPOLOGY_MANY_NODES, nr_nodes);
	else if (nr_cpus > NUMASIM_TOPOLOGY_MAX_CPUS)
		answer_failure(TOPOLOGY_MANY_CPUS, nr_cpus);
	else if (answer_topology(topology, kind, nodes, nr_nodes, cpus, nr_cpus))
		answer_failure(TOPOLOGY_NO_MEMORY, 0);
	free(nodes);
	free(cpus);
}

static int set_source(hwloc_topology_t topology, const struct topology_source *source)
{
	switch (source->kind) {
	case TOPOLOGY_XML: /* hwloc's own reader wants the terminating zero as well */
		return hwloc_topology_set_xmlbuffer(topology, source->text, (int)source->len + 1);
	case TOPOLOGY_SYNTHETIC:
		return hwloc_topology_set_synthetic(topology, source->text);
	case TOPOLOGY_HOST:
		return 0;
	}
	return -1;
}

void topology_hwloc_job(void *arg)
{
	const struct topology_source *source = arg;
	hwloc_topology_t topology;

	setlocale(LC_ALL, "C"); /* numbers in XML have a decimal point wherever the caller lives */
	if (hwloc_topology_init(&topology)) {
		topology_child_ready();
		answer_failure(TOPOLOGY_NO_MEMORY, 0);
		return;
	}
	hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
	topology_child_ready();
	errno = 0;
	if (set_source(topology, source))
		answer_failure(TOPOLOGY_REFUSED, (uint64_t)errno);
	else if (hwloc_topology_load(topology))
		answer_failure(TOPOLOGY_LOAD, (uint64_t)errno);
	else
		answer_loaded(topology, source->kind);
	hwloc_topology_destroy(topology);
}
