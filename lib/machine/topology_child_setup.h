/* SPDX-License-Identifier: BSD-2-Clause */
/* What a freshly forked child does to itself before it runs a job. */
#ifndef MACHINE_TOPOLOGY_CHILD_SETUP_H
#define MACHINE_TOPOLOGY_CHILD_SETUP_H

#include <sys/types.h>

#include "machine/topology_child.h"

#define TOPOLOGY_CHILD_ANSWER_FD 3
#define TOPOLOGY_CHILD_READY     'R' /* the byte before the answer */

/*
 * Cut the ties to the caller: it dies with it, has default signals, the given environment, none of
 * its files, and limits. To be called with all signals blocked. Only system calls, no locks.
 * @caller is the caller's process.
 */
void topology_child_setup(pid_t caller, int answer_fd, int notes_fd, char *const environment[],
			  const struct topology_child_limits *limits);

#endif
