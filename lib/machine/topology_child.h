/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Run a job that may crash, hang or lie in a process of its own.
 *
 *   caller            child
 *     |  fork          |
 *     |--------------->|  own signals, environment, limits; files 0, 1: /dev/null,
 *     |                |  2: notes, 3: answer; no others
 *     |     ready      |
 *     |<---------------|  topology_child_ready(): past everything that another thread of the
 *     |                |  caller could have held locked at the moment of the fork
 *     |     answer     |
 *     |<---------------|  topology_child_answer()
 *     |                |  _exit: no handlers of the caller run, nothing of its buffers is written
 *     |  reap
 *
 * A child that is not ready in time is killed and tried again; one that dies before it has
 * answered, or answers too late or too much, is an error.
 */
#ifndef MACHINE_TOPOLOGY_CHILD_H
#define MACHINE_TOPOLOGY_CHILD_H

#include <stddef.h>
#include <stdint.h>

#include <numasim/error.h>

struct topology_child_limits {
	unsigned ready_ms; /* real time until ready */
	unsigned attempts; /* how many children may fail to be ready */
	unsigned total_ms; /* real time of one child in all */
	unsigned cpu_s;    /* processor time of one child */
	uint64_t memory;   /* bytes of address space beyond what the caller has */
	size_t answer;     /* bytes of the answer */
};

/* What came back; both belong to the caller. */
struct topology_child_result {
	void *answer; /* malloc'ed, aligned to 8; freed by the caller */
	size_t len;
	char notes[400]; /* printable: the first of what the child wrote to its standard error */
};

/*
 * Run @job(@arg) in a child, whose environment is @environment and nothing else.
 *
 * Returns 0 with all of the answer in @result, or a negative errno with text, in which @what names
 * the job ("reading x.xml"): -EINVAL when the child died, hung or said too much, -EAGAIN or -ENOMEM
 * when there can be no child, -EMFILE or -ENFILE when there can be no pipe. On error @result has
 * only notes.
 */
int topology_child_run(struct topology_child_result *result, void (*job)(void *arg), void *arg,
		       char *const environment[], const struct topology_child_limits *limits,
		       const char *what, struct numasim_error *err);

/* For the job, in the child: tell that it got past all start-up. */
void topology_child_ready(void);

/* For the job, in the child: write @len bytes of the answer. The job may exit at any time. */
void topology_child_answer(const void *bytes, size_t len);

#endif
