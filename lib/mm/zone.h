/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the page allocator keeps per node (one zone each: the kernel's division of a node's memory
 * into DMA, DMA32 and Normal is not modelled), and per CPU.
 *
 *   alloc, free of one page    this CPU's list of the node:   | oldest ...... newest |
 *                                  ^ refilled, emptied in batches      ^ taken, put here
 *   node->nr_free              what the node's own lists have, above watermarks
 */
#ifndef MM_ZONE_H
#define MM_ZONE_H

#include "mm/gfp.h"

/* Counters per node (/sys/devices/system/node/nodeN/numastat, their sums in /proc/vmstat). */
#define NUMA_STATS(X)                                                                              \
	X(HIT, "numa_hit")                                                                         \
	X(MISS, "numa_miss")                                                                       \
	X(FOREIGN, "numa_foreign")                                                                 \
	X(INTERLEAVE_HIT, "interleave_hit") /* "numa_interleave" in /proc/vmstat */                \
	X(LOCAL, "local_node")		    /* "numa_local" there */                               \
	X(OTHER, "other_node")		    /* "numa_other" there */
enum numa_stat {
#define X(id, name) NUMA_STAT_##id,
	NUMA_STATS(X)
#undef X
	NUMA_STAT_NR
};

enum watermark { WMARK_MIN, WMARK_LOW, WMARK_HIGH, WMARK_NR };

/* Free frames of a node that a CPU keeps: a ring, pfn[first] is the oldest. */
struct pcp_list {
	uint32_t room, first, nr;
	uint64_t pfn[];
};

struct zone {
	uint64_t watermark[WMARK_NR]; /* pages */
	unsigned batch, high;	      /* per-CPU lists; high 0: nothing is kept (as at boot) */
	uint64_t stat[NUMA_STAT_NR];
	struct pcp_list *pcp[CPU_ROOM]; /* made at first use */
};

/* Pages that wait in a CPU's batch for their LRU list, or for another one. */
#define LRU_BATCH_MOST 31
struct lru_batch {
	uint32_t nr;
	uint8_t how[LRU_BATCH_MOST]; /* of LRU_MLOCK: enum mlock_how */
	uint64_t pfn[LRU_BATCH_MOST];
};
/* In the order in which they are drained (mm/swap.c, lru_add_drain_cpu()). */
enum lru_batch_kind {
	LRU_ADD, /* to v3.10: one per list, by activity and kind; since, one for all */
	LRU_DEACTIVATE_FILE = 4,
	LRU_DEACTIVATE,
	LRU_LAZYFREE,
	LRU_ACTIVATE,
	LRU_MLOCK, /* v5.18+ (mm/mlock.c) */
	LRU_BATCHES
};
enum mlock_how { MUNLOCK, MLOCK_PAGE, MLOCK_NEW_PAGE };
/* What a CPU holds: others look at it only to drain it. */
#define BATCH_OBJECT(cpu) OBJECT(OBJ_CPU, cpu, 2)
struct lru_cpu {
	struct lru_batch *batch[LRU_BATCHES]; /* made at first use */
};

struct page_room {
	struct zone *zone;	       /* by node */
	uint16_t *zonelist;	       /* nodes by nearness, a row per node; made at first need */
	struct lru_cpu *lru[CPU_ROOM]; /* made at first use */
	uint64_t allocations;	       /* tried so far */
	uint64_t fail_at;	       /* the one of them that fails; 0: none */
	bool fail_on;		       /* and all that come after it */
	uint64_t failed;	       /* how many did, on request */
	uint64_t kmem;		       /* bytes of the kernel's own objects */
};

/* Give the machine its zones with their watermarks; per-CPU lists keep nothing. 0 or -ENOMEM. */
int zones_init(struct numasim_machine *m);

/*
 * Per-CPU lists get the sizes that the release gives them, from now on. Without this every CPU can
 * get a freed frame at once: that is what the explorer wants, and what a kernel does early in boot.
 */
void zones_enable_pcp(struct numasim_machine *m);

static inline struct zone *zone_of(const struct numasim_machine *m, unsigned node)
{
	return &m->mm->pages->zone[node];
}

/* Nodes by nearness from @node: a row of nr_nodes indices. NULL: no memory for the table. */
const uint16_t *zonelist_from(struct numasim_machine *m, unsigned node);

/* One page of @node for this CPU from its list; NULL: the node has none. Back to it. No points. */
struct page *pcp_take(struct numasim_machine *m, struct node *node);
void pcp_give(struct numasim_machine *m, struct page *page);

/* All that CPUs keep goes back to the nodes (drain_all_pages()). */
void pcp_drain_all(struct numasim_machine *m);

/* How many frames CPUs keep of @node. */
uint64_t pcp_count(const struct numasim_machine *m, unsigned node);

/* Whether the allocation that is tried now is the one that is to fail. */
bool alloc_fails(void);

/* The waiting pages and what is still to fail, for the digest. */
void pages_digest(const struct numasim_machine *m, struct digest_sink *sink);

#endif
