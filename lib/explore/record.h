/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A run, written down: what each step was called, said and touched, and how it ended. It owns
 * all its texts and needs no machine to be read.
 *
 *   path      choice 0 | choice 1 | choice 2 | ...
 *   record    step     | step     | step     | ...   -> violation, or none
 */
#ifndef EXPLORE_RECORD_H
#define EXPLORE_RECORD_H

#include "explore/search.h"

#define RECORD_NAME 128 /* bytes that hold the name of an actor or an object */

struct record_step {
	struct choice choice;
	unsigned column;       /* in which it is shown */
	char *actor;	       /* who, as record_actor_name() says */
	enum point_kind kind;
	uint64_t named;	       /* what the label names: the object, or 0 */
	char *object;	       /* and how it is called */
	char *note;	       /* what it says of itself; "" nothing */
	struct access *access; /* announced and touched, each object once, writes before reads */
	unsigned nr_accesses;
	bool is_cpu;	       /* a context's step; otherwise an interrupt's or a page walker's */
	bool preempts;	       /* another CPU could have gone on and was not at rest */
	bool relevant;	       /* in the causal past of the failure (explore/relevant.h) */
	bool shown;	       /* tells a reader something */
};

#define RECORD_BEFORE 256

struct record_column {
	char name[32];
	unsigned cpu, node; /* as the topology numbers them */
	char before[RECORD_BEFORE]; /* what its processor had cached at the start, or "" */
};

struct record {
	struct record_step *step;
	unsigned nr_steps, room_steps;
	struct record_column *column;
	unsigned nr_columns;
	unsigned preemptions;
	bool at_end;	      /* what broke was found when nobody could move on */
	struct access *look;  /* what the failing look at the end read */
	unsigned nr_looks;
	struct violation violation;
};

/*
 * Run @path from the machine's root and write it down; then the relevant steps are marked. The
 * machine is at its root again afterwards. @oracles: those that may fire. 0; -EPROTO: @path is no
 * run of this machine (the text names the step); -ENOMEM.
 */
int record_path(struct record **record, struct numasim_machine *m, const struct scene *scene,
		uint32_t oracles, const struct choice *path, unsigned nr,
		struct numasim_error *err);
void record_free(struct record *record);

/* ---- one step at a time (explore/witness_replay.c) ---- */

struct recorder {
	struct record *record;
	struct numasim_machine *m;
	const struct scene *scene;
	struct trail *trail;
	int last; /* the context that ran last, or -1 */
};

/* Bring the machine to its root. */
int recorder_init(struct recorder *r, struct numasim_machine *m, const struct scene *scene,
		  uint32_t oracles);
/* Take a step that is possible. 0 or -ENOMEM. */
int recorder_step(struct recorder *r, struct choice choice);
/* Nobody goes on: judge the end, unless something broke before. */
int recorder_finish(struct recorder *r);
/* Put the machine back; *record (may be NULL) becomes the caller's, otherwise it is freed. */
void recorder_close(struct recorder *r, struct record **record);

/* ---- labels ---- */

/* "reader", "reader/irq", "reader/walker"; a CPU without a column: "cpu3/irq". */
void record_actor_name(const struct numasim_machine *m, unsigned actor, char *text, size_t size);

/* Which column shows what @actor does. */
unsigned record_actor_column(const struct numasim_machine *m, unsigned actor);

/* What the label of @choice names, in the present state. */
void record_object_name(struct numasim_machine *m, const struct announcement *a, char *text,
			size_t size);

#endif
