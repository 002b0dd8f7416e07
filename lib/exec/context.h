/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contexts: stackful coroutines, one per simulated CPU that runs code.
 *
 * The engine resumes a context; it runs until it yields. Where it stopped is on its own stack:
 *
 *   stack                        sp                               stack + size
 *   +----------------------------+--------+-----------------------+
 *   | never used, or left over   | saved  | frames of the code    |
 *   |                            | regs   | that waits            |
 *   +----------------------------+--------+-----------------------+
 *                                 \___ what a snapshot copies ___/
 */
#ifndef EXEC_CONTEXT_H
#define EXEC_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

typedef void (*context_fn)(void *payload);

/*
 * A coroutine's machinery. `sp` changes with every switch and belongs to the state; `resumer` is
 * where its next yield goes, and says nothing while the coroutine does not run; the rest is set
 * once.
 */
struct coroutine {
	void *sp;
	void *resumer; /* stack pointer of whoever resumed it last */
	char *stack;
	size_t size;
	context_fn fn;
	void *payload;
	/* AddressSanitizer's: its stand-in for this stack, and the resumer's stack */
	void *fake_stack;
	const void *resumer_stack;
	size_t resumer_size;
};

/* Host memory for a stack, with a guard page below. NULL when there is none. */
char *coroutine_stack_alloc(size_t size);
void coroutine_stack_free(char *stack, size_t size);

/*
 * Make @co, whose stack and size are set, ready to call fn(payload) at its first resume. fn must
 * not return. @co must not move before its end: its code finds it through its address.
 */
void coroutine_reset(struct coroutine *co, context_fn fn, void *payload);

/* Run @co until it yields. */
void coroutine_resume(struct coroutine *co);

/* Give control back to who resumed @co, which must be the coroutine that runs. */
void coroutine_yield(struct coroutine *co);

/* Stacks may be copied and put back (not under AddressSanitizer or valgrind). */
bool coroutine_can_copy(void);

#endif
