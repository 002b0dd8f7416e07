/* SPDX-License-Identifier: BSD-2-Clause */
/* What comes next: who can move, what they would do, what the others wait for. */
#include "report/show.h"

#include <string.h>

/* The interrupts of another processor: who can take them. */
static const char *who_can_take(const struct show *s, uint64_t object, char *text)
{
	for (unsigned i = s->m->exec.nr_contexts; i < s->m->exec.nr_actors; i++) {
		const struct cpu *cpu = s->m->exec.actor[i].self;

		if (show_is_interrupt(s->m, i) && CPU_OBJ_IPI(cpu) == object)
			return show_actor(s, i, text);
	}
	return NULL;
}

static void why_interrupt_not(const struct show *s, unsigned actor, char *text, size_t size)
{
	const struct cpu *cpu = s->m->exec.actor[actor].self;
	const char *name = SHOW_ACTOR(s, actor);

	if (show_is_interrupt(s->m, actor) && cpu->irq_off)
		snprintf(text, size, "%s has to wait: interrupts are off", name);
	else if (show_is_interrupt(s->m, actor) && cpu->mid_instruction)
		snprintf(text, size, "%s has to wait for the end of an instruction", name);
	else
		snprintf(text, size, "nothing is pending for %s", name);
}

void show_why_not(const struct show *s, unsigned actor, char *text, size_t size)
{
	struct exec *exec = &s->m->exec;
	const struct context *holder;
	char name[SHOW_NAME] = "";
	const char *taker;
	struct announcement a;

	if (actor >= exec->nr_contexts) {
		why_interrupt_not(s, actor, text, size);
		return;
	}
	if (exec->context[actor]->status != CONTEXT_LIVE) {
		snprintf(text, size, "%s has come to its end", exec->context[actor]->name);
		return;
	}
	exec_announce(exec, (struct choice){actor, 0}, &a);
	holder = show_holder(s->m, a.waits_for);
	taker = who_can_take(s, a.waits_for, name);
	snprintf(text, size, "%s waits for %s%s%s%s", exec->context[actor]->name,
		 SHOW_OBJECT(s, a.waits_for), holder || taker ? ", which " : "",
		 holder ? holder->name : taker ? taker : "",
		 holder ? " holds" : taker ? " can take" : "");
}

static void show_context(const struct show *s, unsigned index)
{
	struct exec *exec = &s->m->exec;
	const struct context *c = exec->context[index];
	struct announcement a;
	char why[3 * SHOW_NAME];

	fprintf(s->out, "%s: ", SHOW_CPU(s, &s->m->cpu[c->cpu]));
	if (c->status != CONTEXT_LIVE) {
		fputs("done\n", s->out);
		return;
	}
	exec_announce(exec, (struct choice){index, 0}, &a);
	if (exec_at_rest(exec, index))
		fputs("at rest, ", s->out);
	fprintf(s->out, "next: %s", SHOW_ANNOUNCED(s, &a));
	if (!a.enabled) {
		show_why_not(s, index, why, sizeof(why));
		fprintf(s->out, "\n  %s", why);
	}
	fputc('\n', s->out);
}

/* Interrupts and walkers that have something to do. */
static void show_others(const struct show *s)
{
	struct exec *exec = &s->m->exec;

	for (unsigned i = exec->nr_contexts; i < exec->nr_actors; i++) {
		const struct cpu *cpu = exec->actor[i].self;
		bool pending = false;

		for (unsigned k = 0; k < s->m->nr_cpus; k++)
			pending |= cpu->ipi[k].pending;
		if (show_is_interrupt(s->m, i) && pending)
			fprintf(s->out, "%s: pending%s\n", SHOW_ACTOR(s, i),
				cpu->irq_off ? ", but interrupts are off" :
				cpu->mid_instruction ? ", after the instruction" : "");
		else if (show_is_walker(s->m, i) && cpu->walker_budget)
			fprintf(s->out, "%s: may act %u more time%s\n", SHOW_ACTOR(s, i),
				cpu->walker_budget, cpu->walker_budget > 1 ? "s" : "");
	}
}

void show_where(const struct show *s)
{
	struct choice choice[EXEC_MAX_CHOICES];
	struct exec *exec = &s->m->exec;
	unsigned nr = exec_choices(exec, choice);

	for (unsigned i = 0; i < exec->nr_contexts; i++)
		show_context(s, i);
	show_others(s);
	if (!can_move(exec, choice, nr))
		fputs(exec_finished(exec) ? "all have come to their end\n"
					  : "nobody can move: deadlock\n", s->out);
}

/* ---- choices ---- */

/* How many of this walker's choices before @choice lose an entry: they are in the TLB's order. */
static unsigned drops_before(struct exec *exec, struct choice choice)
{
	struct choice all[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(exec, all), before = 0;

	for (unsigned i = 0; i < nr; i++) {
		struct announcement a;

		if (all[i].actor != choice.actor || all[i].alternative >= choice.alternative)
			continue;
		exec_announce(exec, all[i], &a);
		before += a.kind == POINT_DROP;
	}
	return before;
}

void show_walker_choice(const struct show *s, struct choice choice, char *text, size_t size)
{
	const struct cpu *cpu = s->m->exec.actor[choice.actor].self;
	struct announcement a;

	exec_announce(&s->m->exec, choice, &a);
	if (a.kind == POINT_FILL)
		snprintf(text, size, "fill %s",
			 SHOW_ADDRESS(s, cpu->mm, s->m->walker_page[choice.alternative]));
	else
		snprintf(text, size, "drop %u", drops_before(&s->m->exec, choice));
}

static void show_walker(const struct show *s, struct choice choice)
{
	const struct cpu *cpu = s->m->exec.actor[choice.actor].self;
	char words[SHOW_NAME + 8];
	struct announcement a;

	show_walker_choice(s, choice, words, sizeof(words));
	fprintf(s->out, "step %s %s", SHOW_ACTOR(s, choice.actor), words);
	exec_announce(&s->m->exec, choice, &a);
	if (a.kind == POINT_DROP)
		fprintf(s->out, "  (the translation of %s)",
			SHOW_ADDRESS(s, cpu->mm,
				     cpu->tlb->entry[drops_before(&s->m->exec, choice)].va));
	fputc('\n', s->out);
}

void show_choices(const struct show *s)
{
	struct choice choice[EXEC_MAX_CHOICES];
	struct exec *exec = &s->m->exec;
	unsigned nr = exec_choices(exec, choice);

	for (unsigned i = 0; i < nr; i++) {
		struct announcement a;

		if (show_is_walker(s->m, choice[i].actor)) {
			show_walker(s, choice[i]);
			continue;
		}
		exec_announce(exec, choice[i], &a);
		fprintf(s->out, "step %s: %s\n", SHOW_ACTOR(s, choice[i].actor),
			SHOW_ANNOUNCED(s, &a));
	}
	if (!nr)
		fputs("nothing can happen\n", s->out);
}
