/* SPDX-License-Identifier: BSD-2-Clause */
/* Going forth and back in a run, and saying what each step did. */
#include "report/step.h"

#include <stdlib.h>
#include <string.h>

/* ---- what a step said and did ---- */

static void on_event(void *payload, enum event_kind kind, uint64_t where)
{
	struct numasim_stepper *session = ((struct step_listener *)payload)->session;

	if (session->replaying)
		return;
	session->events |= UINT32_C(1) << kind;
	if (session->outer_event)
		session->outer_event(session->outer_payload, kind, where);
}

static void print_violation(FILE *out, const struct violation *v)
{
	fprintf(out, "      %s: %s\n", oracle_name(v->oracle), v->text);
}

static void print_events(FILE *out, uint32_t events)
{
	const char *separator = "  {";

	for (unsigned kind = 0; kind < EVENT_NR; kind++) {
		if (!(events >> kind & 1))
			continue;
		fprintf(out, "%s%s", separator, event_kind_name(kind));
		separator = ", ";
	}
	fputs(events ? "}\n" : "\n", out);
}

/* Nobody can move: judge the final state, or say who waits for whom. True: something broke. */
static bool print_end(struct numasim_stepper *session, FILE *out)
{
	struct exec *exec = &session->m->exec;
	struct choice choice[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(exec, choice);
	bool holds = false;

	if (can_move(exec, choice, nr))
		return false;
	exec_clear(exec);
	if (!exec_finished(exec)) {
		report_deadlock(session->m);
	} else {
		holds = session->run->scene.judge &&
			session->run->scene.judge(session->run->scene.self);
		fprintf(out, "      the end: everybody is done%s\n",
			session->run->ast->quantifier == SCENARIO_NO_CONDITION ? "" :
			holds ? ", and the condition's proposition holds"
			      : ", and the condition's proposition does not hold");
	}
	if (exec->violation.found)
		print_violation(out, &exec->violation);
	return exec->violation.found;
}

/* The lines of the step that was just taken. True: something broke. */
static bool print_step(struct numasim_stepper *session, FILE *out, struct choice choice,
		       const char *announced)
{
	struct exec *exec = &session->m->exec;
	const char *note = exec->log.note;
	bool broke;

	fprintf(out, "%4u  %-*s  %s%s%s", session->trail.depth, session->width,
		SHOW_ACTOR(&session->show, choice.actor), announced, note[0] ? ": " : "", note);
	print_events(out, session->events);
	broke = exec->violation.found;
	if (broke)
		print_violation(out, &exec->violation);
	if (exec->assumed_away)
		fputs("      an assumption fails: this run does not count\n", out);
	return print_end(session, out) || broke;
}

/* ---- forth ---- */

static int room_for_record(struct numasim_stepper *session, struct numasim_error *err)
{
	if (session->trail.depth == PATH_MAX_STEPS)
		return error_set(err, -ENOSPC, "%u steps are the limit of a session: go back",
				 PATH_MAX_STEPS);
	if (session->trail.depth == session->room_records) {
		unsigned room = session->room_records ? 2 * session->room_records : 256;
		struct step_record *more = realloc(session->record, room * sizeof(*more));

		if (!more)
			return error_set(err, -ENOMEM, "no memory for another step");
		session->record = more;
		session->room_records = room;
	}
	if (session->trail.depth % STEP_STRIDE == 0 && trail_mark(&session->trail))
		return error_set(err, -ENOMEM, "no memory to remember this state");
	return 0;
}

/* Steps from @depth on were not taken after all; marks behind them mean nothing any more. */
static void forget_from(struct numasim_stepper *session, unsigned depth)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < session->nr_marks; i++)
		if (session->mark[i].depth <= depth || session->nr_records <= depth)
			session->mark[kept++] = session->mark[i];
	session->nr_marks = kept;
	while (session->nr_records > depth) {
		session->nr_records--;
		free(session->record[session->nr_records].text);
		free(session->record[session->nr_records].words);
	}
}

/* Is @choice what the schedule has here, after nothing but its own steps? */
static bool follows(struct numasim_stepper *session, struct choice choice)
{
	unsigned depth = session->trail.depth;
	struct choice scheduled;

	return session->schedule && depth < session->schedule->nr_steps &&
	       (!depth || session->record[depth - 1].follows) &&
	       !witness_choice(&scheduled, session->m, session->schedule, depth, NULL) &&
	       scheduled.actor == choice.actor && scheduled.alternative == choice.alternative;
}

/* What a page walker does has a name only before it is done. */
static int remember_words(struct numasim_stepper *session, struct step_record *record,
			  struct numasim_error *err)
{
	char words[SHOW_NAME + 8];

	if (!show_is_walker(session->m, record->choice.actor))
		return 0;
	show_walker_choice(&session->show, record->choice, words, sizeof(words));
	record->words = strdup(words);
	return record->words ? 0 : error_set(err, -ENOMEM, "no memory for another step");
}

int step_take(struct numasim_stepper *session, struct choice choice, struct numasim_error *err)
{
	struct step_record record = {.choice = choice};
	char announced[SHOW_NAME];
	struct announcement a;
	size_t size = 0;
	FILE *out;
	int ret = room_for_record(session, err) ?: remember_words(session, &record, err);

	if (ret)
		return ret;
	out = open_memstream(&record.text, &size);
	if (!out) {
		free(record.words);
		return error_set(err, -ENOMEM, "no memory for another step");
	}
	exec_announce(&session->m->exec, choice, &a);
	show_announced(&session->show, &a, announced);
	forget_from(session, session->trail.depth);
	record.follows = follows(session, choice);
	session->events = 0;
	trail_step(&session->trail, choice);
	record.broke = print_step(session, out, choice, announced);
	if (fclose(out)) {
		free(record.text);
		record.text = NULL;
	}
	session->record[session->nr_records++] = record;
	fputs(record.text ? record.text : "      (no memory for the text of this step)\n",
	      session->show.out);
	return 0;
}

bool step_choice_of(struct numasim_stepper *session, unsigned actor, struct choice *choice)
{
	struct choice all[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(&session->m->exec, all);

	for (unsigned i = 0; i < nr; i++) {
		if (all[i].actor == actor) {
			*choice = all[i];
			return true;
		}
	}
	return false;
}

/* ---- back ---- */

void step_go(struct numasim_stepper *session, unsigned depth)
{
	struct trail *trail = &session->trail;
	unsigned mark = depth;

	/* A state is copied when a step is taken from there, so the last one's need not be. */
	if (depth && !trail->by_replay)
		mark = (depth - 1) / STEP_STRIDE * STEP_STRIDE;
	session->replaying = true;
	if (trail->depth > depth || depth - trail->depth > STEP_STRIDE)
		trail_back(trail, mark);
	while (trail->depth < depth)
		trail_step(trail, session->record[trail->depth].choice);
	exec_clear(&session->m->exec);
	session->replaying = false;
}

/* ---- opening and closing ---- */

static int width_of_actors(const struct numasim_stepper *session)
{
	int width = 0;

	for (unsigned i = 0; i < session->m->exec.nr_actors; i++) {
		int length = strlen(SHOW_ACTOR(&session->show, i));

		width = length > width ? length : width;
	}
	return width;
}

static int listen_to_machine(struct numasim_stepper *session)
{
	struct exec *exec = &session->m->exec;

	session->listener = malloc(sizeof(*session->listener));
	if (!session->listener)
		return -ENOMEM;
	*session->listener = (struct step_listener){*session->run, session};
	session->outer_event = exec->event;
	session->outer_payload = exec->event_payload;
	session->outer_oracles = exec->oracles;
	session->outer_recording = exec->log.recording;
	exec->event = on_event;
	exec->event_payload = session->listener;
	exec->oracles = ORACLE_ALL;
	exec->log.recording = true;
	return 0;
}

int step_session_open(struct numasim_stepper **out, struct scenario_run *run,
		      struct numasim_error *err)
{
	struct numasim_stepper *session = malloc(sizeof(*session));

	if (!session)
		return error_set(err, -ENOMEM, "no memory for a session");
	memset(session, 0, sizeof(*session));
	session->run = run;
	session->m = run->m;
	session->show = (struct show){.m = run->m, .run = run};
	if (trail_init(&session->trail, run->m, false) || listen_to_machine(session)) {
		trail_destroy(&session->trail);
		free(session);
		return error_set(err, -ENOMEM, "no memory for a session");
	}
	session->width = width_of_actors(session);
	session->replaying = true;
	trail_rewind(&session->trail);
	session->replaying = false;
	*out = session;
	return 0;
}

void step_session_close(struct numasim_stepper *session)
{
	struct exec *exec = &session->m->exec;

	state_restore(&session->trail.root);
	exec_clear(exec);
	exec->event = session->outer_event;
	exec->event_payload = session->outer_payload;
	exec->oracles = session->outer_oracles;
	exec->log.recording = session->outer_recording;
	trail_destroy(&session->trail);
	forget_from(session, 0);
	free(session->record);
	free(session->listener);
	free(session->text);
	free(session);
}
