/* SPDX-License-Identifier: BSD-2-Clause */
/* Distances between nodes, from hwloc's matrices or from libnuma; runs in the child. */
#include <numa.h>
#include <stdlib.h>
#include <string.h>

#include "machine/topology_hwloc.h" /* hwloc.h, which includes its distances.h */

/* A topology with more matrices between nodes than this is not a recorded machine. */
#define MOST_MATRICES 64

static int compare_ids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Position of a node in the ascending ids, or -1. */
static long position(const uint32_t *node_id, unsigned nr, uint32_t id)
{
	const uint32_t *found = bsearch(&id, node_id, nr, sizeof(id), compare_ids);

	return found ? found - node_id : -1;
}

/* The system's own matrix has a name; else the first latency matrix of those that cover most. */
static struct hwloc_distances_s *choose(struct hwloc_distances_s **all, unsigned nr,
					hwloc_topology_t topology)
{
	struct hwloc_distances_s *best = NULL;
	unsigned i;

	for (i = 0; i < nr; i++) {
		const char *name = hwloc_distances_get_name(topology, all[i]);

		if (!(all[i]->kind & HWLOC_DISTANCES_KIND_MEANS_LATENCY) ||
		    (all[i]->kind & HWLOC_DISTANCES_KIND_HETEROGENEOUS_TYPES))
			continue;
		if (name && !strcmp(name, "NUMALatency"))
			return all[i];
		if (!best || all[i]->nbobjs > best->nbobjs)
			best = all[i];
	}
	return best;
}

static void fill_default(uint8_t *matrix, unsigned nr)
{
	size_t i;

	memset(matrix, NUMASIM_DISTANCE_REMOTE, (size_t)nr * nr);
	for (i = 0; i < nr; i++)
		matrix[i * nr + i] = NUMASIM_DISTANCE_LOCAL;
}

/* hwloc orders nodes by place, not by number, and a matrix may leave nodes out. */
static enum numasim_distances take(uint8_t *matrix, const struct hwloc_distances_s *from,
				   const uint32_t *node_id, unsigned nr)
{
	unsigned i, j, covered = 0;

	fill_default(matrix, nr);
	for (i = 0; i < from->nbobjs; i++) {
		long row = from->objs[i] ? position(node_id, nr, from->objs[i]->os_index) : -1;

		covered += row >= 0;
		for (j = 0; row >= 0 && j < from->nbobjs; j++) {
			long column =
				from->objs[j] ? position(node_id, nr, from->objs[j]->os_index) : -1;
			uint64_t value = from->values[(size_t)i * from->nbobjs + j];

			if (column < 0)
				continue;
			if (!topology_distance_usable(value))
				return NUMASIM_DISTANCES_UNUSABLE;
			matrix[(size_t)row * nr + (size_t)column] = (uint8_t)value;
		}
	}
	return covered < nr ? NUMASIM_DISTANCES_PARTIAL : NUMASIM_DISTANCES_RECORDED;
}

enum numasim_distances topology_hwloc_distances(uint8_t *matrix, hwloc_topology_t topology,
						const uint32_t *node_id, unsigned nr)
{
	struct hwloc_distances_s *all[MOST_MATRICES], *chosen;
	enum numasim_distances source = NUMASIM_DISTANCES_DEFAULT;
	unsigned found = MOST_MATRICES, i;

	if (hwloc_distances_get_by_type(topology, HWLOC_OBJ_NUMANODE, &found, all, 0, 0))
		return NUMASIM_DISTANCES_DEFAULT;
	if (found > MOST_MATRICES)
		found = MOST_MATRICES;
	chosen = choose(all, found, topology);
	if (chosen)
		source = take(matrix, chosen, node_id, nr);
	for (i = 0; i < found; i++)
		hwloc_distances_release(topology, all[i]);
	return source;
}

enum numasim_distances topology_host_distances(uint8_t *matrix, const uint32_t *node_id,
					       unsigned nr)
{
	unsigned from, to;

	if (numa_available() < 0)
		return NUMASIM_DISTANCES_DEFAULT;
	for (from = 0; from < nr; from++) {
		for (to = 0; to < nr; to++) {
			int value = numa_distance((int)node_id[from], (int)node_id[to]);

			if (!value) /* libnuma does not know */
				return NUMASIM_DISTANCES_DEFAULT;
			if (value < 0 || !topology_distance_usable((uint64_t)value))
				return NUMASIM_DISTANCES_UNUSABLE;
			matrix[(size_t)from * nr + to] = (uint8_t)value;
		}
	}
	return NUMASIM_DISTANCES_RECORDED;
}
