/* SPDX-License-Identifier: BSD-2-Clause */
/* What names refer to, once all of a file is parsed. */
#ifndef SCENARIO_RESOLVE_H
#define SCENARIO_RESOLVE_H

#include "scenario/parser.h"

struct resolver {
	struct scenario_ast *ast;
	struct numasim_error *err;
	uint32_t mapped;	/* variables that exist at this place of the file */
};

/* resolve_name.c: single names; all fill the index beside the name */
int resolve_process(struct resolver *r, const struct scenario_name *name, uint32_t *process);
int resolve_column(struct resolver *r, const struct scenario_name *name, uint32_t *column);
/* A column, or SCENARIO_NONE if the name is a process's. */
int resolve_owner(struct resolver *r, const struct scenario_name *name, uint32_t *column);
int resolve_location(struct resolver *r, struct scenario_location *location);
int resolve_call(struct resolver *r, struct scenario_call *call);

#endif
