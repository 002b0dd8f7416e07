/* SPDX-License-Identifier: BSD-2-Clause */
/* The second pass of the graph engine: what one more preemption leads to, layer by layer. */
#include "explore/graph.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Go to where @node was about to step, and take the step. */
static int enter_node(struct graph *g, uint32_t node)
{
	struct choice path[64], *all = path;
	unsigned nr = 0, room = 64;

	for (uint32_t at = node; g->node[at].parent != NO_NODE; at = g->node[at].parent) {
		if (nr == room) {
			struct choice *more = malloc(room * 2 * sizeof(*more));

			if (!more) {
				if (all != path)
					free(all);
				return -ENOMEM;
			}
			memcpy(more, all, nr * sizeof(*all));
			if (all != path)
				free(all);
			all = more;
			room *= 2;
		}
		all[nr++] = g->node[at].choice;
	}
	trail_rewind(&g->trail);
	while (nr > 1)
		trail_repeat(&g->trail, all[--nr]);
	if (nr)
		trail_step(&g->trail, all[0]);
	if (all != path)
		free(all);
	return 0;
}

/* One state that a preemption led to. */
static int run_entry(struct graph *g, uint32_t node)
{
	struct exec *exec = &g->m->exec;
	int64_t state;
	bool fresh;
	int ret = enter_node(g, node);

	if (ret)
		return ret;
	g->result->transitions++;
	if (exec->assumed_away)
		return 0;
	if (exec->violation.found)
		return graph_keep_witness(g) ?: 1;
	state = graph_number_state(g, g->node[node].last, &fresh);
	if (state < 0 || !fresh)
		return state < 0 ? (int)state : 0;
	return graph_run_from(g, node, state, g->node[node].last);
}

int graph_layers(struct graph *g)
{
	int ret = 0;

	while (!ret && g->nr_next) {
		uint32_t *layer = g->next;
		size_t nr = g->nr_next;

		if (g->options->bound != NO_BOUND && (int)g->layer >= g->options->bound) {
			g->result->stopped = "orders with more preemptions were not looked at";
			break;
		}
		g->layer++;
		g->next = NULL;
		g->nr_next = g->room_next = 0;
		for (size_t i = 0; i < nr && !ret; i++)
			ret = run_entry(g, layer[i]);
		free(layer);
	}
	return ret;
}
