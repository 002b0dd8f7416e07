/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Free frames of a node, by orders 0 to 10.
 *
 *   orders 9, 10   free blocks (listed, last freed first), and the range that was never used
 *   orders 0 to 8  pieces of broken blocks; the never-used rest of the one that is being broken
 *
 * Splitting is the buddy system's: the lower half is taken, the upper one stays. Merging waits
 * until somebody asks for what only merging can give, which nobody can tell from merging at once:
 * no request of any order fails while the frames for it are free. What waiting gives: a frame is
 * handed out again in the order in which frames were freed, whatever their numbers, so states of
 * a search that differ only in numbers stay one state. (Not so where all of a node's blocks were
 * broken and one of them was freed as a whole: it is handed out anew from its bottom.)
 */
#include "machine/frame_lists.h"
#include "machine/machine.h"

static struct page *take_merged(struct node_space *space, struct node *node, unsigned order)
{
	for (uint32_t at = node->partial, next; at; at = next) {
		const struct block *block = &space->block[at - 1];
		struct page *page;

		next = block->next_free;
		if (block->used - block->in_use < 1 << order)
			continue;
		frame_merge_pieces(space, node, at - 1);
		page = frame_take_piece(space, node, at - 1, order);
		if (page)
			return page;
	}
	return NULL;
}

/* The never-used rest of the block that is being broken becomes pieces like others. */
static void stop_breaking(struct node_space *space, struct node *node)
{
	uint32_t at = node->breaking - 1;
	unsigned used;

	if (!node->breaking)
		return;
	used = space->block[at].used;
	frame_use(space, node, at, BLOCK_FRAMES);
	frame_push_range(space, node, at, used, BLOCK_FRAMES);
	node->breaking = 0;
}

/* Start to break a block. */
static bool break_block(struct node_space *space, struct node *node)
{
	uint32_t at = frame_take_block_any(space, node);

	if (at == NO_BLOCK)
		return false;
	space->block[at].kind = BLOCK_BROKEN;
	space->block[at].used = space->block[at].in_use = space->block[at].piece = 0;
	node->nr_empty++;
	node->breaking = at + 1;
	return true;
}

static struct page *take_listed(struct node_space *space, struct node *node, unsigned order)
{
	for (uint32_t at = node->partial; at; at = space->block[at - 1].next_free) {
		struct page *page = frame_take_piece(space, node, at - 1, order);

		if (page)
			return page;
	}
	return NULL;
}

static struct page *take_small(struct node_space *space, struct node *node, unsigned order)
{
	struct page *page = take_listed(space, node, order);

	page = page ?: frame_take_unused(space, node, order);
	if (!page && order) {
		stop_breaking(space, node);
		page = take_merged(space, node, order);
	}
	if (!page && break_block(space, node))
		page = frame_take_unused(space, node, order);
	return page;
}

struct page *frame_take_order(struct numasim_machine *m, struct node *node, unsigned order)
{
	struct node_space *space = &m->space[node->index];
	struct page *page;
	uint64_t pfn;

	if (!node->nr_blocks || order > MAX_ORDER || node_reserve(m, node))
		return NULL;
	if (order >= BLOCK_ORDER)
		return frame_take_blocks(space, node, order);
	page = take_small(space, node, order);
	if (!page || !order)
		return page ? frame_reborn(page) : NULL;
	pfn = page_to_pfn(m, page);
	for (unsigned i = 1; i < 1u << order; i++)
		frame_reborn(pfn_to_page(m, pfn + i))->flags = PAGE_TAIL;
	frame_reborn(page)->flags = PAGE_MULTI;
	page->index = order;
	return page;
}
