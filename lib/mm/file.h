/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files: what a mapping can be of. Pages of a file are in its page cache; page->mapping is the
 * arena_id() of the address_space (no PAGE_ANON), page->index the place in pages.
 *
 *   FILE_REGULAR	a disk file: pages are read in (zeroes, or what was written), written back
 *   FILE_SHMEM		memfd, shared anonymous memory: pages are made at the first fault
 *   FILE_HUGETLB	2 MiB pages from a pool (hugetlb.h)
 *   FILE_DEVICE	a driver's: its own pages, put in by vm_insert_page() or by frame number
 *			(device.h)
 *
 *   file --- mapping: cached_page by index --> page (one reference)
 *     |         `--- file_mapping --> vm_area_struct (one for each VMA of the file)
 *     `--- disk_block by index --> page_image          FILE_REGULAR
 *
 * Nothing is read ahead, and nothing is written back by itself: file_writeback() does it. A file
 * is gone, contents and all, when nobody refers to it.
 */
#ifndef MM_FILE_H
#define MM_FILE_H

#include "mm/entry.h"
#include "mm/file_image.h"
#include "mm/mempolicy_shared.h"

enum file_kind { FILE_REGULAR, FILE_SHMEM, FILE_HUGETLB, FILE_DEVICE };

/* One page of a file that is in memory. */
struct cached_page {
	RB_ENTRY(cached_page) link;
	uint64_t index;
	struct page *page;
};
RB_HEAD(cache_tree, cached_page);
RB_PROTOTYPE(cache_tree, cached_page, link, )

/* What the disk holds of one page; pages of zeroes have none. */
struct disk_block {
	RB_ENTRY(disk_block) link;
	uint64_t index;
	struct page_image *image;
};
RB_HEAD(disk_tree, disk_block);
RB_PROTOTYPE(disk_tree, disk_block, link, )

struct address_space {
	struct lock tree_lock;	  /* the page cache's */
	struct rwlock i_mmap_lock;
	struct cache_tree cache;
	TAILQ_HEAD(file_mappings, file_mapping) mappings; /* VMAs of it */
	uint64_t nr_pages;
};

struct file_mapping {
	struct vm_area_struct *vma;
	TAILQ_ENTRY(file_mapping) link;
};

struct hugetlb_file;

struct file {
	struct address_space mapping; /* first: pages name it by its place in the arena */
	TAILQ_ENTRY(file) link;	      /* the room's, by name */
	int32_t refcount;
	uint32_t name; /* birth name */
	enum file_kind kind;
	bool readable, writable;
	uint64_t size; /* bytes */
	uint64_t ino;
	char label[64]; /* as /proc/PID/maps prints it */
	struct disk_tree disk;
	struct hugetlb_file *hugetlb;
	struct shared_policy policies; /* FILE_SHMEM: where its pages come from */
};

/* A new file with one reference. NULL: no memory. */
struct file *file_create(enum file_kind kind, const char *label, uint64_t size);
void file_get(struct file *file);
void file_put(struct file *file);

/* ftruncate(2): larger or smaller. Smaller: what was cut off leaves all mappings, copies of private
 * ones too, and the page cache; the rest of the last page is cleared. mm/truncate.c. */
void file_truncate(struct file *file, uint64_t size);

/*
 * A hole: fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE) of whole pages, as MADV_REMOVE asks
 * for it. Pages of [start, end) (bytes) leave the page cache and whoever maps them; copies of
 * private mappings stay. 0, or -EOPNOTSUPP: only files in memory have holes here. mm/shmem.c.
 */
int file_punch_hole(struct file *file, uint64_t start, uint64_t end);

/* read(2), write(2) of 8 bytes at a multiple of 8, by way of the page cache. 0, -EINVAL (@offset),
 * -ENODATA (beyond the end: read), -EFBIG (beyond the end: write), -ENOMEM, -EOPNOTSUPP (a kind of
 * file without a page cache of base pages). */
int file_read_word(uint64_t *value, struct file *file, uint64_t offset);
int file_write_word(struct file *file, uint64_t offset, uint64_t value);
/* The same for a word that is not the first of a write(2), which marks each page of shared memory
 * as accessed once (shmem_write_begin(); pages of other files are not marked, as from v4.7 on). */
int file_write_next_word(struct file *file, uint64_t offset, uint64_t value);

/* fsync(2): dirty pages of a disk file are made clean in all mappings and written. 0 or -EIO. */
int file_writeback(struct file *file);
/* posix_fadvise(POSIX_FADV_DONTNEED) of all of it: clean pages that nobody maps leave the page
 * cache. How many. */
uint64_t file_drop_cache(struct file *file);

/* A VMA of a file comes or goes; @parent: it is the copy of that one, by a fork; else NULL. 0 or
 * -ENOMEM. The VMA's reference on the file is its own affair. */
int file_vma_link(struct vm_area_struct *vma, const struct vm_area_struct *parent);
void file_vma_unlink(struct vm_area_struct *vma);

/*
 * Faults of a VMA with a file (v3.8 do_linear_fault(), v3.15+ do_fault()): read, private write
 * (copy), shared write (page_mkwrite). Called with mmap_sem for reading, the entry empty and
 * unlocked. 0 (also when somebody else was faster), -EFAULT (SIGBUS), -ENOMEM.
 */
int do_file_fault(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address, pmd_t *pmd,
		  bool write);

/*
 * A write to a present entry without RW of a shared mapping (do_wp_page() before it would copy,
 * wp_page_shared()). Its page-table lock is held, and is released. 0 or -EFAULT.
 */
int do_shared_wp(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address, pte_t *pte,
		 pte_t orig);

/* rmap_walk() for pages of files: in the order in which the VMAs came. */
void file_rmap_walk(struct page *page,
		    bool (*one)(struct page *page, struct vm_area_struct *vma, uint64_t address,
				void *arg),
		    void *arg);

/* ---- between the files of files ---- */

#define FILE_OBJECT(file, index) OBJECT(OBJ_FILE, (file)->name, (index) & 0x7fffff)
#define FILE_SIZE_OBJECT(file)	 OBJECT(OBJ_FILE, (file)->name, 0x800000)

static inline struct file *mapping_file(const struct address_space *mapping)
{
	return (struct file *)mapping;
}

/* The name that pages have in page->mapping. */
static inline uint32_t mapping_id(const struct address_space *mapping)
{
	return arena_id(current_machine()->arena, mapping);
}

/* The file of a page (not PAGE_ANON); NULL: none, or it was truncated. */
struct address_space *page_mapping(const struct page *page);

/* The size in bytes, in pages (rounded up). A point. */
uint64_t file_size(const struct file *file);
uint64_t file_size_pages(const struct file *file);

/* The page at @index with a reference; NULL: not in the cache. No lock. */
struct page *find_get_page(struct address_space *mapping, uint64_t index);
/* The same, locked, and still there. */
struct page *find_lock_page(struct address_space *mapping, uint64_t index);
/* Add a new locked page, which gets one reference more. 0, -EEXIST, -ENOMEM. */
int add_to_page_cache(struct page *page, struct address_space *mapping, uint64_t index);
/* The locked page leaves, and loses that reference. */
void delete_from_page_cache(struct page *page);
/* The first index from @from on that is in the cache: true, and the index. */
bool cache_next(struct address_space *mapping, uint64_t *index, uint64_t from);

/*
 * A page of the file, locked, with a reference, made or read if need be; it is where the file's or
 * the task's policy wants it (a mapping's has no say). 0, -ENOMEM, -EFAULT: beyond the end. *major:
 * it had to be read.
 */
int file_get_page(struct page **page, struct file *file, uint64_t index,
		  struct vm_area_struct *vma, uint64_t address, bool *major);

/* What the disk holds: read into a new locked page, write a locked one, cut. */
int file_disk_read(struct file *file, struct page *page);
int file_disk_write(struct file *file, struct page *page);
void file_disk_truncate(struct file *file, uint64_t size);
void file_disk_digest(const struct file *file, struct digest_sink *sink);

/* Zap all entries of [first, last] (pages) in all mappings; of private mappings, with @copies also
 * those that have a page of their own by now. */
void unmap_mapping_pages(struct address_space *mapping, uint64_t first, uint64_t last,
			 bool copies);

/* The entries of a locked page lose RW and D in every shared mapping. How many did. */
unsigned page_mkclean(struct page *page);
void wait_on_page_writeback(struct page *page);
/* The file hears that the locked @page will be written. Not 0: it is the file's no more. */
int page_mkwrite(struct page *page, struct address_space *mapping);
void set_page_dirty(struct page *page);

void files_digest(const struct numasim_machine *m, struct digest_sink *sink);

#endif
