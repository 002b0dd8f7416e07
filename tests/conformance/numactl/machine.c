/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine that did something known, for numactl and numastat to read.
 *
 * usage: numactl-machine TOPOLOGY BEFORE AFTER
 *
 * Boots a system, writes its /sys/devices/system/node to the folder BEFORE, lets a process on the
 * first CPU touch PAGES pages that are bound to the last node that has memory, LOCAL pages where it
 * runs and SPREAD pages interleaved over all nodes with memory, and writes AFTER. Prints the
 * topology as `numactl -H` would with all memory free.
 */
#include <numasim/numasim.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE	     UINT64_C(4096)
#define PAGES	     600
#define LOCAL	     100
#define SPREAD	     240 /* so many that 2, 3 or 4 nodes get the same share */
#define MPOL_BIND    2
#define MPOL_INTERLEAVE 3

static struct numasim_error err;

static void need(long result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "%s: %s %s\n", what, numasim_strerror((int)result), err.text);
	exit(1);
}

/* The nodes with memory, as a mask; *last is the last of them. */
static uint64_t nodes_with_memory(const struct numasim_topology *topology, unsigned *last)
{
	const unsigned *ids;
	uint64_t bytes, mask = 0;
	size_t nr;

	numasim_topology_nodes(&ids, &nr, topology);
	for (size_t i = 0; i < nr; i++) {
		need(numasim_topology_node_memory(&bytes, topology, ids[i]), "memory");
		if (!bytes || ids[i] >= 64)
			continue;
		mask |= UINT64_C(1) << ids[i];
		*last = ids[i];
	}
	return mask;
}

static void touch(struct numasim_process *p, unsigned pages, int mode, uint64_t nodes)
{
	long at = numasim_sys_mmap(p, 0, pages * PAGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	need(at, "mmap");
	if (nodes)
		need(numasim_sys_mbind(p, (uint64_t)at, pages * PAGE, mode, &nodes, 65, 0),
		     "mbind");
	for (unsigned i = 0; i < pages; i++)
		need(numasim_process_store(p, (uint64_t)at + i * PAGE, 1), "store");
}

int main(int argc, char **argv)
{
	struct numasim_system_options options = {.thp = NUMASIM_THP_NEVER};
	struct numasim_topology *topology;
	struct numasim_system *system;
	struct numasim_process *p;
	const unsigned *cpus;
	unsigned last = 0;
	uint64_t all;
	char *text;
	size_t nr;

	if (argc != 4)
		return 2;
	need(numasim_topology_load(&topology, argv[1], &err), "topology");
	options.topology = topology;
	need(numasim_system_create(&system, &options, &err), "system");
	numasim_topology_cpus(&cpus, &nr, topology);
	need(numasim_process_create(&p, system, "p", cpus[0], &err), "process");
	need(numasim_write_nodes(argv[2], system, &err), "before");
	all = nodes_with_memory(topology, &last);
	touch(p, PAGES, MPOL_BIND, UINT64_C(1) << last);
	touch(p, LOCAL, 0, 0);
	touch(p, SPREAD, MPOL_INTERLEAVE, all);
	need(numasim_write_nodes(argv[3], system, &err), "after");
	need(numasim_topology_numactl(&text, topology, NULL), "text");
	fputs(text, stdout);
	free(text);
	numasim_system_free(system);
	numasim_topology_free(topology);
	return 0;
}
