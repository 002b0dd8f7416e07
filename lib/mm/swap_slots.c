/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which slot is next.
 *
 * To v3.11 (scan_swap_map()): 256 slots from the lowest run of 256 free ones, then the next run;
 * if there is none, the next free slot upwards, then from the bottom. (A device that is no disk
 * starts at a random slot there; ours starts at slot 1.)
 *
 * From v3.12 on, for a device without seeks (2a8f94493432, ebc2a1a69111): every CPU has a cluster
 * and goes through it; when it is through, it takes the first free cluster of a list. The header
 * makes cluster 0 not free, so the first slot of all is that of cluster 1. The list starts in an
 * order that spreads neighbours (235b62176712, v4.11, from memory), clusters that are freed go to
 * its end. With no free cluster left the whole device is searched.
 */
#include "mm/swap.h"

#include <errno.h>

#define RUN	     256
#define SPREAD_BYTES (UINT64_C(64) << 20) /* reach of one radix tree of the swap cache */

static bool slot_free(const struct swap_device *d, uint64_t slot)
{
	const struct swap_slot *s = &d->slot[slot];

	return !s->count && !s->cached && !s->bad;
}

/* The first free slot of [from, to), or 0. */
static uint64_t free_in(const struct swap_device *d, uint64_t from, uint64_t to)
{
	for (uint64_t at = from; at < to && at < d->nr_slots; at++)
		if (slot_free(d, at))
			return at;
	return 0;
}

/* The next one upwards from where the last search ended, then from the bottom. */
static uint64_t scan_onwards(struct swap_device *d)
{
	uint64_t slot = free_in(d, d->next_slot, d->nr_slots) ?: free_in(d, 1, d->next_slot);

	if (slot)
		d->next_slot = slot + 1;
	return slot;
}

/* The lowest slot from which RUN are free; 0: nowhere. */
static uint64_t find_run(const struct swap_device *d)
{
	uint64_t free = 0;

	for (uint64_t at = 1; at < d->nr_slots; at++) {
		free = slot_free(d, at) ? free + 1 : 0;
		if (free == RUN)
			return at - RUN + 1;
	}
	return 0;
}

static uint64_t scan_runs(struct swap_device *d)
{
	uint64_t run;

	if (!d->run_left) {
		run = find_run(d);
		if (run)
			d->next_slot = run;
		d->run_left = RUN;
	}
	d->run_left--;
	return scan_onwards(d);
}

static uint64_t cluster_end(const struct swap_device *d, uint32_t cluster)
{
	uint64_t end = (uint64_t)(cluster + 1) * d->cluster_slots;

	return end < d->nr_slots ? end : d->nr_slots;
}

/* From the CPU's cluster, or a new one; 0: there is no free cluster. */
static uint64_t scan_clusters(struct swap_device *d, struct swap_cpu *cpu)
{
	for (;;) {
		uint64_t slot;

		if (!cpu->cluster) {
			if (!d->free_head)
				return 0;
			cpu->cluster = d->free_head;
			cpu->next = (cpu->cluster - 1) * d->cluster_slots;
		}
		slot = free_in(d, cpu->next, cluster_end(d, cpu->cluster - 1));
		if (slot) {
			cpu->next = slot + 1;
			return slot;
		}
		cpu->cluster = 0;
	}
}

uint64_t swap_scan(struct swap_device *d)
{
	uint64_t slot = 0;

	if (d->nr_used + 1 >= d->nr_slots) /* all but the header */
		return 0;
	if (!d->nr_clusters)
		return scan_runs(d);
	slot = scan_clusters(d, &d->cpu[this_cpu()->index]);
	return slot ?: scan_onwards(d);
}

static void list_add_free(struct swap_device *d, uint32_t cluster)
{
	d->cluster[cluster].next = 0;
	if (d->free_tail)
		d->cluster[d->free_tail - 1].next = cluster + 1;
	else
		d->free_head = cluster + 1;
	d->free_tail = cluster + 1;
}

static void list_remove_free(struct swap_device *d, uint32_t cluster)
{
	uint32_t *link = &d->free_head, before = 0;

	while (*link && *link != cluster + 1) {
		before = *link;
		link = &d->cluster[*link - 1].next;
	}
	if (!*link)
		return;
	*link = d->cluster[cluster].next;
	if (d->free_tail == cluster + 1)
		d->free_tail = before;
}

void swap_slot_used(struct swap_device *d, uint64_t slot)
{
	uint32_t cluster;

	if (!d->nr_clusters)
		return;
	cluster = slot / d->cluster_slots;
	if (!d->cluster[cluster].used++)
		list_remove_free(d, cluster);
}

void swap_slot_unused(struct swap_device *d, uint64_t slot)
{
	uint32_t cluster;

	if (!d->nr_clusters)
		return;
	cluster = slot / d->cluster_slots;
	if (!--d->cluster[cluster].used)
		list_add_free(d, cluster);
}

/* The first order of the free list: column by column, so that neighbours are far apart. */
static void list_fill(struct swap_device *d, uint32_t columns)
{
	for (uint32_t column = 0; column < columns; column++)
		for (uint32_t at = column; at < d->nr_clusters; at += columns)
			if (!d->cluster[at].used)
				list_add_free(d, at);
}

int swap_clusters_init(struct numasim_machine *m, struct swap_device *d)
{
	const struct kernel *k = m->kernel;
	uint32_t columns = 1;

	if (!kernel_has(k, ROW_SWAP_CLUSTERS))
		return 0;
	d->cluster_slots = kernel_has(k, ROW_SWAP_HUGE_CLUSTERS) ? BLOCK_FRAMES : RUN;
	d->nr_clusters = (d->nr_slots + d->cluster_slots - 1) / d->cluster_slots;
	d->cluster = arena_alloc(m->arena, d->nr_clusters * sizeof(*d->cluster));
	d->cpu = arena_alloc(m->arena, m->room_cpus * sizeof(*d->cpu));
	if (!d->cluster || !d->cpu) {
		arena_free(m->arena, d->cluster, d->nr_clusters * sizeof(*d->cluster));
		arena_free(m->arena, d->cpu, m->room_cpus * sizeof(*d->cpu));
		return -ENOMEM;
	}
	/* what the device cannot hold, and the header, counts as used */
	d->cluster[0].used = 1;
	d->cluster[d->nr_clusters - 1].used += d->nr_clusters * d->cluster_slots - d->nr_slots;
	if (kernel_has(k, ROW_SWAP_SPREAD_CLUSTERS))
		columns = SPREAD_BYTES / FRAME_SIZE / d->cluster_slots;
	list_fill(d, columns);
	return 0;
}
