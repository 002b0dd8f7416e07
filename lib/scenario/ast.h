/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scenario file as data. docs/scenario-language.md describes the language.
 *
 *   NUMASIM name "sentence"              name, sentence
 *   { key = value;                       settings[]
 *     P: mmap x 2M flags;                setup[] -> variables[], processes[]
 *     P: x = 1 by writer;                setup[] -> a statement
 *     Q: fork P by writer; }             setup[] -> a fork, processes[], variables[]
 *   scanner @node0 | reader:P @node1 ;   columns[]
 *   name(P)        | r0 = P:x        ;   rows[].cells[]
 *   forall (P:x = 2)                     quantifier, condition
 *   reach migrated(P:x)                  events[]
 *   expect v3.12: holds vacuously        expects[]
 *
 * Plain data: whoever builds a machine from it reads the arrays. All texts end in a zero byte, are
 * UTF-8 and free of control characters. Names are resolved: an index stands beside every name, and
 * is valid unless the comment says "or SCENARIO_NONE". Everything carries its place in the file
 * for scenario_error_at() (diag.h). One struct scenario_ast owns all of it.
 */
#ifndef SCENARIO_AST_H
#define SCENARIO_AST_H

#include "scenario/bump.h"
#include "scenario/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCENARIO_NONE UINT32_MAX /* an index that names nothing, a register that is none */

/* Where something stands: 1-based line and column (bytes); length in bytes, within the line. */
struct srcpos {
	uint32_t line;
	uint32_t column;
	uint32_t length;
};

struct scenario_name {
	const char *text;
	struct srcpos pos;
};

/* PROCESS:VARIABLE[+OFFSET] */
struct scenario_location {
	struct scenario_name process_name;
	struct scenario_name variable_name;
	uint32_t process;	/* index into processes[] */
	uint32_t variable;	/* index into variables[] */
	uint64_t offset;	/* bytes; not checked against the variable's size */
	struct srcpos pos;	/* all of it */
};

/* +ROW or ~ROW after a release; ROW is a commit id or what people call the row. */
struct scenario_change {
	bool with;		/* +; otherwise ~, without */
	struct scenario_name row;
};

/* RELEASE{+ROW|~ROW} */
struct scenario_release {
	struct scenario_name name;
	struct scenario_change *changes;
	unsigned nr_changes;
	struct srcpos pos;	/* all of it */
};

enum scenario_value_kind {
	SCENARIO_WORD,
	SCENARIO_NUMBER,
	SCENARIO_STRING,
	SCENARIO_LOCATION,	/* only as an argument */
	SCENARIO_RELEASE,	/* only as a setting: a word that + or ~ follows */
};

struct scenario_value {
	enum scenario_value_kind kind;
	struct srcpos pos;
	const char *text;		   /* WORD, STRING; otherwise NULL */
	uint64_t number;		   /* NUMBER */
	uint32_t process;		   /* WORD: the process of that name, or SCENARIO_NONE */
	uint32_t column;		   /* WORD: the column of that name, or SCENARIO_NONE */
	struct scenario_location location; /* LOCATION */
	struct scenario_release release;   /* WORD (with no changes), RELEASE */
};

/* key = value in the initial state. No key stands twice. */
struct scenario_setting {
	struct scenario_name key;
	struct scenario_value value;
};

/* KEY or KEY=VALUE after a mapping. No key stands twice in one mapping. */
struct scenario_flag {
	struct scenario_name key;
	bool has_value;
	struct scenario_value value;	/* WORD, NUMBER or STRING */
};

struct scenario_process {
	struct scenario_name name;	/* where it first stands */
};

/* P: mmap x SIZE flags */
struct scenario_variable {
	struct scenario_name process_name;
	struct scenario_name name;
	uint32_t process;
	uint64_t size;		/* bytes, not 0; not checked against any page size */
	struct srcpos size_pos;
	struct scenario_flag *flags;
	unsigned nr_flags;
	uint32_t inherited;	/* by a fork: the parent's index in variables[]; or SCENARIO_NONE */
	struct srcpos pos;	/* from the process to the size */
};

/* name(argument, ...): what a column calls, or an event of reach */
struct scenario_call {
	struct scenario_name name;
	struct scenario_value *args;
	unsigned nr_args;
	struct srcpos pos;	/* all of it, or the name if it goes over several lines */
};

enum scenario_stmt_kind {
	SCENARIO_STORE,		/* LOCATION = NUMBER, LOCATION = REGISTER */
	SCENARIO_LOAD,		/* REGISTER = LOCATION, load LOCATION */
	SCENARIO_CALL,		/* name(...), REGISTER = name(...) */
	SCENARIO_TICK,		/* tick MILLISECONDS */
};

struct scenario_stmt {
	enum scenario_stmt_kind kind;
	struct srcpos pos;
	struct scenario_location location; /* STORE, LOAD */
	uint32_t reg;			   /* STORE: source; LOAD, CALL: target; SCENARIO_NONE */
	struct srcpos value_pos;	   /* STORE: the number or register; TICK: the time */
	uint64_t number;		   /* STORE of a number, TICK (milliseconds) */
	struct scenario_call call;	   /* CALL */
	struct scenario_name by;	   /* initial state, but not TICK: who does it */
	uint32_t column;		   /* who does it; TICK in setup: SCENARIO_NONE */
};

/* CHILD: fork PARENT by COLUMN */
struct scenario_fork {
	struct scenario_name child_name, parent_name, by;
	uint32_t child, parent;		   /* index into processes[] */
	uint32_t column;
	uint32_t first, nr;		   /* the child's variables, one after the other */
	struct srcpos pos;
};

enum scenario_setup_kind {
	SCENARIO_SETUP_STMT,
	SCENARIO_SETUP_MAPPING,
	SCENARIO_SETUP_FORK,
};

/* One thing of the initial state, in the order of the file. */
struct scenario_setup {
	enum scenario_setup_kind kind;
	uint32_t variable;		   /* MAPPING: index into variables[] */
	struct scenario_fork fork;	   /* FORK */
	struct scenario_stmt stmt;	   /* STMT */
};

enum scenario_place {
	SCENARIO_ANYWHERE,	/* nothing said */
	SCENARIO_ON_NODE,	/* @nodeN */
	SCENARIO_ON_CPU,	/* @cpuN */
};

struct scenario_column {
	struct scenario_name name;
	struct scenario_name process_name; /* text is NULL: none given */
	uint32_t process;		   /* or SCENARIO_NONE */
	enum scenario_place place;
	uint32_t number;		   /* of the node or CPU */
	struct srcpos place_pos;	   /* of nodeN or cpuN */
	uint32_t registers;		   /* bit N: some statement of the column loads rN */
};

struct scenario_row {
	struct scenario_stmt **cells;	/* one per column; NULL: empty */
};

enum scenario_cond_kind {
	SCENARIO_LOCATION_IS,	/* LOCATION = NUMBER, LOCATION != NUMBER */
	SCENARIO_REGISTER_IS,	/* COLUMN:REGISTER = NUMBER, COLUMN:REGISTER != NUMBER */
	SCENARIO_CALL_IS,	/* name(...) = NUMBER, name(...) != NUMBER */
	SCENARIO_AND,
	SCENARIO_OR,
	SCENARIO_NOT,		/* of left */
};

/* A tree, at most SCENARIO_MAX_ATOMS + SCENARIO_MAX_NESTING deep. */
struct scenario_cond {
	enum scenario_cond_kind kind;
	struct srcpos pos;	/* of the comparison, or of the operator */
	struct scenario_cond *left;
	struct scenario_cond *right;
	bool equal;		/* comparisons: = and not != */
	uint64_t number;	/* comparisons */
	struct scenario_location location; /* LOCATION_IS; REGISTER_IS: names as written */
	uint32_t column;	/* REGISTER_IS */
	uint32_t reg;		/* REGISTER_IS */
	struct scenario_call call; /* CALL_IS */
};

enum scenario_quantifier {
	SCENARIO_NO_CONDITION,
	SCENARIO_FORALL,
	SCENARIO_EXISTS,
	SCENARIO_NOT_EXISTS,	/* ~exists */
};

enum scenario_verdict_kind {
	SCENARIO_BREAKS,	/* ORACLE: some order breaks it */
	SCENARIO_KEEPS,		/* no ORACLE: no order breaks it */
	SCENARIO_HOLDS,		/* no order breaks anything; stands alone */
	SCENARIO_UNDECIDED,	/* the search ends without a verdict; stands alone */
};

struct scenario_verdict {
	enum scenario_verdict_kind kind;
	struct scenario_name oracle;	/* BREAKS, KEEPS; no oracle stands twice in an entry */
	bool vacuously;			/* KEEPS, HOLDS: the events of reach occur in no order */
	struct srcpos pos;
};

struct scenario_expect {
	struct scenario_release release;
	struct scenario_verdict *verdicts;
	unsigned nr_verdicts;		/* at least 1 */
};

struct scenario_ast {
	struct bump bump;	/* owns everything below */
	const char *filename;	/* as shown in errors */
	const char *text;	/* of the file */
	size_t len;

	struct scenario_name name;
	struct scenario_name sentence;
	struct scenario_setting *settings;
	unsigned nr_settings;
	struct scenario_process *processes;
	unsigned nr_processes;
	struct scenario_variable *variables;
	unsigned nr_variables;
	struct scenario_setup *setup;
	unsigned nr_setup;
	struct scenario_column *columns;	/* at least 1 */
	unsigned nr_columns;
	struct scenario_row *rows;		/* at least 1 */
	unsigned nr_rows;
	enum scenario_quantifier quantifier;
	struct srcpos quantifier_pos;
	struct scenario_cond *condition;	/* NULL without a quantifier */
	struct scenario_call *events;
	unsigned nr_events;
	struct scenario_expect *expects;
	unsigned nr_expects;
};

/* The index of what bears a name, or SCENARIO_NONE. */
uint32_t scenario_find_process(const struct scenario_ast *ast, const char *name);
uint32_t scenario_find_variable(const struct scenario_ast *ast, uint32_t process, const char *name);
uint32_t scenario_find_column(const struct scenario_ast *ast, const char *name);

/* The setting of that key, or NULL. */
const struct scenario_setting *scenario_find_setting(const struct scenario_ast *ast,
						     const char *key);

#endif
