/* SPDX-License-Identifier: BSD-2-Clause */
/* The lists of a graph search that grow with it. */
#include "explore/graph.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Room for @need items of @size at *list, which holds *room. */
static int grow(void *list, size_t *room, size_t need, size_t size, size_t first)
{
	size_t more = *room ? *room : first;
	void *bigger;

	if (need <= *room)
		return 0;
	while (more < need)
		more *= 2;
	bigger = realloc(*(void **)list, more * size);
	if (!bigger)
		return -ENOMEM;
	*(void **)list = bigger;
	*room = more;
	return 0;
}

int64_t graph_add_node(struct graph *g, uint32_t parent, struct choice choice, int last)
{
	if (grow(&g->node, &g->room_nodes, g->nr_nodes + 1, sizeof(*g->node), 4096))
		return -ENOMEM;
	g->node[g->nr_nodes] = (struct node_record){parent, choice, last};
	return g->nr_nodes++;
}

int graph_push_next(struct graph *g, uint32_t node)
{
	if (grow(&g->next, &g->room_next, g->nr_next + 1, sizeof(*g->next), 1024))
		return -ENOMEM;
	g->next[g->nr_next++] = node;
	return 0;
}

int graph_push_choices(struct graph *g, const struct choice *choice, unsigned nr)
{
	if (grow(&g->pool, &g->room_pool, g->nr_pool + nr, sizeof(*g->pool), 1024))
		return -ENOMEM;
	if (nr)
		memcpy(g->pool + g->nr_pool, choice, nr * sizeof(*choice));
	g->nr_pool += nr;
	return 0;
}

int graph_edge(struct graph *g, uint32_t from, uint32_t to, unsigned actor, bool retired)
{
	if (g->layered)
		return 0;
	if (grow(&g->edge, &g->room_edges, g->nr_edges + 1, sizeof(*g->edge), 8192))
		return -ENOMEM;
	g->edge[g->nr_edges++] = (struct edge){from, to, actor, retired};
	return 0;
}
