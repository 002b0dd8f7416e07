/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/footprint.h"

#include "exec/point.h"
#include "mm/mm.h"

#include <stdio.h>
#include <stdlib.h>

void footprint_destroy(struct footprint *f)
{
	free(f->before.item);
	free(f->after.item);
	*f = (struct footprint){0};
}

void footprint_before(struct footprint *f, struct numasim_machine *m, struct choice choice)
{
	exec_announce(&m->exec, choice, &f->announced);
	footprint_list(&f->before, m);
}

static int by_object(const void *a, const void *b)
{
	const struct footprint_item *x = a, *y = b;

	return (x->object > y->object) - (x->object < y->object);
}

static const struct footprint_item *find(const struct footprint_list *list, uint64_t object)
{
	const struct footprint_item key = {.object = object};

	return bsearch(&key, list->item, list->nr, sizeof(key), by_object);
}

/* Did the step say that it writes @object? */
static bool named(const struct footprint *f, const struct exec *exec, uint64_t object)
{
	for (unsigned i = 0; i < f->announced.nr; i++)
		if (f->announced.access[i].object == object &&
		    f->announced.access[i].mode == ACCESS_WRITE)
			return true;
	for (unsigned i = 0; i < exec->log.nr; i++)
		if (exec->log.touched[i].object == object &&
		    exec->log.touched[i].mode == ACCESS_WRITE)
			return true;
	return false;
}

/* An entry or a word: not listed means 0, if there is somebody whose it is. */
static bool zero_if_missing(const struct footprint *f, uint64_t object)
{
	uint64_t owner = object | FOOTPRINT_OWNER;

	if (OBJECT_CLASS(object) != OBJ_ENTRY && OBJECT_CLASS(object) != OBJ_CONTENT)
		return false;
	return object != owner && find(&f->before, owner) && find(&f->after, owner);
}

/* ---- what nobody else can know ---- */

/* Does an entry of the state before the step lead to the page or table @name? */
static bool entry_leads_to(const struct footprint *f, struct numasim_machine *m, uint32_t name)
{
	for (size_t i = 0; i < f->before.nr; i++) {
		const struct footprint_item *item = &f->before.item[i];
		const struct page *page;

		if (OBJECT_CLASS(item->object) != OBJ_ENTRY ||
		    OBJECT_PART(item->object) == FOOTPRINT_OWNER)
			continue;
		page = footprint_entry_page(m, item);
		if (page && page->name == name)
			return true;
	}
	return false;
}

/* Does another context than @id remember @name, which @id made? */
static bool remembered(const struct exec *exec, uint32_t name, unsigned id)
{
	const struct births *b = &exec->context[id - 1]->births;
	unsigned slot = (name & ((1u << BIRTH_BITS) - 1)) - b->first - 1;

	return slot < BIRTH_SLOTS && b->known[slot] & ~(1u << id % 16);
}

static bool is_private(const struct footprint *f, struct numasim_machine *m, struct choice choice,
		       uint64_t object)
{
	uint32_t name = OBJECT_NAME(object), id = name >> BIRTH_BITS;
	enum object_class class = OBJECT_CLASS(object);

	if (class != OBJ_PAGE && class != OBJ_CONTENT && class != OBJ_ENTRY &&
	    !(class == OBJ_LOCK && OBJECT_PART(object) == LOCK_TABLE))
		return false;
	if (!id || id != choice.actor + 1u || id > m->exec.nr_contexts)
		return false;
	return !remembered(&m->exec, name, id) && !entry_leads_to(f, m, name);
}

static void complain(const struct footprint *f, struct numasim_machine *m, struct choice choice,
		     uint64_t object)
{
	struct exec *exec = &m->exec, *outer = exec_current;
	uint32_t oracles = exec->oracles;
	char name[96], target[96];

	if (is_private(f, m, choice, object))
		return;
	snprintf(name, sizeof(name), "%#llx", (unsigned long long)object);
	snprintf(target, sizeof(target), "%#llx", (unsigned long long)f->announced.object);
	if (exec->object_name) {
		exec->object_name(m, object, name, sizeof(name));
		exec->object_name(m, f->announced.object, target, sizeof(target));
	}
	exec_current = exec;
	exec->oracles = ORACLE_ALL;
	violate(ORACLE_ASSERTION, &object, 1,
		"a step of %s (%s %s) changed %s, which it neither announced nor touched: the "
		"model itself is wrong", exec->actor[choice.actor].name,
		point_kind_name(f->announced.kind), target, name);
	exec->oracles = oracles;
	exec_current = outer;
}

/* The usual case: the same things are there, and nearly all as they were. */
static bool same_objects(const struct footprint *f)
{
	if (f->before.nr != f->after.nr)
		return false;
	for (size_t i = 0; i < f->before.nr; i++)
		if (f->before.item[i].object != f->after.item[i].object)
			return false;
	return true;
}

static void compare_in_order(const struct footprint *f, struct numasim_machine *m,
			     struct choice choice)
{
	for (size_t i = 0; i < f->before.nr; i++) {
		uint64_t object = f->before.item[i].object;

		if (f->before.item[i].value != f->after.item[i].value &&
		    !named(f, &m->exec, object))
			complain(f, m, choice, object);
	}
}

/* What stands in @list, against @other, which may lack it. */
static void compare_with(const struct footprint *f, const struct footprint_list *list,
			 const struct footprint_list *other, struct numasim_machine *m,
			 struct choice choice)
{
	for (size_t i = 0; i < list->nr; i++) {
		const struct footprint_item *item = &list->item[i];
		const struct footprint_item *was = find(other, item->object);
		bool changed = was ? was->value != item->value : zero_if_missing(f, item->object);

		if (changed && !named(f, &m->exec, item->object))
			complain(f, m, choice, item->object);
	}
}

void footprint_after(struct footprint *f, struct numasim_machine *m, struct choice choice)
{
	footprint_list(&f->after, m);
	if (f->before.failed || f->after.failed) {
		snprintf(m->exec.limit, sizeof(m->exec.limit),
			 "no memory to check what steps touch");
		return;
	}
	if (same_objects(f)) {
		compare_in_order(f, m, choice);
		return;
	}
	qsort(f->before.item, f->before.nr, sizeof(*f->before.item), by_object);
	qsort(f->after.item, f->after.nr, sizeof(*f->after.item), by_object);
	compare_with(f, &f->before, &f->after, m, choice);
	compare_with(f, &f->after, &f->before, m, choice);
}
