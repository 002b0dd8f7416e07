/* SPDX-License-Identifier: BSD-2-Clause */
/* Results made by hand: two columns, whatever steps a test wants. */
#ifndef REPORT_WORLD_H
#define REPORT_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "explore/result.h"

#define HAND_STEPS 16

struct hand {
	struct record_column column[2];
	struct record_step step[HAND_STEPS];
	struct record record;
	struct numasim_result result;
};

static inline void hand_init(struct hand *h)
{
	memset(h, 0, sizeof(*h));
	h->column[0] = (struct record_column){.name = "left", .cpu = 0, .node = 0};
	h->column[1] = (struct record_column){.name = "right", .cpu = 12, .node = 3};
	h->record = (struct record){.step = h->step, .column = h->column, .nr_columns = 2};
	h->record.violation = (struct violation){.found = true, .oracle = ORACLE_OOPS};
	strcpy(h->record.violation.text, "it went wrong");
	h->result.record = &h->record;
	h->result.info = (struct numasim_result_info){
		.scenario = "by-hand", .title = "A title", .kernel = "v3.13", .note = "",
		.machine = "numa:2: 2 nodes, 2 CPUs", .oracles = "",
		.verdict = NUMASIM_VERDICT_BROKEN, .oracle = "oops", .sentence = "it went wrong",
		.bound = NUMASIM_NO_BOUND, .nr_columns = 2, .states = 10, .transitions = 20,
	};
}

/* A step of column @column that is shown; @note "" leaves "KIND OBJECT". */
static inline struct record_step *hand_step(struct hand *h, unsigned column, const char *actor,
					    const char *note)
{
	struct record_step *s = &h->step[h->record.nr_steps++];

	*s = (struct record_step){.column = column, .actor = (char *)actor, .kind = POINT_LOCK,
				  .object = (char *)"a lock", .note = (char *)note,
				  .relevant = true, .shown = true};
	h->result.info.nr_steps = h->record.nr_steps;
	return s;
}

#endif
