/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the frames a snapshot copies, and what of them a digest sees. */
#include "machine/frame_state.h"

#include "machine/machine.h"

/* Contents of tables; those of other pages are kept elsewhere (content.h). */
static void save_tables(struct node_space *space, uint64_t at, struct snapshot *snap)
{
	const struct block *block = &space->block[at];

	for (unsigned k = 0; block->kind == BLOCK_BROKEN && k < block->used; k++)
		if (block_page(space, at, k)->flags & PAGE_TABLE)
			snapshot_add_sparse(snap, space->window +
						      ((at * BLOCK_FRAMES + k) << FRAME_SHIFT));
}

void frame_save(void *self, struct snapshot *snap)
{
	struct numasim_machine *m = self;

	for (unsigned i = 0; i < m->nr_nodes; i++) {
		struct node_space *space = &m->space[i];

		for (uint32_t at = m->node[i].touched; at; at = space->block[at - 1].next) {
			struct block *block = &space->block[at - 1];

			snapshot_add(snap, block, sizeof(*block));
			if (block->records)
				snapshot_add(snap, block_part(space, at - 1, 0),
					     block->records * sizeof(struct page));
			save_tables(space, at - 1, snap);
		}
	}
}

static uint64_t page_hash(const struct numasim_machine *m, const struct page *page, bool head)
{
	uint64_t hash = digest_mix(page->name, page->flags | (uint64_t)head << 32), mapping;

	if (page->flags &
	    PAGE_FREE) /* its links are host detail; its name tells who may still point */
		return hash;
	hash = digest_mix(hash, (uint64_t)(uint32_t)page->count << 32 | (uint32_t)page->mapcount);
	mapping = m->mapping_name ? m->mapping_name(m, page) : page->mapping;
	hash = digest_mix(hash, mapping << 32 | page->cpupid);
	return digest_mix(hash, page->flags & PAGE_TABLE ? 0 : page->index);
}

/* A huge page, and how PTEs map its parts, where they do. */
static uint64_t huge_hash(const struct numasim_machine *m, const struct node_space *space,
			  uint64_t at)
{
	const struct block *block = &space->block[at];
	uint64_t hash = page_hash(m, &block->head, true);

	if (block->pins)
		hash = digest_mix(hash, (uint32_t)block->pins);
	for (unsigned k = 0; block->parts && k < BLOCK_FRAMES; k++) {
		const struct page *part = block_part(space, at, k);

		if (part->mapcount || part->flags != PAGE_TAIL)
			hash = digest_mix(digest_mix(hash, k),
					  (uint64_t)(uint32_t)part->mapcount << 32 | part->flags);
	}
	return hash;
}

/* What is in use of a block. Frames of a second broken block are told from those of the first: it
 * decides which block can become whole. */
static uint64_t block_hash(const struct numasim_machine *m, const struct node_space *space,
			   uint64_t at, bool first)
{
	const struct block *block = &space->block[at];
	uint64_t sum = 0;

	if (block->kind == BLOCK_HUGE)
		return huge_hash(m, space, at);
	if (block->kind != BLOCK_BROKEN)
		return 0;
	for (unsigned k = 0; k < block->used; k++) {
		uint64_t hash = page_hash(m, block_page(space, at, k), false);

		sum += first ? hash : digest_mix(hash, at);
	}
	return sum;
}

/* Frames that were in use before their block became whole: the names of their last lives. */
static void digest_old_names(const struct node_space *space, uint64_t at, struct digest_sink *sink)
{
	const struct block *block = &space->block[at];
	unsigned from = block->kind == BLOCK_BROKEN ? block->used : 0;

	for (unsigned k = from; block->kind != BLOCK_HUGE && k < block->records; k++)
		digest_put(sink, block_page(space, at, k)->name);
}

/* The first block that was broken: the lowest one that is. */
static uint64_t first_broken(const struct node_space *space, const struct node *node)
{
	uint64_t first = UINT64_MAX;

	for (uint32_t at = node->touched; at; at = space->block[at - 1].next)
		if (space->block[at - 1].kind == BLOCK_BROKEN && at - 1 < first)
			first = at - 1;
	return first;
}

/* Free lists in their order; frames in use in any order. */
static void digest_node(struct numasim_machine *m, struct node *node, struct digest_sink *sink)
{
	struct node_space *space = &m->space[node->index];
	uint64_t sum = 0, first;

	if (!node->touched) {
		digest_put(sink, node->nr_free);
		return;
	}
	first = first_broken(space, node);
	for (uint32_t at = node->touched; at; at = space->block[at - 1].next)
		sum += block_hash(m, space, at - 1, at - 1 == first);
	digest_put(sink, sum);
	digest_put(sink, node->nr_free);
	for (uint32_t at = node->free_block; at; at = space->block[at - 1].next_free) {
		digest_put(sink, space->block[at - 1].head.name);
		digest_old_names(space, at - 1, sink);
	}
	for (uint32_t at = node->partial; at; at = space->block[at - 1].next_free)
		for (unsigned k = space->block[at - 1].piece; k;) {
			const struct page *page = block_page(space, at - 1, k - 1);

			digest_put(sink, page->name ^ (uint64_t)page->mapping << 32);
			k = page->index;
		}
	if (node->breaking)
		digest_old_names(space, node->breaking - 1, sink);
}

void frame_digest(void *self, struct digest_sink *sink)
{
	struct numasim_machine *m = self;
	uint64_t sum = 0;

	for (unsigned i = 0; i < m->nr_nodes; i++)
		digest_node(m, &m->node[i], sink);
	for (unsigned i = 0; i < m->content->nr; i++) {
		uint64_t pa = m->content->word[i].pa;
		const struct page *page = pfn_to_page(m, pa >> FRAME_SHIFT);

		sum += digest_mix(
			digest_mix(page->name,
				   pa & ((uint64_t)page_nr_frames(page) * FRAME_SIZE - 1)),
			m->content->word[i].value);
	}
	digest_put(sink, sum);
}
