/* SPDX-License-Identifier: BSD-2-Clause */
/* Actors: where they come from, where they run, how they go. */
#include "words.h"

#include <stdio.h>
#include <string.h>

#define ACTORS 16
#define CPUS   64

static struct actor actors[ACTORS];
static unsigned nr_actors;

void actors_begin(void)
{
	nr_actors = 0;
}

void actors_end(void)
{
	while (nr_actors)
		if (actors[--nr_actors].side)
			leave(&actors[nr_actors]);
}

static struct actor *add(const char *name, struct side_actor *side)
{
	struct actor *a = &actors[nr_actors];

	if (nr_actors++ == ACTORS)
		side_fail("a case may have %d actors", ACTORS);
	if (strlen(name) >= sizeof(a->name))
		side_fail("the actor's name %s is too long", name);
	strcpy(a->name, name);
	a->side = side;
	return a;
}

struct actor *process(const char *name, unsigned cpu)
{
	return add(name, side_process(cpu));
}

struct actor *forked(struct actor *parent, const char *name)
{
	return add(name, side_fork(parent->side));
}

struct actor *thread(struct actor *of, const char *name, unsigned cpu)
{
	return add(name, side_thread(of->side, cpu));
}

void leave(struct actor *a)
{
	side_exit(a->side);
	a->side = NULL;
	masks_forget();
}

void move(struct actor *a, unsigned cpu)
{
	side_move(a->side, cpu);
}

void run(struct actor *a, unsigned milliseconds)
{
	side_run(a->side, milliseconds);
}

unsigned nr_nodes(void)
{
	return side_nr_nodes();
}

unsigned cpu_of(unsigned node, unsigned index)
{
	unsigned cpus[CPUS], nr = side_cpus(node, cpus, CPUS);

	if (!nr)
		side_fail("node %u has no CPU", node);
	return cpus[index % nr];
}
