/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/resolve.h"
#include "scenario/diag.h"

#include <string.h>

/* "no WHAT is called NAME", and what was perhaps meant, or @otherwise. */
static int unknown(const struct resolver *r, const struct scenario_name *name, const char *what,
		   const struct suggest *suggest, const char *otherwise)
{
	if (suggest->best)
		return scenario_error_at(r->err, -EINVAL, r->ast, name->pos,
					 "no %s is called `%s`\ndid you mean `%s`?", what,
					 name->text, suggest->best);
	return scenario_error_at(r->err, -EINVAL, r->ast, name->pos, "no %s is called `%s`\n%s",
				 what, name->text, otherwise);
}

int resolve_process(struct resolver *r, const struct scenario_name *name, uint32_t *process)
{
	struct suggest suggest = SUGGEST(name->text);

	*process = scenario_find_process(r->ast, name->text);
	if (*process != SCENARIO_NONE)
		return 0;
	if (scenario_find_column(r->ast, name->text) != SCENARIO_NONE)
		return scenario_error_at(r->err, -EINVAL, r->ast, name->pos,
					 "`%s` is a column, but a process belongs here\n"
					 "memory is named PROCESS:VARIABLE, registers stand alone",
					 name->text);
	for (unsigned i = 0; i < r->ast->nr_processes; i++)
		suggest_offer(&suggest, r->ast->processes[i].name.text);
	return unknown(r, name, "process", &suggest,
		       "a process comes to be by mapping memory in the initial state: "
		       "P: mmap x 2M;");
}

int resolve_column(struct resolver *r, const struct scenario_name *name, uint32_t *column)
{
	struct suggest suggest = SUGGEST(name->text);

	*column = scenario_find_column(r->ast, name->text);
	if (*column != SCENARIO_NONE)
		return 0;
	for (unsigned i = 0; i < r->ast->nr_columns; i++)
		suggest_offer(&suggest, r->ast->columns[i].name.text);
	return unknown(r, name, "column", &suggest,
		       "columns are named in the head of the table: writer @node0 | ... ;");
}

int resolve_owner(struct resolver *r, const struct scenario_name *name, uint32_t *column)
{
	struct suggest suggest = SUGGEST(name->text);

	*column = scenario_find_column(r->ast, name->text);
	if (*column != SCENARIO_NONE || scenario_find_process(r->ast, name->text) != SCENARIO_NONE)
		return 0;
	for (unsigned i = 0; i < r->ast->nr_columns; i++)
		suggest_offer(&suggest, r->ast->columns[i].name.text);
	for (unsigned i = 0; i < r->ast->nr_processes; i++)
		suggest_offer(&suggest, r->ast->processes[i].name.text);
	return unknown(r, name, "column and no process", &suggest,
		       "a comparison is P:x = 1 for memory, column:r0 = 1 for a register");
}

static int unknown_variable(struct resolver *r, const struct scenario_location *location)
{
	struct suggest suggest = SUGGEST(location->variable_name.text);

	if (parse_register(location->variable_name.text) != SCENARIO_NONE)
		return scenario_error_at(r->err, -EINVAL, r->ast, location->variable_name.pos,
					 "`%s` is a register, but `%s` is a process\n"
					 "a column's register is written COLUMN:%s",
					 location->variable_name.text, location->process_name.text,
					 location->variable_name.text);
	for (unsigned i = 0; i < r->ast->nr_variables; i++)
		if (r->ast->variables[i].process == location->process)
			suggest_offer(&suggest, r->ast->variables[i].name.text);
	return unknown(r, &location->variable_name, "variable of that process", &suggest,
		       "a variable comes to be in the initial state: P: mmap x 2M;");
}

int resolve_location(struct resolver *r, struct scenario_location *location)
{
	int ret = resolve_process(r, &location->process_name, &location->process);

	if (ret)
		return ret;
	location->variable = scenario_find_variable(r->ast, location->process,
						    location->variable_name.text);
	if (location->variable == SCENARIO_NONE)
		return unknown_variable(r, location);
	if (location->variable >= r->mapped)
		return scenario_error_at(r->err, -EINVAL, r->ast, location->pos,
					 "`%s:%s` is mapped only further down, in line %u\n"
					 "the initial state happens in the order of the file",
					 location->process_name.text, location->variable_name.text,
					 r->ast->variables[location->variable].name.pos.line);
	return 0;
}

static void name_word(const struct scenario_ast *ast, struct scenario_value *word)
{
	word->process = scenario_find_process(ast, word->text);
	word->column = scenario_find_column(ast, word->text);
}

/* Locations must exist; words may name processes or columns, but need not. */
int resolve_call(struct resolver *r, struct scenario_call *call)
{
	for (unsigned i = 0; i < call->nr_args; i++) {
		struct scenario_value *arg = &call->args[i];
		int ret = 0;

		if (arg->kind == SCENARIO_LOCATION)
			ret = resolve_location(r, &arg->location);
		else if (arg->kind == SCENARIO_WORD)
			name_word(r->ast, arg);
		if (ret)
			return ret;
	}
	return 0;
}
