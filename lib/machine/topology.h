/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A topology in memory: flat arrays, nothing of hwloc.
 *
 *   position        0    1    2              position    0  1  2  3  4
 *  +-----------+----+----+-----+            +----------+--+--+--+--+--+
 *  | node_id   |  0 |  8 | 255 |            | cpu_id   | 0| 1| 2| 3| 9|   ascending
 *  | memory    | .. | .. |  .. |            | cpu_node | 0| 1| 0| 1| 1|   positions of nodes
 *  | first_cpu |  0 |  2 |   5 | 5          | node_cpus| 0| 2| 1| 3| 9|   CPU ids, node by node
 *  +-----------+----+----+-----+            +----------+--+--+--+--+--+
 *
 *  node_cpus[first_cpu[n] .. first_cpu[n + 1] - 1] are the CPUs of the node at position n;
 *  distance[from * nr_nodes + to], both positions.
 */
#ifndef MACHINE_TOPOLOGY_H
#define MACHINE_TOPOLOGY_H

#include <numasim/topology.h>

struct numasim_topology {
	unsigned nr_nodes;
	unsigned nr_cpus;
	unsigned nr_lost;
	enum numasim_distances distances;
	uint64_t *memory;
	unsigned *node_id;
	unsigned *first_cpu; /* one more than nodes */
	unsigned *cpu_id;
	unsigned *cpu_node;
	unsigned *node_cpus;
	unsigned *lost_cpu;
	uint8_t *distance;
};

/*
 * One zeroed block that holds the topology and all its arrays; the counts are filled in. NULL when
 * there is no memory. Freed with numasim_topology_free().
 */
struct numasim_topology *topology_new(unsigned nr_nodes, unsigned nr_cpus, unsigned nr_lost);

/*
 * The machine that is taken where nobody names one, and what tests use: @nr_nodes nodes of @memory
 * bytes and @cpus CPUs each, numbered node by node, at default distances. As hwloc reads
 * "numa:NODES(memory=MEMORY) core:CPUS pu:1", without a child process. NULL: no memory.
 */
struct numasim_topology *topology_plain(unsigned nr_nodes, unsigned cpus, uint64_t memory);

/* Distances as Linux has them when firmware gave none: 10 on the diagonal, 20 elsewhere. */
void topology_default_distances(struct numasim_topology *topology);

#endif
