/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/frame.h"

#include "exec/point.h"
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

/* Get @node its windows, once. */
static int node_reserve(struct numasim_machine *m, struct node *node)
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
	for (unsigned i = 0; i < m->nr_nodes; i++) {
		struct node *node = &m->node[i];

		if (pfn - node->start_pfn < node->nr_frames)
			return node;
	}
	return NULL;
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
	return &space->page[at];
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

/* A record at the start of a new life. */
static struct page *reborn(struct page *page, const struct node *node)
{
	uint16_t generation = page->generation;

	*page = (struct page){.node = node->index, .generation = generation};
	return page;
}

/* A block that nobody uses, freed ones first. */
static struct block *unused_block(struct numasim_machine *m, struct node *node)
{
	struct block *blocks, *block;
	uint32_t at;

	if (!node->nr_blocks || node_reserve(m, node))
		return NULL;
	blocks = m->space[node->index].block;
	if (node->free_block) {
		block = &blocks[node->free_block - 1];
		node->free_block = block->next_free;
		return block;
	}
	if (node->next_block == node->nr_blocks)
		return NULL;
	at = node->next_block++;
	block = &blocks[at];
	*block = (struct block){.touched = 1, .next = node->touched};
	node->touched = at + 1;
	return block;
}

struct page *frame_take_block(struct numasim_machine *m, struct node *node)
{
	struct block *block = unused_block(m, node);

	if (!block)
		return NULL;
	block->kind = BLOCK_HUGE;
	node->nr_free -= BLOCK_FRAMES;
	reborn(&block->head, node)->flags = PAGE_HEAD;
	return &block->head;
}

/* Break a block; its frames are handed out from the bottom. */
static struct block *broken_block(struct numasim_machine *m, struct node *node)
{
	struct block *block;

	if (node->breaking)
		return &m->space[node->index].block[node->breaking - 1];
	block = unused_block(m, node);
	if (block) {
		block->kind = BLOCK_BROKEN;
		block->used = 0;
		node->breaking = block - m->space[node->index].block + 1;
	}
	return block;
}

struct page *frame_take(struct numasim_machine *m, struct node *node)
{
	struct page *pages = m->space[node->index].page;
	struct block *block;
	struct page *page;

	if (node->free_frame) {
		page = &pages[node->free_frame - 1 - node->start_pfn];
		node->free_frame = page->index | (uint64_t)page->mapping << 32;
	} else {
		block = broken_block(m, node);
		if (!block)
			return NULL;
		pages = m->space[node->index].page;
		page = &pages[(block - m->space[node->index].block) * BLOCK_FRAMES + block->used];
		if (++block->used == BLOCK_FRAMES)
			node->breaking = 0;
	}
	node->nr_free--;
	return reborn(page, node);
}

void frame_give(struct numasim_machine *m, struct page *page)
{
	struct node *node = &m->node[page->node];
	uint64_t pa = page_to_pfn(m, page) << FRAME_SHIFT;

	page->generation++;
	birth_dead(page->name);
	page->count = 0;
	content_clear(m->content, pa, 0, (uint64_t)page_nr_frames(page) << FRAME_SHIFT);
	if (page->flags & PAGE_HEAD) {
		struct block *block = (struct block *)page;

		block->kind = BLOCK_UNUSED;
		block->next_free = node->free_block;
		node->free_block = block - m->space[node->index].block + 1;
		node->nr_free += BLOCK_FRAMES;
		page->flags = PAGE_HEAD | PAGE_FREE;
		return;
	}
	page->flags = PAGE_FREE;
	page->index = node->free_frame;
	page->mapping = node->free_frame >> 32;
	node->free_frame = page_to_pfn(m, page) + 1;
	node->nr_free++;
}

uint64_t frame_free_place(const struct numasim_machine *m, const struct page *page)
{
	const struct node *node = &m->node[page->node];
	const struct node_space *space = &m->space[page->node];
	uint64_t place = 1;

	if (!(page->flags & PAGE_FREE))
		return 0;
	for (uint32_t at = node->free_block; at; at = space->block[at - 1].next_free, place++)
		if (&space->block[at - 1].head == page)
			return place;
	for (uint64_t at = node->free_frame; at; place++) {
		const struct page *free = &space->page[at - 1 - node->start_pfn];

		if (free == page)
			return place;
		at = free->index | (uint64_t)free->mapping << 32;
	}
	return 0;
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
	if (!m->phys.base || !m->space)
		return -ENOMEM;
	return state_register(&m->exec.state, (struct state_part){"frames", frame_save,
								  frame_digest, m});
}

void frame_destroy(struct numasim_machine *m)
{
	for (unsigned i = 0; m->space && i < m->nr_nodes; i++)
		release(&m->space[i], &m->node[i]);
	free(m->space);
	free(m->phys.base);
}
