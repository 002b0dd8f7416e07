/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands for what a processor does beside its column: interrupts and its page walker. */
#include "report/step.h"

#include <string.h>

/* The actor of the processor that column word @at runs on; 0 or -ENOENT. */
int step_actor_beside(unsigned *actor, struct numasim_stepper *session,
			const struct step_words *words, unsigned at, bool walker,
			struct numasim_error *err)
{
	const struct exec *exec = &session->m->exec;
	unsigned column;
	int ret;

	if (at >= words->nr)
		return step_missing(words, "needs a column", err);
	ret = step_actor(&column, session, words, at, err);
	if (ret)
		return ret;
	if (column >= exec->nr_contexts)
		return error_at(err, -EINVAL, 1, words->column[at], "\"%s\" is no column",
				words->word[at]);
	for (unsigned i = exec->nr_contexts; i < exec->nr_actors; i++) {
		const struct cpu *cpu = exec->actor[i].self;

		*actor = i;
		if (cpu->index == exec->context[column]->cpu &&
		    (walker ? show_is_walker(session->m, i) : show_is_interrupt(session->m, i)))
			return 0;
	}
	return error_at(err, -ENOENT, 1, words->column[at],
			"the page walker of %s never acts unasked; write `walker = 1;` in the "
			"scenario's initial state", exec->context[column]->name);
}

int step_cmd_irq(struct numasim_stepper *session, const struct step_words *words,
		 struct numasim_error *err)
{
	unsigned actor = 0;
	int ret = step_actor_beside(&actor, session, words, 1, false, err) ?:
		  step_no_more(words, 2, err);

	return ret ? ret : step_actor_by(session, actor, 1, err);
}

/* The choice of walker @actor that is written "fill P:x" or "drop N" from word @at on. */
static int walker_choice(struct choice *choice, struct numasim_stepper *session, unsigned actor,
			 const struct step_words *words, unsigned at, struct numasim_error *err)
{
	struct choice all[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(&session->m->exec, all), nr_own = 0;
	char wanted[2 * SHOW_NAME] = "", possible[SHOW_NAME + 8];

	if (at < words->nr)
		snprintf(wanted, sizeof(wanted), "%s%s%s", words->word[at],
			 at + 1 < words->nr ? " " : "",
			 at + 1 < words->nr ? words->word[at + 1] : "");
	for (unsigned i = 0; i < nr; i++) {
		if (all[i].actor != actor)
			continue;
		nr_own++;
		*choice = all[i];
		show_walker_choice(&session->show, all[i], possible, sizeof(possible));
		if (!strcmp(possible, wanted))
			return 0;
	}
	if (!nr_own)
		return error_set(err, -EBUSY, "%s can do nothing now",
				 SHOW_ACTOR(&session->show, actor));
	if (!wanted[0] && nr_own == 1)
		return 0;
	return error_set(err, -EINVAL, "%s what? See \"choices\" (%u)",
			 SHOW_ACTOR(&session->show, actor), nr_own);
}

int step_walker_take(struct numasim_stepper *session, unsigned actor,
		       const struct step_words *words, unsigned at, struct numasim_error *err)
{
	struct choice choice;
	int ret = step_no_more(words, at + 2, err) ?:
		  walker_choice(&choice, session, actor, words, at, err);

	return ret ? ret : step_take(session, choice, err);
}

int step_cmd_walker(struct numasim_stepper *session, const struct step_words *words,
		    struct numasim_error *err)
{
	unsigned actor = 0;
	int ret = step_actor_beside(&actor, session, words, 1, true, err);

	return ret ? ret : step_walker_take(session, actor, words, 2, err);
}
