/* SPDX-License-Identifier: BSD-2-Clause */
/* Going forth and back in a run; and what every engine asks of a state. */
#include "check/footprint.h"
#include "exec/point.h"
#include "explore/search.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int trail_init(struct trail *trail, struct numasim_machine *m, bool by_replay)
{
	memset(trail, 0, offsetof(struct trail, path));
	trail->depth = 0;
	trail->m = m;
	trail->footprint = NULL;
	trail->by_replay = by_replay || !coroutine_can_copy();
	if (FOOTPRINTS_ARE_CHECKED && trail_check_steps(trail))
		return -ENOMEM;
	return state_save(&m->exec.state, &trail->root);
}

int trail_check_steps(struct trail *trail)
{
	if (!trail->footprint)
		trail->footprint = calloc(1, sizeof(*trail->footprint));
	return trail->footprint ? 0 : -ENOMEM;
}

void trail_destroy(struct trail *trail)
{
	snapshot_destroy(&trail->root);
	for (unsigned i = 0; i < trail->nr_at; i++)
		snapshot_destroy(&trail->at[i]);
	free(trail->at);
	if (trail->footprint)
		footprint_destroy(trail->footprint);
	free(trail->footprint);
}

void trail_rewind(struct trail *trail)
{
	state_restore(&trail->root);
	exec_clear(&trail->m->exec);
	exec_start(&trail->m->exec);
	trail->depth = 0;
}

int trail_mark(struct trail *trail)
{
	if (trail->by_replay)
		return 0;
	if (trail->depth >= trail->nr_at) {
		unsigned nr = trail->depth * 2 + 64;
		struct snapshot *at = realloc(trail->at, nr * sizeof(*at));

		if (!at)
			return -ENOMEM;
		memset(at + trail->nr_at, 0, (nr - trail->nr_at) * sizeof(*at));
		trail->at = at;
		trail->nr_at = nr;
	}
	return state_save(&trail->m->exec.state, &trail->at[trail->depth]);
}

void trail_repeat(struct trail *trail, struct choice choice)
{
	trail->path[trail->depth++] = choice;
	exec_clear(&trail->m->exec);
	exec_step(&trail->m->exec, choice);
}

void trail_step(struct trail *trail, struct choice choice)
{
	if (trail->footprint)
		footprint_before(trail->footprint, trail->m, choice);
	trail_repeat(trail, choice);
	if (trail->footprint)
		footprint_after(trail->footprint, trail->m, choice);
}

void trail_back(struct trail *trail, unsigned depth)
{
	if (trail->by_replay) {
		trail_rewind(trail);
		for (unsigned i = 0; i < depth; i++)
			trail_repeat(trail, trail->path[i]);
	} else {
		state_restore(&trail->at[depth]);
	}
	exec_clear(&trail->m->exec);
	trail->depth = depth;
}

bool is_preemption(struct exec *exec, int last, const struct choice *enabled, unsigned nr,
		   struct choice choice)
{
	struct announcement a;

	if (last < 0 || choice.actor == last || !exec->actor[choice.actor].is_cpu)
		return false;
	for (unsigned i = 0; i < nr; i++)
		if (enabled[i].actor == last)
			return !exec_at_rest(exec, last);
	if (exec->context[last]->status != CONTEXT_LIVE)
		return false;
	exec_announce(exec, (struct choice){last, 0}, &a);
	return a.soon;
}

bool can_move(const struct exec *exec, const struct choice *choice, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		if (strcmp(exec->actor[choice[i].actor].name, "walker"))
			return true;
	return false;
}

/* "reader waits for the page lock of page #2, ..." */
void report_deadlock(struct numasim_machine *m)
{
	struct exec *exec = &m->exec, *outer = exec_current;
	char text[400] = "";
	size_t used = 0;

	exec_current = exec;
	for (unsigned i = 0; i < exec->nr_contexts; i++) {
		const struct context *c = exec->context[i];
		struct announcement a;
		char name[96];

		if (c->status != CONTEXT_LIVE)
			continue;
		exec_announce(exec, (struct choice){i, 0}, &a);
		if (exec->object_name)
			exec->object_name(m, a.waits_for, name, sizeof(name));
		else
			snprintf(name, sizeof(name), "%#llx", (unsigned long long)a.waits_for);
		used += snprintf(text + used, sizeof(text) - used, "%s%s waits for %s",
				 used ? ", " : "", c->name, name);
		if (used >= sizeof(text))
			break;
	}
	violate(ORACLE_DEADLOCK, NULL, 0, "nobody can move: %s", text);
	exec_current = outer;
}

void search_result_clear(struct search_result *result)
{
	free(result->path);
	*result = (struct search_result){0};
}
