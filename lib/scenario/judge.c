/* SPDX-License-Identifier: BSD-2-Clause */
/* The final condition, and the events that must occur. */
#include "scenario/program.h"

#include "check/check.h"
#include "exec/point.h"
#include "mm/bits.h"

#include <string.h>

static uint64_t location_value(struct scenario_program *p, const struct scenario_location *l)
{
	uint64_t value, word, entry;

	check_peek(p->m, p->mm[l->process], location_va(p, l), &value, &word, &entry);
	return value;
}

static bool evaluate(struct scenario_program *p, const struct scenario_cond *c)
{
	switch (c->kind) {
	case SCENARIO_LOCATION_IS:
		return (location_value(p, &c->location) == c->number) == c->equal;
	case SCENARIO_REGISTER_IS:
		return (p->reg[c->column][c->reg] == c->number) == c->equal;
	case SCENARIO_AND:
		return evaluate(p, c->left) && evaluate(p, c->right);
	case SCENARIO_OR:
		return evaluate(p, c->left) || evaluate(p, c->right);
	case SCENARIO_NOT:
		return !evaluate(p, c->left);
	}
	return false;
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
		violate(ORACLE_CONDITION, NULL, 0,
			"the final state does not satisfy the condition");
	if (quantifier == SCENARIO_NOT_EXISTS && holds)
		violate(ORACLE_CONDITION, NULL, 0, "the final state is one that must not exist");
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
