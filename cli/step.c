/* SPDX-License-Identifier: BSD-2-Clause */
/* numasim step FILE: walk through a scenario by hand, or as a script says. */
#include "cli.h"

#include <errno.h>
#include <numasim/step.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: numasim step FILE [--schedule WITNESS] [--script FILE] [--release R] [--with F]\n"
	"                    [--without F] [--topology T]\n"
	"       numasim step --schedule WITNESS [...]\n"
	"\n"
	"Walk through a scenario one step at a time, forth and back, and look at page tables,\n"
	"TLBs, pages, locks and interrupts on the way. Commands come from the terminal, a pipe or\n"
	"a script; `help` lists them, and docs/stepping.md describes them.\n"
	"\n"
	"  --schedule WITNESS  a witness file; the command `next` takes its steps, checking each.\n"
	"                      Without FILE, the scenario is the one in it; without the options\n"
	"                      below, kernel and machine are those that it was found with\n"
	"  --script FILE       read commands from FILE\n"
	"  --release R         the kernel: see `numasim releases`; else as the scenario says\n"
	"  --with F            add a fix, rework, draft or build option\n"
	"  --without F         take one out\n"
	"  --topology T        the machine: see `numasim topology`; else as the scenario says\n"
	"\n"
	"Exit status: 0; 2 for bad input. A script or pipe ends at the first command that fails.\n";

static const char *const known[] = {"--schedule", "--script", "--release", "--with",
				    "--without", "--topology", "--help", NULL};

struct step_args {
	struct kernel_args kernel;
	const char *file;
	const char *schedule;
	const char *script;
	const char *topology;
};

/* ---- the command line ---- */

static int take_option(struct step_args *args, int argc, char **argv, int *i)
{
	int taken = kernel_args_take(&args->kernel, argc, argv, i);

	if (!taken)
		taken = option_value(&args->schedule, "--schedule", argc, argv, i);
	if (!taken)
		taken = option_value(&args->script, "--script", argc, argv, i);
	if (!taken)
		taken = option_value(&args->topology, "--topology", argc, argv, i);
	return taken;
}

/* 0 to go on, else an exit status + 1. */
static int parse(struct step_args *args, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int taken;

		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return EXIT_SUCCESS + 1;
		}
		taken = take_option(args, argc, argv, &i);
		if (taken < 0)
			return CLI_BAD_INPUT + 1;
		if (taken)
			continue;
		if (argv[i][0] == '-')
			return unknown_option(argv, i, known) + 1;
		if (args->file) {
			fprintf(stderr, "numasim: step: one FILE at a time, not %s and %s\n",
				args->file, argv[i]);
			return CLI_BAD_INPUT + 1;
		}
		args->file = argv[i];
	}
	if (args->file || args->schedule)
		return 0;
	fputs("numasim: step: FILE is missing; see `numasim step --help`\n", stderr);
	return CLI_BAD_INPUT + 1;
}

/* ---- the session ---- */

static struct numasim_stepper *build(const struct step_args *args,
				     const struct numasim_scenario *scenario, const char *schedule,
				     size_t schedule_len)
{
	const struct numasim_scenario_params params = {
		.release = args->kernel.release, .with = args->kernel.with,
		.without = args->kernel.without, .nr_with = args->kernel.nr_with,
		.nr_without = args->kernel.nr_without, .topology = args->topology};
	bool said = params.release || params.nr_with || params.nr_without || params.topology;
	const struct numasim_stepper_start start = {
		.scenario = scenario, .schedule = schedule, .schedule_len = schedule_len,
		.schedule_name = args->schedule, .params = said ? &params : NULL};
	struct numasim_stepper *stepper;
	struct numasim_error err = {0};
	int ret = numasim_stepper_open(&stepper, &start, &err);

	if (!ret)
		return stepper;
	complain(ret, &err);
	return NULL;
}

static struct numasim_stepper *open_stepper(const struct step_args *args)
{
	struct numasim_scenario *scenario = NULL;
	struct numasim_stepper *stepper = NULL;
	struct numasim_error err = {0};
	char *schedule = NULL;
	size_t len = 0;
	int ret = 0;

	if (args->schedule) {
		schedule = read_file(args->schedule, &len);
		if (!schedule)
			return NULL;
	}
	if (args->file)
		ret = numasim_scenario_load(&scenario, args->file, &err);
	if (ret)
		complain(ret, &err);
	else
		stepper = build(args, scenario, schedule, len);
	numasim_scenario_free(scenario);
	free(schedule);
	return stepper;
}

/* ---- commands ---- */

/* Where commands come from. A person sees a prompt; a transcript shows what was asked. */
struct source {
	FILE *file;
	const char *name;
	unsigned line;
	bool person;
};

/* Carry out one line; false: it failed. */
static bool obey(struct numasim_stepper *stepper, const struct source *from, const char *line)
{
	struct numasim_error err = {0};
	const char *text;
	int ret;

	if (!from->person && line[0])
		printf("> %s\n", line);
	ret = numasim_stepper_command(&text, stepper, line, &err);
	fputs(text, stdout);
	if (!ret)
		return true;
	fflush(stdout);
	if (from->person)
		fprintf(stderr, "%s\n", err.text);
	else if (err.column)
		fprintf(stderr, "numasim: step: %s:%u:%u: %s\n", from->name, from->line, err.column,
			err.text);
	else
		fprintf(stderr, "numasim: step: %s:%u: %s\n", from->name, from->line, err.text);
	return false;
}

/* A line without its end; false: there is none, or it cannot be one. */
static bool read_line(struct source *from, char **line, size_t *size, int *status)
{
	ssize_t length;

	if (from->person) {
		fputs("(numasim) ", stdout);
		fflush(stdout);
	}
	length = getline(line, size, from->file);
	if (length < 0) {
		if (from->person)
			putchar('\n');
		return false;
	}
	from->line++;
	if (length && (*line)[length - 1] == '\n')
		(*line)[--length] = '\0';
	if (strlen(*line) == (size_t)length)
		return true;
	fprintf(stderr, "numasim: step: %s:%u: a zero byte; commands are text\n", from->name,
		from->line);
	*status = CLI_BAD_INPUT;
	return false;
}

static int converse(struct numasim_stepper *stepper, struct source *from)
{
	int status = EXIT_SUCCESS;
	char *line = NULL;
	size_t size = 0;

	while (!numasim_stepper_left(stepper) && read_line(from, &line, &size, &status)) {
		if (obey(stepper, from, line) || from->person)
			continue;
		status = CLI_BAD_INPUT;
		break;
	}
	free(line);
	return status;
}

static int run(const struct step_args *args)
{
	struct source from = {.file = stdin, .name = "standard input"};
	struct numasim_stepper *stepper;
	int status;

	if (args->script) {
		from = (struct source){.file = fopen(args->script, "r"), .name = args->script};
		if (!from.file) {
			fprintf(stderr, "numasim: step: %s: %s\n", args->script, strerror(errno));
			return CLI_BAD_INPUT;
		}
	} else {
		from.person = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	}
	stepper = open_stepper(args);
	status = stepper ? converse(stepper, &from) : CLI_BAD_INPUT;
	numasim_stepper_close(stepper);
	if (args->script)
		fclose(from.file);
	return status;
}

int cmd_step(int argc, char **argv)
{
	struct step_args args = {0};
	int ret;

	if (kernel_args_init(&args.kernel, argc))
		return CLI_BAD_INPUT;
	ret = parse(&args, argc, argv);
	ret = ret ? ret - 1 : run(&args);
	kernel_args_free(&args.kernel);
	return ret;
}
