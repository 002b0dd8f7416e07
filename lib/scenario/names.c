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

void scenario_child_label(const struct mm_struct *parent, char text[MM_LABEL])
{
	/* One word, so that people can type it; no process of a scenario can be called that. */
	snprintf(text, MM_LABEL, "child-of-%.*s", MM_LABEL - (int)sizeof("child-of-"),
		 parent->label);
}

/* The process whose variables @mm has: itself, or of a child without a name its parent. */
static const struct mm_struct *process_of(const struct scenario_run *run,
					  const struct mm_struct *mm)
{
	struct mm_struct *const *process = run->program->mm;
	const struct mm_struct *parent = NULL;
	char label[MM_LABEL];

	for (unsigned i = 0; i < run->ast->nr_processes; i++) {
		if (process[i] == mm)
			return mm;
		if (!process[i])
			continue;
		scenario_child_label(process[i], label);
		if (!strcmp(label, mm->label))
			parent = process[i];
	}
	return parent;
}

void scenario_address_name(const struct scenario_run *run, const struct mm_struct *mm,
			   uint64_t va, char *text, size_t size)
{
	const struct mm_struct *process = process_of(run, mm);
	const struct scenario_program *p = run->program;

	for (unsigned i = 0; i < run->ast->nr_variables; i++) {
		const struct variable *v = &p->variable[i];
		uint64_t offset = va - v->va;

		if (!v->mm || v->mm != process || offset >= v->ast->size)
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

/* The first address space that is called the first @length bytes of @label, or NULL. */
static struct mm_struct *labelled(const struct scenario_run *run, const char *label, size_t length)
{
	struct mm_struct *mm;

	TAILQ_FOREACH(mm, &run->m->mm->mms, link)
		if (strlen(mm->label) == length && !strncmp(mm->label, label, length))
			return mm;
	return NULL;
}

int scenario_find_address(const struct scenario_run *run, const char *text,
			  struct mm_struct **mm, uint64_t *va)
{
	const struct scenario_program *p = run->program;
	const char *colon = strchr(text, ':'), *name = colon ? colon + 1 : text;
	struct mm_struct *of = colon ? labelled(run, text, colon - text) : NULL;
	const struct mm_struct *process = of ? process_of(run, of) : NULL;
	size_t length = strcspn(name, "+");

	for (unsigned i = 0; i < run->ast->nr_variables; i++) {
		const struct variable *v = &p->variable[i];

		if (!v->mm || strlen(v->ast->name.text) != length ||
		    strncmp(v->ast->name.text, name, length))
			continue;
		if (colon && v->mm != process)
			continue;
		*mm = of ? of : v->mm;
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
