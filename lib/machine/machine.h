/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine: one arena, the engine, physical memory, and a slot for each room above.
 */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include "base/error.h"
#include "exec/exec.h"
#include "machine/content.h"
#include "machine/frame.h"
#include "machine/observer.h"

#include <numasim/topology.h>

#define MACHINE_ARENA (UINT64_C(64) << 20)
#define MACHINE_STACK (64 * 1024)
#define MACHINE_WALKER_PAGES 16

struct cpu;
struct kernel;
struct mm_room;
struct check_room;

struct numasim_machine {
	struct exec exec;
	struct arena *arena;
	struct phys_map phys;
	struct node *node; /* in the arena */
	struct node_space *space;
	uint32_t *gib_node; /* whose each gigabyte of physical memory is */
	unsigned nr_nodes;
	uint8_t *distance; /* nr_nodes x nr_nodes, row: from */
	struct content *content; /* in the arena */
	uint64_t *clock;   /* milliseconds since boot; in the arena */

	/* the rooms above; each sets its own */
	struct cpu *cpu;
	unsigned nr_cpus, room_cpus;
	uint64_t walker_page[MACHINE_WALKER_PAGES]; /* what page walkers may fill unasked */
	unsigned nr_walker_pages;
	struct kernel *kernel;
	struct mm_room *mm;
	struct check_room *check;

	/* What digests call page->mapping; NULL: by its number. */
	uint32_t (*mapping_name)(const struct numasim_machine *m, const struct page *page);

	struct observer observer;
	struct numasim_error error;
};

/* Build the memory side of a machine. @topology is only read. */
int machine_create(struct numasim_machine **machine, const struct numasim_topology *topology,
		   struct numasim_error *err);
void machine_destroy(struct numasim_machine *m);

/* The index of node @id, or -ENOENT. */
int machine_node_index(const struct numasim_machine *m, unsigned id);

static inline unsigned machine_distance(const struct numasim_machine *m, unsigned from, unsigned to)
{
	return m->distance[from * m->nr_nodes + to];
}

/* The machine whose code runs on this thread. */
static inline struct numasim_machine *current_machine(void)
{
	return exec_current->machine;
}

#endif
