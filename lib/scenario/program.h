/* SPDX-License-Identifier: BSD-2-Clause */
/* A scenario on its machine: columns as threads, variables as addresses, registers. */
#ifndef SCENARIO_PROGRAM_H
#define SCENARIO_PROGRAM_H

#include "mm/mm.h"
#include "scenario/build.h"
#include "scenario/diag.h"
#include "scenario/limits.h"

#define PROGRAM_REGISTERS 32

struct column {
	const struct scenario_column *ast;
	struct scenario_program *program;
	unsigned index;
	uint32_t process;
	struct cpu *cpu;
	struct task_struct *task;
	const struct scenario_stmt *setup; /* the one statement of a set-up step; NULL: the rows */
	bool setup_killed;		   /* and it ended in a signal */
};

struct variable {
	const struct scenario_variable *ast;
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	uint64_t va;
};

struct scenario_program {
	struct scenario_run *run;
	const struct scenario_ast *ast;
	struct numasim_machine *m;
	struct column *column;
	struct variable *variable;
	struct mm_struct **mm;
	uint64_t (*reg)[PROGRAM_REGISTERS]; /* in the arena, by column */
};

/* The calls that a cell may hold. */
struct scenario_call_kind {
	const char *name;
	unsigned nr_args;
	const char *usage;
	void (*run)(struct column *column, const struct scenario_call *call);
};
const struct scenario_call_kind *scenario_call_find(const char *name);

/* A column's registers: nobody else writes them, but a condition looks at them. A part of its own,
 * as the tasks of lib/mm have none. */
#define COLUMN_REGISTERS(index) OBJECT(OBJ_TASK, (index) + 1, 0x100)

/* What a column's context runs: its rows, or its one set-up statement. */
void column_main(void *column);

/* program.c: where a location is. */
uint64_t location_va(const struct scenario_program *program, const struct scenario_location *l);

/* build_kernel.c: releases, rows and settings. */
int build_kernel(struct scenario_run *run, const struct scenario_params *params,
		 struct numasim_error *err);
int build_settings(struct scenario_run *run, struct numasim_error *err);

/* build_seat.c: the machine, and a processor for every column. */
int build_machine(struct scenario_run *run, const struct scenario_params *params,
		  struct numasim_error *err);
int build_columns(struct scenario_run *run, struct numasim_error *err);

/* build_memory.c: mappings; where the set-up's faults on a variable allocate (-1: anywhere); which
 * words are looked at. */
int build_mapping(struct scenario_run *run, unsigned index, struct numasim_error *err);
int build_home_node(const struct scenario_run *run, const struct scenario_variable *v);
int build_watch(struct scenario_run *run);

/* build_check.c: what the parser cannot know. */
int build_check(struct scenario_run *run, struct numasim_error *err);

/* judge.c */
bool scenario_judge(void *run);
void scenario_event(void *run, enum event_kind kind, uint64_t where);

/* names.c */
void scenario_mm_address_name(void *machine, uint32_t mm, uint64_t va, char *text, size_t size);
void scenario_object_name(void *machine, uint64_t object, char *text, size_t size);

#endif
