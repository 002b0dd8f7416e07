/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/frame.h"

#include "machine/frame_state.h"
#include "machine/machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PHYS_START_GIB 1 /* the first gigabyte is nobody's: frame 0 is never handed out */

static void *reserve(uint64_t bytes)
{
	void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return start == MAP_FAILED ? NULL : start;
}

static void release(struct node_space *space, const struct node *node)
{
	if (space->block)
		munmap(space->block, node->nr_blocks * sizeof(struct block));
	if (space->page)
		munmap(space->page, node->nr_frames * sizeof(struct page));
	if (space->window)
		munmap(space->window, node->nr_frames << FRAME_SHIFT);
	*space = (struct node_space){0};
}

int node_reserve(struct numasim_machine *m, struct node *node)
{
	struct node_space *space = &m->space[node->index];
	uint64_t bytes = node->nr_frames << FRAME_SHIFT;

	if (space->window)
		return 0;
	space->block = reserve(node->nr_blocks * sizeof(struct block));
	space->page = reserve(node->nr_frames * sizeof(struct page));
	space->window = reserve(bytes);
	if (!space->block || !space->page || !space->window) {
		release(space, node);
		return error_set(&m->error, -ENOMEM,
				 "the host has no %llu MiB of address space for node %u; use a "
				 "smaller machine (or raise the limit: ulimit -v)",
				 (unsigned long long)(bytes >> 20), node->id);
	}
	for (uint64_t at = 0; at < bytes; at += PHYS_GIB_SIZE)
		m->phys.base[((node->start_pfn << FRAME_SHIFT) + at) >> PHYS_GIB_SHIFT] =
			space->window + at;
	return 0;
}

struct node *node_of_pfn(const struct numasim_machine *m, uint64_t pfn)
{
	uint64_t gib = pfn >> (PHYS_GIB_SHIFT - FRAME_SHIFT);
	struct node *node;

	if (gib >= m->phys.nr_gib)
		return NULL;
	node = &m->node[m->gib_node[gib]]; /* the first gigabyte has node 0, which begins later */
	return pfn - node->start_pfn < node->nr_frames ? node : NULL;
}

struct page *pfn_to_page(const struct numasim_machine *m, uint64_t pfn)
{
	const struct node *node = node_of_pfn(m, pfn);
	const struct node_space *space;
	uint64_t at;

	if (!node)
		return NULL;
	space = &m->space[node->index];
	at = pfn - node->start_pfn;
	if (!space->window)
		return NULL;
	if (space->block[at / BLOCK_FRAMES].kind != BLOCK_BROKEN)
		return &space->block[at / BLOCK_FRAMES].head;
	return block_page(space, at / BLOCK_FRAMES, at % BLOCK_FRAMES);
}

uint64_t page_to_pfn(const struct numasim_machine *m, const struct page *page)
{
	const struct node *node = &m->node[page->node];
	const struct node_space *space = &m->space[page->node];

	if (page >= space->page && page < space->page + node->nr_frames)
		return node->start_pfn + (page - space->page);
	return node->start_pfn +
	       ((const struct block *)page - space->block) * BLOCK_FRAMES;
}

uint64_t host_to_pfn(const struct numasim_machine *m, const void *p)
{
	for (unsigned i = 0; i < m->nr_nodes; i++) {
		uint64_t at = (const char *)p - m->space[i].window;

		if (m->space[i].window && at >> FRAME_SHIFT < m->node[i].nr_frames)
			return m->node[i].start_pfn + (at >> FRAME_SHIFT);
	}
	return NO_FRAME;
}

int frame_init(struct numasim_machine *m)
{
	uint64_t gib = PHYS_START_GIB;

	for (unsigned i = 0; i < m->nr_nodes; i++) {
		struct node *node = &m->node[i];

		node->start_pfn = gib << (PHYS_GIB_SHIFT - FRAME_SHIFT);
		gib += (node->nr_frames + (PHYS_GIB_SIZE >> FRAME_SHIFT) - 1) >>
		       (PHYS_GIB_SHIFT - FRAME_SHIFT);
		node->nr_blocks = node->nr_frames / BLOCK_FRAMES;
		node->nr_free = node->nr_blocks * BLOCK_FRAMES;
	}
	m->phys.nr_gib = gib;
	m->phys.base = calloc(gib, sizeof(*m->phys.base));
	m->space = calloc(m->nr_nodes, sizeof(*m->space));
	m->gib_node = calloc(gib, sizeof(*m->gib_node));
	m->phys.stored = calloc(gib, sizeof(*m->phys.stored));
	if (!m->phys.base || !m->phys.stored || !m->space || !m->gib_node)
		return -ENOMEM;
	for (unsigned i = 0; i < m->nr_nodes; i++) {
		uint64_t first = m->node[i].start_pfn >> (PHYS_GIB_SHIFT - FRAME_SHIFT);

		for (uint64_t at = 0; at << (PHYS_GIB_SHIFT - FRAME_SHIFT) < m->node[i].nr_frames;
		     at++)
			m->gib_node[first + at] = i;
	}
	return state_register(&m->exec.state, (struct state_part){"frames", frame_save,
								  frame_digest, m});
}

void frame_destroy(struct numasim_machine *m)
{
	for (unsigned i = 0; m->space && i < m->nr_nodes; i++)
		release(&m->space[i], &m->node[i]);
	free(m->space);
	free(m->gib_node);
	for (uint64_t i = 0; m->phys.stored && i < m->phys.nr_gib; i++)
		free(m->phys.stored[i]);
	free(m->phys.stored);
	free(m->phys.base);
}
