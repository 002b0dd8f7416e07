/* SPDX-License-Identifier: BSD-2-Clause */
/* Systems, their actors and what these do. */
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TICK_MS 4

static _Alignas(8) char buffer[SIDE_BUFFER];

void side_begin_case(const char *name)
{
	struct numasim_system_options options = {.topology = model.topology,
						 .release = model.release,
						 .thp = NUMASIM_THP_MADVISE};
	struct numasim_error err = {0};

	if (numasim_system_create(&model.system, &options, &err) ||
	    numasim_process_create(&model.root, model.system, "root", 0, &err))
		side_fail("%s: %s", name, err.text);
}

/* A kernel that died, or lost count of its pages, shows in no line otherwise. */
void side_end_case(void)
{
	struct numasim_error err = {0};

	if (numasim_system_audit(model.system, &err))
		side_fail("%s", err.text);
	numasim_system_free(model.system);
	model.system = NULL;
}

unsigned side_nr_nodes(void)
{
	const unsigned *ids;
	size_t nr;

	numasim_topology_nodes(&ids, &nr, model.topology);
	return (unsigned)nr;
}

unsigned side_cpus(unsigned node, unsigned *cpus, unsigned max)
{
	const unsigned *ids;
	size_t nr;

	if (numasim_topology_node_cpus(&ids, &nr, model.topology, node))
		side_fail("there is no node %u", node);
	for (size_t i = 0; i < nr && i < max; i++)
		cpus[i] = ids[i];
	return (unsigned)(nr < max ? nr : max);
}

static struct side_actor *actor_of(struct numasim_process *process)
{
	struct side_actor *a = malloc(sizeof(*a));

	if (!a)
		side_fail("no memory");
	a->process = process;
	return a;
}

struct side_actor *side_process(unsigned cpu)
{
	struct numasim_error err = {0};
	struct numasim_process *process;

	if (numasim_process_create(&process, model.system, "actor", cpu, &err))
		side_fail("%s", err.text);
	return actor_of(process);
}

struct side_actor *side_fork(struct side_actor *parent)
{
	struct numasim_error err = {0};
	struct numasim_process *child;

	if (numasim_fork(&child, parent->process, NULL, &err))
		side_fail("%s", err.text);
	return actor_of(child);
}

struct side_actor *side_thread(struct side_actor *of, unsigned cpu)
{
	struct numasim_error err = {0};
	struct numasim_process *thread;

	if (numasim_thread(&thread, of->process, cpu, &err))
		side_fail("%s", err.text);
	return actor_of(thread);
}

void side_exit(struct side_actor *a)
{
	model_deafen(true);
	if (numasim_exit(a->process))
		side_fail("the kernel oopsed at exit");
	model_deafen(false);
	free(a);
}

void side_move(struct side_actor *a, unsigned cpu)
{
	if (numasim_move(a->process, cpu))
		side_fail("cannot move to CPU %u", cpu);
}

void side_run(struct side_actor *a, unsigned milliseconds)
{
	if (numasim_process_run(a->process, milliseconds))
		side_fail("the kernel oopsed");
}

bool side_run_until(struct side_actor *a, bool (*stop)(void *payload), void *payload,
		    unsigned milliseconds)
{
	for (unsigned ms = 0; ms < milliseconds; ms += TICK_MS) {
		side_run(a, TICK_MS);
		if (stop(payload))
			return true;
	}
	return false;
}

void *side_buffer(struct side_actor *a)
{
	return buffer;
}

static int signal_of(struct side_actor *a, int error)
{
	return error ? numasim_process_signal(a->process) : 0;
}

int side_load(struct side_actor *a, uint64_t address, uint64_t *value)
{
	return signal_of(a, numasim_process_load(value, a->process, address));
}

int side_store(struct side_actor *a, uint64_t address, uint64_t value)
{
	return signal_of(a, numasim_process_store(a->process, address, value));
}

int side_touch(struct side_actor *a, uint64_t *address, uint64_t end, bool write)
{
	for (; *address < end; *address = (*address | 4095) + 1) {
		int error = numasim_touch(a->process, *address, 8, write);

		if (error)
			return signal_of(a, error);
	}
	return 0;
}
