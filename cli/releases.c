/* SPDX-License-Identifier: BSD-2-Clause */
/* numasim releases [R]: the releases, or what one of them has and has not. */
#include "cli.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>


enum { EXIT_BAD_INPUT = 2 };

static const char usage[] =
	"usage: numasim releases [RELEASE] [--with F] [--without F] [--long]\n"
	"\n"
	"Without RELEASE: list all releases, oldest first. With one: list the fixes, reworks and\n"
	"drafts that it has, those that it lacks, and how it was built.\n"
	"\n"
	"RELEASE is one of the list; +F and ~F may follow it: v3.13-rc4+20841405940e.\n"
	"  --with F      add a fix, rework, draft or build option\n"
	"  --without F   take one out\n"
	"  --long        also say what each one changes, since when, and what is not verified\n"
	"F is 7 or more digits of a commit id, a nickname (merged, mashed, 14/15, numa_tlb_lazy),\n"
	"the start of a subject, or the name of a build option.\n"
	"\n"
	"A row marked (history) is known but asked about by no simulated code yet.\n"
	"\n"
	"Exit status: 0, or 2 when something is unknown or cannot be had.\n";

static int list(void)
{
	for (size_t i = 0; i < numasim_release_count(); i++) {
		const char *base = numasim_release_base(i);

		printf("%s%s%s\n", numasim_release_name(i), base ? "  based on " : "",
		       base ? base : "");
	}
	return EXIT_SUCCESS;
}

static void print_options(const struct numasim_kernel *kernel, const char *title, int on)
{
	struct numasim_option option;

	printf("%s:", title);
	for (size_t i = 0; !numasim_kernel_option(&option, kernel, i); i++)
		if (option.on == on)
			printf(" %s", option.name);
	putchar('\n');
}

static void print_long(const struct numasim_row *row)
{
	printf("%28s%s\n", "", row->steps);
	if (row->opened[0])
		printf("%28sbug since %s\n", "", row->opened);
	if (row->closed[0])
		printf("%28sin mainline since %s\n", "", row->closed);
	if (row->name && row->id)
		printf("%28salso called %s\n", "", row->name);
	if (row->shown_by)
		printf("%28sshown by %s\n", "", row->shown_by);
	if (row->from_memory)
		printf("%28snot verified: %s\n", "", row->from_memory);
}

static int is_in_section(const struct numasim_row *row, enum numasim_row_state state, int drafts)
{
	return row->state == state && (row->kind == NUMASIM_ROW_DRAFT) == drafts;
}

static void print_rows(const struct numasim_kernel *kernel, const char *title,
		       enum numasim_row_state state, int drafts, int verbose)
{
	struct numasim_row row;
	int any = 0;

	for (size_t i = 0; !numasim_kernel_row(&row, kernel, i); i++) {
		if (!is_in_section(&row, state, drafts))
			continue;
		if (!any++)
			printf("\n%s\n", title);
		printf("  %-15s %-8s  %s%s\n", row.label, row.bugs ? row.bugs : "-",
		       row.subject ? row.subject : row.steps, row.modelled ? "" : "  (history)");
		if (verbose)
			print_long(&row);
	}
}

static void print_release(const struct numasim_kernel *kernel, int verbose)
{
	puts(numasim_kernel_name(kernel));
	print_options(kernel, "built with", 1);
	print_options(kernel, "built without", 0);
	print_rows(kernel, "has", NUMASIM_ROW_PRESENT, 0, verbose);
	print_rows(kernel, "has, of the drafts that were never merged", NUMASIM_ROW_PRESENT, 1,
		   verbose);
	print_rows(kernel, "had, until another row took it away", NUMASIM_ROW_REPLACED, 0,
		   verbose);
	print_rows(kernel, "lacks", NUMASIM_ROW_ABSENT, 0, verbose);
	print_rows(kernel, "lacks, as the bug is not there yet", NUMASIM_ROW_EARLY, 0, verbose);
	print_rows(kernel, "drafts that were never merged", NUMASIM_ROW_ABSENT, 1, verbose);
}

/* The words of the command line; 0 to go on, else an exit status + 1. */
static int parse(struct kernel_args *args, int *verbose, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int taken;

		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return EXIT_SUCCESS + 1;
		}
		taken = kernel_args_take(args, argc, argv, &i);
		if (taken < 0)
			return EXIT_BAD_INPUT + 1;
		if (taken)
			continue;
		if (!strcmp(argv[i], "--long")) {
			*verbose = 1;
		} else if (argv[i][0] == '-' || args->release) {
			fprintf(stderr, "numasim: releases: what is \"%s\"? See `numasim releases "
					"--help`\n", argv[i]);
			return EXIT_BAD_INPUT + 1;
		} else {
			args->release = argv[i];
		}
	}
	if (!args->release && (args->nr_with || args->nr_without || *verbose)) {
		fputs("numasim: releases: which RELEASE? See `numasim releases --help`\n", stderr);
		return EXIT_BAD_INPUT + 1;
	}
	return 0;
}

static int show(const struct kernel_args *args, int verbose)
{
	struct numasim_kernel *kernel = kernel_args_open(args, args->release);

	if (!kernel)
		return EXIT_BAD_INPUT;
	print_release(kernel, verbose);
	numasim_kernel_close(kernel);
	return EXIT_SUCCESS;
}

int cmd_releases(int argc, char **argv)
{
	struct kernel_args args;
	int verbose = 0, ret;

	if (kernel_args_init(&args, argc))
		return EXIT_BAD_INPUT;
	ret = parse(&args, &verbose, argc, argv);
	if (ret)
		ret--;
	else
		ret = args.release ? show(&args, verbose) : list();
	kernel_args_free(&args);
	return ret;
}
