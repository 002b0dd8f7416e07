/* SPDX-License-Identifier: BSD-2-Clause */
/* Watermarks of nodes, sizes of per-CPU lists, and which node is next when one has no page left. */
#include "mm/zone.h"

#include <errno.h>

static uint64_t isqrt(uint64_t n)
{
	uint64_t root = 0;

	for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1)
		if ((root + bit) * (root + bit) <= n)
			root += bit;
	return root;
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t all_frames(const struct numasim_machine *m)
{
	uint64_t frames = 0;

	for (unsigned i = 0; i < m->nr_nodes; i++)
		frames += m->node[i].nr_frames;
	return frames;
}

/*
 * min_free_kbytes is the square root of 16 times the memory in KiB, within limits; a node's share
 * of it is its minimum, and low and high stand above that in equal steps: a quarter of the minimum,
 * and since 795ae7a0de6b a thousandth of the node if that is more (mm/page_alloc.c of v3.8, v6.1).
 * khugepaged's wish for more is not followed.
 */
static void set_watermarks(const struct numasim_machine *m, struct zone *zone,
			   const struct node *node, uint64_t frames)
{
	uint64_t most = kernel_has(m->kernel, ROW_MIN_FREE_256M) ? 262144 : 65536;
	uint64_t kib = isqrt(frames * (FRAME_SIZE / 1024) * 16), min, step;

	kib = kib < 128 ? 128 : kib > most ? most : kib;
	min = kib / (FRAME_SIZE / 1024) * node->nr_frames / frames;
	step = min / 4;
	if (kernel_has(m->kernel, ROW_WATERMARK_SCALE))
		step = max(step, node->nr_frames * 10 / 10000);
	zone->watermark[WMARK_MIN] = min;
	zone->watermark[WMARK_LOW] = min + step;
	zone->watermark[WMARK_HIGH] = min + (kernel_has(m->kernel, ROW_WATERMARK_SCALE)
						     ? 2 * step : min / 2);
}

int zones_init(struct numasim_machine *m)
{
	uint64_t frames = all_frames(m);

	m->mm->pages = arena_alloc(m->arena, sizeof(*m->mm->pages));
	if (!m->mm->pages)
		return -ENOMEM;
	m->mm->pages->zone = arena_alloc(m->arena, m->nr_nodes * sizeof(struct zone));
	if (!m->mm->pages->zone)
		return -ENOMEM;
	for (unsigned i = 0; i < m->nr_nodes && frames; i++)
		set_watermarks(m, &m->mm->pages->zone[i], &m->node[i], frames);
	return 0;
}

/* ---- per-CPU lists ---- */

static uint64_t round_down_to_power(uint64_t n)
{
	while (n & (n - 1))
		n &= n - 1;
	return n;
}

/* zone_batchsize(): a thousandth of the zone or 512 KiB (since d8a759b57035 1 MiB), a quarter of
 * that at a time, as 2^n - 1. */
static unsigned batch_size(const struct numasim_machine *m, const struct node *node)
{
	uint64_t most = kernel_has(m->kernel, ROW_PCP_BATCH_1M) ? 256 : 128;
	uint64_t batch = node->nr_frames / 1024;

	batch = (batch < most ? batch : most) / 4;
	batch = max(batch, 1);
	return round_down_to_power(batch + batch / 2) - 1;
}

static unsigned cpus_of(const struct numasim_machine *m, unsigned node)
{
	unsigned n = 0;

	for (unsigned i = 0; i < m->nr_cpus; i++)
		n += m->cpu[i].node == node;
	return n;
}

/* Six batches; since b92ca18e8ca5 the node's low watermark over its CPUs, or four batches. */
static unsigned high_size(const struct numasim_machine *m, const struct zone *zone,
			  const struct node *node, unsigned batch)
{
	unsigned cpus = cpus_of(m, node->index);

	if (!kernel_has(m->kernel, ROW_PCP_HIGH_WMARK))
		return 6 * batch;
	cpus = cpus ? cpus : m->nr_cpus ? m->nr_cpus : 1;
	return max(zone->watermark[WMARK_LOW] / cpus, max(batch, 1) * 4);
}

void zones_enable_pcp(struct numasim_machine *m)
{
	for (unsigned i = 0; i < m->nr_nodes; i++) {
		struct zone *zone = zone_of(m, i);
		unsigned batch = batch_size(m, &m->node[i]);

		zone->high = high_size(m, zone, &m->node[i], batch);
		zone->batch = max(batch, 1);
	}
}

/* ---- fallback ---- */

/* The best node that is not in @used yet; nr_nodes: none. find_next_best_node(). */
static unsigned next_best(const struct numasim_machine *m, unsigned node, const uint8_t *used,
			  const uint32_t *load)
{
	uint64_t best_value = UINT64_MAX;
	unsigned best = m->nr_nodes;

	if (!used[node])
		return node;
	for (unsigned n = 0; n < m->nr_nodes; n++) {
		uint64_t value = machine_distance(m, node, n) + (n < node) + (cpus_of(m, n) > 0);

		if (used[n] || !m->node[n].nr_frames)
			continue;
		value = (value << 20) + load[n];
		if (value < best_value) {
			best_value = value;
			best = n;
		}
	}
	return best;
}

/*
 * Nearest first; among equals those after @node, those without CPUs, and then those that fewer
 * lists before had early. A node that is nearer than the one before it in the list counts as
 * loaded: by how much changed with 54d032ced983. mm/page_alloc.c of v3.8, v6.1.
 */
static void build_list(const struct numasim_machine *m, unsigned node, uint16_t *list,
		       uint8_t *used, uint32_t *load)
{
	bool accumulate = kernel_has(m->kernel, ROW_NODE_LOAD_ACCUMULATES);
	unsigned nr = 0, step = m->nr_nodes, before = node, n;

	for (unsigned i = 0; i < m->nr_nodes; i++)
		used[i] = false;
	while ((n = next_best(m, node, used, load)) < m->nr_nodes) {
		if (machine_distance(m, node, n) != machine_distance(m, node, before))
			load[n] = accumulate ? load[n] + 1 : step;
		used[n] = true;
		list[nr++] = n;
		before = n;
		step--;
	}
	for (unsigned i = 0; nr < m->nr_nodes; i++) /* no memory: never taken from */
		if (!used[i])
			list[nr++] = i;
}

static void build_zonelists(struct numasim_machine *m, uint16_t *lists, uint32_t *load,
			    uint8_t *used)
{
	for (unsigned i = 0; i < m->nr_nodes; i++)
		build_list(m, i, &lists[i * m->nr_nodes], used, load);
}

const uint16_t *zonelist_from(struct numasim_machine *m, unsigned node)
{
	struct page_room *room = m->mm->pages;
	size_t n = m->nr_nodes;

	if (!room->zonelist) {
		uint16_t *lists = arena_alloc(m->arena, n * n * sizeof(*lists));
		uint32_t *load = arena_alloc(m->arena, n * sizeof(*load));
		uint8_t *used = arena_alloc(m->arena, n);

		if (lists && load && used) {
			build_zonelists(m, lists, load, used);
			room->zonelist = lists;
		}
		arena_free(m->arena, load, n * sizeof(*load));
		arena_free(m->arena, used, n);
	}
	return room->zonelist ? &room->zonelist[node * n] : NULL;
}
