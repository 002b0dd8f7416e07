/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a condition can ask for besides memory and registers:
 *
 *   entry(P:x, FLAG)   1: the entry that decides about x, a PTE or a huge PMD, has it
 *   killed(COLUMN)     1: the column's thread died of a signal
 *   vmstat(NAME)       by how much a counter of /proc/vmstat grew since the columns started
 */
#include "scenario/program.h"
#include "scenario/suggest.h"

#include "mm/bits.h"
#include "mm/entry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- entry() ---- */

struct leaf {
	const struct kernel *k;
	uint64_t entry;
	bool huge;
};

static bool is_present(const struct leaf *l)
{
	return l->huge ? kernel_pmd_present(l->k, l->entry) : kernel_pte_present(l->k, l->entry);
}

static bool is_hint(const struct leaf *l)
{
	return kernel_pte_hint(l->k, l->entry);
}

static bool is_special(const struct leaf *l)
{
	return !l->huge && kernel_pte_special(l->k, l->entry);
}

static bool is_swap(const struct leaf *l)
{
	return !l->huge && kernel_pte_swap(l->k, l->entry);
}

static bool is_huge(const struct leaf *l)
{
	return l->huge;
}

static bool is_writable(const struct leaf *l)
{
	return is_present(l) && kernel_pte_write(l->k, l->entry);
}

static bool is_accessed(const struct leaf *l)
{
	return is_present(l) && kernel_pte_young(l->k, l->entry);
}

static bool is_dirty(const struct leaf *l)
{
	return is_present(l) && kernel_pte_dirty(l->k, l->entry);
}

static bool is_none(const struct leaf *l)
{
	return kernel_pte_none(l->k, l->entry);
}

static const struct {
	const char *name;
	bool (*test)(const struct leaf *l);
} flags[] = {
	{"accessed", is_accessed}, {"dirty", is_dirty},	    {"hint", is_hint},
	{"huge", is_huge},	   {"none", is_none},	    {"present", is_present},
	{"special", is_special},   {"swap", is_swap},	    {"write", is_writable},
};

#define NR_FLAGS (sizeof(flags) / sizeof(*flags))

static uint64_t ask_entry(struct scenario_program *p, const struct scenario_call *call,
			  uint64_t *object)
{
	const struct scenario_location *l = &call->args[0].location;
	struct mm_struct *mm = p->mm[l->process];
	const uint64_t *entry = entry_find(p->m, mm, location_va(p, l), 2);
	struct leaf leaf = {.k = p->m->kernel};

	leaf.huge = entry && kernel_pmd_trans_huge(leaf.k, *entry);
	if (!leaf.huge)
		entry = entry_find(p->m, mm, location_va(p, l), 1);
	leaf.entry = entry ? *entry : 0;
	*object = entry ? entry_object(p->m, entry) : 0;
	for (size_t i = 0; i < NR_FLAGS; i++)
		if (!strcmp(flags[i].name, call->args[1].text))
			return flags[i].test(&leaf);
	return 0;
}

static int check_entry(const struct scenario_run *run, const struct scenario_call *call,
		       struct numasim_error *err)
{
	const struct scenario_value *flag = &call->args[1];

	if (call->args[0].kind != SCENARIO_LOCATION)
		return scenario_error_at(err, -EINVAL, run->ast, call->args[0].pos,
					 "this is no location\nwrite entry(P:x, FLAG)");
	for (size_t i = 0; flag->kind == SCENARIO_WORD && i < NR_FLAGS; i++)
		if (!strcmp(flags[i].name, flag->text))
			return check_location(run, &call->args[0].location, err);
	return scenario_error_at(err, -EINVAL, run->ast, flag->pos, "entries have no such flag\n"
				 "write accessed, dirty, hint, huge, none, present, special, swap "
				 "or write");
}

/* ---- killed() ---- */

static uint64_t ask_killed(struct scenario_program *p, const struct scenario_call *call,
			   uint64_t *object)
{
	uint32_t column = call->args[0].column;

	*object = COLUMN_REGISTERS(column);
	return p->reg[column][PROGRAM_KILLED];
}

static int check_killed(const struct scenario_run *run, const struct scenario_call *call,
			struct numasim_error *err)
{
	if (call->args[0].kind == SCENARIO_WORD && call->args[0].column != SCENARIO_NONE)
		return 0;
	return scenario_error_at(err, -EINVAL, run->ast, call->args[0].pos,
				 "this is no column\nwrite killed(COLUMN)");
}

/* ---- vmstat() ---- */

static const char *const counters[] = {
#define X(id, text) text,
	VM_EVENTS(X)
#undef X
};

/* Nobody's steps are a counter's: what it tells has no object. */
static uint64_t ask_vmstat(struct scenario_program *p, const struct scenario_call *call,
			   uint64_t *object)
{
	*object = 0;
	for (unsigned i = 0; i < VM_EVENT_NR; i++)
		if (!strcmp(counters[i], call->args[0].text))
			return p->m->mm->vm_event[i] - p->counter_base[i];
	return 0;
}

static int check_vmstat(const struct scenario_run *run, const struct scenario_call *call,
			struct numasim_error *err)
{
	const struct scenario_value *name = &call->args[0];
	struct suggest suggest = SUGGEST(name->text ?: "");

	for (unsigned i = 0; name->kind == SCENARIO_WORD && i < VM_EVENT_NR; i++) {
		suggest_offer(&suggest, counters[i]);
		if (!strcmp(counters[i], name->text))
			return 0;
	}
	return scenario_error_at(err, -EINVAL, run->ast, name->pos, "no such counter is kept\n%s%s",
				 suggest.best ? "did you mean " : "write vmstat(pgfault)",
				 suggest.best ?: "");
}

/* ---- all of them ---- */

static const struct {
	const char *name, *usage;
	unsigned nr_args;
	int (*check)(const struct scenario_run *run, const struct scenario_call *call,
		     struct numasim_error *err);
	uint64_t (*ask)(struct scenario_program *p, const struct scenario_call *call,
			uint64_t *object);
} questions[] = {
	{"entry", "entry(P:x, FLAG)", 2, check_entry, ask_entry},
	{"killed", "killed(COLUMN)", 1, check_killed, ask_killed},
	{"vmstat", "vmstat(COUNTER)", 1, check_vmstat, ask_vmstat},
};

#define NR_QUESTIONS (sizeof(questions) / sizeof(*questions))

static size_t find(const char *name)
{
	size_t i = 0;

	while (i < NR_QUESTIONS && strcmp(questions[i].name, name))
		i++;
	return i;
}

int ask_check(const struct scenario_run *run, const struct scenario_call *call,
	      struct numasim_error *err)
{
	size_t i = find(call->name.text);

	if (i == NR_QUESTIONS)
		return scenario_error_at(err, -ENOENT, run->ast, call->name.pos,
					 "a condition cannot ask for `%s`\nwrite entry(P:x, FLAG), "
					 "killed(COLUMN) or vmstat(COUNTER)", call->name.text);
	if (call->nr_args != questions[i].nr_args)
		return scenario_error_at(err, -EINVAL, run->ast, call->pos,
					 "%u arguments instead of %u\nwrite %s", call->nr_args,
					 questions[i].nr_args, questions[i].usage);
	return questions[i].check(run, call, err);
}

uint64_t ask(struct scenario_program *p, const struct scenario_call *call, uint64_t *object)
{
	return questions[find(call->name.text)].ask(p, call, object);
}

void ask_print(char *text, size_t size, const struct scenario_call *call)
{
	const struct scenario_value *first = &call->args[0];

	if (first->kind == SCENARIO_LOCATION)
		snprintf(text, size, "%s(%s:%s, %s)", call->name.text,
			 first->location.process_name.text, first->location.variable_name.text,
			 call->args[1].text);
	else
		snprintf(text, size, "%s(%s)", call->name.text, first->text);
}
