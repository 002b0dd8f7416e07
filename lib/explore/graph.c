/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every reachable state, depth first.
 *
 * Two passes. The first knows nothing of preemptions: it visits every state once and finds out
 * whether anything breaks. If something does (or a bound was asked for), the second finds the
 * run with the fewest preemptions: states are keyed with the actor that ran last, and are visited
 * in layers: all that can be reached with 0 preemptions, then with 1, and so on:
 *
 *      layer 0                layer 1
 *      o--o--o--o             o--o--o
 *         |     `-(preempt)->    |
 *         `--------(preempt)---> o--o
 */
#include "exec/point.h"
#include "explore/graph.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Number of the present state; *fresh: not seen before. */
int64_t graph_number_state(struct graph *g, int last, bool *fresh)
{
	struct digest digest = exec_digest(&g->m->exec);

	if (g->layered)
		digest.high = digest_mix(digest.high, (uint64_t)(last + 1));
	return visited_add(&g->visited, digest, fresh);
}

static bool out_of_budget(struct graph *g)
{
	g->result->stopped = g->m->exec.limit[0] ? g->m->exec.limit
			     : search_budget_end(g->options, g->visited.count,
						 !(g->result->transitions & 0x3ff));
	return g->result->stopped;
}

/* Keep what broke and how the run got here. */
int graph_keep_witness(struct graph *g)
{
	struct search_result *r = g->result;

	if (r->path)
		return 0;
	r->path = malloc((g->trail.depth + 1) * sizeof(*r->path));
	if (!r->path)
		return -ENOMEM;
	memcpy(r->path, g->trail.path, g->trail.depth * sizeof(*r->path));
	r->nr_path = g->trail.depth;
	r->violation = g->m->exec.violation;
	r->preemptions = g->layer;
	r->verdict = VERDICT_BROKEN;
	return 0;
}

/* A state from which nothing moves on: the end, or a deadlock. */
static void judge_end(struct graph *g)
{
	struct exec *exec = &g->m->exec;
	bool proposition;

	if (!exec_finished(exec)) {
		report_deadlock(g->m);
		return;
	}
	proposition = g->scene->judge && g->scene->judge(g->scene->self);
	if (proposition)
		g->result->positive++;
	else
		g->result->negative++;
}

static int frame_push(struct graph *g, uint32_t node, uint32_t state, int last)
{
	struct choice choice[EXEC_MAX_CHOICES];
	struct frame *f;
	unsigned nr = exec_choices(&g->m->exec, choice);

	if (!can_move(&g->m->exec, choice, nr)) {
		judge_end(g);
		nr = 0;
	}
	if (g->trail.depth >= PATH_MAX_STEPS - 1) {
		g->result->stopped = "a run is too long to be followed to its end";
		return 2;
	}
	f = &g->frame[g->depth];
	f->node = node;
	f->state = state;
	f->last = last;
	f->nr = nr;
	f->next = 0;
	f->first = g->nr_pool;
	if (graph_push_choices(g, choice, nr))
		return -ENOMEM;
	g->depth++;
	return nr ? trail_mark(&g->trail) : 0;
}

/* After a step: a new state, an old one, a violation. 1: something broke and the search ends. */
static int arrive(struct graph *g, const struct frame *from, struct choice choice, int last)
{
	struct exec *exec = &g->m->exec;
	bool fresh;
	int64_t state, node;
	int ret;

	g->result->transitions++;
	if (exec->assumed_away) {
		g->result->blocked++;
		return graph_edge(g, from->state, GRAPH_NO_STATE, choice.actor, false);
	}
	if (exec->violation.found) {
		ret = graph_keep_witness(g)
			      ?: graph_edge(g, from->state, GRAPH_NO_STATE, choice.actor, false);
		return ret ? ret : g->options->keep_going ? 0 : 1;
	}
	state = graph_number_state(g, last, &fresh);
	if (state < 0)
		return state;
	ret = graph_edge(g, from->state, state, choice.actor, exec->log.retired);
	if (ret || !fresh)
		return ret;
	node = graph_add_node(g, from->node, choice, last);
	if (node < 0)
		return node;
	ret = frame_push(g, node, state, last);
	if (!ret && exec->violation.found) {
		ret = graph_keep_witness(g);
		return ret ? ret : g->options->keep_going ? 0 : 1;
	}
	return ret;
}

/* One choice of the topmost state. 1: something broke; 2: out of budget. */
static int advance(struct graph *g)
{
	struct frame *f = &g->frame[g->depth - 1];
	unsigned depth = g->base_depth + g->depth - 1;
	struct choice choice;
	int last;

	if (f->next == f->nr) {
		g->nr_pool = f->first;
		g->depth--;
		return 0;
	}
	if (out_of_budget(g))
		return 2;
	choice = g->pool[f->first + f->next++];
	if (g->trail.depth != depth || f->next > 1)
		trail_back(&g->trail, depth);
	last = g->m->exec.actor[choice.actor].is_cpu ? choice.actor : f->last;
	if (g->layered && is_preemption(&g->m->exec, f->last, g->pool + f->first, f->nr, choice)) {
		int64_t node = graph_add_node(g, f->node, choice, last);

		return node < 0 ? (int)node : graph_push_next(g, node);
	}
	trail_step(&g->trail, choice);
	return arrive(g, f, choice, last);
}

/* All that can be reached from the present state without leaving the layer. */
int graph_run_from(struct graph *g, uint32_t node, uint32_t state, int last)
{
	int ret;

	g->depth = 0;
	g->nr_pool = 0;
	g->base_depth = g->trail.depth;
	ret = frame_push(g, node, state, last);
	if (!ret && g->m->exec.violation.found)
		ret = graph_keep_witness(g) ?: 1;
	while (!ret && g->depth)
		ret = advance(g);
	return ret;
}

int graph_run(struct graph *g)
{
	int64_t root, node;
	bool fresh;
	int ret;

	trail_rewind(&g->trail);
	if (g->m->exec.assumed_away || g->m->exec.violation.found) {
		g->result->blocked += g->m->exec.assumed_away;
		return g->m->exec.assumed_away ? 0 : graph_keep_witness(g) ?: 1;
	}
	root = graph_number_state(g, -1, &fresh);
	node = root < 0 ? root : graph_add_node(g, NO_NODE, (struct choice){0}, -1);
	if (node < 0)
		return node;
	ret = graph_run_from(g, node, root, -1);
	if (!ret && g->layered)
		ret = graph_layers(g);
	if (!ret && out_of_budget(g)) /* a limit was reached at the very end */
		ret = 2;
	return ret;
}

int graph_init(struct graph *g, struct search_result *result, struct numasim_machine *m,
	       const struct scene *scene, const struct search_options *options, bool layered)
{
	int ret;

	memset(g, 0, sizeof(*g));
	g->m = m;
	g->scene = scene;
	g->options = options;
	g->result = result;
	g->layered = layered;
	ret = visited_init(&g->visited);
	if (!ret)
		ret = trail_init(&g->trail, m, false);
	return ret;
}

void graph_destroy(struct graph *g)
{
	/* leave the machine at its root, for whoever looks next */
	if (g->trail.root.used)
		state_restore(&g->trail.root);
	visited_destroy(&g->visited);
	trail_destroy(&g->trail);
	free(g->node);
	free(g->next);
	free(g->pool);
	free(g->edge);
}
