/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may map a page: rmap_walk() and page_address_in_vma(), mm/rmap.c of v3.8 to v6.12. */
#include "mm/rmap.h"

#include "mm/file.h"
#include "mm/migrate.h"
#include "mm/page.h"

/*
 *	vm_start                                        vm_end
 *	|  vm_pgoff   ...        index          ...     |
 *	|             address = vm_start + (index - vm_pgoff) pages
 *
 * index has 32 bits: the difference is taken in them. A huge page that begins before the mapping
 * is seen at the mapping's start.
 */
static bool address_in(uint64_t *address, const struct page *page, const struct vm_area_struct *vma)
{
	uint32_t index = page->index, first = (uint32_t)vma->vm_pgoff;
	uint64_t pages = vma_pages(vma);

	if ((uint32_t)(index - first) < pages) {
		*address = vma->vm_start + ((uint64_t)(uint32_t)(index - first) << FRAME_SHIFT);
		return true;
	}
	if ((uint32_t)(first - index) < page_nr_frames(page)) {
		*address = vma->vm_start;
		return true;
	}
	return false;
}

/* Is @vma in the family that the page remembers, or in the tree of that one? */
static bool same_family(const struct page *page, const struct vm_area_struct *vma)
{
	const struct anon_vma *anon_vma = arena_at(current_machine()->arena, page->mapping);

	return vma->anon_vma && anon_vma && vma->anon_vma->root == anon_vma->root;
}

bool page_address_in_vma(uint64_t *address, const struct page *page,
			 const struct vm_area_struct *vma)
{
	struct arena *arena = current_machine()->arena;

	if (page_is_anon(page)) {
		if (!same_family(page, vma))
			return false;
	} else if (!vma->vm_file || page->mapping != arena_id(arena, &vma->vm_file->mapping)) {
		return false;
	}
	return address_in(address, page, vma);
}

void rmap_walk_locked(struct page *page, struct anon_vma *anon_vma, rmap_one_fn one, void *arg)
{
	struct anon_vma_chain *chain, *next;

	for (chain = TAILQ_FIRST(&anon_vma->chains); chain; chain = next) {
		uint64_t address;

		next = TAILQ_NEXT(chain, same_anon_vma);
		if (address_in(&address, page, chain->vma) &&
		    !one(page, chain->vma, address, arg))
			return;
	}
}

static void walk_anon(struct page *page, rmap_one_fn one, void *arg)
{
	struct anon_vma *anon_vma = page_lock_anon_vma_read(page);

	if (!anon_vma)
		return;
	rmap_walk_locked(page, anon_vma, one, arg);
	page_unlock_anon_vma_read(anon_vma);
}

static void walk_file(struct page *page, rmap_one_fn one, void *arg)
{
	struct address_space *mapping = arena_at(current_machine()->arena, page->mapping);
	struct file_mapping *at, *next;

	if (!mapping)
		return;
	rwlock_take_read(&mapping->i_mmap_lock);
	for (at = TAILQ_FIRST(&mapping->mappings); at; at = next) {
		uint64_t address;

		next = TAILQ_NEXT(at, link);
		if (address_in(&address, page, at->vma) && !one(page, at->vma, address, arg))
			break;
	}
	rwlock_release_read(&mapping->i_mmap_lock);
}

void rmap_walk(struct page *page, rmap_one_fn one, void *arg)
{
	if (page_is_anon(page))
		walk_anon(page, one, arg);
	else
		walk_file(page, one, arg);
}
