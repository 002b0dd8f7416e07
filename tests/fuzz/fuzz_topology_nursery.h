/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fuzzer's own way to start children.
 *
 * A fuzzing process is large, and forking it for every input is what would take the time. So there
 * is a process that stays small (the nursery), which forks a child per input. All else, setup and
 * job in the child and everything in the caller, is the library's.
 *
 *   fuzzer                        nursery                     child
 *     | {limits}, both pipes ------> |  fork ------------------> |  setup, job
 *     | <--------------------- {pid} |                           |
 *     | <----------------------------------------- answer, notes |
 *     | {reap} --------------------> |  waitpid
 *     | <------------------ {status} |
 *
 * There are two of them. One is forked from the fuzzer before that grows, and has the fuzzer's
 * sanitizers: what they find in a child while hwloc is on the stack is hwloc's, and ends as a crash
 * of hwloc does; what else they find is ours, and the child exits with FUZZ_FINDING. The other, the
 * lean one, is a program apart (topology_nursery.c) that has only UBSan, without its run-time part;
 * its children are three times as fast, and take most inputs. An input that a child of the lean
 * nursery dies of goes to the other one as well, which tells whose fault it was.
 */
#ifndef FUZZ_TOPOLOGY_NURSERY_H
#define FUZZ_TOPOLOGY_NURSERY_H

#include <sys/types.h>

#include "machine/topology_child.h"
#include "machine/topology_hwloc.h"

/* The exit status of a child in which a sanitizer found an error of ours. */
#define FUZZ_FINDING 86

/* The longest input; fuzzers make them 4 KiB or as long as their longest seed. */
#define ROOM (1 << 20)

/* The files of the nursery as a program: a socket to the fuzzer, and the input. */
#define NURSERY_SOCKET 3
#define NURSERY_INPUT  4

struct shared {
	struct topology_source source;
	char text[ROOM];
};

enum order { START, REAP };

struct request {
	enum order order;
	pid_t pid;
	struct topology_child_limits limits;
};

/* What the nursery does until the fuzzer is gone. */
void nursery_serve(int socket, struct shared *shared) __attribute__((noreturn));

#endif
