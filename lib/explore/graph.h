/* SPDX-License-Identifier: BSD-2-Clause */
/* The state-graph engine's own data. */
#ifndef EXPLORE_GRAPH_H
#define EXPLORE_GRAPH_H

#include "explore/search.h"

#define NO_NODE UINT32_MAX

struct node_record {
	uint32_t parent;
	struct choice choice;
	int last;
};

struct frame {
	uint32_t node, state;
	int last;
	unsigned first, nr, next; /* choices in the pool */
};

/* Where a step leads after which the run does not go on. */
#define GRAPH_NO_STATE UINT32_MAX

struct edge {
	uint32_t from, to;
	uint16_t actor;
	uint16_t retired;
};

struct graph {
	struct numasim_machine *m;
	const struct scene *scene;
	const struct search_options *options;
	struct search_result *result;
	bool layered; /* the pass that counts preemptions */
	unsigned layer;
	struct visited visited;
	struct node_record *node;
	size_t nr_nodes, room_nodes;
	uint32_t *next; /* nodes of the next layer */
	size_t nr_next, room_next;
	struct choice *pool;
	size_t nr_pool, room_pool;
	struct edge *edge; /* all of them, if livelocks are looked for */
	size_t nr_edges, room_edges;
	bool cyclic;
	unsigned depth, base_depth;
	struct frame frame[PATH_MAX_STEPS];
	struct trail trail;
};

int graph_init(struct graph *g, struct search_result *result, struct numasim_machine *m,
	       const struct scene *scene, const struct search_options *options, bool layered);
void graph_destroy(struct graph *g);
/* 0: all seen; 1: something broke; 2: out of budget; or a negative errno. */
int graph_run(struct graph *g);

/* The parts that both passes use: the present state's number (*fresh: not seen before), keep what
 * broke and how the run got here, all that can be reached without leaving the layer. */
int64_t graph_number_state(struct graph *g, int last, bool *fresh);
int graph_keep_witness(struct graph *g);
int graph_run_from(struct graph *g, uint32_t node, uint32_t state, int last);

/* The layers after the first (explore/graph_layers.c). Returns as graph_run(). */
int graph_layers(struct graph *g);

/* Where a state was first reached from; the chain to the root is its path. A number, or -ENOMEM. */
int64_t graph_add_node(struct graph *g, uint32_t parent, struct choice choice, int last);

/* Put @node by for the next layer. 0 or -ENOMEM. */
int graph_push_next(struct graph *g, uint32_t node);

/* Put the choices of the topmost state on the pool. 0 or -ENOMEM. */
int graph_push_choices(struct graph *g, const struct choice *choice, unsigned nr);

/* Remember an edge, for livelocks (explore/livelock.c). 0 or -ENOMEM. */
int graph_edge(struct graph *g, uint32_t from, uint32_t to, unsigned actor, bool retired);

/* Look for a livelock in the complete graph: the number of a state in it, or -1, or -ENOMEM. */
int64_t graph_livelock(const struct graph *g);

#endif
