/* SPDX-License-Identifier: BSD-2-Clause */
/* --release, --with and --without, which several subcommands take. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

int kernel_args_init(struct kernel_args *args, int argc)
{
	memset(args, 0, sizeof(*args));
	args->with = calloc((size_t)argc + 1, sizeof(*args->with));
	args->without = calloc((size_t)argc + 1, sizeof(*args->without));
	if (args->with && args->without)
		return 0;
	kernel_args_free(args);
	fputs("numasim: out of memory\n", stderr);
	return -1;
}

void kernel_args_free(struct kernel_args *args)
{
	free(args->with);
	free(args->without);
	memset(args, 0, sizeof(*args));
}

int option_value(const char **value, const char *name, int argc, char **argv, int *i)
{
	size_t len = strlen(name);
	const char *word = argv[*i];

	if (strncmp(word, name, len) || (word[len] && word[len] != '='))
		return 0;
	if (word[len] == '=') {
		*value = word + len + 1;
		return 1;
	}
	if (*i + 1 >= argc) {
		fprintf(stderr, "numasim: %s: %s needs a value; see `numasim %s --help`\n", argv[0],
			name, argv[0]);
		return -1;
	}
	*value = argv[++*i];
	return 1;
}

int kernel_args_take(struct kernel_args *args, int argc, char **argv, int *i)
{
	const char *value;
	int ret = option_value(&args->release, "--release", argc, argv, i);

	if (ret)
		return ret;
	ret = option_value(&value, "--with", argc, argv, i);
	if (ret == 1)
		args->with[args->nr_with++] = value;
	if (ret)
		return ret;
	ret = option_value(&value, "--without", argc, argv, i);
	if (ret == 1)
		args->without[args->nr_without++] = value;
	return ret;
}

struct numasim_kernel *kernel_args_open(const struct kernel_args *args, const char *release)
{
	struct numasim_error err = { 0 };
	struct numasim_kernel *kernel;

	if (numasim_kernel_open(&kernel, release, args->with, args->nr_with, args->without,
				args->nr_without, &err)) {
		fprintf(stderr, "numasim: %s\n", err.text);
		return NULL;
	}
	if (numasim_kernel_note(kernel)[0])
		fprintf(stderr, "numasim: %s\n", numasim_kernel_note(kernel));
	return kernel;
}
