/* SPDX-License-Identifier: BSD-2-Clause */
/* What the public functions of numasim/scenario.h share. */
#ifndef SCENARIO_API_H
#define SCENARIO_API_H

#include "explore/result.h"
#include "mm/mm.h"
#include "scenario/build.h"

#include <numasim/scenario.h>

struct numasim_scenario {
	struct scenario_ast *ast;
};

/* Build the scenario's run; *topology is what params name (NULL: nothing), and outlives the run. */
int scenario_open(struct scenario_run **run, struct numasim_topology **topology,
		  const struct numasim_scenario *scenario,
		  const struct numasim_scenario_params *params, struct numasim_error *err);
void scenario_close(struct scenario_run *run, struct numasim_topology *topology);

/* A hash of the run's nodes, CPUs and distances. 0 or -ENOMEM. */
int scenario_machine_hash(char hash[WITNESS_HASH], const struct scenario_run *run);

/* Say in @result what was searched; @topology (may be NULL) is what the caller called the machine.
 * 0 or -ENOMEM. */
int scenario_describe(struct numasim_result *result, const struct scenario_run *run,
		      const char *topology);

/* Attach the witness file's text, if something broke. */
int scenario_witness(struct numasim_result *result, const struct scenario_run *run,
		     const struct numasim_scenario_params *params, uint32_t oracles,
		     struct numasim_error *err);

#endif
