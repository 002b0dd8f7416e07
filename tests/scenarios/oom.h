/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenario files out of memory: the end of everybody, after which nothing may be left. */
#ifndef SCENARIOS_OOM_H
#define SCENARIOS_OOM_H

#include "scenario/api.h"

/*
 * Every task of @run, whose columns have come to their end, exits, and its files are closed. Then
 * no page and no object of the kernel may be in use but those that rightly are. False: @why says
 * what is.
 */
bool nothing_is_left(struct scenario_run *run, char *why, size_t size);

#endif
