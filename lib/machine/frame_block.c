/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole blocks: free ones, two in a row, broken ones that are empty again. */
#include "machine/frame_lists.h"

void frame_block_push(struct node_space *space, struct node *node, uint32_t at)
{
	space->block[at].kind = BLOCK_UNUSED;
	space->block[at].next_free = node->free_block;
	node->free_block = at + 1;
}

static void block_touch(struct node_space *space, struct node *node, uint32_t at)
{
	space->block[at] = (struct block){.touched = 1, .next = node->touched,
					  .head = {.node = node->index}};
	node->touched = at + 1;
}

/* Broken blocks that nobody has a frame of are whole again. */
static void unbreak_empty(struct node_space *space, struct node *node)
{
	for (uint32_t at = node->partial, next; at && node->nr_empty; at = next) {
		struct block *block = &space->block[at - 1];

		next = block->next_free;
		if (block->in_use)
			continue;
		frame_partial_remove(space, node, at - 1);
		if (node->breaking == at)
			node->breaking = 0;
		block->used = block->piece = 0;
		node->nr_empty--;
		frame_block_push(space, node, at - 1);
	}
}

uint32_t frame_take_block_any(struct node_space *space, struct node *node)
{
	uint32_t at;

	if (!node->free_block && node->next_block < node->nr_blocks) {
		at = node->next_block++;
		block_touch(space, node, at);
		return at;
	}
	if (!node->free_block)
		unbreak_empty(space, node);
	if (!node->free_block)
		return NO_BLOCK;
	at = node->free_block - 1;
	node->free_block = space->block[at].next_free;
	return at;
}

/* Take block @at off the list of free ones. */
static void block_unlist(struct node_space *space, struct node *node, uint32_t at)
{
	uint32_t *link = &node->free_block;

	while (*link != at + 1)
		link = &space->block[*link - 1].next_free;
	*link = space->block[at].next_free;
}

/* A free block whose buddy is free too. */
static uint32_t listed_pair(const struct node_space *space, const struct node *node)
{
	for (uint32_t at = node->free_block; at; at = space->block[at - 1].next_free) {
		uint32_t buddy = (at - 1) ^ 1;

		if (buddy < node->next_block && space->block[buddy].kind == BLOCK_UNUSED)
			return (at - 1) & ~1u;
	}
	return NO_BLOCK;
}

/* Two blocks in a row, taken off the lists. */
static uint32_t take_pair(struct node_space *space, struct node *node)
{
	uint32_t at = listed_pair(space, node);

	if (at == NO_BLOCK && node->next_block + (node->next_block & 1) + 2 > node->nr_blocks) {
		if (node->next_block < node->nr_blocks) { /* the odd one's buddy may be free */
			block_touch(space, node, node->next_block);
			frame_block_push(space, node, node->next_block++);
		}
		unbreak_empty(space, node);
		at = listed_pair(space, node);
		if (at == NO_BLOCK)
			return NO_BLOCK;
	}
	if (at != NO_BLOCK) {
		block_unlist(space, node, at);
		block_unlist(space, node, at + 1);
		return at;
	}
	if (node->next_block & 1) {
		block_touch(space, node, node->next_block);
		frame_block_push(space, node, node->next_block++);
	}
	at = node->next_block;
	block_touch(space, node, at);
	block_touch(space, node, at + 1);
	node->next_block += 2;
	return at;
}

static struct page *huge_reborn(struct block *block)
{
	block->kind = BLOCK_HUGE;
	block->parts = 0;
	block->parts_mapped = 0;
	block->part_maps = block->pins = 0;
	frame_reborn(&block->head)->flags = PAGE_HEAD;
	return &block->head;
}

struct page *frame_take_blocks(struct node_space *space, struct node *node, unsigned order)
{
	uint32_t at = order > BLOCK_ORDER ? take_pair(space, node)
					  : frame_take_block_any(space, node);
	struct page *page;

	if (at == NO_BLOCK)
		return NULL;
	node->nr_free -= 1u << order;
	page = huge_reborn(&space->block[at]);
	if (order > BLOCK_ORDER) {
		page->flags |= PAGE_MULTI;
		page->index = order;
		huge_reborn(&space->block[at + 1])->flags |= PAGE_TAIL;
	}
	return page;
}
