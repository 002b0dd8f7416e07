/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What code on a simulated CPU calls: announce an access, yield, then do it.
 *
 *	point(POINT_READ, object, ACCESS_READ);	   // others may run here
 *	value = *word;
 *	observe(value);				   // what the code knows from now on
 */
#ifndef EXEC_POINT_H
#define EXEC_POINT_H

#include "exec/exec.h"

/* Announce one access that is always possible, and wait for the turn. */
void point_yield(enum point_kind kind, uint64_t object, enum access_mode mode);

/* Code runs straight through: nobody wants to know what it touches. */
static inline bool direct(void)
{
	return __builtin_expect(exec_current->direct, 0);
}

static inline void point(enum point_kind kind, uint64_t object, enum access_mode mode)
{
	if (!direct())
		point_yield(kind, object, mode);
}

/* Announce what @describe says; @arg must stay valid (it may stand on the caller's stack). */
void point_described(enum point_kind kind, uint64_t object, announce_fn describe,
		     const void *arg);

/* The code has learned @value from shared state. */
void observe_announced(uint64_t value);

static inline void observe(uint64_t value)
{
	if (!direct())
		observe_announced(value);
}

/*
 * A declared loop head: all that the code still knows is @values (and where it stands, @place).
 * What it had observed before no longer tells states apart.
 */
void point_rest(uint64_t place, const uint64_t *values, unsigned nr);

/* The running step also touches @object (a release, an effect that belongs to it). */
void touch(uint64_t object, enum access_mode mode);

/*
 * Say what the running step does, for tables. The arguments are only worked out when somebody
 * records: they must have no effect.
 */
void note_always(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool note_wanted(void);
#define note(...) (note_wanted() ? note_always(__VA_ARGS__) : (void)0)

/* Something happened that a scenario may ask for. */
void event(enum event_kind kind, uint64_t where);
void event_about(enum event_kind kind, uint64_t where, uint64_t detail);

/* A user instruction completed in this step. */
void retired(void);

/*
 * A name for something new: no other that lives, or that a context can remember, has it; and it
 * is the same in every equivalent run. Code says when it comes across a name in shared memory,
 * and when the bearer is dead.
 */
uint32_t birth_name(void);
void birth_known(uint32_t name);
void birth_dead(uint32_t name);
/* At a rest, @who remembers nothing (point_rest() does this). */
void births_forget(struct exec *exec, const struct context *who);
#define BIRTH_BITS 20 /* of the number; the context's id stands above */

/* "#12" for what the set-up made, "#13b" for what context 2 made since. */
#define BIRTH_TEXT_SIZE 16
const char *birth_text(uint32_t name, char text[BIRTH_TEXT_SIZE]);
#define BIRTH_TEXT(name) birth_text(name, (char[BIRTH_TEXT_SIZE]){0})

/*
 * An oracle fires. @objects are what the failing look read. Only the first firing of a run
 * counts, and only if the oracle is on; the caller goes on.
 */
void violate(enum oracle oracle, const uint64_t *objects, unsigned nr, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * The model has no room for what the running step does, so nothing that follows can be trusted:
 * an assertion fires, even if that oracle is off. The text goes on "...: the model has no room".
 */
void limit_reached(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The simulated kernel cannot go on here: the running context ends. */
void context_die(void) __attribute__((noreturn));

/* What does not satisfy @condition is not a run of this program: it ends and does not count. */
void exec_assume(bool condition);

#endif
