/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From hwloc to a topology_message. Everything here runs in the child of topology_child.h: hwloc
 * and libnuma may print, crash or exit as they like.
 */
#ifndef MACHINE_TOPOLOGY_HWLOC_H
#define MACHINE_TOPOLOGY_HWLOC_H

#include <hwloc.h>

#include "machine/topology_message.h"

enum topology_kind { TOPOLOGY_XML, TOPOLOGY_SYNTHETIC, TOPOLOGY_HOST };

struct topology_source {
	enum topology_kind kind;
	const char *text; /* XML or synthetic description, with a zero byte at text[len] */
	size_t len;
};

/* What hwloc is to find in its environment, and that nothing else is there to be found. */
extern char *const topology_hwloc_environment[];

/* The job: load @source (a struct topology_source) and answer with a message. */
void topology_hwloc_job(void *source);

/*
 * The distances between the nodes with the @nr ascending ids in @node_id.
 *
 * Returns where they come from; @matrix (nr x nr) is filled for RECORDED and PARTIAL only.
 */
enum numasim_distances topology_hwloc_distances(uint8_t *matrix, hwloc_topology_t topology,
						const uint32_t *node_id, unsigned nr);

/* The same for the host, asked of libnuma. */
enum numasim_distances topology_host_distances(uint8_t *matrix, const uint32_t *node_id,
					       unsigned nr);

/* Linux keeps a distance in one byte; 0 is how libnuma says that it does not know. */
static inline int topology_distance_usable(uint64_t value)
{
	return value > 0 && value <= UINT8_MAX;
}

#endif
