/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/program.h"

#include "check/check.h"
#include "exec/point.h"
#include "mm/gfp.h"
#include "mm/page.h"
#include "explore/initial.h"
#include "numa/numa.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Does process @index begin as a copy, in the set-up? */
static bool is_forked(const struct scenario_ast *ast, unsigned index)
{
	for (unsigned i = 0; i < ast->nr_setup; i++)
		if (ast->setup[i].kind == SCENARIO_SETUP_FORK && ast->setup[i].fork.child == index)
			return true;
	return false;
}

static int create_processes(struct scenario_run *run)
{
	struct scenario_program *p = run->program;
	unsigned nr = run->ast->nr_processes;
	int ret = 0;

	for (unsigned i = 0; i < (nr ? nr : 1) && !ret; i++) {
		if (is_forked(run->ast, i))
			continue;
		ret = mm_create(run->m, &p->mm[i], nr ? run->ast->processes[i].name.text : "P");
		if (!ret)
			initial_mm(p->mm[i]);
	}
	return ret;
}

/* ---- the initial state ---- */

static int add_contexts(struct scenario_run *run, unsigned first, unsigned nr)
{
	struct scenario_program *p = run->program;
	int ret = 0;

	for (unsigned i = first; i < first + nr && !ret; i++) {
		struct context *context;

		ret = exec_add_context(&run->m->exec, &context, p->column[i].ast->name.text,
				       column_main, &p->column[i]);
		if (!ret)
			context->cpu = p->column[i].cpu->index;
	}
	return ret ? ret : cpu_add_actors(run->m);
}

/* Run one thing of the set-up on its column's processor until it is over. */
static int run_setup_step(struct scenario_run *run, unsigned index)
{
	struct exec *exec = &run->m->exec;
	int ret = add_contexts(run, index, 1);

	if (!ret) {
		exec_clear(exec);
		exec_start(exec);
		ret = exec_run(exec);
	}
	exec_drop_contexts(exec);
	return ret;
}

static int setup_failed(const struct scenario_run *run, const struct column *column, int ret,
			struct srcpos pos, struct numasim_error *err)
{
	const struct violation *v = &run->m->exec.violation;

	if (ret)
		return scenario_error_at(err, ret, run->ast, pos, "this statement of the initial "
					 "state does not come to an end");
	if (v->found)
		return scenario_error_at(err, -EINVAL, run->ast, pos,
					 "the initial state breaks %s: %s", oracle_name(v->oracle),
					 v->text);
	if (column->setup_killed && column->task->out_of_memory)
		return scenario_error_at(err, -ENOMEM, run->ast, pos, "no memory is left for this "
					 "statement of the initial state");
	if (column->setup_killed)
		return scenario_error_at(err, -EFAULT, run->ast, pos,
					 "this statement of the initial state ends in SIGSEGV");
	if (column->setup_error)
		return scenario_error_at(err, (int)column->setup_error, run->ast, pos,
					 "this statement of the initial state fails: %s",
					 numasim_strerror((int)column->setup_error));
	return 0;
}

static int run_setup_by(struct scenario_run *run, const struct scenario_setup *setup,
			uint32_t index, struct srcpos pos, struct numasim_error *err)
{
	const struct scenario_stmt *stmt = &setup->stmt;
	struct column *column = &run->program->column[index];
	int ret;

	if (!column->task)
		return scenario_error_at(err, -EINVAL, run->ast, pos,
					 "column `%s` does nothing before its process is forked",
					 column->ast->name.text);
	column->setup = setup;
	column->setup_error = 0;
	if (setup->kind == SCENARIO_SETUP_STMT &&
	    (stmt->kind == SCENARIO_STORE || stmt->kind == SCENARIO_LOAD))
		column->task->home_node =
			build_home_node(run, &run->ast->variables[stmt->location.variable]);
	ret = run_setup_step(run, index);
	column->setup = NULL;
	column->task->home_node = -1;
	return setup_failed(run, column, ret, pos, err);
}

static int run_setup(struct scenario_run *run, const struct scenario_params *params,
		     struct numasim_error *err)
{
	uint64_t before = alloc_count(run->m);
	int ret = 0;

	alloc_fail_nth(run->m, params->fail_setup);
	run->m->exec.in_setup = true;
	for (unsigned i = 0; i < run->ast->nr_setup && !ret; i++) {
		const struct scenario_setup *s = &run->ast->setup[i];

		if (s->kind == SCENARIO_SETUP_MAPPING)
			continue;
		if (s->kind == SCENARIO_SETUP_FORK)
			ret = run_setup_by(run, s, s->fork.column, s->fork.pos, err);
		else if (s->stmt.kind == SCENARIO_TICK && s->stmt.column == SCENARIO_NONE)
			*run->m->clock += s->stmt.number;
		else
			ret = run_setup_by(run, s, s->stmt.column, s->stmt.pos, err);
	}
	run->m->exec.in_setup = false;
	alloc_fail_nth(run->m, 0);
	run->setup_allocations = alloc_count(run->m) - before;
	lru_drain_setup(run->m);
	memcpy(run->program->counter_base, run->m->mm->vm_event, sizeof(run->m->mm->vm_event));
	return ret;
}

/* Counters that the condition asks for tell states apart. */
static void digest_counters(struct scenario_run *run, const struct scenario_cond *c,
			    struct digest_sink *sink)
{
	uint64_t object;

	if (!c)
		return;
	if (c->kind == SCENARIO_CALL_IS && !strcmp(c->call.name.text, "vmstat"))
		digest_put(sink, ask(run->program, &c->call, &object));
	digest_counters(run, c->left, sink);
	digest_counters(run, c->right, sink);
}

static void digest_registers(void *self, struct digest_sink *sink)
{
	struct scenario_run *run = self;

	for (unsigned i = 0; i < run->ast->nr_columns; i++) {
		for (unsigned r = 0; r < PROGRAM_REGISTERS; r++)
			if (run->program->column[i].ast->registers >> r & 1)
				digest_put(sink, run->program->reg[i][r]);
		digest_put(sink, run->program->reg[i][PROGRAM_KILLED]);
	}
	digest_counters(run, run->ast->condition, sink);
}

static int allocate_program(struct scenario_run *run)
{
	const struct scenario_ast *ast = run->ast;
	struct scenario_program *p = calloc(1, sizeof(*p));

	run->program = p;
	if (!p)
		return -ENOMEM;
	p->run = run;
	p->ast = ast;
	p->m = run->m;
	p->column = calloc(ast->nr_columns, sizeof(*p->column));
	p->variable = calloc(ast->nr_variables + 1, sizeof(*p->variable));
	p->mm = calloc(ast->nr_processes + 1, sizeof(*p->mm));
	p->file = calloc(ast->nr_variables + 1, sizeof(*p->file));
	p->reg = arena_alloc(run->m->arena, ast->nr_columns * sizeof(*p->reg));
	return p->column && p->variable && p->mm && p->file && p->reg ? 0 : -ENOMEM;
}

static int init_rooms(struct scenario_run *run)
{
	struct numasim_machine *m = run->m;
	int ret = run->ast->nr_columns > CPU_MAX ? -EINVAL : cpu_init(m, run->ast->nr_columns);

	ret = ret ?: mm_init(m) ?: numa_init(m) ?: check_init(m);

	if (ret)
		return ret;
	initial_clock(m);
	m->exec.object_name = scenario_object_name;
	m->exec.address_name = scenario_mm_address_name;
	m->exec.event_payload = run;
	return state_register(&m->exec.state,
			      (struct state_part){"registers", NULL, digest_registers, run});
}

static int build(struct scenario_run *run, const struct scenario_params *params,
		 struct numasim_error *err)
{
	int ret = build_machine(run, params, err);

	ret = ret ?: build_kernel(run, params, err) ?: allocate_program(run) ?: init_rooms(run)
		  ?: create_processes(run) ?: build_columns(run, err)
		  ?: build_settings(run, err);
	for (unsigned i = 0; i < run->ast->nr_variables && !ret; i++)
		if (run->ast->variables[i].inherited == SCENARIO_NONE)
			ret = build_mapping(run, i, err);
	ret = ret ?: build_check(run, err) ?: build_watch(run) ?: run_setup(run, params, err);
	for (unsigned i = 0; !ret && i < run->m->nr_cpus; i++)
		run->m->cpu[i].walker_budget = run->walker_budget;
	ret = ret ?: add_contexts(run, 0, run->ast->nr_columns);
	if (!ret)
		run->m->exec.event = scenario_event;
	return ret;
}

int scenario_build(struct scenario_run **out, const struct scenario_ast *ast,
		   const struct scenario_params *params, struct numasim_error *err)
{
	static const struct scenario_params none;
	struct scenario_run *run = calloc(1, sizeof(*run));
	int ret;

	if (!run)
		return error_set(err, -ENOMEM, "no memory for a scenario");
	run->ast = ast;
	if (err)
		err->text[0] = '\0';
	ret = build(run, params ? params : &none, err);
	if (ret) {
		if (err && !err->text[0])
			error_set(err, ret, "%s", run->m && run->m->error.code ? run->m->error.text
							: numasim_strerror(ret));
		scenario_run_free(run);
		return ret;
	}
	run->scene = (struct scene){.judge = scenario_judge, .self = run};
	*out = run;
	return 0;
}

void scenario_run_free(struct scenario_run *run)
{
	if (!run)
		return;
	machine_destroy(run->m);
	numasim_topology_free(run->own_topology);
	if (run->program) {
		free(run->program->column);
		free(run->program->variable);
		free(run->program->mm);
		free(run->program->file);
	}
	free(run->program);
	free(run);
}
