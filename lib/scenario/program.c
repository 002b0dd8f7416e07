/* SPDX-License-Identifier: BSD-2-Clause */
/* What a column does, statement by statement, on its processor. */
#include "scenario/calls.h"

#include "exec/point.h"
#include "mm/access.h"

#include <stdlib.h>

uint64_t location_va(const struct scenario_program *program, const struct scenario_location *l)
{
	const struct scenario_variable *v = &program->ast->variables[l->variable];
	uint32_t variable = l->variable;

	for (; v->inherited != SCENARIO_NONE; v = &program->ast->variables[variable])
		variable = v->inherited;
	return program->variable[variable].va + l->offset;
}

static void tick(uint64_t ms)
{
	point(POINT_TICK, OBJECT(OBJ_CLOCK, 0, 0), ACCESS_WRITE);
	*current_machine()->clock += ms;
	note("%llu ms pass", (unsigned long long)ms);
}

static void set_register(struct column *column, uint32_t reg, uint64_t value)
{
	touch(COLUMN_REGISTERS(column->index), ACCESS_WRITE);
	column->program->reg[column->index][reg] = value;
}

static void call_evaluate(struct call_value *value, struct column *column,
			  const struct scenario_value *arg, enum call_arg kind)
{
	struct scenario_program *p = column->program;

	*value = (struct call_value){.number = arg->number};
	if (kind == CALL_ADVICE)
		value->number = call_advice(arg->text);
	else if (kind == CALL_PROT)
		value->number = call_prot(arg->text);
	else if (kind == CALL_FILE)
		value->file = program_file(p, arg->text);
	else if (kind == CALL_MAYBE_WRITE)
		value->number = 1;
	else if (kind == CALL_VALUE && arg->kind == SCENARIO_WORD)
		value->number = p->reg[column->index][strtoul(arg->text + 1, NULL, 10)];
	else if (arg->kind == SCENARIO_WORD)
		value->mm = p->mm[arg->process];
	if (arg->kind != SCENARIO_LOCATION)
		return;
	value->mm = p->mm[arg->location.process];
	value->number = location_va(p, &arg->location);
}

/* What a register gets: a value, or the number of an error. */
static long call(struct column *column, const struct scenario_stmt *stmt)
{
	const struct scenario_call_kind *kind = scenario_call_find(stmt->call.name.text);
	struct call_value arg[CALL_ARGS] = {{0}};
	uint64_t value = 0;
	long ret;

	for (unsigned i = 0; i < stmt->call.nr_args; i++)
		call_evaluate(&arg[i], column, &stmt->call.args[i], kind->arg[i]);
	ret = kind->run(column, arg, &value);
	if (stmt->reg != SCENARIO_NONE)
		set_register(column, stmt->reg, ret < 0 ? (uint64_t)-ret : value);
	return ret;
}

/* False: the thread was killed by a signal. @place is where it stands, for the state's digest. */
static bool execute(struct column *column, const struct scenario_stmt *stmt, uint64_t place)
{
	struct scenario_program *p = column->program;
	uint64_t *reg = p->reg[column->index];
	uint64_t va, value;

	point_rest(place, NULL, 0);
	switch (stmt->kind) {
	case SCENARIO_STORE:
		va = location_va(p, &stmt->location);
		value = stmt->reg == SCENARIO_NONE ? stmt->number : reg[stmt->reg];
		return user_store(va, value, place, NULL, 0);
	case SCENARIO_LOAD:
		va = location_va(p, &stmt->location);
		if (!user_load(va, &value, place, NULL, 0))
			return false;
		if (stmt->reg != SCENARIO_NONE)
			set_register(column, stmt->reg, value);
		return true;
	case SCENARIO_CALL:
		column->setup_error = call(column, stmt);
		return true;
	case SCENARIO_TICK:
		tick(stmt->number);
		return true;
	}
	return true;
}

static void run_setup(struct column *column)
{
	if (column->setup->kind == SCENARIO_SETUP_FORK)
		column->setup_error = fork_process(column, &column->setup->fork);
	else
		column->setup_killed = !execute(column, &column->setup->stmt, 0);
}

void column_main(void *payload)
{
	struct column *column = payload;
	const struct scenario_ast *ast = column->program->ast;

	exec_current->running->cpu = column->cpu->index;
	if (column->setup) {
		run_setup(column);
		return;
	}
	for (unsigned row = 0; row < ast->nr_rows; row++) {
		const struct scenario_stmt *stmt = ast->rows[row].cells[column->index];

		if (stmt && !execute(column, stmt, row + 1)) {
			note("killed by a signal");
			set_register(column, PROGRAM_KILLED, 1);
			return;
		}
	}
}
