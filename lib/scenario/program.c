/* SPDX-License-Identifier: BSD-2-Clause */
/* What a column does, statement by statement, on its processor. */
#include "scenario/program.h"

#include "exec/point.h"
#include "mm/access.h"
#include "numa/numa.h"

#include <string.h>

uint64_t location_va(const struct scenario_program *program, const struct scenario_location *l)
{
	return program->variable[l->variable].va + l->offset;
}

static void call_task_numa_work(struct column *column, const struct scenario_call *call)
{
	task_numa_work();
}

static const struct scenario_call_kind calls[] = {
	{"task_numa_work", 1, "task_numa_work(PROCESS)", call_task_numa_work},
};

const struct scenario_call_kind *scenario_call_find(const char *name)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (!strcmp(calls[i].name, name))
			return &calls[i];
	return NULL;
}

static void tick(uint64_t ms)
{
	point(POINT_TICK, OBJECT(OBJ_CLOCK, 0, 0), ACCESS_WRITE);
	*current_machine()->clock += ms;
	note("%llu ms pass", (unsigned long long)ms);
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
		if (stmt->reg != SCENARIO_NONE) {
			touch(COLUMN_REGISTERS(column->index), ACCESS_WRITE);
			reg[stmt->reg] = value;
		}
		return true;
	case SCENARIO_CALL:
		scenario_call_find(stmt->call.name.text)->run(column, &stmt->call);
		return true;
	case SCENARIO_TICK:
		tick(stmt->number);
		return true;
	}
	return true;
}

void column_main(void *payload)
{
	struct column *column = payload;
	const struct scenario_ast *ast = column->program->ast;

	exec_current->running->cpu = column->cpu->index;
	if (column->setup) {
		column->setup_killed = !execute(column, column->setup, 0);
		return;
	}
	for (unsigned row = 0; row < ast->nr_rows; row++) {
		const struct scenario_stmt *stmt = ast->rows[row].cells[column->index];

		if (stmt && !execute(column, stmt, row + 1)) {
			note("killed by a signal");
			touch(COLUMN_REGISTERS(column->index), ACCESS_WRITE); /* for good */
			return;
		}
	}
}
