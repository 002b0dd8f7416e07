/* SPDX-License-Identifier: BSD-2-Clause */
/* A witness run again: every label is checked before its step is taken. */
#include "explore/witness.h"

#include "exec/point.h"
#include "explore/relevant.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LABEL (3 * RECORD_NAME)

static void print_label(char *label, size_t size, const struct witness_step *step)
{
	if (step->alternative)
		snprintf(label, size, "%s@%u %s %s", step->actor, step->alternative, step->kind,
			 step->object);
	else
		snprintf(label, size, "%s %s %s", step->actor, step->kind, step->object);
}

/* What @choice is in the present state. */
static void label_of(char label[LABEL], struct numasim_machine *m, struct choice choice)
{
	char actor[RECORD_NAME], object[RECORD_NAME];
	struct announcement a;

	exec_announce(&m->exec, choice, &a);
	record_actor_name(m, choice.actor, actor, sizeof(actor));
	record_object_name(m, &a, object, sizeof(object));
	print_label(label, LABEL, &(struct witness_step){actor, point_kind_name(a.kind), object,
							 choice.alternative});
}

static int find_actor(const struct numasim_machine *m, const char *name)
{
	char text[RECORD_NAME];

	for (unsigned i = 0; i < m->exec.nr_actors; i++) {
		record_actor_name(m, i, text, sizeof(text));
		if (!strcmp(text, name))
			return i;
	}
	return -1;
}

/* Why @actor cannot take a step, in words. */
static void why_not(char *text, size_t size, struct numasim_machine *m, unsigned actor)
{
	const struct exec *exec = &m->exec;
	char label[LABEL], waits[RECORD_NAME] = "something";
	struct announcement a;

	if (actor >= exec->nr_contexts)
		snprintf(text, size, "nothing of the kind is possible there");
	else if (exec->context[actor]->status == CONTEXT_DONE)
		snprintf(text, size, "%s has come to its end", exec->context[actor]->name);
	else {
		exec_announce(&m->exec, (struct choice){actor, 0}, &a);
		if (exec->object_name && a.waits_for)
			exec->object_name(m, a.waits_for, waits, sizeof(waits));
		label_of(label, m, (struct choice){actor, 0});
		snprintf(text, size, "`%s` has to wait for %s", label, waits);
	}
}

static bool is_possible(struct numasim_machine *m, struct choice choice, int *other)
{
	struct choice enabled[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(&m->exec, enabled);

	*other = -1;
	for (unsigned i = 0; i < nr; i++) {
		if (enabled[i].actor != choice.actor)
			continue;
		if (enabled[i].alternative == choice.alternative)
			return true;
		*other = enabled[i].alternative;
	}
	return false;
}

/* Long names are cut: the text has to fit into an error. */
static int differs(const struct witness *w, unsigned index, const char *expected,
		   const char *found, struct numasim_error *err)
{
	unsigned line = w->first_line + index;

	return error_at(err, -EPROTO, line, 1,
			"%.200s:%u: step %u differs\n  the witness has `%.300s`\n  but here %.300s",
			w->filename, line, index + 1, expected, found);
}

int witness_choice(struct choice *choice, struct numasim_machine *m, const struct witness *w,
		   unsigned index, struct numasim_error *err)
{
	const struct witness_step *step = &w->step[index];
	int actor = find_actor(m, step->actor), other;
	char expected[WITNESS_MAX_LINE + 16], label[LABEL], found[LABEL + 64];

	print_label(expected, sizeof(expected), step);
	if (actor < 0)
		return differs(w, index, expected, "nobody is called that", err);
	*choice = (struct choice){actor, step->alternative};
	if (!is_possible(m, *choice, &other)) {
		if (other < 0) {
			why_not(found, sizeof(found), m, actor);
		} else {
			label_of(label, m, (struct choice){actor, other});
			snprintf(found, sizeof(found), "it is `%s`", label);
		}
		return differs(w, index, expected, found, err);
	}
	label_of(label, m, *choice);
	if (!strcmp(label, expected))
		return 0;
	snprintf(found, sizeof(found), "it is `%s`", label);
	return differs(w, index, expected, found, err);
}

/* ---- the whole of it ---- */

static int ends_otherwise(const struct witness *w, const struct violation *v,
			  struct numasim_error *err)
{
	unsigned line = w->first_line + w->nr_steps;

	if (!v->found)
		return error_at(
			err, -EPROTO, line, 1,
			"%.200s:%u: the end differs\n  the witness has `%s: %.300s`\n  but here "
			"nothing breaks",
			w->filename, line, oracle_name(w->oracle), w->sentence);
	return error_at(
		err, -EPROTO, line, 1,
		"%.200s:%u: the end differs\n  the witness has `%s: %.300s`\n  but here it is "
		"`%s: %.300s`",
		w->filename, line, oracle_name(w->oracle), w->sentence, oracle_name(v->oracle),
		v->text);
}

/* A livelock is a matter of the whole graph: a run only leads to where it begins. */
static void take_livelock(struct record *record, const struct witness *w)
{
	struct violation *v = &record->violation;

	if (v->found || w->oracle != ORACLE_LIVELOCK)
		return;
	*v = (struct violation){.found = true, .oracle = ORACLE_LIVELOCK};
	snprintf(v->text, sizeof(v->text), "%s", w->sentence);
	record->at_end = true;
}

static int replay_steps(struct recorder *r, const struct witness *w, struct numasim_error *err)
{
	int ret = 0;

	for (unsigned i = 0; i < w->nr_steps && !ret; i++) {
		struct choice choice;

		if (r->record->violation.found)
			return ends_otherwise(w, &r->record->violation, err);
		ret = witness_choice(&choice, r->m, w, i, err);
		if (!ret && recorder_step(r, choice))
			ret = error_set(err, -ENOMEM, "no memory to replay a witness");
	}
	return ret;
}

int witness_replay(struct record **record, struct numasim_machine *m, const struct scene *scene,
		   const struct witness *w, struct numasim_error *err)
{
	const struct violation *v;
	struct recorder r;
	int ret = recorder_init(&r, m, scene, w->head.oracles);

	if (ret)
		return error_set(err, ret, "no memory to replay a witness");
	v = &r.record->violation;
	ret = replay_steps(&r, w, err);
	if (!ret && recorder_finish(&r))
		ret = error_set(err, -ENOMEM, "no memory to replay a witness");
	if (!ret)
		take_livelock(r.record, w);
	if (!ret && (!v->found || v->oracle != w->oracle || strcmp(v->text, w->sentence)))
		ret = ends_otherwise(w, v, err);
	if (!ret && relevant_mark(r.record))
		ret = error_set(err, -ENOMEM, "no memory to replay a witness");
	recorder_close(&r, ret ? NULL : record);
	return ret;
}
