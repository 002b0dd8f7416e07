/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/machine.h"

#include <stdlib.h>
#include <string.h>

/* Nodes with memory in order of their ids; those without stay, with no frames. */
static int build_nodes(struct numasim_machine *m, const struct numasim_topology *topology)
{
	const unsigned *id;
	size_t nr;

	numasim_topology_nodes(&id, &nr, topology);
	m->nr_nodes = nr;
	m->node = arena_alloc(m->arena, nr * sizeof(*m->node));
	m->distance = calloc(nr * nr, 1);
	m->content = arena_alloc(m->arena, sizeof(*m->content));
	m->clock = arena_alloc(m->arena, sizeof(*m->clock));
	if (!m->node || !m->distance || !m->content || !m->clock)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		uint64_t bytes = 0;

		numasim_topology_node_memory(&bytes, topology, id[i]);
		m->node[i].id = id[i];
		m->node[i].index = i;
		m->node[i].nr_frames = bytes >> BLOCK_SHIFT << (BLOCK_SHIFT - FRAME_SHIFT);
		for (size_t k = 0; k < nr; k++) {
			unsigned distance = 0;

			numasim_topology_distance(&distance, topology, id[i], id[k]);
			m->distance[i * nr + k] = distance > 255 ? 255 : distance;
		}
	}
	return frame_init(m);
}

int machine_create(struct numasim_machine **machine, const struct numasim_topology *topology,
		   struct numasim_error *err)
{
	struct numasim_machine *m = calloc(1, sizeof(*m));
	int ret = -ENOMEM;

	if (!m)
		return error_set(err, -ENOMEM, "no memory for a machine");
	m->arena = arena_create(MACHINE_ARENA);
	if (m->arena)
		ret = exec_init(&m->exec, m->arena, MACHINE_STACK);
	m->exec.machine = m;
	if (!ret)
		ret = build_nodes(m, topology);
	if (ret) {
		machine_destroy(m);
		return error_set(err, ret, "no memory for a machine of this size");
	}
	*machine = m;
	return 0;
}

void machine_destroy(struct numasim_machine *m)
{
	if (!m)
		return;
	if (m->arena) {
		exec_destroy(&m->exec);
		frame_destroy(m);
		arena_destroy(m->arena);
	}
	free(m->distance);
	free(m);
}

int machine_node_index(const struct numasim_machine *m, unsigned id)
{
	for (unsigned i = 0; i < m->nr_nodes; i++)
		if (m->node[i].id == id)
			return i;
	return -ENOENT;
}
