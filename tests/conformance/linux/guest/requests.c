/* SPDX-License-Identifier: BSD-2-Clause */
/* What the director asks of actors, and how. */
#include "guest.h"

#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 60 /* seconds that an actor may take for an answer */

void actor_wait(struct slot *slot)
{
	const struct timespec patience = {.tv_sec = PATIENCE};

	while (__atomic_load_n(&slot->turn, __ATOMIC_ACQUIRE) != TURN_DIRECTOR)
		if (syscall(SYS_futex, &slot->turn, FUTEX_WAIT, TURN_ACTOR, &patience, NULL, 0) &&
		    errno == ETIMEDOUT)
			side_fail("the actor in slot %td does not answer request %u",
				  slot - board_slot(0), slot->request);
}

void actor_tell(struct slot *slot, enum request request)
{
	slot->request = request;
	__atomic_store_n(&slot->turn, TURN_ACTOR, __ATOMIC_RELEASE);
	syscall(SYS_futex, &slot->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

void actor_ask(struct slot *slot, enum request request)
{
	actor_tell(slot, request);
	actor_wait(slot);
}

void side_move(struct side_actor *a, unsigned cpu)
{
	a->slot->argument[0] = cpu;
	actor_ask(a->slot, REQUEST_MOVE);
	if (a->slot->result)
		side_fail("an actor cannot go to CPU %u", cpu);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool side_run_until(struct side_actor *a, bool (*stop)(void *payload), void *payload,
		    unsigned milliseconds)
{
	uint64_t end = now_ms() + milliseconds;
	bool stopped = false;

	a->slot->stop = 0;
	actor_tell(a->slot, REQUEST_SPIN);
	while (!stopped && now_ms() < end) {
		usleep(1000);
		stopped = stop && stop(payload);
	}
	__atomic_store_n(&a->slot->stop, 1, __ATOMIC_RELEASE);
	actor_wait(a->slot);
	return stopped;
}

void side_run(struct side_actor *a, unsigned milliseconds)
{
	side_run_until(a, NULL, NULL, milliseconds);
}

void *side_buffer(struct side_actor *a)
{
	return a->slot->buffer;
}

long side_call(struct side_actor *a, long number, const uint64_t argument[6])
{
	a->slot->argument[0] = (uint64_t)number;
	memcpy(a->slot->argument + 1, argument, 6 * sizeof(*argument));
	actor_ask(a->slot, REQUEST_CALL);
	return (long)a->slot->result;
}

int side_load(struct side_actor *a, uint64_t address, uint64_t *value)
{
	a->slot->argument[0] = address;
	actor_ask(a->slot, REQUEST_LOAD);
	*value = a->slot->result;
	return a->slot->signal;
}

int side_store(struct side_actor *a, uint64_t address, uint64_t value)
{
	a->slot->argument[0] = address;
	a->slot->argument[1] = value;
	actor_ask(a->slot, REQUEST_STORE);
	return a->slot->signal;
}

int side_touch(struct side_actor *a, uint64_t *address, uint64_t end, bool write)
{
	a->slot->argument[0] = *address;
	a->slot->argument[1] = end;
	a->slot->argument[2] = write;
	actor_ask(a->slot, REQUEST_TOUCH);
	*address = a->slot->result;
	return a->slot->signal;
}
