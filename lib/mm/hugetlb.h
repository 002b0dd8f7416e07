/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hugetlb: pages of 2 MiB from a pool that is filled beforehand (mm/hugetlb.c).
 *
 *   pool:  nr_huge_pages = free + in use;  of the free ones resv are promised to mappings
 *
 *   mmap     promises pages: shared ones to the file, private ones to the mapping that made them
 *   fault    takes one: a promised one if there is a promise, else one that nobody was promised
 *   munmap   gives back what was promised and not taken; the page itself goes with its last user
 *   fork     the child shares the pages of a private mapping, but has no promise
 *
 * Not built, and refused: pages of other sizes, growing the pool on demand (overcommit), page
 * tables shared between processes, stealing the page of a child when its parent runs out, hugetlb
 * of NUMA policies other than "from here outwards", migration.
 */
#ifndef MM_HUGETLB_H
#define MM_HUGETLB_H

#include "mm/entry.h"
#include "mm/file.h"
#include "mm/ranges.h"

/* A page of the pool, free or in use. */
struct pool_page {
	TAILQ_ENTRY(pool_page) link;
	struct page *page;
	bool free;
};

struct hugetlb_pool {
	struct lock lock;	/* hugetlb_lock */
	struct lock fault_lock; /* to v3.14: hugetlb_instantiation_mutex */
	uint64_t nr_huge_pages, free_huge_pages, resv_huge_pages;
	uint32_t next_node; /* which node gives the next page for the pool */
	TAILQ_HEAD(, pool_page) pages; /* the free ones first, last freed first */
};

/* A promise: which huge pages of the file, to whom. */
struct hugetlb_promise {
	TAILQ_ENTRY(hugetlb_promise) link;
	struct mm_struct *mm; /* NULL: to whoever shares the file */
	uint64_t first, nr;   /* in huge pages */
	bool promised[];      /* and not taken */
};

struct hugetlb_file {
	struct lock fault_lock; /* v3.15+: hugetlb_fault_mutex_table */
	TAILQ_HEAD(, hugetlb_promise) promises;
};

/* /proc/sys/vm/nr_hugepages: fill the pool, or give back what is free and not promised. How many
 * are in it then; -ENOMEM: not even its books. */
long hugetlb_set_pool(uint64_t nr);

/* The pool's numbers, 0 if there never was one: HugePages_Total, _Free, _Rsvd. */
struct hugetlb_counts {
	uint64_t total, free, reserved;
};
struct hugetlb_counts hugetlb_counts(const struct numasim_machine *m);

int hugetlb_file_init(struct file *file);
void hugetlb_file_destroy(struct file *file);
void hugetlb_file_digest(const struct file *file, struct digest_sink *sink);
void hugetlb_digest(const struct numasim_machine *m, struct digest_sink *sink);

/* A new mapping asks for its promise (file_vma_link() calls this). 0; -EINVAL: not aligned;
 * -ENOMEM: the pool is too small. */
int hugetlb_vma_open(struct vm_area_struct *vma);
/* A mapping goes, and its promise with it. */
void hugetlb_vma_close(struct vm_area_struct *vma);

/* 0, -ENOMEM, -EFAULT: SIGBUS, beyond the file or the pool is empty. */
int hugetlb_fault(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address, bool write);

/* What zap, fork and mprotect do for a VMA with VM_HUGETLB; the contracts are those of ranges.h. */
void hugetlb_unmap_range(struct mmu_gather *tlb, struct vm_area_struct *vma, uint64_t start,
			 uint64_t end);
int hugetlb_copy_range(struct vm_area_struct *dst_vma, struct vm_area_struct *src_vma);
unsigned long hugetlb_change_protection(struct vm_area_struct *vma, uint64_t start, uint64_t end,
					uint64_t newprot);

/* Is this PMD the slot of a hugetlb page, as the release sees it (B3)? */
bool pmd_huge(pmd_t pmd);

/* Sleep until the migration of the page in a hugetlb slot is over; to v3.9 the slot is taken for a
 * PMD that leads to a table (B1). */
void migration_entry_wait_huge(struct mm_struct *mm, pmd_t *pmd);

/* The last reference of a page of the pool is gone (put_page() calls this). */
void hugetlb_free_page(struct page *page);

/* ---- between the files of hugetlb ---- */

/* The pool, made if there is none; NULL: no memory. */
struct hugetlb_pool *hugetlb_pool_make(void);
/* The promise for huge index @index to @mm (NULL: to those who share the file), or NULL. */
struct hugetlb_promise *hugetlb_promise_of(const struct file *file, const struct mm_struct *mm,
					   uint64_t index);
/* A page for huge index @index of the VMA's file, cleared, one reference. NULL: none. */
struct page *hugetlb_alloc(struct vm_area_struct *vma, uint64_t index);
/* The index, in huge pages, of @address in the VMA's file. */
uint64_t hugetlb_index(const struct vm_area_struct *vma, uint64_t address);

#endif
