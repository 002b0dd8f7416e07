/* SPDX-License-Identifier: BSD-2-Clause */
/* What labels call the actors and the objects of a run. */
#include "explore/record.h"

#include "x86/cpu.h"

#include <stdio.h>
#include <string.h>

/* The first context that runs on @cpu, or -1. */
static int column_on(const struct numasim_machine *m, const struct cpu *cpu)
{
	for (unsigned i = 0; i < m->exec.nr_contexts; i++)
		if (m->exec.context[i]->cpu == cpu->index)
			return i;
	return -1;
}

unsigned record_actor_column(const struct numasim_machine *m, unsigned actor)
{
	int column;

	if (actor < m->exec.nr_contexts)
		return actor;
	column = column_on(m, m->exec.actor[actor].self);
	return column < 0 ? 0 : column;
}

void record_actor_name(const struct numasim_machine *m, unsigned actor, char *text, size_t size)
{
	const char *what = m->exec.actor[actor].name;
	const struct cpu *cpu;
	int column;

	if (actor < m->exec.nr_contexts) {
		snprintf(text, size, "%s", what);
		return;
	}
	cpu = m->exec.actor[actor].self;
	column = column_on(m, cpu);
	if (!strcmp(what, "interrupt"))
		what = "irq";
	if (column < 0)
		snprintf(text, size, "cpu%u/%s", cpu->id, what);
	else
		snprintf(text, size, "%s/%s", m->exec.context[column]->name, what);
}

void record_object_name(struct numasim_machine *m, const struct announcement *a, char *text,
			size_t size)
{
	uint64_t object = a->object;

	/* A user instruction names no object: what it reaches, or where its walk ends, does. */
	if (OBJECT_CLASS(object) == OBJ_NONE && a->nr)
		object = a->access[a->nr - 1].object;
	if (!object)
		snprintf(text, size, "-");
	else if (m->exec.object_name)
		m->exec.object_name(m, object, text, size);
	else
		snprintf(text, size, "%#llx", (unsigned long long)object);
	for (char *c = text; *c; c++) /* a label is one line of printing characters */
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
}
