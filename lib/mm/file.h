/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files: what a mapping can be of. Pages of a file are in its page cache; page->mapping is the
 * arena_id() of the address_space (no PAGE_ANON), page->index the place in pages.
 *
 *   FILE_REGULAR	a disk file: pages are read in (zeroes, or what was written), written back
 *   FILE_SHMEM		memfd, shared anonymous memory: pages are made at the first fault
 *   FILE_HUGETLB	2 MiB pages from a pool
 *   FILE_DEVICE	a driver's: its own pages, put in by vm_insert_page() or by frame number
 */
#ifndef MM_FILE_H
#define MM_FILE_H

#include "mm/entry.h"

enum file_kind { FILE_REGULAR, FILE_SHMEM, FILE_HUGETLB, FILE_DEVICE };

/* One page of a file that is in memory. */
struct cached_page {
	RB_ENTRY(cached_page) link;
	uint64_t index;
	struct page *page;
};
RB_HEAD(cache_tree, cached_page);

struct address_space {
	struct lock tree_lock;	  /* the page cache's */
	struct rwlock i_mmap_lock;
	struct cache_tree cache;
	TAILQ_HEAD(, file_mapping) mappings; /* VMAs of it */
	uint64_t nr_pages;
};

struct file_mapping {
	struct vm_area_struct *vma;
	TAILQ_ENTRY(file_mapping) link;
};

struct file {
	int32_t refcount;
	uint32_t name; /* birth name */
	enum file_kind kind;
	bool readable, writable;
	uint64_t size; /* bytes */
	uint64_t ino;
	char label[64]; /* as /proc/PID/maps prints it */
	struct address_space mapping;
};

/* A new file with one reference. NULL: no memory. */
struct file *file_create(enum file_kind kind, const char *label, uint64_t size);
void file_get(struct file *file);
void file_put(struct file *file);
void file_truncate(struct file *file, uint64_t size);

/* A VMA of a file comes (mmap, split, fork) or goes. */
int file_vma_link(struct vm_area_struct *vma);
void file_vma_unlink(struct vm_area_struct *vma);

/*
 * Faults of a VMA with a file (v3.8 do_linear_fault(), v3.15+ do_fault()): read, private write
 * (copy), shared write (page_mkwrite). Called with mmap_sem for reading, @pte empty and unlocked.
 * 0, -EFAULT (SIGBUS), -ENOMEM.
 */
int do_file_fault(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address, pmd_t *pmd,
		  bool write);

#endif
