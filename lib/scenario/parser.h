/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the parser share. It is a recursive descent with one token of lookahead: every
 * parse_x() begins at the first token of an x and ends behind the last one.
 *
 *   parse.c        the file: name, sentence, then the sections in their order
 *   parse_init.c   { settings; mappings; statements by COLUMN; }
 *   parse_fork.c   Q: fork P by COLUMN
 *   parse_table.c  the columns and their rows
 *   parse_stmt.c   one statement
 *   parse_call.c   name(argument, ...)
 *   parse_value.c  names, numbers, locations, releases
 *   parse_cond.c   forall, exists, ~exists
 *   parse_end.c    reach and expect
 *   resolve*.c     afterwards: what every name refers to
 *
 * All return 0 or what scenario_error_at() returned.
 */
#ifndef SCENARIO_PARSER_H
#define SCENARIO_PARSER_H

#include "scenario/ast.h"
#include "scenario/lex.h"
#include "scenario/number.h"
#include "scenario/suggest.h"

#include <errno.h>
#include <numasim/error.h>

struct parser {
	struct scenario_ast *ast;
	struct numasim_error *err;
	struct lexer lex;
	struct token tok;	/* the one that is looked at */
	unsigned depth;		/* of nesting, in a condition */
	unsigned atoms;		/* comparisons so far */
};

/* parser.c: tokens and errors */
int parse_advance(struct parser *p);
int parse_expect(struct parser *p, enum token_kind kind, const char *what, const char *help);
int parse_wrong(const struct parser *p, const char *what, const char *help);
int parse_error(const struct parser *p, struct srcpos pos, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int parse_no_memory(const struct parser *p);
bool parse_at_word(const struct parser *p, const char *word);
bool parse_is_reserved(const char *word);
bool parse_at_section(const struct parser *p);

/*
 * A new element at the end of a list, in @slot; the tokens that make it begin at p->tok. Too many
 * of them is an error that calls them @what.
 */
#define PARSE_PUSH(p, slot, list, nr, max, what)                                                   \
	parse_push(p, (void **)(slot), (void **)&(list), &(nr), sizeof(*(list)), max, what)
int parse_push(struct parser *p, void **slot, void **list, unsigned *nr, size_t size, unsigned max,
	       const char *what);

/* parse_value.c */
#define VALUE_MAY_BE_LOCATION 1u
#define VALUE_MAY_BE_RELEASE  2u
int parse_any_word(struct parser *p, struct scenario_name *name, const char *what,
		   const char *help);
int parse_new_name(struct parser *p, struct scenario_name *name, const char *what);
int parse_string(struct parser *p, struct scenario_name *string, const char *what,
		 const char *help);
int parse_number(struct parser *p, uint64_t *number, const struct number_unit *units,
		 const char *what);
int parse_value(struct parser *p, struct scenario_value *value, unsigned may_be);
int parse_location(struct parser *p, struct scenario_location *location);
int parse_location_after(struct parser *p, const struct scenario_name *process,
			 struct scenario_location *location);
/* The same, with the colon still to come. */
int parse_location_rest(struct parser *p, const struct scenario_name *process,
			struct scenario_location *location);
int parse_release(struct parser *p, struct scenario_release *release);
int parse_changes(struct parser *p, struct scenario_release *release);

/* The number of a register, or SCENARIO_NONE if @word is none: r0 to r31. */
uint32_t parse_register(const char *word);

/* parse_call.c */
int parse_call_after(struct parser *p, const struct scenario_name *name,
		     struct scenario_call *call);

/* parse_stmt.c; the second form begins behind a first word, the third behind `PROCESS :` */
int parse_stmt(struct parser *p, struct scenario_stmt *stmt);
int parse_stmt_after(struct parser *p, const struct scenario_name *first,
		     struct scenario_stmt *stmt);
int parse_store_after(struct parser *p, const struct scenario_name *process,
		      struct scenario_stmt *stmt);

/* parse_init.c: the index of a process, which need not exist yet */
int parse_declare_process(struct parser *p, const struct scenario_name *name, uint32_t *index);

/* parse_fork.c, at `fork`, behind `CHILD :` */
int parse_fork_after(struct parser *p, const struct scenario_name *child,
		     struct scenario_setup *setup);

/* the sections */
int parse_init(struct parser *p);
int parse_table(struct parser *p);
int parse_condition(struct parser *p);
int parse_reach(struct parser *p);
int parse_expects(struct parser *p);

/* resolve.c */
int resolve_names(struct scenario_ast *ast, struct numasim_error *err);

#endif
