/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cutting a file off (mm/truncate.c), or a hole into it (mm/shmem.c), and taking a range of it out
 * of all mappings (mm/memory.c).
 *
 *   size | unmap all | per page: lock, wait for its write, unmap, out of the cache | unmap again
 *
 * A fault that looked at the size before it changed gets the page locked either before that, and
 * is unmapped with it, or after, and finds that it is no longer the file's. The second unmapping
 * is for private copies that such a fault made; a hole leaves them, and needs none. (v3.16+ makes
 * faults wait for the hole to be whole, f00cdc6df7d7, which ends no later for it; not built.)
 */
#include "exec/var.h"
#include "mm/file.h"
#include "mm/page.h"
#include "mm/ranges.h"
#include "mm/rmap.h"

#include <errno.h>

void file_rmap_walk(struct page *page,
		    bool (*one)(struct page *page, struct vm_area_struct *vma, uint64_t address,
				void *arg),
		    void *arg)
{
	struct address_space *mapping = page_mapping(page);
	struct file_mapping *m;
	uint64_t address;

	if (!mapping)
		return;
	rwlock_take_read(&mapping->i_mmap_lock);
	TAILQ_FOREACH(m, &mapping->mappings, link)
		if (page_address_in_vma(&address, page, m->vma) &&
		    !one(page, m->vma, address, arg))
			break;
	rwlock_release_read(&mapping->i_mmap_lock);
}

/* To v5.16 the list is locked for writing here (2c8659951654, v5.17, from memory). */
static void lock_mappings(struct address_space *mapping, bool read)
{
	if (read)
		rwlock_take_read(&mapping->i_mmap_lock);
	else
		rwlock_take_write(&mapping->i_mmap_lock);
}

static void unlock_mappings(struct address_space *mapping, bool read)
{
	if (read)
		rwlock_release_read(&mapping->i_mmap_lock);
	else
		rwlock_release_write(&mapping->i_mmap_lock);
}

void unmap_mapping_pages(struct address_space *mapping, uint64_t first, uint64_t last, bool copies)
{
	bool read = has(ROW_UNMAP_MAPPING_READ);
	struct file_mapping *m;

	lock_mappings(mapping, read);
	TAILQ_FOREACH(m, &mapping->mappings, link) {
		struct vm_area_struct *vma = m->vma;
		uint64_t end = vma->vm_pgoff + vma_pages(vma), from = first, to = last + 1;

		if (from < vma->vm_pgoff)
			from = vma->vm_pgoff;
		if (to > end || !to)
			to = end;
		if (from < to)
			zap_file_range(vma, vma->vm_start + ((from - vma->vm_pgoff) << FRAME_SHIFT),
				       (to - from) << FRAME_SHIFT, copies);
	}
	unlock_mappings(mapping, read);
}

/* truncate_inode_page() */
static void truncate_page(struct address_space *mapping, struct page *page)
{
	if (page_mapcount(page))
		unmap_mapping_pages(mapping, page->index, page->index, false);
	page_flags_clear(page, PAGE_DIRTY);
	delete_from_page_cache(page);
}

/* The pages are let go by way of a batch, which first empties this CPU's others. */
static void truncate_cache(struct address_space *mapping, uint64_t first, uint64_t last)
{
	uint64_t index = first;
	bool any = false;

	while (cache_next(mapping, &index, index) && index <= last) {
		struct page *page = find_lock_page(mapping, index++);

		if (!page)
			continue;
		any = true;
		wait_on_page_writeback(page);
		truncate_page(mapping, page);
		unlock_page(page);
		put_page(page);
	}
	if (any)
		lru_add_drain();
}

/* What is left of the last page is zeroes from @size on. */
static void clear_tail(struct file *file, uint64_t size)
{
	struct content *content = current_machine()->content;
	struct page *page = find_lock_page(&file->mapping, size >> FRAME_SHIFT);
	uint64_t from = size & (FRAME_SIZE - 1);

	if (!page)
		return;
	wait_on_page_writeback(page);
	for (uint64_t at = from & ~UINT64_C(7); at < FRAME_SIZE; at += 8)
		touch(OBJECT(OBJ_CONTENT, page->name, at >> 3), ACCESS_WRITE);
	content_clear(content, page_to_pfn(current_machine(), page) << FRAME_SHIFT, from,
		      FRAME_SIZE);
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
}

static void cut(struct file *file, uint64_t size)
{
	struct address_space *mapping = &file->mapping;
	uint64_t first = (size + FRAME_SIZE - 1) >> FRAME_SHIFT;

	unmap_mapping_pages(mapping, first, UINT64_MAX, true);
	truncate_cache(mapping, first, UINT64_MAX);
	if (size & (FRAME_SIZE - 1))
		clear_tail(file, size);
	unmap_mapping_pages(mapping, first, UINT64_MAX, true);
	file_disk_truncate(file, size);
}

void file_truncate(struct file *file, uint64_t size)
{
	struct observer *o = &current_machine()->observer;
	uint64_t old = file_size(file);

	shared_write64(FILE_SIZE_OBJECT(file), &file->size, size);
	if (size >= old || file->kind == FILE_HUGETLB || file->kind == FILE_DEVICE)
		return;
	if (o->cut_begin)
		o->cut_begin(o->self, file->name, size, UINT64_MAX);
	cut(file, size);
	if (o->cut_end)
		o->cut_end(o->self, file->name, size, UINT64_MAX);
}

int file_punch_hole(struct file *file, uint64_t start, uint64_t end)
{
	struct observer *o = &current_machine()->observer;
	uint64_t first = start >> FRAME_SHIFT, last = (end >> FRAME_SHIFT) - 1;

	if (file->kind != FILE_SHMEM)
		return -EOPNOTSUPP;
	if (o->cut_begin)
		o->cut_begin(o->self, file->name, start, end);
	unmap_mapping_pages(&file->mapping, first, last, false);
	truncate_cache(&file->mapping, first, last);
	if (o->cut_end)
		o->cut_end(o->self, file->name, start, end);
	return 0;
}
