/* SPDX-License-Identifier: BSD-2-Clause */
#include <numasim/topology.h>
#include <stdio.h>

int main(void)
{
	struct numasim_topology *machine;
	struct numasim_error err = {0};
	unsigned distance;

	if (numasim_topology_load(&machine, "numa:4 core:2 pu:1", &err))
		return fprintf(stderr, "%s\n", err.text), 1;
	numasim_topology_distance(&distance, machine, 0, 3);
	printf("from node 0 to node 3: %u\n", distance);
	numasim_topology_free(machine);
}
