/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Huge pages in parts: how often each is mapped, whose each is, and how a page falls apart.
 *
 * A part's record is the frame's, made when the first PTE maps one (machine/frame.h); the first
 * part shares flags with the whole, as the kernel's head page does.
 */
#include "mm/page.h"

#include "exec/var.h"

unsigned page_part(const struct page *page, uint64_t pfn)
{
	return page->flags & PAGE_HEAD ? pfn % BLOCK_FRAMES : 0;
}

struct page *page_part_record(struct page *page, unsigned part)
{
	struct numasim_machine *m = current_machine();
	const struct node_space *space = &m->space[page->node];

	frame_make_parts(m, page);
	return block_part(space, page_block(page) - space->block, part);
}

/* What is known of a part without making its record. */
static const struct page *look_part(const struct page *page, unsigned part)
{
	const struct node_space *space = &current_machine()->space[page->node];

	if (!page_block(page)->parts)
		return NULL;
	return block_part(space, page_block(page) - space->block, part);
}

int32_t compound_mapcount(struct page *page)
{
	return page_mapcount(page);
}

int32_t subpage_mapcount(struct page *page, unsigned part)
{
	const struct page *record;
	int32_t maps;

	if (!(page->flags & PAGE_HEAD))
		return page_mapcount(page);
	point(POINT_READ, PAGE_OBJECT(page, PAGE_F_MAPCOUNT), ACCESS_READ);
	page_check_alive(page, "reads a map count");
	record = look_part(page, part);
	maps = page->mapcount + (record ? record->mapcount : 0);
	observe((uint32_t)maps);
	return maps;
}

int32_t total_mapcount(struct page *page)
{
	int32_t maps;

	if (!(page->flags & PAGE_HEAD))
		return page_mapcount(page);
	point(POINT_READ, PAGE_OBJECT(page, PAGE_F_MAPCOUNT), ACCESS_READ);
	page_check_alive(page, "reads the map counts");
	maps = page->mapcount + page_block(page)->part_maps;
	observe((uint32_t)maps);
	return maps;
}

unsigned page_parts_mapped(struct page *page)
{
	unsigned parts;

	if (!(page->flags & PAGE_HEAD))
		return 0;
	point(POINT_READ, PAGE_OBJECT(page, PAGE_F_MAPCOUNT), ACCESS_READ);
	parts = page_block(page)->parts_mapped;
	observe(parts);
	return parts;
}

bool page_anon_exclusive(const struct page *page, unsigned part)
{
	const struct page *record = part ? look_part(page, part) : page;

	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_READ);
	return record && record->flags & PAGE_ANON_EXCLUSIVE;
}

void page_set_anon_exclusive(struct page *page, unsigned part, bool exclusive)
{
	struct page *record = page;

	if (part && !exclusive && !look_part(page, part))
		return;
	if (part)
		record = page_part_record(page, part);
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	if (exclusive)
		record->flags |= PAGE_ANON_EXCLUSIVE;
	else
		record->flags &= ~PAGE_ANON_EXCLUSIVE;
}

void page_map_parts(struct page *page)
{
	struct block *block = page_block(page);

	point(POINT_UPDATE, PAGE_OBJECT(page, PAGE_F_MAPCOUNT), ACCESS_WRITE);
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page_check_alive(page, "is mapped in parts");
	for (unsigned i = 0; i < BLOCK_FRAMES; i++) {
		page_part_record(page, i)->mapcount++;
		if (i && page->flags & PAGE_ANON_EXCLUSIVE)
			page_part_record(page, i)->flags |= PAGE_ANON_EXCLUSIVE;
	}
	block->parts_mapped = BLOCK_FRAMES;
	block->part_maps += BLOCK_FRAMES;
	page->mapcount--;
	observe((uint32_t)page->mapcount);
}

/* What of the whole's flags its pages have: v3.8 calls all but the first dirty, v4.5+ only if the
 * whole was (mm/huge_memory.c). */
static uint32_t tail_flags(const struct page *head)
{
	uint32_t kept = head->flags & (PAGE_REFERENCED | PAGE_SWAPBACKED | PAGE_MLOCKED |
				       PAGE_UPTODATE | PAGE_ACTIVE | PAGE_UNEVICTABLE | PAGE_ANON);

	if (!has(ROW_NO_SPLITTING))
		return kept | PAGE_DIRTY | PAGE_LRU;
	return kept | (head->flags & (PAGE_DIRTY | PAGE_WORKINGSET)) | PAGE_LRU;
}

void split_page_frames(struct page *page)
{
	point(POINT_UPDATE, PAGE_OBJECT(page, PAGE_F_COUNT), ACCESS_WRITE);
	touch(PAGE_OBJECT(page, PAGE_F_MAPCOUNT), ACCESS_WRITE);
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	touch(OBJECT(OBJ_ALLOC, page->node, 0), ACCESS_WRITE);
	page_check_alive(page, "is split");
	note("split huge page %s", BIRTH_TEXT(page->name));
	page->flags &= ~PAGE_DEFERRED;
	frame_split_block(current_machine(), page, tail_flags(page));
	observe((uint32_t)page->count);
}

/* ---- pins (mm/gup.c) ---- */

static void count_pin(struct page *page, int32_t delta)
{
	point(POINT_UPDATE, PAGE_OBJECT(page, PAGE_F_COUNT), ACCESS_WRITE);
	page_check_alive(page, delta > 0 ? "is pinned" : "is no longer pinned");
	page_block(page)->pins += delta;
	observe((uint32_t)page_block(page)->pins);
}

void page_pin(struct page *page)
{
	bool counted = has(ROW_PIN_COUNTED), huge = page->flags & PAGE_HEAD;

	page_ref_add(page, counted && !huge ? GUP_PIN_COUNTING_BIAS : 1);
	if (counted && huge)
		count_pin(page, 1);
}

void page_unpin(struct page *page)
{
	bool counted = has(ROW_PIN_COUNTED), huge = page->flags & PAGE_HEAD;

	if (counted && huge)
		count_pin(page, -1);
	if (counted && !huge)
		page_ref_add(page, 1 - GUP_PIN_COUNTING_BIAS);
	put_page(page);
}

bool page_maybe_dma_pinned(struct page *page)
{
	bool pinned;

	if (!has(ROW_PIN_COUNTED))
		return false;
	if (!(page->flags & PAGE_HEAD))
		return page_count(page) >= GUP_PIN_COUNTING_BIAS;
	point(POINT_READ, PAGE_OBJECT(page, PAGE_F_COUNT), ACCESS_READ);
	pinned = page_block(page)->pins > 0;
	observe(pinned);
	return pinned;
}
