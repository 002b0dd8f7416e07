/* SPDX-License-Identifier: BSD-2-Clause */
#include "explore/relevant.h"

#include "mm/mm.h"

#include <errno.h>
#include <stdlib.h>

/* What the relevant steps seen so far, from the end backwards, depend on. */
struct needed {
	struct access *access; /* each object once */
	unsigned nr, room;
	bool actor[EXEC_MAX_ACTORS];
};

static struct access *find(const struct needed *needed, uint64_t object)
{
	for (unsigned i = 0; i < needed->nr; i++)
		if (needed->access[i].object == object)
			return &needed->access[i];
	return NULL;
}

static int need(struct needed *needed, const struct access *access, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++) {
		struct access *known = find(needed, access[i].object);

		if (known) {
			if (access[i].mode == ACCESS_WRITE)
				known->mode = ACCESS_WRITE;
			continue;
		}
		if (needed->nr == needed->room) {
			unsigned room = needed->room ? needed->room * 2 : 64;
			struct access *more = realloc(needed->access, room * sizeof(*more));

			if (!more)
				return -ENOMEM;
			needed->access = more;
			needed->room = room;
		}
		needed->access[needed->nr++] = access[i];
	}
	return 0;
}

static bool conflicts(const struct needed *needed, const struct record_step *step)
{
	for (unsigned i = 0; i < step->nr_accesses; i++) {
		const struct access *known = find(needed, step->access[i].object);

		if (known && (known->mode == ACCESS_WRITE || step->access[i].mode == ACCESS_WRITE))
			return true;
	}
	return false;
}

/* The failing look comes after the last step; a failing step looks for itself. */
static int need_the_look(struct needed *needed, const struct record *record)
{
	const struct violation *v = &record->violation;
	bool unknown = record->at_end && !record->nr_looks;

	/* A failure that names nothing, and none at all: every actor's steps may matter. */
	if (!v->found || unknown || (record->at_end && v->oracle == ORACLE_DEADLOCK))
		for (unsigned i = 0; i < EXEC_MAX_ACTORS; i++)
			needed->actor[i] = true;
	if (v->found && !record->at_end && record->nr_steps)
		needed->actor[record->step[record->nr_steps - 1].choice.actor] = true;
	return need(needed, record->look, record->nr_looks);
}

static int mark_relevant(struct record *record)
{
	struct needed needed = {0};
	int ret = need_the_look(&needed, record);

	for (unsigned i = record->nr_steps; i-- && !ret;) {
		struct record_step *step = &record->step[i];

		step->relevant = needed.actor[step->choice.actor] || conflicts(&needed, step);
		if (!step->relevant)
			continue;
		needed.actor[step->choice.actor] = true;
		ret = need(&needed, step->access, step->nr_accesses);
	}
	free(needed.access);
	return ret;
}

/* In a deadlock: did this step take what somebody waits for at the end? */
static bool took_what_is_missing(const struct record *record, const struct record_step *step)
{
	if (record->violation.oracle != ORACLE_DEADLOCK || !record->at_end ||
	    (step->kind != POINT_LOCK && step->kind != POINT_TRYLOCK))
		return false;
	for (unsigned i = 0; i < record->nr_looks; i++)
		for (unsigned k = 0; k < step->nr_accesses; k++)
			if (step->access[k].object == record->look[i].object)
				return true;
	return false;
}

/* Code that users of the library bring has no words of its own, unless it makes notes. */
static bool is_users(const struct record_step *step)
{
	if (OBJECT_CLASS(step->named) == OBJ_LOCK)
		return OBJECT_PART(step->named) == LOCK_USER;
	return OBJECT_CLASS(step->named) == OBJ_VAR;
}

static void mark_shown(struct record *record)
{
	for (unsigned i = 0; i < record->nr_steps; i++) {
		struct record_step *step = &record->step[i];

		step->shown = step->relevant && (*step->note || step->preempts || is_users(step) ||
						 took_what_is_missing(record, step));
	}
	if (record->violation.found && !record->at_end && record->nr_steps)
		record->step[record->nr_steps - 1].shown = true;
}

int relevant_mark(struct record *record)
{
	int ret = mark_relevant(record);

	if (!ret)
		mark_shown(record);
	return ret;
}
