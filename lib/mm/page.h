/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of a page's descriptor: each access is a point, and using a free page is noticed. */
#ifndef MM_PAGE_H
#define MM_PAGE_H

#include "mm/mm.h"

enum page_field {
	PAGE_F_FLAGS = 1,
	PAGE_F_COUNT,
	PAGE_F_MAPCOUNT,
	PAGE_F_MAPPING,
	PAGE_F_CPUPID,
	PAGE_F_LOCK,
};
#define PAGE_OBJECT(page, field) OBJECT(OBJ_PAGE, (page)->name, (field))

int32_t page_count(struct page *page);
int32_t page_mapcount(struct page *page);

void get_page(struct page *page);
/* Take a reference unless the page is free. */
bool get_page_unless_zero(struct page *page);
/* Drop a reference; the last one frees the page. */
void put_page(struct page *page);

bool trylock_page(struct page *page);
void lock_page(struct page *page);
void unlock_page(struct page *page);
bool page_locked(struct page *page);
/* Wait until the page is not locked; takes no reference. */
void wait_on_page_locked(struct page *page);

/* rmap: one more, one less entry maps the page. */
void page_add_anon_rmap(struct page *page, const struct vm_area_struct *vma, uint64_t address);
void page_add_new_anon_rmap(struct page *page, const struct vm_area_struct *vma,
			    uint64_t address);
void page_remove_rmap(struct page *page);

/* Exchange the page's last-fault tag. */
uint32_t page_cpupid_xchg_last(struct page *page, uint32_t cpupid);
uint32_t page_cpupid_last(struct page *page);

/* Take the page off its LRU list: true, and a reference more. */
bool isolate_lru_page(struct page *page);
/* Put it back and drop that reference. */
void putback_lru_page(struct page *page);
/* A new page goes on its LRU list. */
void lru_cache_add(struct page *page);

/* A page of @node only, zeroed contents or not; NULL: none. References: 1. */
struct page *alloc_page_node(unsigned node, bool huge, bool zero);
/* The nearest node that has one, by distance from @node. */
struct page *alloc_page_near(unsigned node, bool huge, bool zero);

/* Copy contents, in steps (at least two). */
void copy_page_contents(struct page *dst, struct page *src);

#endif
