/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The birth and the end of a child, apart from everything else: the fuzzer, for whose size fork is
 * slow, links a version of its own that has a small process fork.
 */
#ifndef MACHINE_TOPOLOGY_CHILD_START_H
#define MACHINE_TOPOLOGY_CHILD_START_H

#include "machine/topology_child_collect.h"

/* Start a child that sets itself up, runs @job(@arg) and exits. Its pid, or -1 with errno. */
pid_t topology_child_start(int answer_fd, int notes_fd, void (*job)(void *arg), void *arg,
			   char *const environment[], const struct topology_child_limits *limits);

/* Kill what is left and take its status; -1 when somebody else has taken it. */
int topology_child_reap(const struct child *c);

#endif
