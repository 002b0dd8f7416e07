/* SPDX-License-Identifier: BSD-2-Clause */
/* --release, --with and --without, which several subcommands take. */
#ifndef CLI_KERNEL_ARGS_H
#define CLI_KERNEL_ARGS_H

#include <numasim/release.h>
#include <stdio.h>

/* What a subcommand was told about the kernel. The texts belong to argv. */
struct kernel_args {
	const char *release; /* NULL: not said */
	const char **with;
	const char **without;
	size_t nr_with;
	size_t nr_without;
};

/* Room for all that @argc words can say; -1 (and a message) without memory. */
int kernel_args_init(struct kernel_args *args, int argc);
void kernel_args_free(struct kernel_args *args);

/*
 * If @argv[*@i] is one of the options: take it and what follows, and step over it. 1 if it was
 * one, 0 if not, -1 (and a message) if its value is missing. Both "--with F" and "--with=F".
 */
int kernel_args_take(struct kernel_args *args, int argc, char **argv, int *i);

/* The value of option @name at argv[*@i], as above; 1, 0 or -1. */
int option_value(const char **value, const char *name, int argc, char **argv, int *i);

/* Configure; notes and errors go to stderr. NULL on error. */
struct numasim_kernel *kernel_args_open(const struct kernel_args *args, const char *release);

#endif
