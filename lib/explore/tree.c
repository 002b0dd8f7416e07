/* SPDX-License-Identifier: BSD-2-Clause */
/* Every schedule, and how many classes of equivalent ones (explore/past.h) there are. */
#include "exec/point.h"
#include "explore/past.h"
#include "explore/search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct level {
	struct choice choice[EXEC_MAX_CHOICES];
	unsigned nr, next;
	struct past past;
};

struct tree {
	struct numasim_machine *m;
	const struct scene *scene;
	const struct search_options *options;
	struct search_result *result;
	struct visited classes, prefixes;
	bool merge;
	uint64_t began;
	struct level *level[PATH_MAX_STEPS];
	struct trail trail;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int keep_witness(struct tree *t)
{
	struct search_result *r = t->result;

	if (r->path)
		return 0;
	r->path = malloc((t->trail.depth + 1) * sizeof(*r->path));
	if (!r->path)
		return -ENOMEM;
	memcpy(r->path, t->trail.path, t->trail.depth * sizeof(*r->path));
	r->nr_path = t->trail.depth;
	r->violation = t->m->exec.violation;
	r->verdict = VERDICT_BROKEN;
	return 0;
}

/* A complete schedule: count it, its class, and what it shows. */
static int complete(struct tree *t, const struct past *past)
{
	struct exec *exec = &t->m->exec;
	bool fresh;

	t->result->schedules++;
	if (visited_add(&t->classes, past->sum, &fresh) < 0)
		return -ENOMEM;
	if (!exec_finished(exec))
		report_deadlock(t->m);
	else if (t->scene->judge && t->scene->judge(t->scene->self))
		t->result->positive++;
	else
		t->result->negative++;
	if (!exec->violation.found)
		return 0;
	return keep_witness(t) ?: t->options->keep_going ? 0 : 1;
}

/* Stand at a new place: list what can come next. */
static int enter(struct tree *t)
{
	unsigned depth = t->trail.depth;
	struct level *l;

	if (depth == PATH_MAX_STEPS - 1) {
		t->result->stopped = "a run is too long to be followed to its end";
		return 2;
	}
	if (!t->level[depth]) {
		t->level[depth] = malloc(sizeof(*l));
		if (!t->level[depth])
			return -ENOMEM;
	}
	l = t->level[depth];
	l->next = 0;
	l->nr = exec_choices(&t->m->exec, l->choice);
	if (!can_move(&t->m->exec, l->choice, l->nr))
		l->nr = 0;
	return trail_mark(&t->trail);
}

static int count_prefix(struct tree *t, const struct past *past, bool *fresh)
{
	*fresh = true;
	return t->merge && visited_add(&t->prefixes, past->sum, fresh) < 0 ? -ENOMEM : 0;
}

static int too_many_objects(struct tree *t)
{
	t->result->stopped = "a run touches too many objects for its past to be kept";
	return 2;
}

static int take(struct tree *t, struct level *l, struct choice choice)
{
	struct exec *exec = &t->m->exec;
	struct announcement a;
	struct past *past;
	uint64_t what;
	bool fresh;
	int ret;

	exec_announce(exec, choice, &a);
	trail_step(&t->trail, choice);
	t->result->transitions++;
	if (exec->assumed_away) {
		t->result->blocked++;
		t->trail.depth--;
		return 0;
	}
	if (exec->violation.found) {
		ret = keep_witness(t);
		t->trail.depth--;
		return ret ?: t->options->keep_going ? 0 : 1;
	}
	if (exec->log.nr + a.nr > STEP_TOUCH_MAX)
		return too_many_objects(t);
	for (unsigned i = 0; i < a.nr; i++)
		exec->log.touched[exec->log.nr++] = a.access[i];
	ret = enter(t);
	if (ret)
		return ret;
	past = &t->level[t->trail.depth]->past;
	past_copy(past, &l->past);
	what = digest_mix(digest_mix(a.kind, a.object), choice.alternative);
	if (!past_add(past, choice.actor, what, exec->log.touched, exec->log.nr))
		return too_many_objects(t);
	ret = count_prefix(t, past, &fresh);
	if (ret)
		return ret;
	if (!fresh)
		t->level[t->trail.depth]->nr = 0, t->trail.depth--;
	else if (!t->level[t->trail.depth]->nr)
		return complete(t, past);
	return 0;
}

static bool out_of_budget(struct tree *t)
{
	const struct search_options *o = t->options;

	if (t->m->exec.limit[0])
		t->result->stopped = t->m->exec.limit;
	else if (o->max_states && t->result->transitions > o->max_states)
		t->result->stopped = "the budget of steps is used up";
	else if (o->max_ns && !(t->result->transitions & 0xfff) && now_ns() - t->began > o->max_ns)
		t->result->stopped = "the budget of time is used up";
	return t->result->stopped;
}

/* What the contexts did before their first announcements, in the order of the columns. */
static int begin(struct tree *t, bool *over)
{
	int ret;

	trail_rewind(&t->trail);
	*over = t->m->exec.assumed_away || t->m->exec.violation.found;
	if (*over) {
		t->result->blocked += t->m->exec.assumed_away;
		return t->m->exec.assumed_away ? 0 : keep_witness(t);
	}
	ret = enter(t);
	if (ret)
		return ret;
	past_clear(&t->level[0]->past);
	*over = !t->level[0]->nr;
	return *over ? complete(t, &t->level[0]->past) : 0;
}

static int walk(struct tree *t)
{
	bool over;
	int ret = begin(t, &over);

	if (over)
		return ret;
	while (!ret) {
		struct level *l = t->level[t->trail.depth];

		if (l->next == l->nr) {
			if (!t->trail.depth) /* a limit may have been reached at the very end */
				return out_of_budget(t) ? 2 : 0;
			t->trail.depth--;
			continue;
		}
		if (out_of_budget(t))
			return 2;
		if (l->next)
			trail_back(&t->trail, t->trail.depth);
		ret = take(t, l, l->choice[l->next++]);
	}
	return ret;
}

int search_tree(struct search_result *result, struct numasim_machine *m, const struct scene *scene,
		const struct search_options *options, bool merge)
{
	struct tree *t = calloc(1, sizeof(*t));
	int ret;

	*result = (struct search_result){0};
	if (!t)
		return -ENOMEM;
	*t = (struct tree){.m = m, .scene = scene, .options = options, .result = result,
			   .merge = merge, .began = now_ns()};
	m->exec.oracles = options->oracles;
	m->exec.limit[0] = '\0';
	ret = visited_init(&t->classes) ?: visited_init(&t->prefixes)
	      ?: trail_init(&t->trail, m, false);
	if (!ret) {
		ret = walk(t);
		state_restore(&t->trail.root);
	}
	result->classes = t->classes.count;
	if (!result->path)
		result->verdict = ret == 2 ? VERDICT_UNDECIDED : VERDICT_HOLDS;
	for (unsigned i = 0; i < PATH_MAX_STEPS && t->level[i]; i++)
		free(t->level[i]);
	visited_destroy(&t->classes);
	visited_destroy(&t->prefixes);
	trail_destroy(&t->trail);
	free(t);
	return ret < 0 ? ret : 0;
}
