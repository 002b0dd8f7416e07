/* SPDX-License-Identifier: BSD-2-Clause */
/* The disk under a regular file, and write-back (mm/page-writeback.c, mm/rmap.c). */
#include "exec/var.h"
#include "mm/bits.h"
#include "mm/file.h"
#include "mm/page.h"
#include "mm/rmap.h"

#include <errno.h>

static int compare_blocks(const struct disk_block *a, const struct disk_block *b)
{
	return a->index < b->index ? -1 : a->index > b->index;
}

RB_PROTOTYPE(disk_tree, disk_block, link, )
RB_GENERATE(disk_tree, disk_block, link, compare_blocks)

static struct disk_block *block_at(const struct file *file, uint64_t index)
{
	struct disk_block key = {.index = index};

	return RB_FIND(disk_tree, (struct disk_tree *)&file->disk, &key);
}

int file_disk_read(struct file *file, struct page *page)
{
	const struct disk_block *block = block_at(file, page->index);

	touch(FILE_OBJECT(file, page->index), ACCESS_READ);
	return image_read(page, block ? block->image : NULL);
}

/* A block for @index; the disk's, not the kernel's memory. */
static struct disk_block *block_make(struct file *file, uint64_t index)
{
	struct disk_block *block = block_at(file, index);

	if (block)
		return block;
	block = arena_alloc(current_machine()->arena, sizeof(*block));
	if (block) {
		block->index = index;
		RB_INSERT(disk_tree, &file->disk, block);
	}
	return block;
}

static void block_free(struct file *file, struct disk_block *block)
{
	RB_REMOVE(disk_tree, &file->disk, block);
	image_free(&block->image);
	arena_free(current_machine()->arena, block, sizeof(*block));
}

int file_disk_write(struct file *file, struct page *page)
{
	struct disk_block *block = block_make(file, page->index);
	uint64_t object = FILE_OBJECT(file, page->index);
	int ret = block ? image_write(&block->image, object, page) : -ENOSPC;

	touch(object, ACCESS_WRITE);
	if (!block)
		return -EIO;
	if (!block->image)
		block_free(file, block);
	return ret ? -EIO : 0;
}

void file_disk_truncate(struct file *file, uint64_t size)
{
	struct disk_block *block, *next;

	RB_FOREACH_SAFE(block, disk_tree, &file->disk, next) {
		uint64_t start = block->index << FRAME_SHIFT;

		if (start + FRAME_SIZE <= size)
			continue;
		image_truncate(&block->image, size > start ? size - start : 0);
		if (!block->image)
			block_free(file, block);
	}
}

void file_disk_digest(const struct file *file, struct digest_sink *sink)
{
	struct disk_block *block;

	RB_FOREACH(block, disk_tree, (struct disk_tree *)&file->disk) {
		digest_put(sink, block->index);
		image_digest(block->image, sink);
	}
}

/* page_mkclean_one(): a private mapping has the page read-only and clean anyway. */
static bool mkclean_one(struct page *page, struct vm_area_struct *vma, uint64_t address, void *arg)
{
	unsigned *cleaned = arg;
	struct lock *ptl;
	pte_t *ptep, pte;

	if (!(vma->vm_flags & VM_SHARED))
		return true;
	ptep = entry_find(current_machine(), vma->vm_mm, address, 1);
	if (!ptep)
		return true;
	ptl = pte_lockptr(vma->vm_mm, ptep);
	lock_take(ptl);
	pte = entry_read(ptep);
	if (pte_present(pte) && pte_page(pte) == page && (pte_dirty(pte) || pte_write(pte))) {
		const struct kernel *k = current_kernel();

		pte = ptep_clear_flush(vma, address, ptep);
		set_pte_at(vma->vm_mm, address, ptep,
			   kernel_pte_mkclean(k, kernel_pte_wrprotect(k, pte)));
		++*cleaned;
	}
	lock_release(ptl);
	return true;
}

unsigned page_mkclean(struct page *page)
{
	unsigned cleaned = 0;

	if (page_mapcount(page))
		file_rmap_walk(page, mkclean_one, &cleaned);
	return cleaned;
}

static void describe_written(struct announcement *a, const void *arg)
{
	const struct page *page = arg;

	announce_access(a, PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_READ);
	a->enabled = !(page->flags & PAGE_WRITEBACK);
	a->waits_for = PAGE_OBJECT(page, PAGE_F_FLAGS);
}

void wait_on_page_writeback(struct page *page)
{
	if (page_flags_test(page, PAGE_WRITEBACK))
		point_described(POINT_WAIT, PAGE_OBJECT(page, PAGE_F_FLAGS), describe_written,
				page);
}

/*
 * clear_page_dirty_for_io(): first the entries become clean, and a write that they had seen counts
 * for the page; then the page becomes clean. A write after that faults, and makes it dirty again.
 */
static bool clear_page_dirty_for_io(struct page *page)
{
	bool dirty;

	if (page_mkclean(page))
		set_page_dirty(page);
	point(POINT_UPDATE, PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	dirty = page->flags & PAGE_DIRTY;
	page_flags_clear(page, PAGE_DIRTY);
	observe(dirty);
	return dirty;
}

/* The page, locked and dirty, goes to the disk; unlocked before it is read there. */
static int write_page(struct file *file, struct page *page)
{
	int ret;

	wait_on_page_writeback(page);
	if (!clear_page_dirty_for_io(page)) {
		unlock_page(page);
		return 0;
	}
	page_flags_set(page, PAGE_WRITEBACK);
	unlock_page(page);
	ret = file_disk_write(file, page);
	point(POINT_UPDATE, PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page_flags_clear(page, PAGE_WRITEBACK);
	if (ret)
		page_flags_set(page, PAGE_DIRTY);
	return ret;
}

int file_writeback(struct file *file)
{
	uint64_t index = 0;
	bool any = false;
	int ret = 0;

	if (file->kind != FILE_REGULAR) /* nothing behind it */
		return 0;
	while (cache_next(&file->mapping, &index, index)) {
		struct page *page = find_lock_page(&file->mapping, index++);

		if (!page)
			continue;
		if (page_flags_test(page, PAGE_DIRTY)) {
			any = true;
			ret = write_page(file, page) ?: ret;
		} else {
			unlock_page(page);
		}
		put_page(page);
	}
	if (any)
		lru_add_drain(); /* as whoever lets go of a batch of pages */
	return ret;
}

uint64_t file_drop_cache(struct file *file)
{
	uint64_t index = 0, dropped = 0;

	if (file->kind != FILE_REGULAR)
		return 0;
	lru_add_drain_all();
	while (cache_next(&file->mapping, &index, index)) {
		struct page *page = find_lock_page(&file->mapping, index++);

		if (!page)
			continue;
		page_flags_test(page, PAGE_DIRTY | PAGE_WRITEBACK);
		if (!(page->flags & (PAGE_DIRTY | PAGE_WRITEBACK)) && page_count(page) == 2) {
			delete_from_page_cache(page);
			dropped++;
		}
		unlock_page(page);
		put_page(page);
	}
	return dropped;
}
