/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What processes can see of memory, as simply as it can be said: for each process an array of
 * pages, each with its rights, its policy and what it holds.
 *
 *   anonymous, private      a word of its own; 0 until it is written
 *   file, private           the file's word, until it is written: then its own
 *   shared                  the file's word; shared anonymous memory is a file without a name
 *
 *   | window: where one asks | heap: to the break | top: where the kernel | hugetlb: 2 MiB each |
 *   |                        |                    | puts mappings itself  |                     |
 *   0                        HEAP_FIRST           TOP_FIRST               HUGE_FIRST   MODEL_PAGES
 *
 * No page tables, no frames, no transparent huge pages, no VMAs.
 */
#ifndef DIFFERENTIAL_MODEL_H
#define DIFFERENTIAL_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define WINDOW_START UINT64_C(0x200000000000)
#define WINDOW_PAGES 2560 /* five times 2 MiB */
#define PAGE	     UINT64_C(4096)
#define HUGE_BYTES   (512 * PAGE)
#define HEAP_FIRST   WINDOW_PAGES
#define HEAP_PAGES   64
#define TOP_FIRST    (HEAP_FIRST + HEAP_PAGES)
#define TOP_PAGES    256 /* too few for a huge page */
#define HUGE_FIRST   (TOP_FIRST + TOP_PAGES)
#define HUGE_PAGES   4
#define MODEL_PAGES  (HUGE_FIRST + HUGE_PAGES)
#define MODEL_PROCS  4
#define MODEL_NODES  4
#define FILE_PAGES   64
#define FILE_INDICES (FILE_PAGES * 2 + WINDOW_PAGES) /* mappings go beyond the end */
#define MODEL_FILES  256 /* 0, 1: with descriptors; the others: shared anonymous memory */
#define DISK_FILE    1

/* A memory policy; mode 0: none. */
struct model_policy {
	uint8_t mode;
	uint8_t flags; /* MODEL_STATIC ... */
	uint8_t user;  /* nodes as they were given, a bit each */
	uint8_t nodes; /* as they came out */
	uint8_t home;  /* 0: none, else a node and one */
};

#define MODEL_BALANCING 1 /* flags of set_mempolicy(2), from bit 13 on */
#define MODEL_RELATIVE	2
#define MODEL_STATIC	4

struct model_file {
	bool used;
	uint32_t pages; /* its size */
	uint64_t word[FILE_PAGES];
	bool settled[FILE_PAGES]; /* its page may be in memory */
	bool unsure[FILE_INDICES]; /* of its policy */
	struct model_policy policy[FILE_INDICES];
};

enum model_lock {
	MODEL_UNLOCKED,
	MODEL_LOCKED,
	MODEL_ON_FAULT,
};

struct model_page {
	bool mapped, shared, own; /* own: holds `word`, not the file's */
	bool no_fork, wipe, maybe_zero; /* the last: MADV_FREE may have taken it */
	bool settled;	/* a page may be in memory, placed when it came */
	uint8_t lock;	/* enum model_lock */
	uint8_t prot;
	struct model_policy policy;
	int16_t file;	/* -1: anonymous */
	uint16_t index; /* in the file */
	uint64_t word;
};

struct model_proc {
	bool alive;
	uint8_t future;	      /* enum model_lock: of what will be mapped */
	uint16_t break_pages; /* of the heap */
	struct model_policy policy;
	struct model_page page[MODEL_PAGES];
};

/* What is told to the model wrong on purpose, to see that a difference is found and cut down. */
enum model_wrong {
	MODEL_RIGHT,
	MODEL_FORGETS_WIPE,   /* MADV_WIPEONFORK */
	MODEL_FORGETS_POLICY, /* mbind() over pages with PROT_NONE */
	MODEL_FORGETS_COPY,   /* mlock() and others copy what a private file mapping may write */
};

struct model {
	unsigned version; /* of the kernel: 601 is v6.1 */
	enum model_wrong wrong;
	struct model_proc proc[MODEL_PROCS];
	struct model_file file[MODEL_FILES];
};

static inline bool model_is_huge(unsigned page)
{
	return page >= HUGE_FIRST;
}

/* What a load at the page finds: true, and the words that it may find; false: a signal. */
bool model_load(const struct model *m, unsigned proc, unsigned page, uint64_t *word,
		bool *or_zero);
bool model_store(struct model *m, unsigned proc, unsigned page, uint64_t word);
/* The load found @word, which one of the two that it could find. */
void model_loaded(struct model *m, unsigned proc, unsigned page, uint64_t word);

/* [first, first + n) is mapped anew, away, all mapped? */
void model_map(struct model *m, unsigned proc, unsigned first, unsigned n, struct model_page like);
void model_unmap(struct model *m, unsigned proc, unsigned first, unsigned n);
bool model_mapped(const struct model *m, unsigned proc, unsigned first, unsigned n);
bool model_free(const struct model *m, unsigned proc, unsigned first, unsigned n);

void model_dontneed(struct model *m, unsigned proc, unsigned first, unsigned n);
/* MADV_FREE: only private anonymous pages. */
void model_lazyfree(struct model *m, unsigned proc, unsigned first, unsigned n);
/* @new_n pages from @to on become what @n from @from on were; the rest continues them. */
void model_move(struct model *m, unsigned proc, unsigned from, unsigned n, unsigned to,
		unsigned new_n, bool keep);
void model_fork(struct model *m, unsigned parent, unsigned child);
void model_truncate(struct model *m, unsigned file, unsigned pages);
/* A hole in a file: its page reads as zeroes; copies of private mappings stay. */
void model_hole(struct model *m, unsigned file, unsigned index);
/* A file of that size for shared anonymous memory, or -1. */
int model_new_file(struct model *m, unsigned pages);

/*
 * Pages are faulted in ahead of use: a private mapping of a file that may be written gets copies.
 * true; false: the page at *@failed cannot be, and (@stop) those behind it are left alone.
 */
bool model_populate(struct model *m, unsigned proc, unsigned first, unsigned n, bool stop,
		    unsigned *failed);
/* One page is faulted in, for writing or for reading; false: beyond the end of its file. */
bool model_fault_in(struct model *m, unsigned proc, unsigned page, bool write);

/* ---- policies (model_policy.c) ---- */

/* What set_mempolicy(), mbind() make of their arguments. 0 or -EINVAL. */
int model_policy_make(struct model_policy *p, unsigned version, unsigned mode, unsigned flags,
		      unsigned mask);
bool model_policy_same(const struct model_policy *a, const struct model_policy *b);
/* As get_mempolicy() tells it. */
int model_policy_mode(const struct model_policy *p, unsigned version);
unsigned model_policy_mask(const struct model_policy *p);

/* The policy that mbind() gave the page, or others to the object that it maps; false: not known. */
bool model_policy_of(const struct model *m, unsigned proc, unsigned page, struct model_policy *p);
void model_bind(struct model *m, unsigned proc, unsigned first, unsigned n,
		const struct model_policy *policy);
/* set_mempolicy_home_node(). 0, -ENOENT, -EOPNOTSUPP. */
int model_home(struct model *m, unsigned proc, unsigned first, unsigned n, unsigned node);

/* Where a page may come from by @policy, a bit per node, if nobody is short of memory, on a CPU of
 * node @local. @huge: it may come as a part of a huge page. */
unsigned model_allowed(const struct model *m, const struct model_policy *policy, unsigned local,
		       bool huge);
/* Can the page be a part of a transparent huge page? */
bool model_in_huge(const struct model *m, unsigned proc, unsigned page);

#endif
