/* SPDX-License-Identifier: BSD-2-Clause */
/* The page cache (mm/filemap.c), and how its pages come to be, mm/filemap.c and mm/shmem.c. */
#include "exec/var.h"
#include "mm/file.h"
#include "mm/gfp.h"
#include "mm/page.h"

#include <errno.h>

static int compare_cached(const struct cached_page *a, const struct cached_page *b)
{
	return a->index < b->index ? -1 : a->index > b->index;
}

RB_GENERATE(cache_tree, cached_page, link, compare_cached)

static struct cached_page *cached_at(struct address_space *mapping, uint64_t index)
{
	struct cached_page key = {.index = index};

	return RB_FIND(cache_tree, &mapping->cache, &key);
}

struct address_space *page_mapping(const struct page *page)
{
	return page->flags & PAGE_ANON ? NULL : arena_at(current_machine()->arena, page->mapping);
}

struct page *find_get_page(struct address_space *mapping, uint64_t index)
{
	for (;;) {
		struct cached_page *c;
		struct page *page;

		point(POINT_READ, FILE_OBJECT(mapping_file(mapping), index), ACCESS_READ);
		c = cached_at(mapping, index);
		page = c ? c->page : NULL;
		observe(page ? page->name : 0);
		if (!page)
			return NULL;
		birth_known(page->name);
		if (!get_page_unless_zero(page))
			continue; /* it has left the cache and was freed */
		if (direct())
			return page;
		c = cached_at(mapping, index);
		observe(c && c->page == page);
		if (c && c->page == page)
			return page;
		put_page(page);
	}
}

struct page *find_lock_page(struct address_space *mapping, uint64_t index)
{
	struct page *page;

	while ((page = find_get_page(mapping, index))) {
		lock_page(page);
		touch(PAGE_OBJECT(page, PAGE_F_MAPPING), ACCESS_READ);
		observe(page->mapping == mapping_id(mapping));
		if (page->mapping == mapping_id(mapping))
			break;
		unlock_page(page); /* truncated before it was locked */
		put_page(page);
	}
	return page;
}

int add_to_page_cache(struct page *page, struct address_space *mapping, uint64_t index)
{
	struct cached_page *c = kmalloc(sizeof(*c));
	bool there;

	if (!c)
		return -ENOMEM;
	*c = (struct cached_page){.index = index, .page = page};
	lock_take(&mapping->tree_lock);
	there = cached_at(mapping, index);
	observe(there);
	if (!there) {
		get_page(page);
		touch(FILE_OBJECT(mapping_file(mapping), index), ACCESS_WRITE);
		touch(PAGE_OBJECT(page, PAGE_F_MAPPING), ACCESS_WRITE);
		page->mapping = mapping_id(mapping);
		page->index = index;
		RB_INSERT(cache_tree, &mapping->cache, c);
		mapping->nr_pages++;
	}
	lock_release(&mapping->tree_lock);
	if (there)
		kfree(c, sizeof(*c));
	return there ? -EEXIST : 0;
}

void delete_from_page_cache(struct page *page)
{
	struct address_space *mapping = page_mapping(page);
	struct cached_page *c;

	lock_take(&mapping->tree_lock);
	c = cached_at(mapping, page->index);
	touch(FILE_OBJECT(mapping_file(mapping), page->index), ACCESS_WRITE);
	RB_REMOVE(cache_tree, &mapping->cache, c);
	mapping->nr_pages--;
	touch(PAGE_OBJECT(page, PAGE_F_MAPPING), ACCESS_WRITE);
	page->mapping = 0;
	lock_release(&mapping->tree_lock);
	kfree(c, sizeof(*c));
	put_page(page);
}

bool cache_next(struct address_space *mapping, uint64_t *index, uint64_t from)
{
	struct cached_page key = {.index = from};
	struct cached_page *c;

	lock_take(&mapping->tree_lock);
	c = RB_NFIND(cache_tree, &mapping->cache, &key);
	if (c)
		*index = c->index;
	observe(c ? c->index : UINT64_MAX);
	lock_release(&mapping->tree_lock);
	return c;
}

void set_page_dirty(struct page *page)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page_flags_set(page, PAGE_DIRTY);
}

/* A new page for @index, locked and filled, with two references; for a fault, or for read(2) and
 * write(2). 0, -EEXIST, -ENOMEM. */
static int new_page(struct page **out, struct file *file, uint64_t index, bool fault)
{
	bool shmem = file->kind == FILE_SHMEM;
	struct page *page = shmem ? alloc_page_shmem(GFP_MOVABLE | GFP_ZERO, file, index)
				  : alloc_page_task(GFP_MOVABLE | GFP_ZERO, 0);
	int ret;

	if (!page)
		return -ENOMEM;
	if (shmem)
		page_flags_set(page, PAGE_SWAPBACKED);
	lock_page(page);
	ret = add_to_page_cache(page, &file->mapping, index);
	if (!ret) {
		if (fault)
			lru_cache_add_fault(page);
		else
			lru_cache_add(page);
		if (!shmem)
			file_disk_read(file, page);
		page_flags_set(page, PAGE_UPTODATE);
		*out = page;
		return 0;
	}
	unlock_page(page);
	put_page(page);
	return ret;
}

/* v3.8 filemap_fault(), shmem_getpage_gfp(): the size counts before the page is looked for, and
 * again once it is locked. */
int file_get_page(struct page **page, struct file *file, uint64_t index,
		  struct vm_area_struct *vma, uint64_t address, bool *major)
{
	*major = false;
	if (index >= file_size_pages(file))
		return -EFAULT;
	for (;;) {
		int ret;

		*page = find_lock_page(&file->mapping, index);
		if (*page)
			break;
		*major = file->kind == FILE_REGULAR;
		ret = new_page(page, file, index, vma != NULL);
		if (!ret)
			break;
		if (ret != -EEXIST)
			return ret;
	}
	if (index < file_size_pages(file))
		return 0;
	unlock_page(*page);
	put_page(*page);
	return -EFAULT;
}
