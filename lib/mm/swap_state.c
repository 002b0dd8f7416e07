/* SPDX-License-Identifier: BSD-2-Clause */
/* The swap cache, and what goes to the device and comes from there (mm/swap_state.c,
 * mm/page_io.c). */
#include "exec/var.h"
#include "mm/gfp.h"
#include "mm/page.h"
#include "mm/swap.h"

#include <errno.h>

static int compare_cached(const struct swap_cached *a, const struct swap_cached *b)
{
	return a->page < b->page ? -1 : a->page > b->page;
}

RB_GENERATE(swap_cached_tree, swap_cached, link, compare_cached)

static struct swap_device *device(void)
{
	return current_machine()->mm->swap;
}

static struct swap_cached *cached_of(const struct page *page)
{
	struct swap_cached key = {.page = (struct page *)page};

	return device() ? RB_FIND(swap_cached_tree, &device()->cache, &key) : NULL;
}

uint64_t page_swap_slot(const struct page *page)
{
	const struct swap_cached *c = cached_of(page);

	return c ? c->slot : 0;
}

/* find_get_page(): no lock, so the page may leave while it is taken hold of. */
struct page *lookup_swap_cache(uint64_t slot)
{
	struct swap_slot *s = &device()->slot[slot];

	for (;;) {
		struct page *page;

		point(POINT_READ, SWAP_OBJECT(slot), ACCESS_READ);
		page = s->page;
		observe(page ? page->name : 0);
		if (!page)
			return NULL;
		birth_known(page->name);
		if (!get_page_unless_zero(page))
			continue; /* on its way out: the place empties */
		if (direct() || s->page == page) {
			observe(true);
			return page;
		}
		observe(false);
		put_page(page);
	}
}

int add_to_swap_cache(struct page *page, uint64_t slot)
{
	struct swap_device *d = device();
	struct swap_cached *c = kmalloc(sizeof(*c));

	if (!c)
		return -ENOMEM;
	*c = (struct swap_cached){.page = page, .slot = slot};
	get_page(page);
	lock_take(&d->cache_lock);
	touch(SWAP_OBJECT(slot), ACCESS_WRITE);
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page_flags_set(page, PAGE_SWAPCACHE);
	d->slot[slot].page = page;
	RB_INSERT(swap_cached_tree, &d->cache, c);
	note("page %s is in the swap cache, slot %llu", BIRTH_TEXT(page->name),
	     (unsigned long long)slot);
	lock_release(&d->cache_lock);
	return 0;
}

void delete_from_swap_cache(struct page *page)
{
	struct swap_device *d = device();
	struct swap_cached *c = cached_of(page);
	uint64_t slot = c->slot;

	lock_take(&d->cache_lock);
	touch(SWAP_OBJECT(slot), ACCESS_WRITE);
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page_flags_clear(page, PAGE_SWAPCACHE);
	d->slot[slot].page = NULL;
	RB_REMOVE(swap_cached_tree, &d->cache, c);
	lock_release(&d->cache_lock);
	kfree(c, sizeof(*c));
	swapcache_free(slot);
	put_page(page);
}

bool try_to_free_swap(struct page *page)
{
	page_flags_test(page, PAGE_SWAPCACHE | PAGE_WRITEBACK);
	if (!(page->flags & PAGE_SWAPCACHE) || page->flags & PAGE_WRITEBACK)
		return false;
	if (page_swapcount(page))
		return false;
	delete_from_swap_cache(page);
	page_flags_set(page, PAGE_DIRTY);
	return true;
}

void free_swap_cache(struct page *page)
{
	page_flags_test(page, PAGE_SWAPCACHE);
	if (!(page->flags & PAGE_SWAPCACHE) || page_mapcount(page) || !trylock_page(page))
		return;
	try_to_free_swap(page);
	unlock_page(page);
}

/* v3.8 free_swap_and_cache(), v4.20+ __try_to_reclaim_swap(): only a page that one can lock. */
void free_swap_and_cache(uint64_t slot)
{
	struct page *page;

	swap_free(slot);
	if (!device() || !slot || slot >= device()->nr_slots || swap_count(slot))
		return;
	page = lookup_swap_cache(slot);
	if (!page)
		return;
	if (trylock_page(page)) {
		if (page_swap_slot(page) == slot && (!page_mapcount(page) || vm_swap_full()))
			try_to_free_swap(page);
		unlock_page(page);
	}
	put_page(page);
}

int swap_readpage(struct page *page, uint64_t slot)
{
	touch(SWAP_OBJECT(slot), ACCESS_READ);
	if (image_read(page, device()->slot[slot].image))
		return -EIO;
	page_flags_set(page, PAGE_UPTODATE);
	count_vm_events(VM_EVENT_PSWPIN, 1);
	note("read page %s from swap slot %llu", BIRTH_TEXT(page->name), (unsigned long long)slot);
	return 0;
}

/* The page is under writeback and unlocked while the device reads it. */
int swap_writepage(struct page *page)
{
	uint64_t slot = page_swap_slot(page);
	int ret;

	page_flags_set(page, PAGE_WRITEBACK);
	unlock_page(page);
	count_vm_events(VM_EVENT_PSWPOUT, 1);
	ret = image_write(&device()->slot[slot].image, SWAP_OBJECT(slot), page);
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	touch(SWAP_OBJECT(slot), ACCESS_WRITE);
	page_flags_clear(page, PAGE_WRITEBACK);
	if (ret)
		page_flags_set(page, PAGE_DIRTY); /* as after an error of the device */
	return ret ? -EIO : 0;
}

/* A new page for @slot, whose place is reserved, in the cache and read. */
static struct page *cache_new_page(uint64_t slot, struct page *page)
{
	page_flags_set(page, PAGE_SWAPBACKED);
	lock_page(page);
	if (add_to_swap_cache(page, slot)) {
		unlock_page(page);
		return NULL;
	}
	lru_cache_add_fault(page);
	swap_readpage(page, slot);
	unlock_page(page);
	return page;
}

struct page *read_swap_cache(uint64_t slot, struct vm_area_struct *vma, uint64_t address)
{
	struct page *page, *new = NULL;

	for (;;) {
		int ret;

		page = lookup_swap_cache(slot);
		if (page)
			break;
		if (!new)
			new = alloc_page_vma(GFP_MOVABLE, 0, vma, address);
		if (!new)
			return NULL;
		ret = swapcache_prepare(slot);
		if (ret == -EEXIST) {
			swapcache_wait(slot);
			continue;
		}
		if (ret)
			break;
		page = cache_new_page(slot, new);
		if (!page)
			swapcache_free(slot);
		else
			new = NULL;
		break;
	}
	if (new)
		put_page(new);
	return page;
}
