/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A topology in the words of `numactl -H`, so that people and scripts that read one read the other.
 *
 *   available: 3 nodes (0,8-9)
 *   node 0 cpus: 0 1 2 3
 *   node 0 size: 15360 MB                     bytes divided by 2^20, rounded down
 *   node 0 free: 15360 MB
 *   ...
 *   node distances:
 *   node   0   8   9 <space at the end>       numbers in a blank and at least two digits' width
 *     0:  10  20  40 <space at the end>
 *
 * The form is that of numactl 2.0.16; the golden texts of real machines are what it is tested with.
 */
#include "machine/topology.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* "0-2,33-34,45": runs of consecutive ids, as the kernel prints a list of nodes. */
static void print_list(FILE *out, const unsigned *ids, unsigned nr)
{
	unsigned first, last;

	for (first = 0; first < nr; first = last + 1) {
		for (last = first; last + 1 < nr && ids[last + 1] == ids[last] + 1;)
			last++;
		fprintf(out, "%s%u", first ? "," : "", ids[first]);
		if (last > first)
			fprintf(out, "-%u", ids[last]);
	}
}

static void print_node(FILE *out, const struct numasim_topology *t, unsigned n, uint64_t free_bytes)
{
	unsigned c, id = t->node_id[n];

	fprintf(out, "node %u cpus:", id);
	for (c = t->first_cpu[n]; c < t->first_cpu[n + 1]; c++)
		fprintf(out, " %u", t->node_cpus[c]);
	fprintf(out, "\nnode %u size: %" PRIu64 " MB\n", id, t->memory[n] >> 20);
	fprintf(out, "node %u free: %" PRIu64 " MB\n", id, free_bytes >> 20);
}

static void print_distances(FILE *out, const struct numasim_topology *t)
{
	size_t from, to;

	fputs("node distances:\nnode ", out);
	for (to = 0; to < t->nr_nodes; to++)
		fprintf(out, "% 3d ", (int)t->node_id[to]);
	for (from = 0; from < t->nr_nodes; from++) {
		fprintf(out, "\n% 3d: ", (int)t->node_id[from]);
		for (to = 0; to < t->nr_nodes; to++)
			fprintf(out, "% 3d ", t->distance[from * t->nr_nodes + to]);
	}
	fputc('\n', out);
}

int numasim_topology_numactl(char **text, const struct numasim_topology *t,
			     const uint64_t *free_bytes)
{
	char *buffer = NULL;
	size_t size;
	unsigned n;
	FILE *out = open_memstream(&buffer, &size);
	int failed;

	if (!out)
		return -ENOMEM;
	fprintf(out, "available: %u nodes (", t->nr_nodes);
	print_list(out, t->node_id, t->nr_nodes);
	fputs(")\n", out);
	for (n = 0; n < t->nr_nodes; n++)
		print_node(out, t, n, free_bytes ? free_bytes[n] : t->memory[n]);
	print_distances(out, t);
	failed = ferror(out);
	if (fclose(out) || failed) {
		free(buffer);
		return -ENOMEM;
	}
	*text = buffer;
	return 0;
}
