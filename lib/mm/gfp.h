/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking pages: from which node, with how much effort, and what happens if there is none.
 *
 *   policy (mempolicy.h) -> nodes allowed, node preferred
 *     -> zonelist: nodes by distance from the preferred one
 *       -> per-CPU list -> buddy free lists of the node, above its watermark
 */
#ifndef MM_GFP_H
#define MM_GFP_H

#include "mm/mm.h"

#define MAX_ORDER_PAGES 10 /* the largest order: 4 MiB */
#define HPAGE_ORDER	9

struct file;

enum gfp_flags {
	GFP_THISNODE = 1 << 0, /* this node or none */
	GFP_ZERO = 1 << 1,     /* contents are zeroed (they always are; a step that clears) */
	GFP_NOWAIT = 1 << 2,   /* no reclaim; the watermark is not lowered */
	GFP_HIGH = 1 << 3,     /* may go below the watermark: the kernel's own needs */
	GFP_NOWARN = 1 << 4,
	GFP_COMP = 1 << 5,     /* a compound page */
	GFP_MOVABLE = 1 << 6,
};
typedef unsigned gfp_t;

/* A set of nodes by index; machines of more than 64 nodes use several words. */
#define NODESET_WORDS 16
struct nodeset {
	uint64_t word[NODESET_WORDS];
};
static inline bool nodeset_has(const struct nodeset *s, unsigned node)
{
	return s->word[node / 64] >> (node % 64) & 1;
}
static inline void nodeset_add(struct nodeset *s, unsigned node)
{
	s->word[node / 64] |= UINT64_C(1) << (node % 64);
}

/*
 * 2^order pages, one reference, order 9 as a huge page. @preferred is a node index; @allowed NULL:
 * all. NULL: none, after all the effort that @gfp allows. Counts numa_hit and its kin.
 */
struct page *alloc_pages_nodes(gfp_t gfp, unsigned order, unsigned preferred,
			       const struct nodeset *allowed);

/* By the policy of the VMA, or of the task (mempolicy.c): what faults call. */
struct page *alloc_page_vma(gfp_t gfp, unsigned order, struct vm_area_struct *vma,
			    uint64_t address);

/* Page @index of a shmem file: by the file's policy for it, or of the task. */
struct page *alloc_page_shmem(gfp_t gfp, struct file *file, uint64_t index);

/* The task's policy: page tables and the like come by this. */
struct page *alloc_page_task(gfp_t gfp, unsigned order);

/*
 * Injected failure: the @nth allocation from now on fails (1: the next), pages and objects of the
 * kernel alike, then everything works again. 0: none fails. alloc_count() says how many there were.
 */
void alloc_fail_nth(struct numasim_machine *m, uint64_t nth);
/* The same, but memory has run out for good: the @nth and all after it fail. */
void alloc_fail_from(struct numasim_machine *m, uint64_t nth);
uint64_t alloc_count(const struct numasim_machine *m);
/* How many failed because of these two. */
uint64_t alloc_failures(const struct numasim_machine *m);

/* Memory for the kernel's own objects, zeroed, out of the arena; fails like pages do. */
void *kmalloc(size_t size);
/* The same for what cannot fail: __GFP_NOFAIL, the records that come with a page, set-up. NULL only
 * if the arena is full. */
void *kmalloc_nofail(struct numasim_machine *m, size_t size);
void kfree(void *object, size_t size);
/* Set-up undone: outside of simulated code. */
void kfree_of(struct numasim_machine *m, void *object, size_t size);

/* Bytes of such objects that nobody has given back, and of those that came without kmalloc(). */
uint64_t kmem_in_use(const struct numasim_machine *m);
void kmem_adopt(struct numasim_machine *m, size_t size);

#endif
