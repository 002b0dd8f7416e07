/* SPDX-License-Identifier: BSD-2-Clause */
/* Fork's copying of entries; between the files of it. */
#ifndef MM_COPY_H
#define MM_COPY_H

#include "mm/zap.h"

struct copy {
	struct vm_area_struct *dst, *src;
	bool cow;	       /* private and writable: both sides lose RW */
	struct page *prealloc; /* for a page that must be copied now */
	int64_t rss[NR_MM_COUNTERS];
};

/* 0; -EAGAIN: it is a table now (or was split); -ENOMEM. copy_range_huge.c */
int copy_huge_pmd(struct copy *c, pmd_t *src, uint64_t address);

/*
 * May @part of anonymous @page be mapped by a second process? Then it belongs to none alone any
 * more (v5.19+). false: it may be pinned, so the parent must keep it (v5.9+).
 */
bool page_try_share(struct page *page, unsigned part, struct mm_struct *src_mm);

/* A migration entry as both processes have it from now on: READ. */
uint64_t migration_entry_shared(uint64_t entry);

/* RW goes, in one step with what the processor may set (ptep_set_wrprotect()). */
void entry_wrprotect(struct mm_struct *mm, uint64_t address, uint64_t *entry);

#endif
