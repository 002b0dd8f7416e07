/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a parsed scenario to a machine at its root: kernel configured, processors seated, memory
 * mapped, the set-up statements run, one fresh context per column.
 */
#ifndef SCENARIO_BUILD_H
#define SCENARIO_BUILD_H

#include "explore/search.h"
#include "scenario/ast.h"

#include <numasim/topology.h>

struct mm_struct;

/* What the caller may override; zero means "as the file says". */
struct scenario_params {
	const char *release;		   /* a release, with +ROW and ~ROW allowed */
	const char *const *with, *const *without;
	size_t nr_with, nr_without;
	const struct numasim_topology *topology;
	uint64_t fail_setup; /* the allocation of the initial state's statements that fails */
};

#define SCENARIO_REACH_MAX 32

struct scenario_run {
	struct numasim_machine *m;
	struct scene scene;		/* for search_graph() and search_tree() */
	const struct scenario_ast *ast; /* the caller's; must outlive the run */
	bool reached[SCENARIO_REACH_MAX]; /* by item of the reach list; any run of a search */
	uint64_t setup_allocations;	/* by the statements of the initial state */
	uint32_t walker_budget;		/* of every page walker, once the initial state stands */
	char kernel[256];		/* what was built: "v3.13-rc4+20841405940e" */
	char note[1024];		/* what the closure over rows added, or "" */
	const struct numasim_topology *topology; /* the caller's, or own */
	struct numasim_topology *own_topology;
	struct scenario_program *program; /* private: columns, variables, registers */
};

int scenario_build(struct scenario_run **run, const struct scenario_ast *ast,
		   const struct scenario_params *params, struct numasim_error *err);
void scenario_run_free(struct scenario_run *run);

/* "P:x", "P:x+4096", or the bare address: how texts name what @va of the @mm-th process is. */
void scenario_address_name(const struct scenario_run *run, const struct mm_struct *mm,
			   uint64_t va, char *text, size_t size);

/* The address of a variable by its text ("P:x", "x", "P:x+8"); -ENOENT. */
int scenario_find_address(const struct scenario_run *run, const char *text,
			  struct mm_struct **mm, uint64_t *va);

/* Every context of a run is named after its column; m->exec.object_name names objects. */

#endif
