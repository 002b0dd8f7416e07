/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical frames: two levels of descriptors.
 *
 * A block is 2 MiB. It is unused, or one huge page, or broken into 512 frames; only a broken
 * block has a record per frame, and that of its first frame is the block's own. Records stand in
 * reserved address space per node, indexed by the frame's place in the node, so a huge machine
 * costs only what it touches:
 *
 *   space.block[]   | 64 bytes per 2 MiB block: its first page, kind, how many records are in use
 *   space.page[]    | 32 bytes per 4 KiB frame, only touched in broken blocks
 *   space.window    | the memory itself, only touched where tables (or stored bytes) are
 *
 * What is free of a broken block:
 *
 *   0                     used                  512
 *   |##..####.....####....|::::::::::::::::::::::|      # handed out   . pieces: 2^n frames,
 *                                                       aligned, listed  : never handed out
 */
#ifndef MACHINE_FRAME_H
#define MACHINE_FRAME_H

#include "base/state.h"
#include "machine/phys.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#define FRAME_SHIFT   12
#define FRAME_SIZE    4096
#define BLOCK_SHIFT   21
#define BLOCK_FRAMES  512
#define BLOCK_ORDER   9
#define MAX_ORDER     10 /* of pages in a row: two blocks */
#define NO_FRAME      UINT64_MAX

/* The descriptor of a 4 KiB frame, or of the head of a huge page: the kernel's struct page. */
struct page {
	uint32_t flags;	     /* enum page_flag bits */
	int32_t count;	     /* references */
	int32_t mapcount;    /* entries that map it */
	uint32_t mapping;    /* name of the anon_vma; 0: none */
	uint32_t index;	     /* place in the mapping, in pages; a table: its struct table */
	uint32_t cpupid;     /* who took the last hint fault */
	uint32_t name;	     /* birth name of this use of the frame */
	uint16_t node;	     /* index of its node */
	uint16_t generation; /* counts how often it was freed */
};
static_assert(sizeof(struct page) == 32, "a frame's record is 32 bytes");

enum page_flag {
	PAGE_HEAD = 1 << 0,   /* a huge page */
	PAGE_TABLE = 1 << 1,  /* holds a page table */
	PAGE_LRU = 1 << 2,    /* on an LRU list */
	PAGE_LOCKED = 1 << 3,
	PAGE_UPTODATE = 1 << 4,
	PAGE_DIRTY = 1 << 5,
	PAGE_ACTIVE = 1 << 6,
	PAGE_SWAPBACKED = 1 << 7,
	PAGE_FREE = 1 << 8,   /* nobody owns it */
	PAGE_ZERO = 1 << 9,   /* the zero page */
	PAGE_REFERENCED = 1 << 10,
	PAGE_ANON = 1 << 11,	/* page->mapping names an anon_vma */
	PAGE_SWAPCACHE = 1 << 12,
	PAGE_WRITEBACK = 1 << 13,
	PAGE_RESERVED = 1 << 14, /* a driver's, on no list */
	PAGE_UNEVICTABLE = 1 << 15,
	PAGE_MLOCKED = 1 << 16,
	PAGE_WORKINGSET = 1 << 17,
	PAGE_ANON_EXCLUSIVE = 1 << 18, /* v5.19+: of one process alone */
	PAGE_TAIL = 1 << 19,
	PAGE_HUGETLB = 1 << 20, /* a page of the hugetlb pool */
	PAGE_MULTI = 1 << 21,	/* frames in a row that are no huge page; index: the order */
	PAGE_DEFERRED = 1 << 22, /* huge, v4.5+: to be split when memory is short */
};
/* The bits above: how many mappings lock an unevictable page (mlock_count of v5.18+). */
#define PAGE_MLOCK_SHIFT 23
#define PAGE_MLOCK_ONE	 (UINT32_C(1) << PAGE_MLOCK_SHIFT)
#define PAGE_MLOCK_COUNT (~(PAGE_MLOCK_ONE - 1))

enum block_kind {
	BLOCK_UNUSED, /* never touched, or free as a whole */
	BLOCK_HUGE,
	BLOCK_BROKEN,
};

struct block {
	struct page head; /* of a huge page, or the first frame's */
	uint8_t kind;
	uint8_t touched;  /* its records are part of the state */
	uint8_t parts;	  /* huge: its frames' records count how PTEs map them */
	uint16_t used;	  /* broken: frames [0, used) have been handed out before */
	uint16_t records; /* frames [0, records) ever were */
	union {
		uint16_t in_use;       /* broken: frames that somebody has */
		uint16_t parts_mapped; /* huge: parts that some PTE maps */
	};
	uint16_t piece;	    /* broken: the first free piece, + 1 */
	uint32_t next;	    /* next touched block of the node, + 1 */
	uint32_t next_free; /* next free block, or broken block with free pieces, + 1 */
	uint32_t prev_free; /* of the latter */
	int32_t part_maps;  /* huge: PTEs that map parts of it */
	int32_t pins;	    /* huge, v5.7+ */
};
static_assert(sizeof(struct block) == 64, "a block's descriptor is 64 bytes");

/* Host address space of a node, reserved at its first use. Not state: it never goes back. */
struct node_space {
	char *window;
	struct block *block;
	struct page *page;
};

/* A memory node; state. */
struct node {
	uint32_t id;		/* as the topology and the kernel name it */
	uint32_t index;
	uint64_t start_pfn, nr_frames, nr_blocks;
	uint64_t next_block;	/* blocks [next_block, nr_blocks) were never used */
	uint32_t free_block;	/* freed blocks, last freed first, + 1 */
	uint32_t touched;	/* blocks that were ever used, last first, + 1 */
	uint32_t partial;	/* broken blocks with free pieces, + 1 */
	uint32_t partial_tail;
	uint32_t nr_empty;	/* broken blocks of which nobody has a frame */
	uint32_t breaking;	/* the broken block that still has unused frames, + 1 */
	uint64_t nr_free;	/* frames */
};

struct numasim_machine;

/* The node that holds @pfn, or NULL. */
struct node *node_of_pfn(const struct numasim_machine *m, uint64_t pfn);

/* The descriptor of @pfn: its own, or that of the huge page it is part of. NULL: no memory. */
struct page *pfn_to_page(const struct numasim_machine *m, uint64_t pfn);
uint64_t page_to_pfn(const struct numasim_machine *m, const struct page *page);

/* The frame that holds host address @p; NO_FRAME when it is not simulated memory. */
uint64_t host_to_pfn(const struct numasim_machine *m, const void *p);

/* The record of frame @k of block @at of the node; of a huge page: of a part (part 0 too). */
static inline struct page *block_page(const struct node_space *space, uint64_t at, unsigned k)
{
	return k ? &space->page[at * BLOCK_FRAMES + k] : &space->block[at].head;
}
static inline struct page *block_part(const struct node_space *space, uint64_t at, unsigned k)
{
	return &space->page[at * BLOCK_FRAMES + k];
}

/* The block that @page is the head of; @page must be a huge page. */
static inline struct block *page_block(const struct page *page)
{
	return (struct block *)page;
}

static inline unsigned page_order(const struct page *page)
{
	if (page->flags & PAGE_MULTI)
		return page->index;
	return page->flags & PAGE_HEAD ? BLOCK_ORDER : 0;
}

static inline unsigned page_nr_frames(const struct page *page)
{
	return 1u << page_order(page);
}

/*
 * Take 2^order frames in a row, aligned, of @node (frame_buddy.c). NULL: none left (or the host has
 * no address space for the node: @m->error says how much was missing). The record is zeroed but
 * for node and generation. No points: the allocator of lib/mm announces.
 */
struct page *frame_take_order(struct numasim_machine *m, struct node *node, unsigned order);
static inline struct page *frame_take_block(struct numasim_machine *m, struct node *node)
{
	return frame_take_order(m, node, BLOCK_ORDER);
}
static inline struct page *frame_take(struct numasim_machine *m, struct node *node)
{
	return frame_take_order(m, node, 0);
}

/* Give it back; its generation counts up. */
void frame_give(struct numasim_machine *m, struct page *page);

/*
 * The two halves of that, for lists in between: the page's life ends (nobody owns it, its contents
 * are gone); its frames go to the node's free lists. frame_reborn() starts another life instead.
 */
void frame_retire(struct numasim_machine *m, struct page *page);
void frame_release(struct numasim_machine *m, struct page *page);
struct page *frame_reborn(struct page *page);

/* Where free @page stands in its node's free lists: 1 is next to be taken; 0: not listed. */
uint64_t frame_free_place(const struct numasim_machine *m, const struct page *page);

/*
 * A huge page becomes 512 frames in use: the first keeps record and name, the others have @flags,
 * family and tag of the whole and names of their own. Each is mapped as often as the whole and its
 * part were; references of PTEs go with their part, and each of the others gets those that the
 * whole's mappings need. No points.
 */
void frame_split_block(struct numasim_machine *m, struct page *head, uint32_t flags);

/* Make the records of a huge page's parts, all zero, unless they are there. */
void frame_make_parts(struct numasim_machine *m, struct page *head);

/* Get @node its windows, once. 0 or -ENOMEM, and @m->error. */
int node_reserve(struct numasim_machine *m, struct node *node);

int frame_init(struct numasim_machine *m);
void frame_destroy(struct numasim_machine *m);

#endif
