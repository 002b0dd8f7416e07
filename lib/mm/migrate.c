/* SPDX-License-Identifier: BSD-2-Clause */
/* What base and huge hint migration share. */
#include "mm/migrate.h"

#include "exec/var.h"
#include "mm/page.h"
#include "mm/tlb.h"
#include "mm/zone.h"

#define RATELIMIT_PAGES	 (128u << (20 - FRAME_SHIFT)) /* 128 MB ... */
#define RATELIMIT_WINDOW 100			      /* ... per 100 ms */

bool numamigrate_update_ratelimit(unsigned nid, unsigned pages)
{
	struct numasim_machine *m = current_machine();
	uint64_t *moved = &m->mm->migrate_window_pages[nid];
	bool limited;

	point(POINT_UPDATE, OBJECT(OBJ_ALLOC, nid, 1), ACCESS_WRITE);
	touch(OBJECT(OBJ_CLOCK, 0, 0), ACCESS_READ);
	if (*m->clock > m->mm->migrate_window_end[nid]) {
		*moved = 0;
		m->mm->migrate_window_end[nid] = *m->clock + RATELIMIT_WINDOW;
	}
	limited = *moved > RATELIMIT_PAGES;
	if (!limited)
		*moved += pages;
	observe(limited);
	return limited;
}

bool migrate_ratelimited(unsigned nid)
{
	struct numasim_machine *m = current_machine();
	bool limited;

	point(POINT_READ, OBJECT(OBJ_ALLOC, nid, 1), ACCESS_READ);
	touch(OBJECT(OBJ_CLOCK, 0, 0), ACCESS_READ);
	limited = *m->clock <= m->mm->migrate_window_end[nid] &&
		  m->mm->migrate_window_pages[nid] > RATELIMIT_PAGES;
	observe(limited);
	return limited;
}

/* migrate_balanced_pgdat(): would the node stay above its high watermark? */
static bool has_room(unsigned nid, unsigned pages)
{
	const struct numasim_machine *m = current_machine();
	bool room;

	point(POINT_READ, OBJECT(OBJ_ALLOC, nid, 0), ACCESS_READ);
	room = m->node[nid].nr_free > zone_of(m, nid)->watermark[WMARK_HIGH] + pages;
	observe(room);
	return room;
}

bool numa_tlb_lazy(struct mm_struct *mm)
{
	return shared_read32(MM_OBJECT(mm, MM_NUMA_TLB_LAZY), &mm->numa_tlb_lazy);
}

/*
 * A huge page skips the usual check of its references, so it is made here: the mapping, the
 * caller and (where the caller's is not dropped yet) the isolation. 04fa5d6a6547 drops the
 * caller's first and wants 2; 340ef3902cf2 wants 3 before it is dropped.
 */
static bool count_is_strange(struct page *page)
{
	if (!(page->flags & PAGE_HEAD) || !has(ROW_A20_THP_COUNT))
		return false;
	return page_count(page) != (has(ROW_A20_THP_COUNT_REFINED) ? 3 : 2);
}

bool numamigrate_isolate_page(unsigned nid, struct vm_area_struct *vma, struct page *page,
			      uint64_t address)
{
	unsigned pages = page_nr_frames(page);
	bool refined = has(ROW_A20_THP_COUNT_REFINED);

	if (!has_room(nid, pages))
		return false;
	if (!isolate_lru_page(page))
		return false;
	if (!refined)
		put_page(page);
	if (count_is_strange(page)) {
		if (!refined) /* the caller's reference is still to be dropped by the caller */
			get_page(page);
		putback_lru_page(page);
		return false;
	}
	if (has(ROW_DRAFT_MASHED) && numa_tlb_lazy(vma->vm_mm)) {
		if (pages == 1)
			flush_tlb_page(vma, address);
		else
			flush_tlb_range(vma, address, address + HPAGE_SIZE);
	}
	if (refined)
		put_page(page);
	return true;
}

struct anon_vma *page_lock_anon_vma_read(struct page *page)
{
	struct numasim_machine *m = current_machine();
	struct anon_vma *anon_vma;

	point(POINT_READ, PAGE_OBJECT(page, PAGE_F_MAPPING), ACCESS_READ);
	observe(page->mapping);
	if (!(page->flags & PAGE_ANON) || !page->mapping || !page_mapcount(page))
		return NULL; /* a page of a file has none, and stays where it is here */
	anon_vma = arena_at(m->arena, page->mapping);
	rwlock_take_read(&anon_vma->root->lock);
	if (!page_mapcount(page)) {
		rwlock_release_read(&anon_vma->root->lock);
		return NULL;
	}
	return anon_vma;
}

void page_unlock_anon_vma_read(struct anon_vma *anon_vma)
{
	rwlock_release_read(&anon_vma->root->lock);
}
