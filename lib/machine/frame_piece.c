/* SPDX-License-Identifier: BSD-2-Clause */
/* Free pieces of broken blocks: lists of them, splitting, merging. */
#include "machine/frame_lists.h"

/* ---- broken blocks that have free pieces ---- */

void frame_partial_remove(struct node_space *space, struct node *node, uint32_t at)
{
	struct block *block = &space->block[at];

	*(block->prev_free ? &space->block[block->prev_free - 1].next_free : &node->partial) =
		block->next_free;
	*(block->next_free ? &space->block[block->next_free - 1].prev_free : &node->partial_tail) =
		block->prev_free;
}

static void frame_partial_add_head(struct node_space *space, struct node *node, uint32_t at)
{
	struct block *block = &space->block[at];

	block->prev_free = 0;
	block->next_free = node->partial;
	*(node->partial ? &space->block[node->partial - 1].prev_free : &node->partial_tail) =
		at + 1;
	node->partial = at + 1;
}

void frame_partial_add_tail(struct node_space *space, struct node *node, uint32_t at)
{
	struct block *block = &space->block[at];

	block->next_free = 0;
	block->prev_free = node->partial_tail;
	*(node->partial_tail ? &space->block[node->partial_tail - 1].next_free : &node->partial) =
		at + 1;
	node->partial_tail = at + 1;
}

/* ---- pieces: index links to the next one (+ 1), mapping is the order ---- */

void frame_piece_push(struct node_space *space, struct node *node, uint32_t at, unsigned k,
		       unsigned order)
{
	struct block *block = &space->block[at];
	struct page *page = block_page(space, at, k);

	page->flags = PAGE_FREE;
	page->node = node->index;
	page->index = block->piece;
	page->mapping = order;
	if (!block->piece)
		frame_partial_add_head(space, node, at);
	block->piece = k + 1;
}

/* 2^order frames of block @at are handed out. */
void frame_count_taken(struct node_space *space, struct node *node, uint32_t at, unsigned order)
{
	struct block *block = &space->block[at];

	node->nr_empty -= !block->in_use;
	block->in_use += 1u << order;
	node->nr_free -= 1u << order;
}

/* The piece of block @at that fits @order best: where it is linked from, or NULL. */
static struct page *best_piece(struct node_space *space, uint32_t at, unsigned order,
			       struct page **before)
{
	struct page *best = NULL, *previous = NULL;

	for (unsigned k = space->block[at].piece; k;) {
		struct page *page = block_page(space, at, k - 1);

		if (page->mapping >= order && (!best || page->mapping < best->mapping)) {
			best = page;
			*before = previous;
		}
		if (best && best->mapping == order)
			break;
		previous = page;
		k = page->index;
	}
	return best;
}

static unsigned frame_in_block(const struct node_space *space, uint32_t at,
			       const struct page *page)
{
	return page == &space->block[at].head ? 0 : page - block_part(space, at, 0);
}

/* Take a piece of block @at, splitting a larger one. */
struct page *frame_take_piece(struct node_space *space, struct node *node, uint32_t at,
			       unsigned order)
{
	struct block *block = &space->block[at];
	struct page *before = NULL, *page = best_piece(space, at, order, &before);
	unsigned k, found;

	if (!page)
		return NULL;
	k = frame_in_block(space, at, page);
	found = page->mapping;
	if (before)
		before->index = page->index;
	else
		block->piece = page->index;
	if (!block->piece)
		frame_partial_remove(space, node, at);
	while (found > order) {
		found--;
		frame_piece_push(space, node, at, k + (1u << found), found);
	}
	frame_count_taken(space, node, at, order);
	return page;
}

/* Free frames [from, to) of a block become pieces, as large as their alignment allows. */
void frame_push_range(struct node_space *space, struct node *node, uint32_t at, unsigned from,
		       unsigned to)
{
	while (from < to) {
		unsigned order = 0;

		while (!(from >> order & 1) && from + (2u << order) <= to)
			order++;
		frame_piece_push(space, node, at, from, order);
		from += 1u << order;
	}
}

/* Frames [0, to) of a block have been handed out from now on; those that never were get records. */
void frame_use(struct node_space *space, struct node *node, uint32_t at, unsigned to)
{
	struct block *block = &space->block[at];

	for (unsigned k = block->records ? block->records : 1; k < to; k++)
		*block_page(space, at, k) = (struct page){.node = node->index};
	block->used = to;
	if (block->records < to)
		block->records = to;
}

/* Take from the never-used end of the block that is being broken. */
struct page *frame_take_unused(struct node_space *space, struct node *node, unsigned order)
{
	uint32_t at = node->breaking - 1;
	unsigned nr = 1u << order, from, k;
	struct block *block;

	if (!node->breaking)
		return NULL;
	block = &space->block[at];
	from = block->used;
	k = (from + nr - 1) & ~(nr - 1);
	if (k + nr > BLOCK_FRAMES)
		return NULL;
	frame_use(space, node, at, k + nr);
	if (block->used == BLOCK_FRAMES)
		node->breaking = 0;
	frame_push_range(space, node, at, from, k);
	frame_count_taken(space, node, at, order);
	return block_page(space, at, k);
}

/* Merge the pieces of block @at with their buddies as far as it goes. */
void frame_merge_pieces(struct node_space *space, struct node *node, uint32_t at)
{
	struct block *block = &space->block[at];
	uint64_t free[BLOCK_FRAMES / 64] = {0};

	for (unsigned k = block->piece; k;) {
		const struct page *page = block_page(space, at, k - 1);

		for (unsigned i = k - 1; i < k - 1 + (1u << page->mapping); i++)
			free[i / 64] |= UINT64_C(1) << i % 64;
		k = page->index;
	}
	block->piece = 0;
	frame_partial_remove(space, node, at);
	/* From the top, so that the lowest is listed first. */
	for (unsigned from = BLOCK_FRAMES, to; from;) {
		to = from--;
		if (!(free[from / 64] >> from % 64 & 1))
			continue;
		while (from && free[(from - 1) / 64] >> (from - 1) % 64 & 1)
			from--;
		frame_push_range(space, node, at, from, to);
	}
}
