/* SPDX-License-Identifier: BSD-2-Clause */
/* A scenario on its machine: columns as threads, variables as addresses, registers. */
#ifndef SCENARIO_PROGRAM_H
#define SCENARIO_PROGRAM_H

#include "mm/mm.h"
#include "scenario/build.h"
#include "scenario/diag.h"
#include "scenario/limits.h"

#define PROGRAM_REGISTERS 32
#define PROGRAM_KILLED	  PROGRAM_REGISTERS /* behind the registers: 1, the thread has died */
#define PROGRAM_WORDS	  (PROGRAM_REGISTERS + 1)

struct column {
	const struct scenario_column *ast;
	struct scenario_program *program;
	unsigned index;
	uint32_t process;
	struct cpu *cpu;
	struct task_struct *task; /* NULL: of a process that is forked later in the set-up */
	const struct scenario_setup *setup; /* the one thing of a set-up step; NULL: the rows */
	bool setup_killed;		    /* and it ended in a signal */
	long setup_error;		    /* or in this */
};

struct variable {
	const struct scenario_variable *ast;
	struct mm_struct *mm; /* NULL: not mapped yet */
	uint64_t va;
};

/* What mappings share by file=NAME. */
struct program_file {
	const char *name;
	struct file *file;
};

struct scenario_program {
	struct scenario_run *run;
	const struct scenario_ast *ast;
	struct numasim_machine *m;
	struct column *column;
	struct variable *variable;
	struct mm_struct **mm; /* by process; NULL: forked later in the set-up */
	struct program_file *file;
	unsigned nr_files;
	uint64_t (*reg)[PROGRAM_WORDS]; /* in the arena, by column */
	uint64_t counter_base[VM_EVENT_NR]; /* when the columns started */
};

/* A column's registers: nobody else writes them, but a condition looks at them. A part of its own,
 * as the tasks of lib/mm have none. */
#define COLUMN_REGISTERS(index) OBJECT(OBJ_TASK, (index) + 1, 0x100)

/* What a column's context runs: its rows, or its one set-up statement. */
void column_main(void *column);

/* names.c: what a child of @parent is called that the scenario gives no name. */
void scenario_child_label(const struct mm_struct *parent, char text[MM_LABEL]);

/* program.c: where a location is. */
uint64_t location_va(const struct scenario_program *program, const struct scenario_location *l);

/* build_backing.c: the file that mappings call @name, or NULL; what stands behind a mapping that is
 * not anonymous and private; pages that a driver puts into it. */
struct file *program_file(const struct scenario_program *program, const char *name);
int build_file(struct file **file, struct scenario_run *run, const struct scenario_variable *v,
	       uint64_t size, struct numasim_error *err);
int build_driver_pages(struct scenario_run *run, const struct scenario_variable *v,
		       struct vm_area_struct *vma, struct numasim_error *err);

/* build_fork.c: a child's address space, its columns' tasks, its variables. */
int fork_process(struct column *column, const struct scenario_fork *fork);

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
int check_location(const struct scenario_run *run, const struct scenario_location *l,
		   struct numasim_error *err);

/* ask.c: calls of conditions. */
int ask_check(const struct scenario_run *run, const struct scenario_call *call,
	      struct numasim_error *err);
uint64_t ask(struct scenario_program *p, const struct scenario_call *call, uint64_t *object);
void ask_print(char *text, size_t size, const struct scenario_call *call);

/* judge.c */
bool scenario_judge(void *run);
void scenario_event(void *run, enum event_kind kind, uint64_t where);

/* names.c */
void scenario_mm_address_name(void *machine, uint32_t mm, uint64_t va, char *text, size_t size);
void scenario_object_name(void *machine, uint64_t object, char *text, size_t size);

#endif
