/* SPDX-License-Identifier: BSD-2-Clause */
/* numasim SUBCOMMAND ... */
#include "cli.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *text;
} commands[] = {
	{"explore", cmd_explore, "search all orders of a scenario's steps for one that breaks it"},
	{"check", cmd_check, "hold scenarios against the verdicts that they expect"},
	{"replay", cmd_replay, "take the steps of a witness again, and compare"},
	{"step", cmd_step, "walk through a scenario by hand"},
	{"topology", cmd_topology, "print the nodes, CPUs and distances of a machine"},
	{"sysfs", cmd_sysfs, "write the files from which numactl and numastat read a machine"},
	{"releases", cmd_releases, "list kernels, and the fixes that each has"},
	{"entry", cmd_entry, "decode a page-table entry"},
};

#define NR_COMMANDS (sizeof(commands) / sizeof(*commands))

static void help(FILE *out)
{
	fputs("usage: numasim SUBCOMMAND [ARGUMENT]...\n\n"
	      "A model of x86-64 virtual memory and of Linux NUMA memory management.\n\n", out);
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].text);
	fputs("\n`numasim SUBCOMMAND --help` says more, and so does numasim(1).\n", out);
}

static int unknown(const char *word)
{
	const char *names[NR_COMMANDS + 1] = {NULL}, *near;

	for (size_t i = 0; i < NR_COMMANDS; i++)
		names[i] = commands[i].name;
	near = nearest(word, names);
	fprintf(stderr, "numasim: there is no subcommand %s", word);
	if (near)
		fprintf(stderr, "; did you mean %s?\n", near);
	else
		fputs("; see `numasim --help`\n", stderr);
	return CLI_BAD_INPUT;
}

static int dispatch(int argc, char **argv)
{
	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	if (!strcmp(argv[1], "--version"))
		return puts("numasim " CLI_VERSION) < 0 ? CLI_BAD_INPUT : 0;
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		help(stdout);
		return 0;
	}
	return unknown(argv[1]);
}

int main(int argc, char **argv)
{
	int ret;

	if (argc < 2) {
		help(stderr);
		return CLI_BAD_INPUT;
	}
	ret = dispatch(argc, argv);
	if (!fflush(stdout) && !ferror(stdout))
		return ret;
	fprintf(stderr, "numasim: writing the output: %s\n", strerror(errno));
	return CLI_BAD_INPUT;
}
