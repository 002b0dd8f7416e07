/* SPDX-License-Identifier: BSD-2-Clause */
/* numasim topology WHAT: what a machine is made of, as `numactl -H` prints it. */
#include <numasim/topology.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { EXIT_BAD_INPUT = 2 };

static const char usage[] =
	"usage: numasim topology WHAT\n"
	"\n"
	"Print the NUMA nodes of a machine, their CPUs, memory and distances, in the words of\n"
	"`numactl -H`. All memory counts as free.\n"
	"\n"
	"WHAT is one of\n"
	"  host                 the machine this runs on\n"
	"  a file               hwloc XML, as `lstopo machine.xml` writes it\n"
	"  anything else        an hwloc synthetic description, such as \"numa:2 core:2 pu:1\"\n"
	"\n"
	"Exit status: 0, or 2 when there is no such topology.\n";

/* What the printed text cannot say. */
static void note(const struct numasim_topology *topology)
{
	const unsigned *ids;
	size_t i, nr;

	numasim_topology_lost_cpus(&ids, &nr, topology);
	if (nr) {
		fputs("numasim: left out, as no NUMA node holds them: CPUs", stderr);
		for (i = 0; i < nr; i++)
			fprintf(stderr, " %u", ids[i]);
		fputc('\n', stderr);
	}
	if (numasim_topology_distances(topology) == NUMASIM_DISTANCES_UNUSABLE)
		fputs("numasim: the recorded distances are not used, as they cannot be Linux's: "
		      "those are 1 to 255\n",
		      stderr);
	if (numasim_topology_distances(topology) == NUMASIM_DISTANCES_PARTIAL)
		fputs("numasim: distances are recorded for some of the nodes only; the others are "
		      "20 apart\n",
		      stderr);
}

static int print(const char *what)
{
	struct numasim_topology *topology;
	struct numasim_error err = {0};
	char *text;
	int ret = numasim_topology_load(&topology, what, &err);

	if (ret) {
		fprintf(stderr, "numasim: %s\n", err.text);
		return EXIT_BAD_INPUT;
	}
	ret = numasim_topology_numactl(&text, topology, NULL);
	if (ret) {
		fprintf(stderr, "numasim: %s\n", numasim_strerror(ret));
	} else {
		note(topology);
		fputs(text, stdout);
		free(text);
	}
	numasim_topology_free(topology);
	return ret ? EXIT_BAD_INPUT : EXIT_SUCCESS;
}

int cmd_topology(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		}
		if (argv[i][0] == '-') {
			fprintf(stderr,
				"numasim: topology: unknown option %s; see `numasim topology "
				"--help`\n",
				argv[i]);
			return EXIT_BAD_INPUT;
		}
	}
	if (argc != 2) {
		fprintf(stderr, "numasim: topology: %s; see `numasim topology --help`\n",
			argc < 2 ? "WHAT is missing"
				 : "one WHAT at a time (put a description in quotes)");
		return EXIT_BAD_INPUT;
	}
	return print(argv[1]);
}
