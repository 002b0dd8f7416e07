/* SPDX-License-Identifier: BSD-2-Clause */
/* refcount: the books of what is behind memory, when nobody is under way: slots of swap against the
 * entries that hold them, pages of files against the caches that they are in. */
#include "check/check.h"

#include "exec/point.h"
#include "mm/entry.h"
#include "mm/file.h"
#include "mm/page.h"
#include "mm/swap.h"

#include <stdlib.h>

static void complain(uint64_t object, const char *format, uint64_t what, long found, long expected)
{
	violate(ORACLE_REFCOUNT, &object, 1, format, (unsigned long long)what, found, expected);
}

/* ---- swap ---- */

/* How many entries hold each slot, in one walk. NULL: no memory. */
static uint32_t *count_holders(const struct numasim_machine *m, const struct swap_device *d)
{
	uint32_t *held = calloc(d->nr_slots, sizeof(*held));
	struct mm_struct *mm;
	struct table *t;

	TAILQ_FOREACH(mm, &m->mm->mms, link)
		RB_FOREACH(t, table_tree, &mm->tables) {
			const uint64_t *entry = phys_to_host(&m->phys, t->pa);

			for (unsigned i = 0; held && t->level == 1 && i < 512; i++)
				if (entry[i])
					held[pte_swap_slot(entry[i])]++; /* 0: holds none */
		}
	return held;
}

static void check_slots(const struct swap_device *d, const uint32_t *holders)
{
	uint64_t used = 0;

	for (uint64_t i = 1; i < d->nr_slots; i++) {
		const struct swap_slot *s = &d->slot[i];
		long held;

		if (s->bad || (!s->count && !s->cached))
			continue;
		used++;
		held = holders[i];
		if (held != s->count)
			complain(SWAP_OBJECT(i), "swap slot %llu has %ld users, but %ld entries "
				 "hold it", i, s->count, held);
		if (s->cached && s->page && page_swap_slot(s->page) != i)
			complain(SWAP_OBJECT(i), "swap slot %llu has a page in the swap cache that "
				 "is of slot %ld (%ld users)", i, (long)page_swap_slot(s->page),
				 s->count);
	}
	if (used != d->nr_used)
		complain(SWAP_OBJECT(0), "the swap device of %llu slots says that %ld are in use, "
			 "but it is %ld", d->nr_slots, (long)d->nr_used, (long)used);
}

static void check_swap(const struct numasim_machine *m, const struct swap_device *d)
{
	uint32_t *holders = count_holders(m, d);

	if (holders)
		check_slots(d, holders);
	else
		limit_reached("an audit's counts of swap slots");
	free(holders);
}

/* ---- files ---- */

static void check_file_cache(struct file *file)
{
	struct cached_page *c;
	uint64_t nr = 0;

	RB_FOREACH(c, cache_tree, &file->mapping.cache) {
		const struct page *page = c->page;

		nr++;
		if (page->flags & (PAGE_FREE | PAGE_ANON) ||
		    page->mapping != mapping_id(&file->mapping))
			complain(FILE_OBJECT(file, c->index), "page %llu of a file's cache is not "
				 "the file's (flags %#lx, mapping %ld)", c->index, page->flags,
				 page->mapping);
		else if (page->index != (uint32_t)c->index)
			complain(FILE_OBJECT(file, c->index), "page %llu of a file's cache thinks "
				 "that it is page %ld (of %ld)", c->index, page->index,
				 (long)file->mapping.nr_pages);
	}
	if (nr != file->mapping.nr_pages)
		complain(FILE_SIZE_OBJECT(file), "a file (inode %llu) says that %ld of its pages "
			 "are cached, but it is %ld", file->ino, (long)file->mapping.nr_pages,
			 (long)nr);
}

void check_backing(struct numasim_machine *m)
{
	struct file *file;

	if (m->mm->swap)
		check_swap(m, m->mm->swap);
	TAILQ_FOREACH(file, &m->mm->files, link)
		check_file_cache(file);
}
