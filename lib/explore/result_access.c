/* SPDX-License-Identifier: BSD-2-Clause */
/* The public functions that look at a result; names of oracles and engines. */
#include "explore/result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *numasim_oracle_name(size_t index)
{
	return index < ORACLE_NR ? oracle_name(index) : NULL;
}

int numasim_engine_by_name(enum numasim_engine *engine, const char *name)
{
	static const char *const names[] = {"graph", "tree", "tree-merged"};

	for (int i = 0; i < 3; i++) {
		if (!strcmp(name, names[i])) {
			*engine = i;
			return 0;
		}
	}
	return -EINVAL;
}

void numasim_result_info(struct numasim_result_info *info, const struct numasim_result *result)
{
	*info = result->info;
}

int numasim_result_column(struct numasim_result_column *column,
			  const struct numasim_result *result, size_t index)
{
	const struct record_column *c;

	if (index >= result->info.nr_columns)
		return -ERANGE;
	c = &result->record->column[index];
	*column = (struct numasim_result_column){c->name, c->cpu, c->node, c->before};
	return 0;
}

int numasim_result_step(struct numasim_result_step *step, const struct numasim_result *result,
			size_t index)
{
	const struct record_step *s;

	if (index >= result->info.nr_steps)
		return -ERANGE;
	s = &result->record->step[index];
	*step = (struct numasim_result_step){.column = s->column, .actor = s->actor,
					     .alternative = s->choice.alternative,
					     .kind = point_kind_name(s->kind), .object = s->object,
					     .text = s->note, .preempts = s->preempts,
					     .relevant = s->relevant, .shown = s->shown};
	return 0;
}

const char *numasim_result_witness(const struct numasim_result *result)
{
	return result->witness;
}

void numasim_result_free(struct numasim_result *result)
{
	if (!result)
		return;
	for (int i = 0; i < 5; i++)
		free(result->owned[i]);
	record_free(result->record);
	free(result->witness);
	free(result);
}
