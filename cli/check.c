/* SPDX-License-Identifier: BSD-2-Clause */
/* numasim check FILE...: do scenarios show what they say they show? */
#include "cli.h"

#include <numasim/report.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: numasim check FILE... [--engine E] [--budget B]\n"
	"\n"
	"Search each kernel that the `expect` lines of the scenarios name, and print expected and\n"
	"found verdicts. A verdict \"holds\" or \"no ORACLE\" is VACUOUS, and so a failure, if what the\n"
	"file wants reached is reached in no order, unless the line says \"vacuously\".\n"
	"\n"
	"  --engine E   graph (the default), tree or tree-merged: see `numasim explore --help`\n"
	"  --budget B   stop each search after a time (10s) or a number of states (1000000)\n"
	"\n"
	"Exit status: 0 all as expected, 1 not all, 2 bad input, 3 nothing unexpected but some are\n"
	"undecided.\n";

static const char *const known[] = {"--engine", "--budget", "--help", NULL};

struct check_args {
	struct search_args search;
	const char **file;
	size_t nr_files;
};

/* The words of the command line; 0 to go on, else an exit status + 1. */
static int parse(struct check_args *args, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int taken;

		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return EXIT_SUCCESS + 1;
		}
		if (argv[i][0] != '-') {
			args->file[args->nr_files++] = argv[i];
			continue;
		}
		if (strncmp(argv[i], "--engine", 8) && strncmp(argv[i], "--budget", 8))
			taken = 0;
		else
			taken = search_args_take(&args->search, argc, argv, &i);
		if (!taken)
			unknown_option(argv, i, known);
		if (taken < 1)
			return CLI_BAD_INPUT + 1;
	}
	if (args->nr_files)
		return 0;
	fputs("numasim: check: FILE is missing; see `numasim check --help`\n", stderr);
	return CLI_BAD_INPUT + 1;
}

static struct numasim_check *check_file(const char *path, const struct numasim_search *search)
{
	struct numasim_scenario *scenario;
	struct numasim_check *check = NULL;
	struct numasim_error err = {0};
	int ret = numasim_scenario_load(&scenario, path, &err);

	if (!ret) {
		ret = numasim_scenario_check(&check, scenario, search, &err);
		numasim_scenario_free(scenario);
	}
	if (ret)
		complain(ret, &err);
	return check;
}

/* The worst that a file's rows say. */
static int status_of(const struct numasim_check *check, int status)
{
	struct numasim_check_row row;

	for (size_t i = 0; i < numasim_check_count(check); i++) {
		numasim_check_row(&row, check, i);
		if (row.status == NUMASIM_CHECK_FAIL || row.status == NUMASIM_CHECK_VACUOUS)
			return CLI_BROKEN;
		if (row.status == NUMASIM_CHECK_UNDECIDED && status == CLI_HOLDS)
			status = CLI_UNDECIDED;
	}
	return status;
}

static int print(struct numasim_check **checks, size_t nr)
{
	char *text;
	int ret = numasim_report_check(&text, (const struct numasim_check *const *)checks, nr);

	if (ret) {
		fprintf(stderr, "numasim: %s\n", numasim_strerror(ret));
		return CLI_BAD_INPUT;
	}
	fputs(text, stdout);
	free(text);
	return 0;
}

/* A file that cannot be read does not keep the others from being checked. */
static int check_all(const struct check_args *args)
{
	struct numasim_check **checks = calloc(args->nr_files, sizeof(*checks));
	int status = CLI_HOLDS, bad = 0;
	size_t nr = 0;

	if (!checks) {
		fputs("numasim: out of memory\n", stderr);
		return CLI_BAD_INPUT;
	}
	for (size_t i = 0; i < args->nr_files; i++) {
		checks[nr] = check_file(args->file[i], &args->search.search);
		if (!checks[nr]) {
			bad = CLI_BAD_INPUT;
			continue;
		}
		status = status == CLI_BROKEN ? status : status_of(checks[nr], status);
		nr++;
	}
	if (nr && print(checks, nr))
		bad = CLI_BAD_INPUT;
	while (nr)
		numasim_check_free(checks[--nr]);
	free(checks);
	return bad ? bad : status;
}

int cmd_check(int argc, char **argv)
{
	struct check_args args = {.nr_files = 0};
	int ret = CLI_BAD_INPUT + 1;

	args.file = calloc((size_t)argc + 1, sizeof(*args.file));
	if (!args.file)
		fputs("numasim: out of memory\n", stderr);
	else if (!search_args_init(&args.search, argc))
		ret = parse(&args, argc, argv);
	ret = ret ? ret - 1 : check_all(&args);
	search_args_free(&args.search);
	free(args.file);
	return ret;
}
