/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of a page's descriptor: each access is a point, and using a free page is noticed. */
#ifndef MM_PAGE_H
#define MM_PAGE_H

#include "exec/point.h"
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

/* Flags other than PAGE_LOCKED: the running step looks at them, changes them. */
static inline bool page_flags_test(const struct page *page, uint32_t flags)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_READ);
	observe(page->flags & flags);
	return page->flags & flags;
}

static inline void page_flags_set(struct page *page, uint32_t flags)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page->flags |= flags;
}

static inline void page_flags_clear(struct page *page, uint32_t flags)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page->flags &= ~flags;
}

int32_t page_count(struct page *page);
int32_t page_mapcount(struct page *page);

/* The use-after-free oracle wants to know of every look at a page that nobody holds. */
void page_check_alive(struct page *page, const char *what);

void get_page(struct page *page);
void page_ref_add(struct page *page, int32_t nr);
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

/*
 * rmap: one more, one less entry maps the page. Of a huge page: one PMD, that is the whole.
 * page_add_new_anon_rmap() also puts the page on the LRU (its CPU's batch).
 */
void page_add_anon_rmap(struct page *page, const struct vm_area_struct *vma, uint64_t address);
void page_add_new_anon_rmap(struct page *page, const struct vm_area_struct *vma,
			    uint64_t address);
/* The page is @vma's own family's from now on (reuse of a copy, swap-in of an own page). */
void page_move_anon_rmap(struct page *page, const struct vm_area_struct *vma);
void page_add_file_rmap(struct page *page);
void page_dup_rmap(struct page *page); /* fork: mapped once more by its family */
void page_remove_rmap(struct page *page);

/*
 * The same for one PTE, which may map a part of a huge page (v4.5+): part page_part(page, pfn).
 * A base page is its own part 0, so loops over PTEs use these for all pages.
 */
unsigned page_part(const struct page *page, uint64_t pfn);
/* The record that holds the map count of a part of a huge page (no points). */
struct page *page_part_record(struct page *page, unsigned part);
void page_add_anon_rmap_pte(struct page *page, unsigned part, const struct vm_area_struct *vma,
			    uint64_t address);
void page_dup_rmap_pte(struct page *page, unsigned part);
void page_remove_rmap_pte(struct page *page, unsigned part);
/* The same of one of several parts in a row; @more: it is not the last of them. */
void page_remove_rmap_run(struct page *page, unsigned part, bool more);

/* Map counts: of the whole by PMDs; of a part, by PMDs and PTEs (the kernel's page_mapcount() of
 * it); of the whole by everything. For a base page all are page_mapcount(). */
int32_t compound_mapcount(struct page *page);
int32_t subpage_mapcount(struct page *page, unsigned part);
int32_t total_mapcount(struct page *page);
/* How many parts of a huge page PTEs map (v6.2+: _nr_pages_mapped without the PMDs' share). */
unsigned page_parts_mapped(struct page *page);

/*
 * PageAnonExclusive (v5.19+): of the page as PMDs map it, or of a part that PTEs map. Under the
 * page-table lock, no points.
 */
bool page_anon_exclusive(const struct page *page, unsigned part);
void page_set_anon_exclusive(struct page *page, unsigned part, bool exclusive);
/* A PMD of the page becomes PTEs (v4.5+): each part is mapped once more, by a PTE, and has the mark
 * if the whole had it; the whole is mapped once less. References are the caller's:
 * page_ref_add(page, BLOCK_FRAMES - 1). */
void page_map_parts(struct page *page);

/*
 * to v4.4, and split_huge_page() since: a huge page falls apart into 512 pages, of which the first
 * keeps name and record. Each is mapped as often as the whole and its part were together, with
 * as many references; what more references there were stay with the first, and so do the page lock
 * and the place in an LRU batch. The others are on the LRU.
 */
void split_page_frames(struct page *page);

/*
 * Pins exist since v5.6 (FOLL_PIN) and are counted since v5.7: 1024 references of a base page each;
 * a huge page has a count of its own and a reference each. page_maybe_dma_pinned() can say yes for
 * a base page that just has very many references.
 */
#define GUP_PIN_COUNTING_BIAS 1024
void page_pin(struct page *page);
void page_unpin(struct page *page);
bool page_maybe_dma_pinned(struct page *page);

/* Exchange the page's last-fault tag. */
uint32_t page_cpupid_xchg_last(struct page *page, uint32_t cpupid);
uint32_t page_cpupid_last(struct page *page);

/* Take the page off its LRU list: true, and a reference more. A page that is still in a CPU's batch
 * is on none. */
bool isolate_lru_page(struct page *page);
/* Put it back (through the batch) and drop that reference. */
void putback_lru_page(struct page *page);

/*
 * A new page goes on its LRU list by way of this CPU's batch, which holds a reference on it; when
 * the batch is full its pages reach their lists. Huge pages do not wait from v4.7 on.
 */
void lru_cache_add(struct page *page);
/* The same while a fault is handled. */
void lru_cache_add_fault(struct page *page);
/* The same for a new page mapped in @vma by a fault: in a locked one mlocked and unevictable. */
void lru_cache_add_vma(struct page *page, const struct vm_area_struct *vma);

/* Off its list: the page is being freed. */
void lru_remove(struct page *page);

/* The pages in this CPU's batch reach their lists; in all CPUs' batches. */
void lru_add_drain(void);
void lru_add_drain_all(void);
/* The same without any steps: at the end of a set-up. */
void lru_drain_setup(struct numasim_machine *m);
/* How many references batches hold on @page (for the books). */
unsigned lru_batch_holds(const struct numasim_machine *m, const struct page *page);

/* Used once more: referenced, then (by its CPU's batch) active. */
void mark_page_accessed(struct page *page);
/* To another list, by this CPU's batch: inactive; of those that may just be dropped (MADV_FREE; to
 * v4.11: inactive); of a file, could not be dropped. */
void deactivate_page(struct page *page);
void mark_page_lazyfree(struct page *page);
void deactivate_file_page(struct page *page);

/* A page of @node only, zeroed contents or not; NULL: none. References: 1. */
struct page *alloc_page_node(unsigned node, bool huge, bool zero);
/* The nearest node that has one, by distance from @node. */
struct page *alloc_page_near(unsigned node, bool huge, bool zero);

/* Copy contents, in steps (at least two). */
void copy_page_contents(struct page *dst, struct page *src);

#endif
