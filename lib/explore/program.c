/* SPDX-License-Identifier: BSD-2-Clause */
#include "explore/program.h"

#include "check/check.h"
#include "explore/object_name.h"
#include "explore/result.h"
#include "kernel/built.h"
#include "machine/topology.h"
#include "mm/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_RELEASE "v3.13"
#define DEFAULT_NODES	2
#define DEFAULT_CPUS	8 /* per node */
#define DEFAULT_MEMORY	(UINT64_C(1) << 30)
#define MOST_FILLS	8

/* ---- making one ---- */

static int list_cpus(struct numasim_program *p, const struct numasim_topology *topology)
{
	const unsigned *id;
	size_t nr;

	numasim_topology_cpus(&id, &nr, topology);
	p->cpu = calloc(nr + 1, sizeof(*p->cpu));
	if (!p->cpu)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		unsigned node = 0;

		numasim_topology_cpu_node(&node, topology, id[i]);
		p->cpu[i] = (struct program_cpu){id[i], machine_node_index(p->m, node)};
	}
	p->nr_cpus = nr;
	snprintf(p->machine, sizeof(p->machine), "%u nodes, %zu CPUs", p->m->nr_nodes, nr);
	return 0;
}

static int choose_kernel(struct numasim_program *p, const char *release, struct numasim_error *err)
{
	struct kernel *k = arena_alloc(p->m->arena, sizeof(*k));
	int ret;

	if (!k)
		return error_set(err, -ENOMEM, "no memory for a kernel");
	ret = kernel_config(k, release ? release : DEFAULT_RELEASE, NULL, 0, NULL, 0, NULL, 0, err);
	if (!ret)
		ret = kernel_check_built(k, err);
	p->m->kernel = k;
	if (!ret)
		kernel_describe(k, p->kernel, sizeof(p->kernel));
	return ret;
}

/* When all have come to their end: the oracles of the memory manager, then the user's check. */
static bool judge(void *self)
{
	struct numasim_program *p = self;
	struct exec *exec = &p->m->exec, *outer = exec_current;
	struct api_room *room = api_room_of(p->m);

	if (p->m->check)
		check_quiescent(p->m);
	exec_current = exec;
	if (room)
		room->nr_looks = 0;
	if (p->check && !exec->violation.found)
		p->check(p->check_payload);
	exec_current = outer;
	return !exec->violation.found;
}

static int build(struct numasim_program *p, const struct numasim_topology *topology,
		 const struct numasim_program_options *o, struct numasim_error *err)
{
	int ret;

	if (o->walker_budget > MOST_FILLS)
		return error_set(err, -EINVAL, "a page walker may act %d times at most, not %u",
				 MOST_FILLS, o->walker_budget);
	ret = machine_create(&p->m, topology, err);
	if (ret)
		return ret;
	ret = choose_kernel(p, o->release, err);
	if (ret)
		return ret;
	p->m->exec.object_name = object_name;
	p->m->exec.unlock_is_point = o->unlock_is_step;
	p->walk_is_step = o->walk_is_step;
	p->walker_budget = o->walker_budget;
	p->scene = (struct scene){.judge = judge, .self = p};
	ret = list_cpus(p, topology) ?: cpu_init(p->m, p->nr_cpus < CPU_MAX ? p->nr_cpus : CPU_MAX);
	return ret ? error_set(err, ret, "no memory for a program") : 0;
}

int numasim_program_create(struct numasim_program **program,
			   const struct numasim_program_options *options,
			   struct numasim_error *err)
{
	static const struct numasim_program_options defaults;
	const struct numasim_program_options *o = options ? options : &defaults;
	struct numasim_topology *own = o->topology ? NULL
						   : topology_plain(DEFAULT_NODES, DEFAULT_CPUS,
								    DEFAULT_MEMORY);
	struct numasim_program *p = calloc(1, sizeof(*p));
	int ret = -ENOMEM;

	if (p && (own || o->topology))
		ret = build(p, own ? own : o->topology, o, err);
	else
		error_set(err, ret, "no memory for a program");
	numasim_topology_free(own);
	if (ret)
		numasim_program_free(p);
	else
		*program = p;
	return ret;
}

void numasim_program_free(struct numasim_program *program)
{
	if (!program)
		return;
	machine_destroy(program->m);
	free(program->cpu);
	free(program);
}

struct numasim_machine *numasim_program_machine(struct numasim_program *program)
{
	return program->m;
}

/* ---- what runs ---- */

static int check_name(const struct numasim_program *p, const char *name, struct numasim_error *err)
{
	size_t length = name ? strlen(name) : 0;

	if (!length || length >= sizeof(p->context->name))
		return error_set(err, -EINVAL, "a context's name has 1 to %zu bytes, not %zu",
				 sizeof(p->context->name) - 1, length);
	for (unsigned i = 0; i < p->nr_contexts; i++)
		if (!strcmp(p->context[i].name, name))
			return error_set(err, -EEXIST, "there is a context called \"%s\" already",
					 name);
	return 0;
}

int numasim_program_add(struct numasim_program *p, const char *name, void (*fn)(void *payload),
			void *payload, const struct numasim_seat *seat, struct numasim_error *err)
{
	struct program_context *c;
	int ret;

	if (api_running())
		return error_set(err, -EBUSY, "simulated code cannot add a context");
	ret = check_name(p, name, err);
	if (ret)
		return ret;
	if (!fn)
		return error_set(err, -EINVAL, "context \"%s\" has nothing to run", name);
	if (p->nr_contexts == NUMASIM_PROGRAM_CONTEXTS)
		return error_set(err, -ENOSPC, "a program has %d contexts at most",
				 NUMASIM_PROGRAM_CONTEXTS);
	c = &p->context[p->nr_contexts];
	ret = program_sit(&c->cpu, p, seat, err);
	if (ret)
		return ret;
	memcpy(c->name, name, strlen(name) + 1);
	c->fn = fn;
	c->payload = payload;
	p->nr_contexts++;
	return 0;
}

int numasim_program_check(struct numasim_program *program, void (*check)(void *payload),
			  void *payload)
{
	program->check = check;
	program->check_payload = payload;
	return 0;
}

static int bring_in(struct numasim_program *p)
{
	int ret = 0;

	for (unsigned i = 0; i < p->nr_contexts && !ret; i++) {
		const struct program_context *c = &p->context[i];
		struct context *context;

		ret = exec_add_context(&p->m->exec, &context, c->name, c->fn, c->payload);
		if (!ret)
			context->cpu = c->cpu;
	}
	return ret ? ret : cpu_add_actors(p->m);
}

int numasim_program_explore(struct numasim_result **result, struct numasim_program *p,
			    const struct numasim_search *search, struct numasim_error *err)
{
	const struct numasim_search defaults = NUMASIM_SEARCH_DEFAULTS;
	const struct result_texts texts = {.scenario = "program", .title = "", .kernel = p->kernel,
					   .note = "", .machine = p->machine};
	struct numasim_result *found = NULL;
	int ret;

	if (api_running())
		return error_set(err, -EBUSY, "simulated code cannot explore");
	if (!p->nr_contexts)
		return error_set(err, -EINVAL, "the program has no context: add one first");
	ret = bring_in(p);
	if (ret)
		error_set(err, ret, "no memory for the program's contexts");
	else
		ret = result_search(&found, p->m, &p->scene, search ? search : &defaults, err);
	exec_drop_contexts(&p->m->exec);
	if (!ret && result_describe(found, &texts))
		ret = error_set(err, -ENOMEM, "no memory for a result");
	if (ret)
		numasim_result_free(found);
	else
		*result = found;
	return ret;
}
