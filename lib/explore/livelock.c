/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Livelock: a strongly connected set of states in which no user instruction retires, and in which
 * every actor that is enabled in all of its states moves. (Else the cycle only starves somebody:
 * a fair scheduler would leave it.) Tarjan's algorithm on the complete graph, without recursion.
 *
 * Steps that retire an instruction are left out first, so that they cannot hide a set that has
 * none. The largest sets are enough: whoever is starved in one is starved in every part of it.
 */
#include "explore/graph.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct tarjan {
	const struct edge *edge;
	uint32_t *first;	/* edges of state s: order[first[s]] .. order[first[s + 1]] */
	uint32_t *order;
	uint32_t *index, *low, *component;
	uint32_t *stack, *call, *cursor;
	uint32_t nr_states, nr_stack, next_index, nr_components;
};

static int tarjan_init(struct tarjan *t, const struct graph *g)
{
	uint32_t n = g->visited.count;

	*t = (struct tarjan){.edge = g->edge, .nr_states = n};
	t->first = calloc((size_t)n + 2, sizeof(uint32_t));
	t->order = calloc(g->nr_edges + 1, sizeof(uint32_t));
	t->index = calloc(n, 6 * sizeof(uint32_t));
	if (!t->first || !t->order || !t->index)
		return -ENOMEM;
	t->low = t->index + n;
	t->component = t->low + n;
	t->stack = t->component + n;
	t->call = t->stack + n;
	t->cursor = t->call + n;
	for (size_t i = 0; i < g->nr_edges; i++)
		t->first[g->edge[i].from + 2]++;
	for (uint32_t s = 0; s < n; s++)
		t->first[s + 2] += t->first[s + 1];
	for (size_t i = 0; i < g->nr_edges; i++)
		t->order[t->first[g->edge[i].from + 1]++] = i;
	return 0;
}

static void tarjan_destroy(struct tarjan *t)
{
	free(t->first);
	free(t->order);
	free(t->index);
}

static void enter(struct tarjan *t, uint32_t s)
{
	t->index[s] = t->low[s] = ++t->next_index;
	t->stack[t->nr_stack++] = s;
	t->cursor[s] = t->first[s];
}

static void leave(struct tarjan *t, uint32_t s)
{
	if (t->low[s] != t->index[s])
		return;
	t->nr_components++;
	do
		t->component[t->stack[--t->nr_stack]] = t->nr_components;
	while (t->stack[t->nr_stack] != s);
}

/* Can a livelock go this way? */
static bool stays(const struct edge *e)
{
	return e->to != GRAPH_NO_STATE && !e->retired;
}

static void tarjan_from(struct tarjan *t, uint32_t root)
{
	uint32_t depth = 0;

	enter(t, root);
	t->call[depth++] = root;
	while (depth) {
		uint32_t s = t->call[depth - 1], to;
		const struct edge *e;

		if (t->cursor[s] == t->first[s + 1]) {
			leave(t, s);
			if (--depth && t->low[s] < t->low[t->call[depth - 1]])
				t->low[t->call[depth - 1]] = t->low[s];
			continue;
		}
		e = &t->edge[t->order[t->cursor[s]++]];
		if (!stays(e))
			continue;
		to = e->to;
		if (!t->index[to]) {
			enter(t, to);
			t->call[depth++] = to;
		} else if (!t->component[to] && t->index[to] < t->low[s]) {
			t->low[s] = t->index[to];
		}
	}
}

struct component {
	uint64_t enabled_always; /* actors with an edge out of every state */
	uint64_t moves;		 /* actors with an edge inside */
	bool inside;
};

/* Which component, if any, is a livelock: its number, 0: none, or -ENOMEM. */
static int64_t judge_components(const struct tarjan *t, const struct graph *g)
{
	struct component *c = calloc((size_t)t->nr_components + 1, sizeof(*c));
	int64_t found = 0;

	if (!c)
		return -ENOMEM;
	for (uint32_t i = 0; i <= t->nr_components; i++)
		c[i].enabled_always = UINT64_MAX;
	for (uint32_t s = 0; s < t->nr_states; s++) {
		struct component *at = &c[t->component[s]];
		uint64_t enabled = 0;

		for (uint32_t i = t->first[s]; i < t->first[s + 1]; i++) {
			const struct edge *e = &g->edge[t->order[i]];

			enabled |= UINT64_C(1) << (e->actor & 63);
			if (!stays(e) || t->component[e->to] != t->component[s])
				continue;
			at->inside = true;
			at->moves |= UINT64_C(1) << (e->actor & 63);
		}
		at->enabled_always &= enabled;
	}
	for (uint32_t i = 1; i <= t->nr_components && !found; i++)
		if (c[i].inside && !(c[i].enabled_always & ~c[i].moves))
			found = i;
	free(c);
	return found;
}

int64_t graph_livelock(const struct graph *g)
{
	struct tarjan t;
	int64_t found = tarjan_init(&t, g), state = -1;

	for (uint32_t s = 0; !found && s < t.nr_states; s++)
		if (!t.index[s])
			tarjan_from(&t, s);
	if (!found)
		found = judge_components(&t, g);
	for (uint32_t s = 0; found > 0 && state < 0 && s < t.nr_states; s++)
		if (t.component[s] == found)
			state = s;
	tarjan_destroy(&t);
	return found < 0 ? found : state;
}
