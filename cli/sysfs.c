/* SPDX-License-Identifier: BSD-2-Clause */
/* numasim sysfs WHAT FOLDER: /sys/devices/system/node of a machine, as files. */
#include "cli.h"

#include <numasim/proc.h>
#include <numasim/topology.h>

#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: numasim sysfs WHAT FOLDER\n"
	"\n"
	"Write /sys/devices/system/node of a machine on which nothing has run yet into FOLDER.\n"
	"Programs that read the real one see the machine when FOLDER is mounted over it, which as\n"
	"root (or with unshare's -r) is\n"
	"\n"
	"  unshare -m sh -c 'mount --bind FOLDER /sys/devices/system/node && numactl -H'\n"
	"\n"
	"WHAT is as for `numasim topology`, with at most 64 CPUs. FOLDER is made if it is not\n"
	"there; files in it are written over.\n"
	"\n"
	"Exit status: 0, or 2 when there is no such topology or FOLDER cannot be written.\n";

static int write_nodes(const char *what, const char *folder)
{
	struct numasim_system_options options = {0};
	struct numasim_topology *topology;
	struct numasim_system *system = NULL;
	struct numasim_error err = {0};
	int ret = numasim_topology_load(&topology, what, &err);

	if (ret)
		return complain(ret, &err);
	options.topology = topology;
	ret = numasim_system_create(&system, &options, &err);
	numasim_topology_free(topology);
	if (!ret)
		ret = numasim_write_nodes(folder, system, &err);
	numasim_system_free(system);
	return ret ? complain(ret, &err) : EXIT_SUCCESS;
}

int cmd_sysfs(int argc, char **argv)
{
	static const char *const known[] = {"--help", NULL};

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		}
		if (argv[i][0] == '-')
			return unknown_option(argv, i, known);
	}
	if (argc != 3) {
		fprintf(stderr, "numasim: sysfs: %s; see `numasim sysfs --help`\n",
			argc < 2   ? "WHAT is missing"
			: argc < 3 ? "FOLDER is missing"
				   : "one WHAT and one FOLDER (put a description in quotes)");
		return CLI_BAD_INPUT;
	}
	return write_nodes(argv[1], argv[2]);
}
