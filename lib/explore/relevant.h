/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which steps of a run matter for how it ended.
 *
 * relevant   The causal past of the failure: what the failing look read, the last steps that
 *            conflict with those (same object, at least one of them writes), each actor's steps
 *            before them, and so on. Run alone and in order, these steps fail again.
 *
 *              1 a writes x        relevant: step 3 reads x
 *              2   b writes y      not
 *              3     c reads x     relevant: the failing look reads z
 *              4     c writes z    relevant
 *              5 a reads x         not: nothing relevant depends on it
 *            look: z
 *
 * shown      The relevant steps that tell a reader something: they say in words what they do, they
 *            preempt another CPU, they touch a variable or lock of code that users bring, they are
 *            the step that broke, or they took a lock that is missing in a deadlock.
 */
#ifndef EXPLORE_RELEVANT_H
#define EXPLORE_RELEVANT_H

#include "explore/record.h"

/* Set `relevant` and `shown` of every step. 0 or -ENOMEM. */
int relevant_mark(struct record *record);

#endif
