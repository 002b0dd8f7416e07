/* SPDX-License-Identifier: BSD-2-Clause */
/* What texts call the variables of a scenario; explore/object_name.h has the rest. */
#include "scenario/program.h"

#include "exec/point.h"
#include "explore/object_name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The scenario of a machine: its event payload is the run. */
static const struct scenario_run *run_of(const struct numasim_machine *m)
{
	return m->exec.event_payload;
}

void scenario_address_name(const struct scenario_run *run, const struct mm_struct *mm,
			   uint64_t va, char *text, size_t size)
{
	const struct scenario_program *p = run->program;

	for (unsigned i = 0; i < run->ast->nr_variables; i++) {
		const struct variable *v = &p->variable[i];
		uint64_t offset = va - v->va;

		if (!v->mm || v->mm != mm || offset >= v->ast->size)
			continue;
		if (offset)
			snprintf(text, size, "%s:%s+%llu", mm->label, v->ast->name.text,
				 (unsigned long long)offset);
		else
			snprintf(text, size, "%s:%s", mm->label, v->ast->name.text);
		return;
	}
	snprintf(text, size, "%s:%#llx", mm->label, (unsigned long long)va);
}

/* The hook of the engine: an address space is known by its birth name there. */
void scenario_mm_address_name(void *machine, uint32_t mm, uint64_t va, char *text, size_t size)
{
	const struct numasim_machine *m = machine;

	const struct mm_struct *of = mm_by_name(m, mm);

	if (of)
		scenario_address_name(run_of(m), of, va, text, size);
}

int scenario_find_address(const struct scenario_run *run, const char *text,
			  struct mm_struct **mm, uint64_t *va)
{
	const struct scenario_program *p = run->program;
	const char *colon = strchr(text, ':'), *name = colon ? colon + 1 : text;
	size_t length = strcspn(name, "+");

	for (unsigned i = 0; i < run->ast->nr_variables; i++) {
		const struct variable *v = &p->variable[i];

		if (!v->mm || strlen(v->ast->name.text) != length ||
		    strncmp(v->ast->name.text, name, length))
			continue;
		if (colon && (strlen(v->mm->label) != (size_t)(colon - text) ||
			      strncmp(v->mm->label, text, colon - text)))
			continue;
		*mm = v->mm;
		*va = v->va + (name[length] ? strtoull(name + length + 1, NULL, 0) : 0);
		return 0;
	}
	return -ENOENT;
}

/* The variable that has its place at @offset of a huge page, or NULL. */
static const char *variable_at(const struct scenario_run *run, uint64_t offset)
{
	const char *name = NULL;

	for (unsigned i = 0; i < run->ast->nr_variables; i++)
		if (run->program->variable[i].mm &&
		    ((run->program->variable[i].va ^ offset) & (HPAGE_SIZE - 1)) == 0)
			name = run->ast->variables[i].name.text;
	return name;
}

void scenario_object_name(void *machine, uint64_t object, char *text, size_t size)
{
	const char *variable = NULL;

	if (OBJECT_CLASS(object) == OBJ_CONTENT)
		variable = variable_at(run_of(machine), (uint64_t)OBJECT_PART(object) << 3);
	if (variable)
		snprintf(text, size, "%s in page %s", variable, BIRTH_TEXT(OBJECT_NAME(object)));
	else
		object_name(machine, object, text, size);
}
