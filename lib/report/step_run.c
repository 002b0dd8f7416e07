/* SPDX-License-Identifier: BSD-2-Clause */
/* Many steps at once: one column, or all in a fixed order, until something has happened. */
#include "report/step.h"

#include <string.h>

/* Everybody: who ran last goes on; then interrupts; then the lowest column. Never a page walker. */
static bool choose(struct numasim_stepper *session, int last, struct choice *choice)
{
	struct choice all[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(&session->m->exec, all);
	int best = -1, rank = 0;

	for (unsigned i = 0; i < nr; i++) {
		int r = (int)all[i].actor == last ? 3 :
			show_is_interrupt(session->m, all[i].actor) ? 2 : 1;

		if (show_is_walker(session->m, all[i].actor) || r <= rank)
			continue;
		best = i;
		rank = r;
	}
	if (best >= 0)
		*choice = all[best];
	return best >= 0;
}

/* The interrupt that @actor waits for and another processor can take now. */
static bool answer(struct numasim_stepper *session, unsigned actor, struct choice *choice)
{
	struct exec *exec = &session->m->exec;
	struct choice all[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(exec, all);
	struct announcement a;

	if (exec->context[actor]->status != CONTEXT_LIVE)
		return false;
	exec_announce(exec, (struct choice){actor, 0}, &a);
	for (unsigned i = 0; i < nr && a.soon; i++) {
		const struct cpu *cpu = exec->actor[all[i].actor].self;

		*choice = all[i];
		if (show_is_interrupt(session->m, all[i].actor) &&
		    cpu->ipi[exec->context[actor]->cpu].pending)
			return true;
	}
	return false;
}

/* One column; or, while it waits for other processors to take its interrupts, those. */
static bool choose_for(struct numasim_stepper *session, unsigned actor, struct choice *choice)
{
	return step_choice_of(session, actor, choice) || answer(session, actor, choice);
}

static bool column_done(const struct numasim_stepper *session, int actor)
{
	return session->m->exec.context[actor]->status != CONTEXT_LIVE;
}

/* Is the next step of somebody (of @actor, unless -1) of this kind? */
static bool next_is(struct numasim_stepper *session, int actor, enum point_kind kind)
{
	struct exec *exec = &session->m->exec;

	for (unsigned i = 0; i < exec->nr_contexts; i++) {
		struct announcement a;

		if ((actor >= 0 && (int)i != actor) || exec->context[i]->status != CONTEXT_LIVE)
			continue;
		exec_announce(exec, (struct choice){i, 0}, &a);
		if (a.kind == kind)
			return true;
	}
	return false;
}

static bool reached(struct numasim_stepper *session, const struct step_target *target)
{
	struct exec *exec = &session->m->exec;

	switch (target->goal) {
	case STEP_GOAL_DONE:
		if (target->actor >= 0)
			return column_done(session, target->actor);
		return exec_finished(exec) && !choose(session, -1, &(struct choice){0});
	case STEP_GOAL_REST:
		return target->actor < 0 || exec_at_rest(exec, target->actor);
	case STEP_GOAL_VIOLATION:
		return session->record[session->trail.depth - 1].broke;
	case STEP_GOAL_EVENT:
		return session->events >> target->detail & 1;
	case STEP_GOAL_NEXT:
		return next_is(session, target->actor, target->detail);
	}
	return false;
}

/* The column that ran last, or -1. */
static int last_column(const struct numasim_stepper *session)
{
	for (unsigned i = session->trail.depth; i; i--)
		if (session->record[i - 1].choice.actor < session->m->exec.nr_contexts)
			return session->record[i - 1].choice.actor;
	return -1;
}

static int stuck(struct numasim_stepper *session, const struct step_target *target,
		 struct numasim_error *err)
{
	char why[3 * SHOW_NAME] = "nobody can move";

	if (target->actor >= 0)
		show_why_not(&session->show, target->actor, why, sizeof(why));
	return error_set(err, -EBUSY, "\"%s\" was not reached: %s", target->text, why);
}

int step_run_until(struct numasim_stepper *session, const struct step_target *target,
		   struct numasim_error *err)
{
	struct choice choice = {0};
	int last = last_column(session), ret;

	if (target->goal == STEP_GOAL_DONE && reached(session, target))
		return stuck(session, target, err);
	for (unsigned i = 0; i < STEP_RUN_LIMIT; i++) {
		bool can = target->actor >= 0 ? choose_for(session, target->actor, &choice)
					      : choose(session, last, &choice);

		if (!can)
			return stuck(session, target, err);
		ret = step_take(session, choice, err);
		if (ret)
			return ret;
		if (choice.actor < session->m->exec.nr_contexts)
			last = choice.actor;
		if (reached(session, target))
			return 0;
	}
	return error_set(err, -ELOOP, "\"%s\" was not reached within %u steps", target->text,
			 STEP_RUN_LIMIT);
}

/* ---- the command ---- */

/* What stands behind "until": a state of the run, or an event. */
static int until_what(struct step_target *target, const struct step_words *words, unsigned at,
		      struct numasim_error *err)
{
	static const char *const state[] = {"done", "rest", "violation"};
	const char *names[EVENT_NR + 4];
	unsigned nr = 0;
	int found;

	for (unsigned i = 0; i < 3; i++)
		names[nr++] = state[i];
	for (unsigned i = 0; i < EVENT_NR; i++)
		names[nr++] = event_kind_name(i);
	names[nr] = NULL;
	found = step_match(names, words, at, "event", err);
	if (found < 0)
		return found;
	target->text = names[found];
	target->goal = found < 3 ? (enum step_goal)(STEP_GOAL_DONE + found) : STEP_GOAL_EVENT;
	target->detail = found < 3 ? 0 : found - 3;
	if (target->goal == STEP_GOAL_REST && target->actor < 0)
		return error_at(err, -EINVAL, 1, words->column[at],
				"a column rests, not everybody: run COLUMN until rest");
	return 0;
}

/* What stands behind "to": a kind of step. */
static int to_what(struct step_target *target, const struct step_words *words, unsigned at,
		   struct numasim_error *err)
{
	const char *names[POINT_NR + 1];
	int found;

	for (unsigned i = 0; i < POINT_NR; i++)
		names[i] = point_kind_name(i);
	names[POINT_NR] = NULL;
	found = step_match(names, words, at, "kind of step", err);
	if (found < 0)
		return found;
	target->text = names[found];
	target->goal = STEP_GOAL_NEXT;
	target->detail = found;
	return 0;
}

int step_cmd_run(struct numasim_stepper *session, const struct step_words *words,
		 struct numasim_error *err)
{
	struct step_target target = {.actor = -1, .goal = STEP_GOAL_DONE, .text = "done"};
	static const char *const how[] = {"until", "to", NULL};
	unsigned at = 1, actor;
	int ret = 0, word;

	if (at < words->nr && strcmp(words->word[at], "until") && strcmp(words->word[at], "to")) {
		ret = step_actor(&actor, session, words, at, err);
		if (!ret && actor >= session->m->exec.nr_contexts)
			ret = error_at(err, -EINVAL, 1, words->column[at], "only columns run");
		if (ret)
			return ret;
		target.actor = actor;
		at++;
	}
	if (at < words->nr) {
		word = step_match(how, words, at, "word here", err);
		if (word < 0)
			return word;
		if (++at == words->nr)
			return step_missing(words, word ? "to what kind of step?" : "until what?",
					    err);
		ret = word ? to_what(&target, words, at, err) : until_what(&target, words, at, err);
		ret = ret ?: step_no_more(words, at + 1, err);
	}
	return ret ? ret : step_run_until(session, &target, err);
}
