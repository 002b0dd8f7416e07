/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of things, as all printers of state use them. */
#include "report/show.h"

#include "explore/record.h"

#include <string.h>

const char *show_object(const struct show *s, uint64_t object, char *text)
{
	if (s->m->exec.object_name)
		s->m->exec.object_name(s->m, object, text, SHOW_NAME);
	else
		snprintf(text, SHOW_NAME, "object %#llx", (unsigned long long)object);
	return text;
}

const char *show_address(const struct show *s, const struct mm_struct *mm, uint64_t va, char *text)
{
	if (s->run && mm)
		scenario_address_name(s->run, mm, va, text, SHOW_NAME);
	else
		snprintf(text, SHOW_NAME, "%#llx", (unsigned long long)va);
	return text;
}

const struct context *show_column_of(const struct numasim_machine *m, const struct cpu *cpu)
{
	for (unsigned i = 0; i < m->exec.nr_contexts; i++)
		if (m->exec.context[i]->cpu == cpu->index)
			return m->exec.context[i];
	return NULL;
}

const char *show_cpu(const struct show *s, const struct cpu *cpu, char *text)
{
	const struct context *column = show_column_of(s->m, cpu);
	unsigned node = s->m->node[cpu->node].id;

	if (column)
		snprintf(text, SHOW_NAME, "%s (CPU %u, node %u)", column->name, cpu->id, node);
	else
		snprintf(text, SHOW_NAME, "CPU %u (node %u)", cpu->id, node);
	return text;
}

static bool is_actor(const struct numasim_machine *m, unsigned actor, const char *name)
{
	return actor >= m->exec.nr_contexts && actor < m->exec.nr_actors &&
	       !strcmp(m->exec.actor[actor].name, name);
}

bool show_is_interrupt(const struct numasim_machine *m, unsigned actor)
{
	return is_actor(m, actor, "interrupt");
}

bool show_is_walker(const struct numasim_machine *m, unsigned actor)
{
	return is_actor(m, actor, "walker");
}

const char *show_actor(const struct show *s, unsigned actor, char *text)
{
	record_actor_name(s->m, actor, text, SHOW_NAME);
	return text;
}

const char *show_announced(const struct show *s, const struct announcement *a, char *text)
{
	char object[RECORD_NAME];

	record_object_name(s->m, a, object, sizeof(object));
	snprintf(text, SHOW_NAME, "%s %s", point_kind_name(a->kind), object);
	return text;
}

void show_page(const struct show *s, const struct page *page)
{
	if (!page) {
		fprintf(s->out, "no page of this machine");
		return;
	}
	if (page->flags & PAGE_FREE)
		fprintf(s->out, "freed ");
	fprintf(s->out, "%s %s (%s, node %u)", page->flags & PAGE_TABLE ? "table" : "page",
		BIRTH_TEXT(page->name), page->flags & PAGE_HEAD ? "2M" : "4K",
		s->m->node[page->node].id);
}
