/* SPDX-License-Identifier: BSD-2-Clause */
/* Every schedule, and how many classes of equivalent ones (explore/past.h) there are. */
#include "exec/point.h"
#include "explore/past.h"
#include "explore/search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct level {
	struct choice choice[EXEC_MAX_CHOICES];
	unsigned nr, next;
	struct past past;
};

struct tree {
	struct numasim_machine *m;
	const struct scene *scene;
	struct search_options options;
	struct search_result *result;
	struct visited classes, prefixes;
	bool merge;
	struct level *level[PATH_MAX_STEPS];
	struct trail trail;
};

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

/* A schedule that goes no further: count it and its class. */
static int count_schedule(struct tree *t, const struct past *past)
{
	bool fresh;

	t->result->schedules++;
	return visited_add(&t->classes, past->sum, &fresh) < 0 ? -ENOMEM : 0;
}

/* What broke ends the search, unless all is to be counted. */
static int broken(struct tree *t)
{
	return keep_witness(t) ?: t->options.keep_going ? 0 : 1;
}

/* A complete schedule: count it, and what it shows. */
static int complete(struct tree *t, const struct past *past)
{
	struct exec *exec = &t->m->exec;
	int ret = count_schedule(t, past);

	if (ret)
		return ret;
	if (!exec_finished(exec))
		report_deadlock(t->m);
	else if (t->scene->judge && t->scene->judge(t->scene->self))
		t->result->positive++;
	else
		t->result->negative++;
	return exec->violation.found ? broken(t) : 0;
}

static int make_level(struct tree *t, unsigned depth)
{
	if (!t->level[depth])
		t->level[depth] = malloc(sizeof(*t->level[depth]));
	return t->level[depth] ? 0 : -ENOMEM;
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
	if (make_level(t, depth))
		return -ENOMEM;
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

/* The past of the place where the step that was just taken leads. */
static int extend_past(struct tree *t, const struct level *from, struct choice choice,
		       const struct announcement *a)
{
	uint64_t what = digest_mix(digest_mix(a->kind, a->object), choice.alternative);
	struct step_log *log = &t->m->exec.log;
	struct past *past;

	if (make_level(t, t->trail.depth))
		return -ENOMEM;
	past = &t->level[t->trail.depth]->past;
	past_copy(past, &from->past);
	if (log->nr + a->nr <= STEP_TOUCH_MAX) {
		memcpy(log->touched + log->nr, a->access, a->nr * sizeof(*a->access));
		log->nr += a->nr;
		if (past_add(past, choice.actor, what, log->touched, log->nr))
			return 0;
	}
	t->result->stopped = "a run touches too many objects for its past to be kept";
	return 2;
}

static int take(struct tree *t, struct level *l, struct choice choice)
{
	struct exec *exec = &t->m->exec;
	struct announcement a;
	struct past *past;
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
	ret = extend_past(t, l, choice, &a);
	if (exec->violation.found) {
		if (!ret)
			ret = count_schedule(t, &t->level[t->trail.depth]->past);
		ret = broken(t) ?: ret;
		t->trail.depth--;
		return ret;
	}
	ret = ret ?: enter(t);
	if (ret)
		return ret;
	past = &t->level[t->trail.depth]->past;
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
	const struct search_options *o = &t->options;
	uint64_t steps = t->result->transitions;

	if (t->m->exec.limit[0])
		t->result->stopped = t->m->exec.limit;
	else if (o->max_states && steps > o->max_states)
		t->result->stopped = "the budget of steps is used up";
	else
		t->result->stopped = search_budget_end(o, 0, !(steps & 0xfff));
	return t->result->stopped;
}

/* What the contexts did before their first announcements, in the order of the columns. */
static int begin(struct tree *t, bool *over)
{
	int ret;

	trail_rewind(&t->trail);
	if (make_level(t, 0))
		return -ENOMEM;
	past_clear(&t->level[0]->past);
	*over = t->m->exec.assumed_away || t->m->exec.violation.found;
	if (t->m->exec.assumed_away) {
		t->result->blocked++;
		return 0;
	}
	if (*over)
		return count_schedule(t, &t->level[0]->past) ?: keep_witness(t);
	ret = enter(t);
	if (ret)
		return ret;
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
	*t = (struct tree){.m = m, .scene = scene, .options = *options, .result = result,
			   .merge = merge};
	search_budget_begin(&t->options);
	m->exec.oracles = options->oracles;
	m->exec.limit[0] = '\0';
	ret = visited_init(&t->classes) ?: visited_init(&t->prefixes)
	      ?: trail_init(&t->trail, m, false);
	if (!ret) {
		ret = walk(t);
		state_restore(&t->trail.root);
	}
	result->classes = t->classes.count;
	result->spent = result->transitions;
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
