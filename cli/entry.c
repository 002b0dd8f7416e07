/* SPDX-License-Identifier: BSD-2-Clause */
/* numasim entry VALUE: what a kernel makes of a raw page-table entry. */
#include "cli.h"
#include "cli.h"

#include <numasim/x86.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>


enum { EXIT_BAD_INPUT = 2 };

static const char usage[] =
	"usage: numasim entry VALUE [--level pte|pmd] [--release R] [--with F] [--without F]\n"
	"\n"
	"Decode a raw x86-64 page-table entry as a kernel reads it.\n"
	"\n"
	"VALUE is a number (0x…, or decimal), or a text as this command prints it, in quotes:\n"
	"\"P RW US A D pfn=0x12345\", \"migration entry WRITE pfn=0x40000\".\n"
	"  --level pte|pmd   an entry of a page table (the default) or of a page directory\n"
	"  --release R       the kernel: see `numasim releases`; the newest one by default\n"
	"  --with F          add a fix, rework, draft or build option\n"
	"  --without F       take one out\n"
	"\n"
	"Exit status: 0, or 2 when something is unknown or cannot be had.\n";

struct entry_args {
	struct kernel_args kernel;
	const char *value;
	unsigned level;
};

static int take_level(struct entry_args *args, int argc, char **argv, int *i)
{
	const char *level;
	int ret = option_value(&level, "--level", argc, argv, i);

	if (ret <= 0)
		return ret;
	args->level = !strcmp(level, "pte") ? NUMASIM_X86_PTE :
		      !strcmp(level, "pmd") ? NUMASIM_X86_PMD : 0;
	if (args->level)
		return 1;
	fprintf(stderr, "numasim: entry: --level is pte or pmd, not \"%s\"\n", level);
	return -1;
}

/* The words of the command line; 0 to go on, else an exit status + 1. */
static int parse(struct entry_args *args, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int taken;

		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return EXIT_SUCCESS + 1;
		}
		taken = kernel_args_take(&args->kernel, argc, argv, &i);
		if (!taken)
			taken = take_level(args, argc, argv, &i);
		if (taken < 0)
			return EXIT_BAD_INPUT + 1;
		if (taken)
			continue;
		if (argv[i][0] == '-' || args->value) {
			fprintf(stderr, "numasim: entry: what is \"%s\"? One VALUE (a text in "
					"quotes); see `numasim entry --help`\n", argv[i]);
			return EXIT_BAD_INPUT + 1;
		}
		args->value = argv[i];
	}
	if (args->value)
		return 0;
	fputs("numasim: entry: VALUE is missing; see `numasim entry --help`\n", stderr);
	return EXIT_BAD_INPUT + 1;
}

/* A number, or else the text of an entry. */
static int read_value(uint64_t *value, const struct entry_args *args,
		      const struct numasim_kernel *kernel)
{
	struct numasim_error err = { 0 };
	char *end;

	if (args->value[0] >= '0' && args->value[0] <= '9') {
		errno = 0;
		*value = strtoull(args->value, &end, 0);
		if (!*end && !errno)
			return 0;
		fprintf(stderr, "numasim: entry: \"%s\" is no number of 64 bits\n", args->value);
		return -1;
	}
	if (!numasim_entry_encode(value, kernel, args->value, args->level, &err))
		return 0;
	fprintf(stderr, "numasim: entry: column %u: %s\n", err.column, err.text);
	return -1;
}

static void print(const struct numasim_kernel *kernel, uint64_t value, unsigned level)
{
	char processor[NUMASIM_X86_ENTRY_TEXT];
	struct numasim_entry entry;

	numasim_entry_decode(&entry, kernel, value, level);
	numasim_x86_print_entry(processor, sizeof(processor), value, level);
	printf("value      0x%016" PRIx64 " (%s)\n", value,
	       level == NUMASIM_X86_PMD ? "PMD" : "PTE");
	printf("kernel     %s\n", numasim_kernel_name(kernel));
	printf("reads it   %s\n", entry.text);
	if (entry.has_pfn)
		printf("frame      0x%" PRIx64 " (address 0x%" PRIx64 ")%s\n", entry.pfn,
		       entry.pfn << 12, entry.inverted ? ", stored as its complement" : "");
	printf("processor  %s\n\n", processor);
	for (size_t i = 0; i < entry.nr_predicates; i++)
		printf("%-32s %s\n", entry.predicate[i], entry.holds[i] < 0 ? "-" :
		       entry.holds[i] ? "yes" : "no");
}

static int show(const struct entry_args *args)
{
	const char *newest = numasim_release_name(numasim_release_count() - 1);
	struct numasim_kernel *kernel;
	uint64_t value;
	int ret;

	kernel = kernel_args_open(&args->kernel,
				  args->kernel.release ? args->kernel.release : newest);
	if (!kernel)
		return EXIT_BAD_INPUT;
	ret = read_value(&value, args, kernel);
	if (!ret)
		print(kernel, value, args->level);
	numasim_kernel_close(kernel);
	return ret ? EXIT_BAD_INPUT : EXIT_SUCCESS;
}

int cmd_entry(int argc, char **argv)
{
	struct entry_args args = { .level = NUMASIM_X86_PTE };
	int ret;

	if (kernel_args_init(&args.kernel, argc))
		return EXIT_BAD_INPUT;
	ret = parse(&args, argc, argv);
	ret = ret ? ret - 1 : show(&args);
	kernel_args_free(&args.kernel);
	return ret;
}
