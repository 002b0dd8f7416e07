/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the frame allocator share (frame_buddy.c says how it works). */
#ifndef MACHINE_FRAME_LISTS_H
#define MACHINE_FRAME_LISTS_H

#include "machine/frame.h"

#define NO_BLOCK UINT32_MAX

/* ---- frame_piece.c: blocks are numbers in the node, @k numbers in a block ---- */

/* The list of broken blocks that have free pieces. */
void frame_partial_remove(struct node_space *space, struct node *node, uint32_t at);
void frame_partial_add_tail(struct node_space *space, struct node *node, uint32_t at);

/* 2^order frames from @k on are free; frames [from, to) are. */
void frame_piece_push(struct node_space *space, struct node *node, uint32_t at, unsigned k,
		      unsigned order);
void frame_push_range(struct node_space *space, struct node *node, uint32_t at, unsigned from,
		      unsigned to);

/* Count 2^order frames of the block as handed out. */
void frame_count_taken(struct node_space *space, struct node *node, uint32_t at, unsigned order);

/* Frames [0, to) of a block have been handed out from now on. */
void frame_use(struct node_space *space, struct node *node, uint32_t at, unsigned to);

/* Take 2^order frames: from a block's pieces, from what was never used of the block that is being
 * broken. NULL: there are none. */
struct page *frame_take_piece(struct node_space *space, struct node *node, uint32_t at,
			      unsigned order);
struct page *frame_take_unused(struct node_space *space, struct node *node, unsigned order);

/* Merge a block's pieces with their buddies as far as it goes. */
void frame_merge_pieces(struct node_space *space, struct node *node, uint32_t at);

/* ---- frame_block.c ---- */

/* A block that nobody uses: a freed one, one never used, one that was broken; or NO_BLOCK. */
uint32_t frame_take_block_any(struct node_space *space, struct node *node);
void frame_block_push(struct node_space *space, struct node *node, uint32_t at);

/* Take one block (order 9) or two in a row (order 10) as a page. */
struct page *frame_take_blocks(struct node_space *space, struct node *node, unsigned order);

#endif
