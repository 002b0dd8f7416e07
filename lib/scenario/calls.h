/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a cell can call: system calls of the column's thread, and things that the kernel or a
 * device does. A call is a row of a table: its name, what its arguments are, and the function that
 * does it.
 */
#ifndef SCENARIO_CALLS_H
#define SCENARIO_CALLS_H

#include "scenario/program.h"

#define CALL_ARGS 4

/* What may stand at a place among the arguments. */
enum call_arg {
	CALL_NOTHING,	   /* behind the last one */
	CALL_OWN_PROCESS,  /* the process of the column's thread */
	CALL_PROCESS,	   /* any */
	CALL_OWN_PLACE,	   /* a location in the memory of the column's process */
	CALL_PLACE,	   /* a location in anybody's */
	CALL_SIZE,	   /* a number of bytes */
	CALL_VALUE,	   /* a number, or a register */
	CALL_NUMBER,
	CALL_ADVICE,	   /* of madvise() */
	CALL_PROT,
	CALL_FILE,	   /* what some mapping has as file=NAME */
	CALL_MAYBE_WRITE,  /* the word write, or nothing */
};

/* An argument as the call gets it. */
struct call_value {
	uint64_t number; /* an address, a number, flags */
	struct mm_struct *mm;
	struct file *file;
};

struct scenario_call_kind {
	const char *name;
	const char *usage;
	enum call_arg arg[CALL_ARGS];
	/* 0 or a negative errno; *@value is what a register gets, if it is not an error. */
	long (*run)(struct column *column, const struct call_value *arg, uint64_t *value);
};

/* calls.c, calls_reach.c: the rows, a nameless one last. */
extern const struct scenario_call_kind calls_own[], calls_reach[];

/* NULL: there is none. */
const struct scenario_call_kind *scenario_call_find(const char *name);
/* By number from 0 on; NULL: no more. */
const struct scenario_call_kind *scenario_call_at(unsigned index);

/* The most and the fewest arguments. */
unsigned call_args_most(const struct scenario_call_kind *kind);
unsigned call_args_least(const struct scenario_call_kind *kind);

/* calls_check.c: is @stmt, a call of a thread of @process, as its kind wants it? */
int check_call(const struct scenario_run *run, const struct scenario_stmt *stmt, uint32_t process,
	       struct numasim_error *err);
/* The process that the calling thread must belong to, or SCENARIO_NONE: any. */
uint32_t call_process(const struct scenario_call *call);

/* madvise() and mprotect() by their words: the ABI's number, or -1. */
int call_advice(const char *word);
int call_prot(const char *word);

#endif
