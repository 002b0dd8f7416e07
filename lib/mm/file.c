/* SPDX-License-Identifier: BSD-2-Clause */
/* Files: making them, their mappings, read(2) and write(2). */
#include "mm/file.h"

#include "exec/var.h"
#include "mm/gfp.h"
#include "mm/hugetlb.h"
#include "mm/page.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

static_assert(offsetof(struct file, mapping) == 0, "pages name the mapping by its place");

/* By name: the same order in every equivalent state. */
static void link_file(struct mm_room *room, struct file *file)
{
	struct file *at;

	TAILQ_FOREACH(at, &room->files, link)
		if (at->name > file->name)
			break;
	if (at)
		TAILQ_INSERT_BEFORE(at, file, link);
	else
		TAILQ_INSERT_TAIL(&room->files, file, link);
}

struct file *file_create(enum file_kind kind, const char *label, uint64_t size)
{
	struct file *file = kmalloc(sizeof(*file));

	if (!file)
		return NULL;
	file->refcount = 1;
	file->kind = kind;
	file->readable = file->writable = true;
	file->size = size;
	snprintf(file->label, sizeof(file->label), "%s", label);
	RB_INIT(&file->mapping.cache);
	RB_INIT(&file->disk);
	TAILQ_INIT(&file->mapping.mappings);
	shared_policy_init(&file->policies);
	file->name = birth_name();
	file->ino = file->name;
	lock_init(&file->mapping.tree_lock, file->name, LOCK_MAPPING);
	rwlock_init(&file->mapping.i_mmap_lock, file->name, LOCK_I_MMAP);
	if (kind == FILE_HUGETLB && hugetlb_file_init(file)) {
		birth_dead(file->name);
		kfree(file, sizeof(*file));
		return NULL;
	}
	link_file(current_machine()->mm, file);
	return file;
}

void file_get(struct file *file)
{
	shared_add32(OBJECT(OBJ_FILE, file->name, 0x800001), &file->refcount, 1);
}

void file_put(struct file *file)
{
	struct observer *o = &current_machine()->observer;

	if (shared_add32(OBJECT(OBJ_FILE, file->name, 0x800001), &file->refcount, -1))
		return;
	file_truncate(file, 0);
	if (o->file_gone)
		o->file_gone(o->self, file->name);
	if (file->kind == FILE_HUGETLB)
		hugetlb_file_destroy(file);
	shared_policy_free(&file->policies);
	TAILQ_REMOVE(&current_machine()->mm->files, file, link);
	birth_dead(file->name);
	kfree(file, sizeof(*file));
}

/*
 * Mappings stand in the order of the interval tree that the kernel keeps them in: by the first page
 * of the file, older ones first; a child's right behind its parent's (vma_interval_tree_insert(),
 * vma_interval_tree_insert_after()).
 */
static void insert_mapping(struct address_space *mapping, struct file_mapping *m,
			   const struct vm_area_struct *parent)
{
	struct file_mapping *before = TAILQ_LAST(&mapping->mappings, file_mappings);

	while (before && (parent ? before->vma != parent
				 : before->vma->vm_pgoff > m->vma->vm_pgoff))
		before = TAILQ_PREV(before, file_mappings, link);
	if (before)
		TAILQ_INSERT_AFTER(&mapping->mappings, before, m, link);
	else
		TAILQ_INSERT_HEAD(&mapping->mappings, m, link);
}

int file_vma_link(struct vm_area_struct *vma, const struct vm_area_struct *parent)
{
	struct address_space *mapping = &vma->vm_file->mapping;
	struct file_mapping *m = kmalloc_nofail(current_machine(), sizeof(*m)); /* the VMA's own */
	int ret;

	if (!m)
		return -ENOMEM;
	ret = vma->vm_file->kind == FILE_HUGETLB ? hugetlb_vma_open(vma) : 0;
	if (ret) {
		kfree(m, sizeof(*m));
		return ret;
	}
	m->vma = vma;
	rwlock_take_write(&mapping->i_mmap_lock);
	insert_mapping(mapping, m, parent);
	rwlock_release_write(&mapping->i_mmap_lock);
	return 0;
}

void file_vma_unlink(struct vm_area_struct *vma)
{
	struct address_space *mapping = &vma->vm_file->mapping;
	struct file_mapping *m;

	rwlock_take_write(&mapping->i_mmap_lock);
	TAILQ_FOREACH(m, &mapping->mappings, link)
		if (m->vma == vma)
			break;
	if (m)
		TAILQ_REMOVE(&mapping->mappings, m, link);
	rwlock_release_write(&mapping->i_mmap_lock);
	kfree(m, sizeof(*m));
	if (vma->vm_file->kind == FILE_HUGETLB)
		hugetlb_vma_close(vma);
}

uint64_t file_size(const struct file *file)
{
	return shared_read64(FILE_SIZE_OBJECT(file), &file->size);
}

uint64_t file_size_pages(const struct file *file)
{
	return (file_size(file) + FRAME_SIZE - 1) >> FRAME_SHIFT;
}

/* Reach the word of the page at @offset; the page is locked, with a reference. */
static int word_page(struct page **page, struct file *file, uint64_t offset)
{
	bool major;

	if (offset % 8)
		return -EINVAL;
	if (file->kind != FILE_REGULAR && file->kind != FILE_SHMEM)
		return -EOPNOTSUPP;
	if (offset >= file_size(file))
		return -ENODATA;
	return file_get_page(page, file, offset >> FRAME_SHIFT, NULL, 0, &major);
}

static uint64_t word_pa(const struct page *page, uint64_t offset)
{
	return page_to_pfn(current_machine(), page) << FRAME_SHIFT | (offset & (FRAME_SIZE - 1));
}

static uint64_t word_object(const struct page *page, uint64_t offset)
{
	return OBJECT(OBJ_CONTENT, page->name, (offset & (FRAME_SIZE - 1)) >> 3);
}

int file_read_word(uint64_t *value, struct file *file, uint64_t offset)
{
	struct page *page;
	int ret = word_page(&page, file, offset);

	if (ret)
		return ret == -EFAULT ? -ENODATA : ret;
	unlock_page(page);
	point(POINT_LOAD, word_object(page, offset), ACCESS_READ);
	*value = content_get(current_machine()->content, word_pa(page, offset));
	observe(*value);
	put_page(page);
	return 0;
}

static int write_word(struct file *file, uint64_t offset, uint64_t value, bool first)
{
	struct observer *o = &current_machine()->observer;
	struct page *page;
	int ret = word_page(&page, file, offset);

	if (ret)
		return ret == -EFAULT || ret == -ENODATA ? -EFBIG : ret;
	if (first && file->kind == FILE_SHMEM)
		mark_page_accessed(page);
	point(POINT_STORE, word_object(page, offset), ACCESS_WRITE);
	if (content_set(current_machine()->content, word_pa(page, offset), value))
		limit_reached("more than %d words of memory are in use", CONTENT_WORDS);
	if (o->file_stored)
		o->file_stored(o->self, file->name, offset, value, word_object(page, offset));
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
	return 0;
}

int file_write_word(struct file *file, uint64_t offset, uint64_t value)
{
	return write_word(file, offset, value, true);
}

int file_write_next_word(struct file *file, uint64_t offset, uint64_t value)
{
	return write_word(file, offset, value, !(offset % FRAME_SIZE));
}

static void digest_file(const struct file *file, struct digest_sink *sink)
{
	const struct file_mapping *m;
	struct cached_page *c;

	lock_digest(&file->mapping.tree_lock, sink);
	rwlock_digest(&file->mapping.i_mmap_lock, sink);
	digest_put(sink, (uint64_t)file->name << 32 | (uint32_t)file->refcount);
	digest_put(sink, file->size);
	digest_put(sink, file->kind | file->readable << 8 | file->writable << 9);
	RB_FOREACH(c, cache_tree, (struct cache_tree *)&file->mapping.cache) {
		digest_put(sink, c->index);
		digest_put(sink, c->page->name);
	}
	TAILQ_FOREACH(m, &file->mapping.mappings, link) {
		digest_put(sink, m->vma->vm_mm->name);
		digest_put(sink, m->vma->vm_start);
	}
	file_disk_digest(file, sink);
}

void files_digest(const struct numasim_machine *m, struct digest_sink *sink)
{
	const struct file *file;

	TAILQ_FOREACH(file, &m->mm->files, link) {
		digest_file(file, sink);
		shared_policy_digest(&file->policies, sink);
		if (file->kind == FILE_HUGETLB)
			hugetlb_file_digest(file, sink);
	}
}
