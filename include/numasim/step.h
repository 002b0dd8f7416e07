/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file step.h
 * Walking through a scenario by hand: one step at a time, forth and back.
 *
 * A session holds one run of a scenario. Commands move it and look at it; the answers are texts
 * for people, the same bytes in every run and on every machine:
 *
 * @code
 *	const char *const command[] = {"run scanner until armed", "pmd P:x", "tlb", "back 5"};
 *
 *	for (size_t i = 0; i < 4; i++) {
 *		if (numasim_stepper_command(&text, stepper, command[i], &err))
 *			return fail(err.text);
 *		fputs(text, stdout);
 *	}
 * @endcode
 *
 * All oracles are on: what breaks is said below the step that broke it, and the run goes on. No
 * livelock is ever reported, as it is a property of all runs and not of one.
 * docs/stepping.md describes the commands.
 */
#ifndef NUMASIM_STEP_H
#define NUMASIM_STEP_H

#include <stdbool.h>

#include <numasim/scenario.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A run that is walked through. One thread at a time. */
struct numasim_stepper;

/** What a session starts from. Nothing of it is kept. Zeroed, but for one of the first two. */
struct numasim_stepper_start {
	/** What to walk through; NULL: the scenario that the schedule holds. */
	const struct numasim_scenario *scenario;
	/** A witness file's text, whose steps the command "next" takes; NULL: none. */
	const char *schedule;
	size_t schedule_len;	   /**< its bytes */
	const char *schedule_name; /**< of the file, for messages; NULL: "schedule" */
	/** Kernel and machine; NULL: those of the schedule, or else as the scenario says. */
	const struct numasim_scenario_params *params;
};

/**
 * Build a scenario's machine and stand at the start, before anybody has moved.
 *
 * @param[out] stepper owned by the caller; untouched on error
 * @param      start   from what
 * @param[out] err     may be NULL
 * @return 0; -EINVAL (neither a scenario nor a schedule; a schedule that is no witness file; a
 *         scenario that cannot stand on that machine), -EFBIG, -ENOENT, -ENOTSUP, -ENOMEM as
 *         numasim_scenario_explore()
 */
NUMASIM_API int numasim_stepper_open(struct numasim_stepper **stepper,
				     const struct numasim_stepper_start *start,
				     struct numasim_error *err);

/** Leave; NULL is allowed. */
NUMASIM_API void numasim_stepper_close(struct numasim_stepper *stepper);

/**
 * Do what a command says.
 *
 * @param[out] text    what it has to say: lines that end in a line feed, or "". It belongs to
 *                     @p stepper and lives until the next command. Also set on error: a command
 *                     that moves on may have taken some of its steps
 * @param      stepper the session
 * @param      line    one command: a name, which may be shortened as long as it is clear, and its
 *                     arguments; "" and comments (from # on) do nothing
 * @param[out] err     may be NULL; text, and the column of the word that is wrong (0: none is)
 * @return 0; -EINVAL, -ENOENT, -E2BIG (no such command, or wrong arguments; nothing was done),
 *         -ERANGE (back or redo further than there are steps), -EBUSY (who should move cannot: the
 *         text says what they wait for), -ENODATA (the schedule is at its end), -EPROTO (the
 *         schedule says something else than what is possible here), -ELOOP (a run without end),
 *         -ENOSPC (20000 steps), -ENOMEM; what opening and writing a file returns
 */
NUMASIM_API int numasim_stepper_command(const char **text, struct numasim_stepper *stepper,
					const char *line, struct numasim_error *err);

/** Has the command "quit" been given? */
NUMASIM_API bool numasim_stepper_left(const struct numasim_stepper *stepper);

/** How many steps lead from the start to the present state. */
NUMASIM_API unsigned numasim_stepper_depth(const struct numasim_stepper *stepper);

#ifdef __cplusplus
}
#endif
#endif
