/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A session of the single-stepper: a run that can be taken on, taken back and looked at.
 *
 *	trail    choice 0 | choice 1 | ... | choice depth-1 |  forgotten by the next step
 *	record   text 0   | text 1   | ... | text depth-1   |  text depth, ... (for "redo")
 *
 * Every STEP_STRIDE steps the state is copied, so that going back copies one state and runs fewer
 * than STEP_STRIDE steps again.
 */
#ifndef REPORT_STEP_H
#define REPORT_STEP_H

#include "base/error.h"
#include "explore/witness.h"
#include "report/show.h"

#include <numasim/step.h>

#define STEP_STRIDE    32
#define STEP_RUN_LIMIT 10000 /* steps of one "run" */
#define STEP_LINE      4096  /* bytes of a command line */
#define STEP_WORDS     16    /* of a command line */
#define STEP_MARKS     32    /* named places of a session */

/* What happened in a step. */
struct step_record {
	struct choice choice;
	char *text; /* the lines that were printed; malloc'd */
	char *words; /* a page walker's: the words of the command behind its name; malloc'd */
	bool broke; /* an oracle fired */
	bool follows; /* it, and all before it, are those of the schedule */
};

/* Receives the machine's events: a copy of the run, as whoever names objects asks for that. */
struct step_listener {
	struct scenario_run run; /* first: the payload of events is a struct scenario_run * */
	struct numasim_stepper *session;
};

/* A place in the run that has a name. */
struct step_mark {
	char name[32];
	unsigned depth;
};

/* What a session that was opened through the public door keeps alive. */
struct step_owner {
	struct numasim_scenario *scenario;
	struct numasim_scenario_params params;
	struct numasim_topology *topology;
	struct scenario_run *run;
	struct witness *schedule;
};

struct numasim_stepper {
	struct scenario_run *run;
	struct numasim_machine *m;
	struct trail trail;
	struct step_record *record;
	unsigned nr_records, room_records;
	struct step_mark mark[STEP_MARKS];
	unsigned nr_marks;
	uint32_t events;  /* of the last step: bit per enum event_kind */
	bool replaying;	  /* steps that were taken before run again: nobody is told */
	int width;	  /* of the column of actors */
	struct step_listener *listener;
	/* what the machine was told before, to be put back */
	void (*outer_event)(void *payload, enum event_kind kind, uint64_t where);
	void *outer_payload;
	uint32_t outer_oracles;
	bool outer_recording;
	const struct witness *schedule; /* what "next" follows, or NULL */
	struct witness_head head; /* of what "save" writes; the texts are the owner's */
	struct step_owner owner;
	struct show show;
	char *text;		 /* what the last command said; malloc'd */
	size_t text_size;
	bool quit;
};

/* ---- step_session.c: going forth and back ---- */

/* A session of @run, which stays the caller's and must outlive it. */
int step_session_open(struct numasim_stepper **session, struct scenario_run *run,
		      struct numasim_error *err);
void step_session_close(struct numasim_stepper *session);

/* Take @choice, which must be possible; print what it did. 0, -ENOSPC (too many), -ENOMEM. */
int step_take(struct numasim_stepper *session, struct choice choice, struct numasim_error *err);

/* Go to the state after @depth steps, all of which have been taken. */
void step_go(struct numasim_stepper *session, unsigned depth);

/* The first possible choice of @actor; false: it cannot move. */
bool step_choice_of(struct numasim_stepper *session, unsigned actor, struct choice *choice);

/* ---- step_run.c: many steps ---- */

/* What "run" waits for. */
enum step_goal {
	STEP_GOAL_DONE,	     /* the column, or everybody, has come to the end */
	STEP_GOAL_REST,	     /* the column has returned to user mode */
	STEP_GOAL_VIOLATION, /* an oracle has fired */
	STEP_GOAL_EVENT,
	STEP_GOAL_NEXT, /* the column's next step is of a kind */
};

struct step_target {
	int actor; /* who runs; -1: everybody, the one that ran last first */
	enum step_goal goal;
	unsigned detail; /* an event, or a kind of point */
	const char *text; /* as the user wrote it */
};

int step_run_until(struct numasim_stepper *session, const struct step_target *target,
		   struct numasim_error *err);

/* ---- step_words.c: reading command lines ---- */

struct step_words {
	char line[STEP_LINE];
	char *word[STEP_WORDS]; /* point into line */
	unsigned column[STEP_WORDS]; /* 1-based, in bytes */
	unsigned nr;
};

/* Split at blanks; "..." keeps them; # begins a comment. */
int step_split(struct step_words *words, const char *line, struct numasim_error *err);

/* The index of the only one of @names (NULL at the end) that @word begins, an exact one first. */
int step_match(const char *const *names, const struct step_words *words, unsigned at,
	       const char *what, struct numasim_error *err);

/* A number of steps in word @at; without that word, @otherwise. */
int step_number(unsigned *number, const struct step_words *words, unsigned at, unsigned otherwise,
		struct numasim_error *err);

/* A column, or any other actor by its label ("reader/irq"). */
int step_actor(unsigned *actor, const struct numasim_stepper *session,
	       const struct step_words *words, unsigned at, struct numasim_error *err);

/* An address: "P:x", "x", "P:x+8", "P:0x7f...". */
int step_address(struct mm_struct **mm, uint64_t *va, const struct numasim_stepper *session,
		 const struct step_words *words, unsigned at, struct numasim_error *err);

/* No more than @nr words. */
int step_no_more(const struct step_words *words, unsigned nr, struct numasim_error *err);

/* ---- the commands ---- */

typedef int (*step_command_fn)(struct numasim_stepper *session, const struct step_words *words,
			       struct numasim_error *err);

struct step_command {
	const char *name;
	step_command_fn run;
	const char *usage;
	const char *help; /* lines */
};

/* "run needs a column" */
int step_missing(const struct step_words *words, const char *what, struct numasim_error *err);

/* Up to @nr steps of @actor; fewer are an error that says why. */
int step_actor_by(struct numasim_stepper *session, unsigned actor, unsigned nr,
		  struct numasim_error *err);

/* The interrupts, or the page walker, of the processor that column word @at runs on. */
int step_actor_beside(unsigned *actor, struct numasim_stepper *session,
		      const struct step_words *words, unsigned at, bool walker,
		      struct numasim_error *err);

/* A step of walker @actor: what it does stands from word @at on. */
int step_walker_take(struct numasim_stepper *session, unsigned actor,
		     const struct step_words *words, unsigned at, struct numasim_error *err);

/* step_moves.c */
int step_cmd_step(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_next(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_back(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_goto(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_mark(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_redo(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_restart(struct numasim_stepper *, const struct step_words *, struct numasim_error *);

/* step_others.c */
int step_cmd_irq(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_walker(struct numasim_stepper *, const struct step_words *, struct numasim_error *);

/* step_run.c */
int step_cmd_run(struct numasim_stepper *, const struct step_words *, struct numasim_error *);

/* step_looks.c */
int step_cmd_where(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_choices(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_pte(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_pmd(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_entry(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_tlb(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_frames(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_vmas(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_locks(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_irqs(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_regs(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_counters(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_history(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_info(struct numasim_stepper *, const struct step_words *, struct numasim_error *);

/* step_save.c */
int step_cmd_save(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_script(struct numasim_stepper *, const struct step_words *, struct numasim_error *);

/* step_command.c */
int step_cmd_help(struct numasim_stepper *, const struct step_words *, struct numasim_error *);
int step_cmd_quit(struct numasim_stepper *, const struct step_words *, struct numasim_error *);

#endif
