/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of copy-on-write share. */
#ifndef MM_COW_H
#define MM_COW_H

#include "mm/anon.h"
#include "mm/bits.h"
#include "mm/page.h"
#include "mm/ranges.h"
#include "mm/rmap.h"

/* The private page behind an entry without RW, that somebody writes. */
struct cow {
	struct vm_fault *vmf;
	struct page *page; /* NULL: the zero page */
	unsigned part;	   /* of a huge page that PTEs map */
};

/*
 * May the writer keep the page? By release; the page-table lock is held, and may be dropped and
 * taken again meanwhile (to v5.8). COW_AGAIN: then the entry changed.
 */
enum cow_verdict { COW_COPY, COW_REUSE, COW_AGAIN };
enum cow_verdict cow_judge(struct cow *c);

/* Is the entry the page's only one, slots of swap counted in (reuse_swap_page(), to v5.17)? */
bool reuse_swap_page(struct page *page, unsigned part);

/* v5.19+: the page is of one process alone from now on. */
static inline void cow_set_exclusive(struct page *page, unsigned part)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page_set_anon_exclusive(page, part, true);
}

/* The lock is held, the page stays: the entry becomes writable. */
void cow_reuse(struct cow *c);

/* Copy 4 KiB, part @part of @src, in steps. */
void copy_page_part(struct page *dst, struct page *src, unsigned part);

#endif
