/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands of numasim: argv[0] is the subcommand's name, the result the exit status. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <numasim/release.h>
#include <numasim/scenario.h>
#include <stdio.h>

int cmd_check(int argc, char **argv);
int cmd_entry(int argc, char **argv);
int cmd_explore(int argc, char **argv);
int cmd_releases(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_step(int argc, char **argv);
int cmd_sysfs(int argc, char **argv);
int cmd_topology(int argc, char **argv);

/* Exit statuses of the subcommands that judge. */
enum cli_exit {
	CLI_HOLDS = 0,
	CLI_BROKEN = 1,
	CLI_BAD_INPUT = 2,
	CLI_UNDECIDED = 3,
};

/* ---- kernel_args.c ---- */

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

/* ---- options.c ---- */

/* What a search is told. The texts belong to argv. */
struct search_args {
	struct numasim_search search;
	const char **oracles;
	const char *topology; /* NULL: not said */
};

int search_args_init(struct search_args *args, int argc);
void search_args_free(struct search_args *args);

/* As kernel_args_take(), for --engine, --bound, --oracle, --budget and --topology. */
int search_args_take(struct search_args *args, int argc, char **argv, int *i);

/* Complain about argv[i], which is no option of argv[0], and say which of @known (NULL at the end)
 * comes close. Returns CLI_BAD_INPUT. */
int unknown_option(char **argv, int i, const char *const *known);

/* The name of @known (NULL at the end) that @word was probably meant to be, or NULL. */
const char *nearest(const char *word, const char *const *known);

/* Print what went wrong; returns CLI_BAD_INPUT. */
int complain(int code, const struct numasim_error *err);

/* All of a file, with a zero behind it, freed by the caller; NULL (and a message). */
char *read_file(const char *path, size_t *len);

#endif
