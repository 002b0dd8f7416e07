/* SPDX-License-Identifier: BSD-2-Clause */
/* Listening to one child, against the clock; private to topology_child*.c. */
#ifndef MACHINE_TOPOLOGY_CHILD_COLLECT_H
#define MACHINE_TOPOLOGY_CHILD_COLLECT_H

#include <stdbool.h>
#include <sys/types.h>

#include "machine/topology_child.h"

struct child {
	const struct topology_child_limits *limits;
	struct topology_child_result *result;
	pid_t pid;
	int pidfd; /* -1 where the kernel has none */
	int answer_fd, notes_fd;
	size_t notes_len, room;
	uint64_t started_ms;
	bool ready, ended, no_memory;
};

/* How it went; FINISHED says nothing about the child's own exit. */
enum fate { FINISHED, NOT_READY, TOO_SLOW, TOO_LONG, OUT_OF_MEMORY, POLL_FAILED };

/* Start the clock. */
void topology_child_start_clock(struct child *c);

/*
 * Take the answer and the notes until the child has ended, its answer has, or a limit is passed.
 * Leaves errno for POLL_FAILED. The child may still run: c->ended says.
 */
enum fate topology_child_collect(struct child *c);

/* Whether there is nothing left to kill: the child has ended, or somebody else has reaped it. */
bool topology_child_has_ended(const struct child *c);

#endif
