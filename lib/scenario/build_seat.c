/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine, and who sits where. */
#include "scenario/calls.h"

#include "check/check.h"
#include "mm/mm_life.h"
#include "mm/switch.h"
#include "explore/initial.h"

#include "machine/topology.h"

#include <errno.h>

/* "numa:2 core:2 pu:1", the machine of a scenario that names none */
#define DEFAULT_NODES  2
#define DEFAULT_CPUS   2
#define DEFAULT_MEMORY (UINT64_C(1) << 30)
#define FIRST_PID      1001

static int load_topology(struct numasim_topology **topology, const struct scenario_run *run,
			 struct numasim_error *err)
{
	const struct scenario_setting *s = scenario_find_setting(run->ast, "machine");
	struct numasim_error inner = {0};
	int ret;

	if (!s) {
		*topology = topology_plain(DEFAULT_NODES, DEFAULT_CPUS, DEFAULT_MEMORY);
		return *topology ? 0 : error_set(err, -ENOMEM, "no memory for a machine");
	}
	if (s->value.kind != SCENARIO_STRING)
		return scenario_error_at(err, -EINVAL, run->ast, s->value.pos,
					 "a machine is a string\nwrite machine = \"numa:2 core:2 "
					 "pu:1\", or the name of an hwloc XML file");
	ret = numasim_topology_load(topology, s->value.text, &inner);
	if (ret)
		return scenario_error_at(err, ret, run->ast, s->value.pos, "%s", inner.text);
	return 0;
}

int build_machine(struct scenario_run *run, const struct scenario_params *params,
		  struct numasim_error *err)
{
	int ret = 0;

	run->topology = params->topology;
	if (!run->topology) {
		ret = load_topology(&run->own_topology, run, err);
		run->topology = run->own_topology;
	}
	return ret ? ret : machine_create(&run->m, run->topology, err);
}

/* ---- seats ---- */

static bool taken(const struct numasim_machine *m, unsigned id)
{
	for (unsigned i = 0; i < m->nr_cpus; i++)
		if (m->cpu[i].id == id)
			return true;
	return false;
}

/* The lowest free one of @nr ids; -ENOENT. */
static int lowest_free(const struct numasim_machine *m, const unsigned *id, size_t nr,
		       unsigned *found)
{
	for (size_t i = 0; i < nr; i++) {
		if (!taken(m, id[i])) {
			*found = id[i];
			return 0;
		}
	}
	return -ENOENT;
}

static int seat_on_node(const struct scenario_run *run, const struct numasim_topology *topology,
			const struct scenario_column *c, unsigned *cpu, struct numasim_error *err)
{
	const unsigned *id;
	size_t nr;

	if (numasim_topology_node_cpus(&id, &nr, topology, c->number))
		return scenario_error_at(err, -ENOENT, run->ast, c->place_pos,
					 "the machine has no node %u", c->number);
	if (!lowest_free(run->m, id, nr, cpu))
		return 0;
	return scenario_error_at(err, -ENOENT, run->ast, c->place_pos,
				 "node %u has no CPU left for column `%s` (it has %zu)\ntake a "
				 "machine with more CPUs per node, or another node", c->number,
				 c->name.text, nr);
}

static int seat_on_cpu(const struct scenario_run *run, const struct numasim_topology *topology,
		       const struct scenario_column *c, unsigned *cpu, struct numasim_error *err)
{
	unsigned node;

	if (numasim_topology_cpu_node(&node, topology, c->number))
		return scenario_error_at(err, -ENOENT, run->ast, c->place_pos,
					 "the machine has no CPU %u", c->number);
	if (taken(run->m, c->number))
		return scenario_error_at(err, -EBUSY, run->ast, c->place_pos,
					 "CPU %u is taken by another column", c->number);
	*cpu = c->number;
	return 0;
}

static int find_seat(const struct scenario_run *run, const struct numasim_topology *topology,
		     const struct scenario_column *c, unsigned *cpu, struct numasim_error *err)
{
	const unsigned *id;
	size_t nr;

	if (c->place == SCENARIO_ON_NODE)
		return seat_on_node(run, topology, c, cpu, err);
	if (c->place == SCENARIO_ON_CPU)
		return seat_on_cpu(run, topology, c, cpu, err);
	numasim_topology_cpus(&id, &nr, topology);
	if (!lowest_free(run->m, id, nr, cpu))
		return 0;
	return scenario_error_at(err, -ENOENT, run->ast, c->name.pos,
				 "the machine has no CPU left for column `%s`", c->name.text);
}

/* The process that must run @stmt, or SCENARIO_NONE. */
static uint32_t stmt_process(const struct scenario_stmt *s)
{
	if (s && (s->kind == SCENARIO_STORE || s->kind == SCENARIO_LOAD))
		return s->location.process;
	return s && s->kind == SCENARIO_CALL ? call_process(&s->call) : SCENARIO_NONE;
}

/* Which process a column's thread belongs to: what it says, or what its statements touch. */
static int column_process(const struct scenario_run *run, unsigned index, uint32_t *process,
			  struct numasim_error *err)
{
	const struct scenario_ast *ast = run->ast;
	const struct scenario_column *c = &ast->columns[index];

	*process = c->process;
	for (unsigned row = 0; row < ast->nr_rows; row++) {
		const struct scenario_stmt *s = ast->rows[row].cells[index];
		uint32_t other = stmt_process(s);

		if (other == SCENARIO_NONE)
			continue;
		if (*process == SCENARIO_NONE)
			*process = other;
		if (*process != other && s->kind != SCENARIO_CALL)
			return scenario_error_at(
				err, -EINVAL, ast, s->location.pos,
				"column `%s` is a thread of another process\none "
				"thread reads and writes the memory of one process",
				c->name.text);
	}
	if (*process == SCENARIO_NONE)
		*process = 0;
	return 0;
}

static int seat_column(struct scenario_run *run, const struct numasim_topology *topology,
		       unsigned index, struct numasim_error *err)
{
	struct scenario_program *p = run->program;
	struct column *column = &p->column[index];
	unsigned id = 0, node = 0;
	int ret;

	*column = (struct column){.ast = &run->ast->columns[index], .program = p, .index = index};
	ret = column_process(run, index, &column->process, err);
	if (!ret)
		ret = find_seat(run, topology, column->ast, &id, err);
	if (ret)
		return ret;
	numasim_topology_cpu_node(&node, topology, id);
	ret = cpu_add(run->m, &column->cpu, id, machine_node_index(run->m, node));
	if (ret)
		return scenario_error_at(err, ret, run->ast, column->ast->name.pos,
					 "more columns than the explorer has processors (%u)",
					 CPU_MAX);
	if (!p->mm[column->process])
		return 0; /* its process is forked first */
	column->task = task_create(run->m, p->mm[column->process], FIRST_PID + index);
	if (!column->task)
		return -ENOMEM;
	mm_join(run->m, p->mm[column->process], column->task);
	task_start(run->m, column->task, column->cpu);
	return 0;
}

int build_columns(struct scenario_run *run, struct numasim_error *err)
{
	struct mm_struct *mm;
	int ret = 0;

	for (unsigned i = 0; i < run->ast->nr_columns && !ret; i++)
		ret = seat_column(run, run->topology, i, err);
	TAILQ_FOREACH(mm, &run->m->mm->mms, link)
		if (!ret)
			initial_nodes(run->m, mm);
	return ret;
}
