/* SPDX-License-Identifier: BSD-2-Clause */
/* numasim explore FILE: is there any order of steps that breaks this? */
#include "cli.h"

#include <errno.h>
#include <numasim/report.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: numasim explore FILE [OPTION]...\n"
	"\n"
	"Search every order in which the CPUs of a scenario can take their steps for one that "
	"breaks\n"
	"something, and print it as a table with a column per CPU.\n"
	"\n"
	"  --release R      the kernel, instead of the scenario's: see `numasim releases`\n"
	"  --with F         add a fix, rework, draft or build option (again for more)\n"
	"  --without F      take one out (again for more)\n"
	"  --topology T     the machine, instead of the scenario's: see `numasim topology --help`\n"
	"  --oracle O       only what this oracle finds ends an order (again for more); others "
	"are\n"
	"                   passed over\n"
	"  --engine E       graph: every state (the default); tree: every order; tree-merged: "
	"every\n"
	"                   class of equivalent orders\n"
	"  --bound N        only orders with at most N preemptions (graph)\n"
	"  --budget B       stop after a time (10s, 500ms, 5m) or a number of states (1000000)\n"
	"  --witness OUT    write the order that breaks it to a file, for `numasim replay`\n"
	"  --json           print the result as JSON\n"
	"\n"
	"Exit status: 0 it holds in every order, 1 some order breaks it, 2 bad input, 3 "
	"undecided.\n";

static const char *const known[] = {"--release", "--with", "--without", "--topology", "--oracle",
				    "--engine", "--bound", "--budget", "--witness", "--json",
				    "--help", NULL};

struct explore_args {
	struct kernel_args kernel;
	struct search_args search;
	const char *file, *witness;
	int json;
};

static int take_file(struct explore_args *args, char **argv, int i)
{
	if (args->file) {
		fprintf(stderr,
			"numasim: explore: one FILE at a time, not %s and %s; `numasim check` "
			"takes many\n",
			args->file, argv[i]);
		return CLI_BAD_INPUT + 1;
	}
	args->file = argv[i];
	return 0;
}

/* The words of the command line; 0 to go on, else an exit status + 1. */
static int parse(struct explore_args *args, int argc, char **argv)
{
	int ret = 0;

	for (int i = 1; i < argc && !ret; i++) {
		int taken;

		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return EXIT_SUCCESS + 1;
		}
		if (!strcmp(argv[i], "--json")) {
			args->json = 1;
			continue;
		}
		if (argv[i][0] != '-') {
			ret = take_file(args, argv, i);
			continue;
		}
		taken = kernel_args_take(&args->kernel, argc, argv, &i);
		if (!taken)
			taken = search_args_take(&args->search, argc, argv, &i);
		if (!taken)
			taken = option_value(&args->witness, "--witness", argc, argv, &i);
		if (!taken)
			unknown_option(argv, i, known);
		ret = taken > 0 ? 0 : CLI_BAD_INPUT + 1;
	}
	if (!ret && !args->file) {
		fputs("numasim: explore: FILE is missing; see `numasim explore --help`\n", stderr);
		return CLI_BAD_INPUT + 1;
	}
	return ret;
}

static int write_witness(const char *path, const struct numasim_result *result)
{
	const char *text = numasim_result_witness(result);
	FILE *file;
	int failed;

	if (!path || !text)
		return 0;
	file = fopen(path, "w");
	failed = !file || fputs(text, file) < 0;
	if (file && fclose(file))
		failed = 1;
	if (failed)
		fprintf(stderr, "numasim: %s: %s\n", path, strerror(errno));
	return failed ? CLI_BAD_INPUT : 0;
}

static int print_result(const struct numasim_result *result, int json)
{
	char *text;
	int ret = json ? numasim_report_json(&text, result) : numasim_report_text(&text, result);

	if (ret) {
		fprintf(stderr, "numasim: %s\n", numasim_strerror(ret));
		return CLI_BAD_INPUT;
	}
	fputs(text, stdout);
	free(text);
	return 0;
}

static int explore(struct explore_args *args)
{
	static const int status[] = {CLI_HOLDS, CLI_BROKEN, CLI_UNDECIDED};
	const struct numasim_scenario_params params = {.release = args->kernel.release,
						       .with = args->kernel.with,
						       .without = args->kernel.without,
						       .nr_with = args->kernel.nr_with,
						       .nr_without = args->kernel.nr_without,
						       .topology = args->search.topology};
	struct numasim_result *result = NULL;
	struct numasim_scenario *scenario;
	struct numasim_result_info info;
	struct numasim_error err = {0};
	int ret = numasim_scenario_load(&scenario, args->file, &err);

	if (ret)
		return complain(ret, &err);
	/* A tree of orders is rarely gone through to its end: the first that breaks will do. */
	args->search.search.first_only = args->search.search.engine != NUMASIM_ENGINE_GRAPH;
	ret = numasim_scenario_explore(&result, scenario, &params, &args->search.search, &err);
	numasim_scenario_free(scenario);
	if (ret)
		return complain(ret, &err);
	numasim_result_info(&info, result);
	ret = print_result(result, args->json);
	if (!ret)
		ret = write_witness(args->witness, result);
	numasim_result_free(result);
	return ret ? ret : status[info.verdict];
}

int cmd_explore(int argc, char **argv)
{
	struct explore_args args = {.file = NULL};
	int ret = CLI_BAD_INPUT + 1;

	if (!kernel_args_init(&args.kernel, argc) && !search_args_init(&args.search, argc))
		ret = parse(&args, argc, argv);
	ret = ret ? ret - 1 : explore(&args);
	search_args_free(&args.search);
	kernel_args_free(&args.kernel);
	return ret;
}
