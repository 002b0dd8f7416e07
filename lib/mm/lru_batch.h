/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of LRU batches: lru_batch.c, lru_move.c, lru_books.c, mlock_page.c. */
#ifndef MM_LRU_BATCH_H
#define MM_LRU_BATCH_H

#include "kernel/options.h"
#include "mm/page.h"
#include "mm/zone.h"

static inline bool lru_gen(const struct numasim_machine *m)
{
	return kernel_option(m->kernel, OPTION_LRU_GEN);
}

/* The pages that an event of a page counts: a huge one's all from v5.9 on, one before. */
static inline unsigned lru_nr_pages(const struct numasim_machine *m, const struct page *page)
{
	return kernel_has(m->kernel, ROW_UNEVICTABLE_PAGES) ? page_nr_frames(page) : 1;
}

/* How many pages fit into a batch of this release. */
unsigned lru_batch_size(void);

/* This CPU's batch of that kind; NULL: none yet, and (@make) no memory for one. */
struct lru_batch *lru_batch_own(enum lru_batch_kind kind, bool make);

/* @page, with one more reference, into this CPU's batch; moved when that is full or (v4.7+) the
 * page is huge. @how: of LRU_MLOCK. */
void lru_batch_put(enum lru_batch_kind kind, struct page *page, enum mlock_how how);

/*
 * What @kind does to @page, its node's LRU lock held (or in a set-up): flags and counters, no
 * steps. Of all but new pages, @page was on a list, and is on one afterwards.
 */
void lru_move(struct numasim_machine *m, enum lru_batch_kind kind, enum mlock_how how,
	      struct page *page);
/* mlock_page.c: the same for LRU_MLOCK. */
void mlock_move(struct numasim_machine *m, enum mlock_how how, struct page *page);
/* munlock of a page that somebody else has taken off its list. */
void munlock_off_lru(struct numasim_machine *m, struct page *page);

#endif
