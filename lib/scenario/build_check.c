/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parser leaves to those who know the machine: calls, events, oracles, offsets. */
#include "scenario/calls.h"

#include "exec/oracle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int check_location(const struct scenario_run *run, const struct scenario_location *l,
			  struct numasim_error *err)
{
	const struct scenario_variable *v = &run->ast->variables[l->variable];

	if (l->offset & 7)
		return scenario_error_at(err, -EINVAL, run->ast, l->pos,
					 "an access is 8 bytes at a multiple of 8");
	if (l->offset >= v->size)
		return scenario_error_at(err, -EINVAL, run->ast, l->pos,
					 "`%s` has only %llu bytes", v->name.text,
					 (unsigned long long)v->size);
	return 0;
}

static int check_stmt(const struct scenario_run *run, const struct scenario_stmt *stmt,
		      uint32_t process, struct numasim_error *err)
{
	if (stmt->kind == SCENARIO_CALL)
		return check_call(run, stmt, process, err);
	if (stmt->kind == SCENARIO_TICK)
		return 0;
	if (stmt->location.process != process)
		return scenario_error_at(err, -EINVAL, run->ast, stmt->location.pos,
					 "the column is a thread of another process");
	return check_location(run, &stmt->location, err);
}

static int check_cond(const struct scenario_run *run, const struct scenario_cond *c,
		      struct numasim_error *err)
{
	if (c->kind == SCENARIO_LOCATION_IS)
		return check_location(run, &c->location, err);
	if (c->kind == SCENARIO_REGISTER_IS)
		return 0;
	if (c->kind == SCENARIO_CALL_IS)
		return ask_check(run, &c->call, err);
	if (check_cond(run, c->left, err))
		return -EINVAL;
	return c->right ? check_cond(run, c->right, err) : 0;
}

/* "fault, hint_fault, ... and cleared" */
static void list_events(char *text, size_t size)
{
	size_t used = 0;

	for (int kind = 0; kind < EVENT_NR && used < size; kind++)
		used += snprintf(text + used, size - used, "%s%s",
				 !kind ? "" : kind == EVENT_NR - 1 ? " and " : ", ",
				 event_kind_name(kind));
}

static int check_event(const struct scenario_run *run, const struct scenario_call *e,
		       struct numasim_error *err)
{
	char known[256];
	int kind = 0;

	while (kind < EVENT_NR && strcmp(event_kind_name(kind), e->name.text))
		kind++;
	list_events(known, sizeof(known));
	if (kind == EVENT_NR)
		return scenario_error_at(err, -ENOENT, run->ast, e->name.pos,
					 "`%s` is no event\nthe events are %s", e->name.text,
					 known);
	if (e->nr_args > 1)
		return scenario_error_at(err, -EINVAL, run->ast, e->pos,
					 "an event happens at one place");
	if (e->nr_args && e->args[0].kind == SCENARIO_LOCATION)
		return check_location(run, &e->args[0].location, err);
	return 0;
}

static int check_expects(const struct scenario_run *run, struct numasim_error *err)
{
	for (unsigned i = 0; i < run->ast->nr_expects; i++) {
		const struct scenario_expect *e = &run->ast->expects[i];

		for (unsigned k = 0; k < e->nr_verdicts; k++) {
			const struct scenario_verdict *v = &e->verdicts[k];

			if ((v->kind == SCENARIO_BREAKS || v->kind == SCENARIO_KEEPS) &&
			    oracle_by_name(v->oracle.text) < 0)
				return scenario_error_at(
					err, -ENOENT, run->ast, v->oracle.pos,
					"`%s` is no oracle\nthe oracles are "
					"lost-write, use-after-free, refcount, oops, "
					"stale-tlb, deadlock, livelock, assertion "
					"and condition",
					v->oracle.text);
		}
	}
	return 0;
}

static int check_columns(const struct scenario_run *run, struct numasim_error *err)
{
	const struct scenario_ast *ast = run->ast;

	for (unsigned row = 0; row < ast->nr_rows; row++) {
		for (unsigned i = 0; i < ast->nr_columns; i++) {
			const struct scenario_stmt *s = ast->rows[row].cells[i];
			int ret = s ? check_stmt(run, s, run->program->column[i].process, err) : 0;

			if (ret)
				return ret;
		}
	}
	return 0;
}

int build_check(struct scenario_run *run, struct numasim_error *err)
{
	const struct scenario_ast *ast = run->ast;
	int ret = check_columns(run, err);

	for (unsigned i = 0; i < ast->nr_setup && !ret; i++) {
		const struct scenario_stmt *s = &ast->setup[i].stmt;

		if (ast->setup[i].kind == SCENARIO_SETUP_STMT && s->column != SCENARIO_NONE)
			ret = check_stmt(run, s, run->program->column[s->column].process, err);
	}
	if (!ret && ast->condition)
		ret = check_cond(run, ast->condition, err);
	if (!ret && ast->nr_events > SCENARIO_REACH_MAX)
		ret = scenario_error_at(err, -E2BIG, ast, ast->events[SCENARIO_REACH_MAX].pos,
					"more than %u events to reach", SCENARIO_REACH_MAX);
	for (unsigned i = 0; i < ast->nr_events && !ret; i++)
		ret = check_event(run, &ast->events[i], err);
	return ret ? ret : check_expects(run, err);
}
