/* SPDX-License-Identifier: BSD-2-Clause */
/* A frame's lives: how one begins and ends, and how a huge page falls apart. */
#include "machine/frame_lists.h"
#include "machine/machine.h"

#include "exec/point.h"

struct page *frame_reborn(struct page *page)
{
	*page = (struct page){.node = page->node, .generation = page->generation};
	return page;
}

void frame_retire(struct numasim_machine *m, struct page *page)
{
	uint64_t pfn = page_to_pfn(m, page);

	page->generation++;
	birth_dead(page->name);
	page->count = 0;
	content_clear(m->content, pfn << FRAME_SHIFT, 0,
		      (uint64_t)page_nr_frames(page) << FRAME_SHIFT);
	page->flags = PAGE_FREE | (page->flags & (PAGE_HEAD | PAGE_MULTI));
}

/* Pieces of 2^order frames go back to their block. */
static void release_small(struct numasim_machine *m, struct node *node, uint64_t at, unsigned order)
{
	struct node_space *space = &m->space[node->index];
	struct block *block = &space->block[at / BLOCK_FRAMES];

	frame_piece_push(space, node, at / BLOCK_FRAMES, at % BLOCK_FRAMES, order);
	node->nr_free += 1u << order;
	block->in_use -= 1u << order;
	if (block->in_use)
		return;
	node->nr_empty++; /* others are to be used up first, so that this one can be whole again */
	frame_partial_remove(space, node, at / BLOCK_FRAMES);
	frame_partial_add_tail(space, node, at / BLOCK_FRAMES);
}

void frame_release(struct numasim_machine *m, struct page *page)
{
	struct node *node = &m->node[page->node];
	struct node_space *space = &m->space[page->node];
	uint64_t at = page_to_pfn(m, page) - node->start_pfn;
	unsigned order = page_order(page);

	if (order < BLOCK_ORDER) {
		for (unsigned i = 1; i < 1u << order; i++)
			block_page(space, at / BLOCK_FRAMES, at % BLOCK_FRAMES + i)->flags =
				PAGE_FREE;
		release_small(m, node, at, order);
		return;
	}
	node->nr_free += 1u << order;
	if (order > BLOCK_ORDER) {
		space->block[at / BLOCK_FRAMES + 1].head.flags = PAGE_HEAD | PAGE_FREE;
		frame_block_push(space, node, at / BLOCK_FRAMES + 1);
	}
	page->flags = PAGE_HEAD | PAGE_FREE;
	frame_block_push(space, node, at / BLOCK_FRAMES);
}

void frame_give(struct numasim_machine *m, struct page *page)
{
	frame_retire(m, page);
	frame_release(m, page);
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
	for (uint32_t at = node->partial; at; at = space->block[at - 1].next_free)
		for (unsigned k = space->block[at - 1].piece; k; place++) {
			const struct page *piece = block_page(space, at - 1, k - 1);

			if (piece == page)
				return place;
			k = piece->index;
		}
	return 0;
}

void frame_make_parts(struct numasim_machine *m, struct page *head)
{
	struct node_space *space = &m->space[head->node];
	struct block *block = page_block(head);

	if (block->parts)
		return;
	for (unsigned i = 0; i < BLOCK_FRAMES; i++) {
		struct page *part = block_part(space, block - space->block, i);

		*part = (struct page){.flags = PAGE_TAIL, .node = head->node,
				      .generation = part->generation};
	}
	block->parts = 1;
	block->records = BLOCK_FRAMES;
}

void frame_split_block(struct numasim_machine *m, struct page *head, uint32_t flags)
{
	struct node_space *space = &m->space[head->node];
	struct block *block = page_block(head);
	uint64_t at = block - space->block;
	int32_t whole = head->mapcount;

	frame_make_parts(m, head);
	block->kind = BLOCK_BROKEN;
	block->parts = 0;
	block->used = block->records = block->in_use = BLOCK_FRAMES;
	block->piece = 0;
	head->flags &= ~PAGE_HEAD;
	head->mapcount += block_part(space, at, 0)->mapcount;
	for (unsigned i = 1; i < BLOCK_FRAMES; i++) {
		struct page *page = block_page(space, at, i);

		head->count -= page->mapcount;
		page->mapcount += whole;
		page->count = page->mapcount;
		page->flags = flags | (page->flags & PAGE_ANON_EXCLUSIVE);
		page->mapping = head->mapping;
		page->index = head->index + i;
		page->cpupid = head->cpupid;
		page->name = birth_name();
	}
}
