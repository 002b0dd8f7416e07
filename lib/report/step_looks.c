/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that look at the run and change nothing. */
#include "report/step.h"

#include <string.h>

/* A command without arguments that one printer carries out. */
#define LOOK(name, printer)                                                                        \
	int step_cmd_##name(struct numasim_stepper *session, const struct step_words *words,       \
			    struct numasim_error *err)                                             \
	{                                                                                          \
		int ret = step_no_more(words, 1, err);                                             \
                                                                                                   \
		if (!ret)                                                                          \
			printer(&session->show);                                                   \
		return ret;                                                                        \
	}

LOOK(where, show_where)
LOOK(choices, show_choices)
LOOK(frames, show_frames)
LOOK(vmas, show_mappings)
LOOK(locks, show_locks)
LOOK(irqs, show_interrupts)
LOOK(regs, show_registers)
LOOK(counters, show_counters)

static int look_at_entry(struct numasim_stepper *session, const struct step_words *words,
			 unsigned level, struct numasim_error *err)
{
	struct mm_struct *mm;
	uint64_t va;
	int ret = step_address(&mm, &va, session, words, 1, err) ?: step_no_more(words, 2, err);

	if (ret)
		return ret;
	if (level)
		show_entry(&session->show, mm, va, level);
	else
		show_entries(&session->show, mm, va);
	return 0;
}

int step_cmd_pte(struct numasim_stepper *session, const struct step_words *words,
		 struct numasim_error *err)
{
	return look_at_entry(session, words, X86_PTE, err);
}

int step_cmd_pmd(struct numasim_stepper *session, const struct step_words *words,
		 struct numasim_error *err)
{
	return look_at_entry(session, words, X86_PMD, err);
}

int step_cmd_entry(struct numasim_stepper *session, const struct step_words *words,
		   struct numasim_error *err)
{
	return look_at_entry(session, words, 0, err);
}

int step_cmd_tlb(struct numasim_stepper *session, const struct step_words *words,
		 struct numasim_error *err)
{
	const struct exec *exec = &session->m->exec;
	const struct cpu *only = NULL;
	unsigned actor;
	int ret = step_no_more(words, 2, err);

	if (!ret && words->nr == 2) {
		ret = step_actor(&actor, session, words, 1, err);
		if (!ret)
			only = actor < exec->nr_contexts ?
				       &session->m->cpu[exec->context[actor]->cpu] :
				       exec->actor[actor].self;
	}
	if (!ret)
		show_tlbs(&session->show, only);
	return ret;
}

int step_cmd_history(struct numasim_stepper *session, const struct step_words *words,
		     struct numasim_error *err)
{
	int ret = step_no_more(words, 1, err);

	if (ret)
		return ret;
	if (!session->trail.depth)
		fputs("no step has been taken\n", session->show.out);
	for (unsigned i = 0; i < session->trail.depth; i++)
		fputs(session->record[i].text ? session->record[i].text : "", session->show.out);
	return 0;
}

int step_cmd_info(struct numasim_stepper *session, const struct step_words *words,
		  struct numasim_error *err)
{
	const struct scenario_run *run = session->run;
	const struct show *s = &session->show;
	int ret = step_no_more(words, 1, err);

	if (ret)
		return ret;
	fprintf(s->out, "%s: %s\n", run->ast->name.text, run->ast->sentence.text);
	fprintf(s->out, "kernel %s%s%s\n", run->kernel, run->note[0] ? ": " : "", run->note);
	for (unsigned i = 0; i < session->m->nr_cpus; i++)
		fprintf(s->out, "%s%s", i ? ", " : "columns ", SHOW_CPU(s, &session->m->cpu[i]));
	fputc('\n', s->out);
	if (session->schedule)
		fprintf(s->out, "schedule of %u steps: %s\n", session->schedule->nr_steps,
			session->schedule->sentence);
	return 0;
}
