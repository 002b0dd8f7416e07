/* SPDX-License-Identifier: BSD-2-Clause */
/* The final condition, and the events that must occur. */
#include "scenario/program.h"

#include "check/check.h"
#include "exec/point.h"
#include "mm/bits.h"

#include <stdio.h>
#include <string.h>

static uint64_t location_value(struct scenario_program *p, const struct scenario_location *l)
{
	uint64_t value, word, entry;

	check_peek(p->m, p->mm[l->process], location_va(p, l), &value, &word, &entry);
	return value;
}

static bool evaluate(struct scenario_program *p, const struct scenario_cond *c)
{
	uint64_t object;

	switch (c->kind) {
	case SCENARIO_LOCATION_IS:
		return (location_value(p, &c->location) == c->number) == c->equal;
	case SCENARIO_REGISTER_IS:
		return (p->reg[c->column][c->reg] == c->number) == c->equal;
	case SCENARIO_CALL_IS:
		return (ask(p, &c->call, &object) == c->number) == c->equal;
	case SCENARIO_AND:
		return evaluate(p, c->left) && evaluate(p, c->right);
	case SCENARIO_OR:
		return evaluate(p, c->left) || evaluate(p, c->right);
	case SCENARIO_NOT:
		return !evaluate(p, c->left);
	}
	return false;
}

/* ---- what a condition looked at, when it is violated ---- */

struct atoms {
	const struct scenario_cond *atom[SCENARIO_MAX_ATOMS];
	unsigned nr;
};

static bool same_place(const struct scenario_cond *a, const struct scenario_cond *b)
{
	if (a->kind != b->kind || a->kind == SCENARIO_CALL_IS)
		return a == b;
	if (a->kind == SCENARIO_REGISTER_IS)
		return a->column == b->column && a->reg == b->reg;
	return a->location.process == b->location.process &&
	       a->location.variable == b->location.variable &&
	       a->location.offset == b->location.offset;
}

/* Each place once, in the order of the condition. */
static void collect(struct atoms *atoms, const struct scenario_cond *c)
{
	if (!c)
		return;
	if (c->left) {
		collect(atoms, c->left);
		collect(atoms, c->right);
		return;
	}
	for (unsigned i = 0; i < atoms->nr; i++)
		if (same_place(atoms->atom[i], c))
			return;
	if (atoms->nr < SCENARIO_MAX_ATOMS)
		atoms->atom[atoms->nr++] = c;
}

struct look {
	uint64_t object[VIOLATION_OBJECTS];
	unsigned nr;
	char text[VIOLATION_TEXT / 2];
};

static void look_at(struct look *look, uint64_t object)
{
	if (object && look->nr < VIOLATION_OBJECTS)
		look->object[look->nr++] = object;
}

/* "P:x = 1", and the objects that the value was read from. */
static void look_at_place(struct look *look, struct scenario_program *p,
			  const struct scenario_cond *c)
{
	size_t used = strlen(look->text), size = sizeof(look->text) - used;
	const struct scenario_location *l = &c->location;
	uint64_t value, word, entry;
	char name[96];

	if (c->kind == SCENARIO_CALL_IS) {
		value = ask(p, &c->call, &word);
		look_at(look, word);
		ask_print(name, sizeof(name), &c->call);
	} else if (c->kind == SCENARIO_REGISTER_IS) {
		look_at(look, COLUMN_REGISTERS(c->column));
		value = p->reg[c->column][c->reg];
		snprintf(name, sizeof(name), "%s:r%u", p->ast->columns[c->column].name.text,
			 c->reg);
	} else {
		check_peek(p->m, p->mm[l->process], location_va(p, l), &value, &word, &entry);
		look_at(look, word);
		look_at(look, entry);
		scenario_address_name(p->run, p->mm[l->process], location_va(p, l), name,
				      sizeof(name));
	}
	snprintf(look->text + used, size, "%s%s = %llu", used ? ", " : "", name,
		 (unsigned long long)value);
}

/* With more places than a violation can name, it names none: then every step counts. */
static void violate_condition(struct scenario_program *p, const char *sentence)
{
	struct atoms atoms = {.nr = 0};
	struct look look = {.nr = 0};

	if (p->m->exec.violation.found || !(p->m->exec.oracles >> ORACLE_CONDITION & 1))
		return;
	collect(&atoms, p->ast->condition);
	for (unsigned i = 0; i < atoms.nr; i++)
		look_at_place(&look, p, atoms.atom[i]);
	violate(ORACLE_CONDITION, look.object,
		look.nr < VIOLATION_OBJECTS ? look.nr : 0, "%s: %s", sentence, look.text);
}

bool scenario_judge(void *self)
{
	struct scenario_run *run = self;
	struct exec *exec = &run->m->exec, *outer = exec_current;
	enum scenario_quantifier quantifier = run->ast->quantifier;
	bool holds;

	check_quiescent(run->m);
	if (quantifier == SCENARIO_NO_CONDITION)
		return true;
	exec_current = exec;
	holds = evaluate(run->program, run->ast->condition);
	if (quantifier == SCENARIO_FORALL && !holds)
		violate_condition(run->program, "the final state does not satisfy the condition");
	if (quantifier == SCENARIO_NOT_EXISTS && holds)
		violate_condition(run->program, "the final state is one that must not exist");
	exec_current = outer;
	return holds;
}

/* Did something that happened at @where happen to the page that holds @va? */
static bool same_page(struct scenario_program *p, uint32_t process, uint64_t va, uint64_t where)
{
	uint64_t *pmd;

	if (((va ^ where) & PAGE_MASK_4K) == 0)
		return true;
	if (((va ^ where) & HPAGE_MASK) != 0)
		return false;
	pmd = entry_find(p->m, p->mm[process], va, 2);
	return pmd && pmd_trans_huge(*pmd);
}

void scenario_event(void *self, enum event_kind kind, uint64_t where)
{
	struct scenario_run *run = self;

	for (unsigned i = 0; i < run->ast->nr_events; i++) {
		const struct scenario_call *e = &run->ast->events[i];
		const struct scenario_location *l;

		if (run->reached[i] || strcmp(e->name.text, event_kind_name(kind)))
			continue;
		l = e->nr_args && e->args[0].kind == SCENARIO_LOCATION ? &e->args[0].location
								       : NULL;
		run->reached[i] = !l || same_page(run->program, l->process,
						  location_va(run->program, l), where);
	}
}
