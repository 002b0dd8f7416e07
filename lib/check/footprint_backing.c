/* SPDX-License-Identifier: BSD-2-Clause */
/* The named state of what is behind memory: files and their caches, swap, pages in batches. */
#include "check/footprint.h"

#include "mm/file.h"
#include "mm/swap.h"
#include "mm/zone.h"

static uint64_t image_hash(const struct page_image *image)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; image && i < image->nr; i++)
		sum += digest_mix(image->word[i].offset, image->word[i].value);
	return sum;
}

static void put_swap(struct footprint_list *list, const struct swap_device *d)
{
	footprint_lock(list, &d->lock);
	footprint_lock(list, &d->cache_lock);
	for (uint64_t i = 0; i < d->nr_slots; i++) {
		const struct swap_slot *s = &d->slot[i];

		footprint_put(list, SWAP_OBJECT(i),
			      digest_mix((uint64_t)s->count << 1 | s->cached,
					 s->page ? s->page->name : 0) + image_hash(s->image));
	}
}

/* What is cached of page @index, and what the disk has of it. */
static uint64_t block_hash(struct file *file, uint64_t index, const struct page *page)
{
	struct disk_block *block;

	RB_FOREACH(block, disk_tree, &file->disk)
		if (block->index == index)
			return digest_mix(page ? page->name : 0, image_hash(block->image));
	return page ? page->name : 0;
}

static void put_file(struct footprint_list *list, struct file *file)
{
	uint64_t pages = file->size / FRAME_SIZE + 1;

	footprint_lock(list, &file->mapping.tree_lock);
	footprint_rwlock(list, &file->mapping.i_mmap_lock);
	footprint_put(list, FILE_SIZE_OBJECT(file), file->size);
	for (uint64_t i = 0; i < pages; i++) {
		struct cached_page key = {.index = i}, *cached;

		cached = RB_FIND(cache_tree, &file->mapping.cache, &key);
		footprint_put(list, FILE_OBJECT(file, i),
			      block_hash(file, i, cached ? cached->page : NULL));
	}
}

static uint64_t batches_hash(const struct numasim_machine *m, const struct lru_cpu *lru)
{
	uint64_t hash = 0;

	for (unsigned i = 0; lru && i < LRU_BATCHES; i++) {
		const struct lru_batch *batch = lru->batch[i];

		for (unsigned k = 0; batch && k < batch->nr; k++)
			hash = digest_mix(hash + i + ((uint64_t)batch->how[k] << 8),
					  pfn_to_page(m, batch->pfn[k])->name);
	}
	return hash;
}

void footprint_backing(struct footprint_list *list, const struct numasim_machine *m)
{
	struct file *file;

	if (m->mm->swap)
		put_swap(list, m->mm->swap);
	TAILQ_FOREACH(file, &m->mm->files, link)
		put_file(list, file);
	for (unsigned cpu = 0; cpu < m->nr_cpus; cpu++)
		footprint_put(list, BATCH_OBJECT(cpu), batches_hash(m, m->mm->pages->lru[cpu]));
}
