/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's side: a system per case. */
#ifndef CONFORMANCE_MODEL_H
#define CONFORMANCE_MODEL_H

#include "side.h"

#include <numasim/numasim.h>

struct side_actor {
	struct numasim_process *process;
};

struct model {
	const char *release;
	struct numasim_topology *topology;
	struct numasim_system *system; /* NULL between cases */
	struct numasim_process *root;  /* who writes to /proc/sys */
};
extern struct model model;

/* Nothing that happens in between is recorded (events.c). */
void model_deafen(bool deaf);

#endif
