/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names, in the order in which they come to be: variables by and by in the initial state, then
 * columns, whose registers fill from top to bottom; the condition sees all of them.
 */
#include "scenario/resolve.h"
#include "scenario/diag.h"

#include <string.h>

static int resolve_one_column(struct resolver *r, struct scenario_column *column)
{
	uint32_t first = scenario_find_column(r->ast, column->name.text);

	if (&r->ast->columns[first] != column)
		return scenario_error_at(r->err, -EINVAL, r->ast, column->name.pos,
					 "a second column `%s`\nchoose another name",
					 column->name.text);
	if (scenario_find_process(r->ast, column->name.text) != SCENARIO_NONE)
		return scenario_error_at(r->err, -EINVAL, r->ast, column->name.pos,
					 "`%s` is a process already\nchoose another name for the "
					 "column", column->name.text);
	if (!column->process_name.text)
		return 0;
	return resolve_process(r, &column->process_name, &column->process);
}

/* A register is set before it is used, in its own column. */
static int resolve_register(struct resolver *r, struct scenario_stmt *stmt)
{
	struct scenario_column *column = &r->ast->columns[stmt->column];

	if (stmt->reg == SCENARIO_NONE)
		return 0;
	if (stmt->kind != SCENARIO_STORE)
		column->registers |= UINT32_C(1) << stmt->reg;
	else if (!(column->registers & UINT32_C(1) << stmt->reg))
		return scenario_error_at(r->err, -EINVAL, r->ast, stmt->value_pos,
					 "column `%s` has not set r%u before\neach column has "
					 "registers of its own; set one with r%u = P:x",
					 column->name.text, stmt->reg, stmt->reg);
	return 0;
}

/* Registers among the arguments have been set, too. */
static int resolve_arguments(struct resolver *r, struct scenario_stmt *stmt)
{
	const struct scenario_column *column = &r->ast->columns[stmt->column];

	for (unsigned i = 0; i < stmt->call.nr_args; i++) {
		const struct scenario_value *arg = &stmt->call.args[i];
		uint32_t reg = arg->kind == SCENARIO_WORD ? parse_register(arg->text)
							  : SCENARIO_NONE;

		if (reg != SCENARIO_NONE && !(column->registers & UINT32_C(1) << reg))
			return scenario_error_at(r->err, -EINVAL, r->ast, arg->pos,
						 "column `%s` has not set r%u before\neach column "
						 "has registers of its own; set one with r%u = P:x",
						 column->name.text, reg, reg);
	}
	return 0;
}

static int resolve_stmt(struct resolver *r, struct scenario_stmt *stmt)
{
	int ret = 0;

	if (stmt->by.text)
		ret = resolve_column(r, &stmt->by, &stmt->column);
	if (ret || stmt->kind == SCENARIO_TICK)
		return ret;
	if (stmt->kind == SCENARIO_CALL)
		ret = resolve_call(r, &stmt->call) ?: resolve_arguments(r, stmt);
	else
		ret = resolve_location(r, &stmt->location);
	return ret ? ret : resolve_register(r, stmt);
}

static int resolve_setup(struct resolver *r)
{
	int ret = 0;

	for (unsigned i = 0; !ret && i < r->ast->nr_setup; i++) {
		struct scenario_setup *setup = &r->ast->setup[i];

		if (setup->kind == SCENARIO_SETUP_MAPPING) {
			r->mapped++;
		} else if (setup->kind == SCENARIO_SETUP_FORK) {
			r->mapped += setup->fork.nr;
			ret = resolve_column(r, &setup->fork.by, &setup->fork.column);
		} else {
			ret = resolve_stmt(r, &setup->stmt);
		}
	}
	return ret;
}

static int resolve_rows(struct resolver *r)
{
	int ret = 0;

	for (unsigned i = 0; i < r->ast->nr_rows; i++)
		for (unsigned column = 0; !ret && column < r->ast->nr_columns; column++)
			if (r->ast->rows[i].cells[column])
				ret = resolve_stmt(r, r->ast->rows[i].cells[column]);
	return ret;
}

/* COLUMN:REGISTER; that the first word is a column is known. */
static int resolve_condition_register(struct resolver *r, struct scenario_cond *cond)
{
	const struct scenario_name *name = &cond->location.variable_name;

	cond->kind = SCENARIO_REGISTER_IS;
	cond->reg = parse_register(name->text);
	if (cond->reg == SCENARIO_NONE)
		return scenario_error_at(r->err, -EINVAL, r->ast, name->pos,
					 "`%s` is no register, but `%s` is a column\nregisters are "
					 "r0 to r%d; memory is named PROCESS:VARIABLE", name->text,
					 cond->location.process_name.text,
					 SCENARIO_MAX_REGISTERS - 1);
	if (cond->location.offset)
		return scenario_error_at(r->err, -EINVAL, r->ast, cond->location.pos,
					 "a register has no offset\nleave it out");
	if (!(r->ast->columns[cond->column].registers & UINT32_C(1) << cond->reg))
		return scenario_error_at(r->err, -EINVAL, r->ast, name->pos,
					 "column `%s` never sets r%u\nset it in the table: "
					 "r%u = P:x", cond->location.process_name.text, cond->reg,
					 cond->reg);
	return 0;
}

/* As deep as the tree: see struct scenario_cond. */
static int resolve_condition(struct resolver *r, struct scenario_cond *cond)
{
	int ret;

	if (!cond)
		return 0;
	if (cond->kind == SCENARIO_LOCATION_IS) {
		ret = resolve_owner(r, &cond->location.process_name, &cond->column);
		if (ret)
			return ret;
		if (cond->column != SCENARIO_NONE)
			return resolve_condition_register(r, cond);
		return resolve_location(r, &cond->location);
	}
	if (cond->kind == SCENARIO_CALL_IS)
		return resolve_call(r, &cond->call);
	ret = resolve_condition(r, cond->left);
	return ret ? ret : resolve_condition(r, cond->right);
}

int resolve_names(struct scenario_ast *ast, struct numasim_error *err)
{
	struct resolver r = {.ast = ast, .err = err};
	int ret = 0;

	for (unsigned i = 0; !ret && i < ast->nr_columns; i++)
		ret = resolve_one_column(&r, &ast->columns[i]);
	if (!ret)
		ret = resolve_setup(&r);
	if (!ret)
		ret = resolve_rows(&r);
	if (!ret)
		ret = resolve_condition(&r, ast->condition);
	for (unsigned i = 0; !ret && i < ast->nr_events; i++)
		ret = resolve_call(&r, &ast->events[i]);
	return ret;
}
