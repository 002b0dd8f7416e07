/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What processes can see of memory, as simply as it can be said: for each process an array of
 * pages of one window of addresses, each with its rights, its policy and what it holds.
 *
 *   anonymous, private      a word of its own; 0 until it is written
 *   file, private           the file's word, until it is written: then its own
 *   shared                  the file's word; shared anonymous memory is a file without a name
 *
 * No page tables, no frames, no huge pages, no VMAs.
 */
#ifndef DIFFERENTIAL_MODEL_H
#define DIFFERENTIAL_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define WINDOW_START UINT64_C(0x200000000000)
#define WINDOW_PAGES 2560 /* five times 2 MiB */
#define PAGE	     UINT64_C(4096)
#define MODEL_PROCS  4
#define FILE_PAGES   64
#define MODEL_FILES  256 /* 0, 1: with descriptors; the others: shared anonymous memory */

struct model_file {
	bool used;
	uint32_t pages; /* its size */
	uint64_t word[FILE_PAGES];
};

struct model_page {
	bool mapped, shared, own; /* own: holds `word`, not the file's */
	bool locked, no_fork, wipe, maybe_zero; /* the last: MADV_FREE may have taken it */
	uint8_t prot;
	uint8_t policy; /* 0: none, else mode; with ... */
	uint8_t nodes;	/* ... these nodes, a bit each */
	int16_t file;	/* -1: anonymous */
	uint16_t index; /* in the file */
	uint64_t word;
};

struct model_proc {
	bool alive;
	struct model_page page[WINDOW_PAGES];
};

struct model {
	struct model_proc proc[MODEL_PROCS];
	struct model_file file[MODEL_FILES];
};

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
/* A file of that size for shared anonymous memory, or -1. */
int model_new_file(struct model *m, unsigned pages);

#endif
