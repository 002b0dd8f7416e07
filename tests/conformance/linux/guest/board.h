/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the director and its actors share: a file in memory that all of them map at one address, a
 * slot for each actor. An actor's stack is in its slot, and it writes to nothing else:
 *
 *   director                      slot                      actor
 *      request, argument[] ------>  turn = ACTOR  --futex-->  does it
 *      result              <------  turn = DIRECTOR <-------  result
 *
 * Because the memory is shared, fork(2) copies nothing of it, and no actor ever takes a fault for
 * its own sake while a case looks.
 */
#ifndef GUEST_BOARD_H
#define GUEST_BOARD_H

#include "side.h"

#define BOARD_ADDRESS UINT64_C(0x300000000000)
#define BOARD_SLOTS   16
#define BOARD_STACK   65536
#define BOARD_FD      3 /* where a new actor finds the file */

enum request {
	REQUEST_WARM_UP,
	REQUEST_CALL,	/* argument[0]: number; then its arguments */
	REQUEST_LOAD,	/* argument[0]: address */
	REQUEST_STORE,	/* argument[0], [1]: address, value */
	REQUEST_TOUCH,	/* argument[0], [1], [2]: start, end, write */
	REQUEST_SPIN,	/* until stop is set */
	REQUEST_FORK,	/* argument[0]: the child's slot */
	REQUEST_THREAD, /* argument[0]: the thread's slot */
	REQUEST_MOVE,	/* argument[0]: CPU */
	REQUEST_EXIT,
};

enum turn { TURN_DIRECTOR, TURN_ACTOR };

struct slot {
	uint32_t turn; /* a futex */
	uint32_t stop;
	uint32_t request;
	int32_t signal; /* of a load, store or touch; 0: none */
	uint64_t argument[7];
	uint64_t result; /* what a call returned, a load found, a touch came to */
	_Alignas(4096) char buffer[SIDE_BUFFER];
	_Alignas(4096) char stack[BOARD_STACK];
};

#define BOARD_SIZE (BOARD_SLOTS * sizeof(struct slot))

static inline struct slot *board_slot(unsigned index)
{
	return (struct slot *)BOARD_ADDRESS + index;
}

/* The program of an actor (actor_start.c); it serves slot @index and does not return. */
int actor_main(unsigned index);
/* The loop of an actor, on the stack of its slot (actor.c). */
void actor_serve(struct slot *slot) __attribute__((noreturn));
/* Where signals of an actor's own accesses go (actor.c). */
void actor_catch_signals(void);

#endif
