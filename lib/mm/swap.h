/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Swap: one device of slots. A page that is swapped out is in the swap cache until its write is
 * over; entries that led to it hold its slot, and slots count those entries.
 *
 *   slot 0: never used (as the header of a real device)
 *
 *   slot[i]  count: entries that hold it    cached: its place in the swap cache has an owner
 *            page: who that is, once there  image: what the device holds
 *
 *   PTE --> page                 mapped
 *   PTE --> page <--> slot       mapped, and still in the swap cache (clean: the slot is as good)
 *   PTE --> slot <--> page       swapped out, on its way to the device or back
 *   PTE --> slot                 on the device
 *
 * The device is memory (brd, zram): reads and writes are over when the call returns. Reading ahead
 * is off (page-cluster = 0). The per-CPU caches of slots (v4.11 to v6.14) are not modelled: a slot
 * that is freed is free at once.
 */
#ifndef MM_SWAP_H
#define MM_SWAP_H

#include "mm/entry.h"
#include "mm/file_image.h"

struct swap_slot {
	struct page *page;
	struct page_image *image;
	uint16_t count;
	bool cached;
	bool bad; /* the header */
};

/* A page in the swap cache and its slot (page->private of the kernel). */
struct swap_cached {
	RB_ENTRY(swap_cached) link;
	struct page *page;
	uint64_t slot;
};
RB_HEAD(swap_cached_tree, swap_cached);
RB_PROTOTYPE(swap_cached_tree, swap_cached, link, )

/* v3.12+: slots come from a cluster per CPU; free clusters are taken from the head of a list. */
struct swap_cluster {
	uint32_t used;
	uint32_t next; /* in the list of free ones, + 1 */
};

struct swap_cpu {
	uint32_t cluster; /* + 1; 0: none */
	uint32_t next;	  /* slot to try */
};

struct swap_device {
	struct lock lock;	/* slots and where to look for the next */
	struct lock cache_lock; /* the swap cache */
	struct swap_cached_tree cache;
	struct swap_slot *slot;
	uint64_t nr_slots, nr_used;
	uint64_t next_slot;	/* to v3.11, or without free clusters: where the search goes on */
	uint64_t run_left;	/* to v3.11: how many more come from the run that was found */
	struct swap_cluster *cluster;
	uint32_t cluster_slots, nr_clusters; /* 0: the release has none */
	uint32_t free_head, free_tail;	     /* + 1 */
	struct swap_cpu *cpu;
};

/* Make the device, @slots of one page each, the header included (set-up). 0, -EEXIST, -EINVAL
 * (fewer than 2, or more than an entry can name), -ENOMEM. */
int swap_on(struct numasim_machine *m, uint64_t slots);

/*
 * Write one isolated, locked anonymous page out and take it from all its mappings
 * (shrink_page_list() of MADV_PAGEOUT, whose walk has made its entries old). true: it is gone.
 * false: it is not, and still isolated: the caller puts it back. Unlocked either way.
 */
bool pageout_anon(struct page *page);

/* The same for a page that kswapd found unused: it stays if it turns out to be used after all (to
 * v5.10, where an entry that is taken away is young again). */
bool pageout_unused_anon(struct page *page);

/*
 * What kswapd does when it comes to the page at @address: reclaim.c. 0: the page is gone; -EBUSY:
 * it stays; -ENOENT: there is none, or none that may go.
 */
long reclaim_page_at(struct mm_struct *mm, uint64_t address);

/*
 * A fault on a swap entry, mm/memory.c. mmap_sem held for reading, @pte unlocked, @orig what was
 * read there. 0 (also when the entry changed meanwhile), -ENOMEM (also an entry of no device),
 * -EFAULT (SIGBUS: the device did not read).
 */
int do_swap_fault(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address, pte_t *pte,
		  pte_t orig, bool write);

/* One entry less holds @slot; one more (fork). false: the slot is free, or counts no further. */
void swap_free(uint64_t slot);
bool swap_duplicate(uint64_t slot);
/* swap_free() for whoever takes an entry away (zap): a page that nobody needs any more leaves the
 * swap cache as well, and its slot goes. */
void free_swap_and_cache(uint64_t slot);
/* A page lost its last mapping, and the caller is about to drop its reference (zap, v5.14+ COW): it
 * leaves the swap cache if no entry holds its slot, and nobody has it locked. */
void free_swap_cache(struct page *page);

/* The slot that a swap entry holds; 0: it is no entry of the device (the kernel says "Bad swap file
 * entry" in its log, and nothing is held or freed). */
uint64_t pte_swap_slot(pte_t pte);

/* ---- between the files of swap ---- */

/* Clear A of a present entry, under its lock: was it set? To v3.15 processors that know the entry
 * are told (b13b1d2d8692). */
bool ptep_clear_flush_young(struct vm_area_struct *vma, uint64_t address, pte_t *ptep);

/* A free slot with its place in the swap cache reserved; 0: the device is full. */
uint64_t get_swap_slot(void);
/* The same inside the device's lock, by release: swap_slots.c. */
uint64_t swap_scan(struct swap_device *d);
void swap_slot_used(struct swap_device *d, uint64_t slot);
void swap_slot_unused(struct swap_device *d, uint64_t slot);
int swap_clusters_init(struct numasim_machine *m, struct swap_device *d);

/* Reserve the slot's place in the cache. 0, -EEXIST, -ENOENT (no entry holds the slot). */
int swapcache_prepare(uint64_t slot);
/* Give the place up; the slot goes if no entry holds it. */
void swapcache_free(uint64_t slot);
/* Sleep until the place is given up, or a page stands there. */
void swapcache_wait(uint64_t slot);

/* How many entries hold @slot, read without a lock. */
unsigned swap_count(uint64_t slot);
/* How many entries hold the slot of @page, locked and in the swap cache. */
unsigned page_swapcount(struct page *page);
bool vm_swap_full(void);

/* The page in @slot's place, with a reference; NULL: none. */
struct page *lookup_swap_cache(uint64_t slot);
/* @page (locked) takes the place that was reserved, and one reference more. 0 or -ENOMEM. */
int add_to_swap_cache(struct page *page, uint64_t slot);
/* The page (locked) leaves the swap cache: a reference less, the slot goes if nobody holds it. */
void delete_from_swap_cache(struct page *page);
/* Leave it if no entry holds the slot and it is not being written. */
bool try_to_free_swap(struct page *page);
/* The slot of a page in the swap cache. */
uint64_t page_swap_slot(const struct page *page);

/* A page of the swap cache for @slot, read from the device if need be, unlocked, a reference.
 * NULL: no memory, or the slot is free. */
struct page *read_swap_cache(uint64_t slot, struct vm_area_struct *vma, uint64_t address);
/* Fill locked @page from the device; write it there: 0 or -EIO. Both count. */
int swap_readpage(struct page *page, uint64_t slot);
int swap_writepage(struct page *page);

void swap_digest(const struct numasim_machine *m, struct digest_sink *sink);

#define SWAP_OBJECT(slot)	OBJECT(OBJ_SWAP, (slot), 0) /* its count, and who has the place */

#endif
