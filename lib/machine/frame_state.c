/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the frames a snapshot copies, and what of them a digest sees. */
#include "machine/frame_state.h"

#include "machine/machine.h"

static void save_frame(struct numasim_machine *m, struct node_space *space, uint64_t at,
		       struct snapshot *snap)
{
	if (space->page[at].flags & PAGE_TABLE)
		snapshot_add_sparse(snap, space->window + (at << FRAME_SHIFT));
}

void frame_save(void *self, struct snapshot *snap)
{
	struct numasim_machine *m = self;

	for (unsigned i = 0; i < m->nr_nodes; i++) {
		struct node_space *space = &m->space[i];

		for (uint32_t at = m->node[i].touched; at; at = space->block[at - 1].next) {
			struct block *block = &space->block[at - 1];
			uint64_t first = (uint64_t)(at - 1) * BLOCK_FRAMES;

			snapshot_add(snap, block, sizeof(*block));
			if (block->kind != BLOCK_BROKEN)
				continue;
			snapshot_add(snap, &space->page[first], block->used * sizeof(struct page));
			for (unsigned k = 0; k < block->used; k++)
				save_frame(m, space, first + k, snap);
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

/* Free lists in their order; frames in use in any order. */
static void digest_node(struct numasim_machine *m, struct node *node, struct digest_sink *sink)
{
	struct node_space *space = &m->space[node->index];
	uint64_t sum = 0;

	for (uint32_t at = node->touched; at; at = space->block[at - 1].next) {
		struct block *block = &space->block[at - 1];

		if (block->kind == BLOCK_HUGE)
			sum += page_hash(m, &block->head, true);
		if (block->kind != BLOCK_BROKEN)
			continue;
		for (unsigned k = 0; k < block->used; k++)
			sum += page_hash(
				m, &space->page[(at - 1) * (uint64_t)BLOCK_FRAMES + k], false);
	}
	digest_put(sink, sum);
	digest_put(sink, node->nr_free);
	for (uint32_t at = node->free_block; at; at = space->block[at - 1].next_free)
		digest_put(sink, space->block[at - 1].head.name);
	for (uint64_t at = node->free_frame; at;) {
		const struct page *page = &space->page[at - 1 - node->start_pfn];

		digest_put(sink, page->name);
		at = page->index | (uint64_t)page->mapping << 32;
	}
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
