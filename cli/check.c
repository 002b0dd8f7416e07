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
	"found verdicts. A verdict \"holds\" or \"no ORACLE\" is VACUOUS, and so a failure, if "
	"what the\n"
	"file wants reached is reached in no order, unless the line says \"vacuously\".\n"
	"\n"
	"  --engine E   graph (the default), tree or tree-merged: see `numasim explore --help`\n"
	"  --budget B   stop each search after a time (10s) or a number of states (1000000)\n"
	"\n"
	"Exit status: 0 all as expected, 1 not all, 2 bad input, 3 nothing unexpected but some "
	"are\n"
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

/* How many verdicts of each status. */
struct tally {
	size_t count[NUMASIM_CHECK_UNDECIDED + 1];
	size_t files;
	int bad;
};

static void count_rows(struct tally *tally, const struct numasim_check *check)
{
	struct numasim_check_row row;

	for (size_t i = 0; i < numasim_check_count(check); i++) {
		numasim_check_row(&row, check, i);
		tally->count[row.status]++;
	}
}

/* Searches can take long, so each file's table is printed as soon as it is known. */
static void print_file(struct tally *tally, const struct numasim_check *check)
{
	char *text;
	int ret = numasim_report_check(&text, check);

	if (ret) {
		fprintf(stderr, "numasim: %s\n", numasim_strerror(ret));
		tally->bad = 1;
		return;
	}
	printf("%s%s", tally->files ? "\n" : "", text);
	fflush(stdout);
	free(text);
	tally->files++;
}

static void print_tally(const struct tally *tally)
{
	static const char *const word[] = {[NUMASIM_CHECK_OK] = "ok",
					   [NUMASIM_CHECK_FAIL] = "failed",
					   [NUMASIM_CHECK_VACUOUS] = "vacuous",
					   [NUMASIM_CHECK_UNDECIDED] = "undecided"};
	const char *gap = ": ";
	size_t sum = 0;

	for (int i = 0; i <= NUMASIM_CHECK_UNDECIDED; i++)
		sum += tally->count[i];
	printf("\n%zu verdict%s", sum, sum == 1 ? "" : "s");
	for (int i = 0; i <= NUMASIM_CHECK_UNDECIDED; i++) {
		if (!tally->count[i])
			continue;
		printf("%s%zu %s", gap, tally->count[i], word[i]);
		gap = ", ";
	}
	putchar('\n');
}

/* A file that cannot be read does not keep the others from being checked. */
static int check_all(const struct check_args *args)
{
	struct tally tally = {.files = 0};

	for (size_t i = 0; i < args->nr_files; i++) {
		struct numasim_check *check = check_file(args->file[i], &args->search.search);

		if (!check) {
			tally.bad = 1;
			continue;
		}
		count_rows(&tally, check);
		print_file(&tally, check);
		numasim_check_free(check);
	}
	if (tally.files)
		print_tally(&tally);
	if (tally.bad)
		return CLI_BAD_INPUT;
	if (tally.count[NUMASIM_CHECK_FAIL] || tally.count[NUMASIM_CHECK_VACUOUS])
		return CLI_BROKEN;
	return tally.count[NUMASIM_CHECK_UNDECIDED] ? CLI_UNDECIDED : CLI_HOLDS;
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
