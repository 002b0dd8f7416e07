/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Map counts (mm/rmap.c).
 *
 *   to v4.4    a huge page has one count, of the PMDs that map it; a split makes 512 pages of it
 *   v4.5+      PMDs count on the whole, PTEs on the part that they map:
 *
 *      whole 1   |  parts  1 0 2 0 ... 0    page_mapcount() of part 2 is 1 + 2, of the page 1 + 3
 *
 * To v6.1 the kernel added one to every part while PMDs and PTEs both mapped the page (DoubleMap),
 * and took it off again where counts are read; v6.2 counts mapped parts beside. What can be read is
 * the same, so there is one way to keep it here.
 */
#include "mm/page.h"

#include "exec/var.h"
#include "mm/mlock.h"

static void map_whole(struct page *page, int32_t delta)
{
	shared_add32(PAGE_OBJECT(page, PAGE_F_MAPCOUNT), &page->mapcount, delta);
	page_check_alive(page, delta > 0 ? "gets a mapping" : "loses a mapping");
}

static void add_to_part(struct page *page, unsigned part, int32_t delta)
{
	struct page *record = page_part_record(page, part);
	struct block *block = page_block(page);

	block->parts_mapped -= record->mapcount > 0;
	record->mapcount += delta;
	block->part_maps += delta;
	block->parts_mapped += record->mapcount > 0;
}

static void map_part(struct page *page, unsigned part, int32_t delta)
{
	if (!(page->flags & PAGE_HEAD)) {
		map_whole(page, delta);
		return;
	}
	point(POINT_UPDATE, PAGE_OBJECT(page, PAGE_F_MAPCOUNT), ACCESS_WRITE);
	page_check_alive(page, delta > 0 ? "gets a mapping" : "loses a mapping");
	add_to_part(page, part, delta);
	observe((uint32_t)page_part_record(page, part)->mapcount);
}

static void set_family(struct page *page, const struct anon_vma *anon_vma, uint64_t index)
{
	touch(PAGE_OBJECT(page, PAGE_F_MAPPING), ACCESS_WRITE);
	page_flags_set(page, PAGE_ANON);
	page->mapping = arena_id(current_machine()->arena, anon_vma);
	page->index = index;
}

/* A page keeps the family that it has. One without any (it was swapped out) may be shared by all
 * that descend from the oldest, so it joins that one (v3.8 __page_set_anon_rmap()). */
static void join_family(struct page *page, const struct vm_area_struct *vma, uint64_t index)
{
	if (!(page->flags & PAGE_ANON))
		set_family(page, vma->anon_vma->root ? vma->anon_vma->root : vma->anon_vma, index);
}

void page_add_anon_rmap(struct page *page, const struct vm_area_struct *vma, uint64_t address)
{
	map_whole(page, 1);
	join_family(page, vma, linear_page_index(vma, address));
	mlock_vma_page(page, vma, true);
}

void page_add_anon_rmap_pte(struct page *page, unsigned part, const struct vm_area_struct *vma,
			    uint64_t address)
{
	map_part(page, part, 1);
	join_family(page, vma, linear_page_index(vma, address) - part);
	mlock_vma_page(page, vma, false);
}

/* The page is this mapping's own from now on. */
void page_move_anon_rmap(struct page *page, const struct vm_area_struct *vma)
{
	set_family(page, vma->anon_vma, page->index);
}

void page_add_new_anon_rmap(struct page *page, const struct vm_area_struct *vma, uint64_t address)
{
	page_flags_set(page, PAGE_SWAPBACKED);
	map_whole(page, 1);
	set_family(page, vma->anon_vma, linear_page_index(vma, address));
	if (has(ROW_ANON_EXCLUSIVE))
		page_flags_set(page, PAGE_ANON_EXCLUSIVE);
	if (!has(ROW_ANON_INACTIVE))
		page_flags_set(page, PAGE_ACTIVE);
	lru_cache_add_vma(page, vma);
}

void page_add_file_rmap(struct page *page)
{
	map_whole(page, 1);
}

void page_dup_rmap(struct page *page)
{
	map_whole(page, 1);
}

void page_dup_rmap_pte(struct page *page, unsigned part)
{
	map_part(page, part, 1);
}

/* deferred_split_huge_page(), mm/huge_memory.c: onto the queue of its node, unless it is there. */
static void deferred_split(struct page *page)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	observe(page->flags & (PAGE_SWAPCACHE | PAGE_DEFERRED));
	if (page->flags & (PAGE_SWAPCACHE | PAGE_DEFERRED))
		return;
	page->flags |= PAGE_DEFERRED;
	count_vm_events(VM_EVENT_THP_DEFERRED_SPLIT_PAGE, 1);
}

static bool may_be_split_later(const struct page *page)
{
	return has(ROW_NO_SPLITTING) && page->flags & PAGE_HEAD && page->flags & PAGE_ANON &&
	       !page->mapcount;
}

void page_remove_rmap(struct page *page)
{
	unsigned left;

	map_whole(page, -1);
	if (page->mapcount)
		return;
	clear_page_mlock(page);
	left = page->flags & PAGE_HEAD ? page_block(page)->parts_mapped : 0;
	if (may_be_split_later(page) && left && left < BLOCK_FRAMES)
		deferred_split(page);
}

void page_remove_rmap_pte(struct page *page, unsigned part)
{
	page_remove_rmap_run(page, part, false);
}

/* v4.5+: a part that nothing maps any more; v6.10+: if others are still mapped. */
void page_remove_rmap_run(struct page *page, unsigned part, bool more)
{
	map_part(page, part, -1);
	if (page->flags & PAGE_HEAD ? page_part_record(page, part)->mapcount : page->mapcount)
		return;
	clear_page_mlock(page);
	if (may_be_split_later(page) && !(has(ROW_DEFERRED_IF_MAPPED) &&
					  (more || !page_block(page)->parts_mapped)))
		deferred_split(page);
}
