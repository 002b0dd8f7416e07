/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that move the run: forth, back, and to where something happens. */
#include "report/step.h"

#include <string.h>

int step_missing(const struct step_words *words, const char *what, struct numasim_error *err)
{
	return error_at(err, -EINVAL, 1, words->column[0], "%s %s", words->word[0], what);
}

/* Up to @nr steps of @actor; fewer are an error that says why. */
int step_actor_by(struct numasim_stepper *session, unsigned actor, unsigned nr,
			 struct numasim_error *err)
{
	char why[3 * SHOW_NAME];
	struct choice choice;

	for (unsigned i = 0; i < nr; i++) {
		int ret;

		if (!step_choice_of(session, actor, &choice)) {
			show_why_not(&session->show, actor, why, sizeof(why));
			return nr > 1 ? error_set(err, -EBUSY, "%u of %u steps: %s", i, nr, why)
				      : error_set(err, -EBUSY, "%s", why);
		}
		ret = step_take(session, choice, err);
		if (ret)
			return ret;
	}
	return 0;
}

/* ---- forth ---- */

int step_cmd_step(struct numasim_stepper *session, const struct step_words *words,
		  struct numasim_error *err)
{
	unsigned actor, nr, at = 1;
	int ret;

	if (words->nr < 2)
		return step_missing(words, "needs a column; \"where\" lists them", err);
	if (words->nr > 2 && !strcmp(words->word[1], "interrupt"))
		ret = step_actor_beside(&actor, session, words, ++at, false, err);
	else
		ret = step_actor(&actor, session, words, at, err);
	if (ret)
		return ret;
	if (show_is_walker(session->m, actor))
		return step_walker_take(session, actor, words, at + 1, err);
	ret = step_no_more(words, at + 2, err) ?: step_number(&nr, words, at + 1, 1, err);
	return ret ? ret : step_actor_by(session, actor, nr, err);
}

/* The step that the schedule has here, if all steps so far were its own. */
static int take_scheduled(struct numasim_stepper *session, struct numasim_error *err)
{
	unsigned depth = session->trail.depth, off = 0;
	struct choice choice;
	int ret;

	while (off < depth && session->record[off].follows)
		off++;
	if (depth >= session->schedule->nr_steps)
		return error_set(err, -ENODATA, "the schedule ends after step %u",
				 session->schedule->nr_steps);
	if (off < depth)
		return error_set(err, -EINVAL, "step %u left the schedule; \"back %u\" leads back "
				 "to it", off + 1, depth - off);
	ret = witness_choice(&choice, session->m, session->schedule, depth, err);
	if (ret && err)
		err->line = err->column = 0; /* a place in the witness, not in the command */
	return ret ? ret : step_take(session, choice, err);
}

int step_cmd_next(struct numasim_stepper *session, const struct step_words *words,
		  struct numasim_error *err)
{
	unsigned nr;
	int ret = step_no_more(words, 2, err) ?: step_number(&nr, words, 1, 1, err);

	if (!ret && !session->schedule)
		return error_set(err, -ENOENT, "there is no schedule to follow: start with "
				 "--schedule WITNESS");
	for (unsigned i = 0; i < nr && !ret; i++)
		ret = take_scheduled(session, err);
	return ret;
}

/* ---- back ---- */

static void say_where(struct numasim_stepper *session)
{
	unsigned depth = session->trail.depth;

	if (depth)
		fprintf(session->show.out, "after step %u\n", depth);
	else
		fputs("at the start\n", session->show.out);
}

int step_cmd_back(struct numasim_stepper *session, const struct step_words *words,
		  struct numasim_error *err)
{
	unsigned nr;
	int ret = step_no_more(words, 2, err) ?: step_number(&nr, words, 1, 1, err);

	if (ret)
		return ret;
	if (nr > session->trail.depth)
		return error_set(err, -ERANGE, "only %u step%s been taken", session->trail.depth,
				 session->trail.depth == 1 ? " has" : "s have");
	step_go(session, session->trail.depth - nr);
	say_where(session);
	return 0;
}

int step_cmd_mark(struct numasim_stepper *session, const struct step_words *words,
		  struct numasim_error *err)
{
	struct step_mark *mark = session->mark;
	int ret = step_no_more(words, 2, err);

	if (ret)
		return ret;
	if (words->nr < 2)
		return step_missing(words, "needs a name", err);
	if (strlen(words->word[1]) >= sizeof(mark->name) || strchr("0123456789", words->word[1][0]))
		return error_at(err, -EINVAL, 1, words->column[1], "a name has 1 to %zu bytes, and "
				"does not begin with a digit", sizeof(mark->name) - 1);
	while (mark < session->mark + session->nr_marks && strcmp(mark->name, words->word[1]))
		mark++;
	if (mark == session->mark + STEP_MARKS)
		return error_set(err, -ENOSPC, "%u marks are the limit", STEP_MARKS);
	session->nr_marks += mark == session->mark + session->nr_marks;
	strcpy(mark->name, words->word[1]);
	mark->depth = session->trail.depth;
	return 0;
}

/* The depth that word @at names: a number of steps, or a mark. */
static int find_place(unsigned *depth, const struct numasim_stepper *session,
		      const struct step_words *words, unsigned at, struct numasim_error *err)
{
	const char *names[STEP_MARKS + 1] = {0};
	int found;

	if (!strcmp(words->word[at], "0")) {
		*depth = 0;
		return 0;
	}
	if (words->word[at][0] >= '1' && words->word[at][0] <= '9')
		return step_number(depth, words, at, 0, err);
	for (unsigned i = 0; i < session->nr_marks; i++)
		names[i] = session->mark[i].name;
	found = step_match(names, words, at, "mark", err);
	if (found >= 0)
		*depth = session->mark[found].depth;
	return found < 0 ? found : 0;
}

int step_cmd_goto(struct numasim_stepper *session, const struct step_words *words,
		  struct numasim_error *err)
{
	unsigned depth;
	int ret = step_no_more(words, 2, err);

	if (!ret && words->nr < 2)
		return step_missing(words, "needs a mark, or a number of steps", err);
	ret = ret ?: find_place(&depth, session, words, 1, err);
	if (ret)
		return ret;
	if (depth > session->nr_records)
		return error_at(err, -ERANGE, 1, words->column[1], "only %u steps are known",
				session->nr_records);
	step_go(session, depth);
	say_where(session);
	return 0;
}

int step_cmd_redo(struct numasim_stepper *session, const struct step_words *words,
		  struct numasim_error *err)
{
	unsigned nr;
	int ret = step_no_more(words, 2, err) ?: step_number(&nr, words, 1, 1, err);

	if (ret)
		return ret;
	if (nr > session->nr_records - session->trail.depth)
		return error_set(err, -ERANGE, "%u steps ahead have been taken before",
				 session->nr_records - session->trail.depth);
	for (unsigned i = 0; i < nr; i++) {
		const char *text = session->record[session->trail.depth].text;

		step_go(session, session->trail.depth + 1);
		fputs(text ? text : "", session->show.out);
	}
	return 0;
}

int step_cmd_restart(struct numasim_stepper *session, const struct step_words *words,
		     struct numasim_error *err)
{
	int ret = step_no_more(words, 1, err);

	if (ret)
		return ret;
	step_go(session, 0);
	say_where(session);
	return 0;
}
