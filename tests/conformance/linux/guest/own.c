/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel counts while an actor comes into being, or writes to its slot again after
 * somebody took its rights, is not the case's. Nothing else runs meanwhile.
 */
#include "guest.h"

#include <string.h>

/* Counters that an actor's own faults move. */
static const char *const own_name[] = {"pgfault", "pgreuse"};
#define NR_OWN (sizeof(own_name) / sizeof(own_name[0]))
static uint64_t own[NR_OWN], own_before[NR_OWN];

void actors_own_begin(void)
{
	for (unsigned i = 0; i < NR_OWN; i++)
		own_before[i] = counter_now(own_name[i]);
}

void actors_own_end(void)
{
	for (unsigned i = 0; i < NR_OWN; i++)
		own[i] += counter_now(own_name[i]) - own_before[i];
}

uint64_t actors_own(const char *counter)
{
	for (unsigned i = 0; i < NR_OWN; i++)
		if (!strcmp(counter, own_name[i]))
			return own[i];
	return 0;
}

void actors_warm_up(struct side_actor *a)
{
	trace_pause();
	actors_own_begin();
	actor_ask(a->slot, REQUEST_WARM_UP);
	actors_own_end();
	trace_go_on();
}
