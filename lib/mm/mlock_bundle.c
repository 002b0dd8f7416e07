/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * munlock() of many pages: __munlock_pagevec(), v3.12 to v5.17 mm/mlock.c.
 *
 *	all: not Mlocked, off the list	  | under one lock of the lists
 *	each: does anybody else map it?	  | under its page lock; if so it goes back by itself
 *	the others: back to their lists	  | under one lock
 */
#include "mm/mlock_old.h"

#include "exec/var.h"
#include "mm/lru_batch.h"
#include "mm/mlock.h"

/* Under one lock of the lists; those that are not isolated leave the bundle. */
static void isolate_bundle(struct munlock_bundle *b)
{
	struct lock *lock = &current_machine()->mm->lru_lock[b->page[0]->node];
	struct munlock_bundle left = {0};
	unsigned nr = b->nr;

	b->nr = 0;
	local_irq_disable();
	lock_take(lock);
	for (unsigned i = 0; i < nr; i++) {
		struct page *page = b->page[i];
		bool was = clear_mlocked(page), listed = page_flags_test(page, PAGE_LRU);

		if (was && listed) {
			page_flags_clear(page, PAGE_LRU);
			b->page[b->nr++] = page;
			continue;
		}
		if (was)
			munlock_not_isolated(page);
		left.page[left.nr++] = page;
	}
	lock_release(lock);
	local_irq_enable();
	for (unsigned i = 0; i < left.nr; i++)
		put_page(left.page[i]);
}

/* Nobody else maps it, nobody locked it again: it goes back with the others. */
static bool goes_back_at_once(struct page *page)
{
	if (page_mapcount(page) > 1 || page_flags_test(page, PAGE_MLOCKED))
		return false;
	if (page_flags_test(page, PAGE_UNEVICTABLE)) {
		page_flags_clear(page, PAGE_UNEVICTABLE);
		count_vm_events(VM_EVENT_UNEVICTABLE_PGRESCUED, 1);
	}
	count_vm_events(VM_EVENT_UNEVICTABLE_PGMUNLOCKED, 1);
	return true;
}

static void enlist_bundle(const struct munlock_bundle *b)
{
	struct numasim_machine *m = current_machine();
	struct lock *lock;

	if (!b->nr)
		return;
	lock = &m->mm->lru_lock[b->page[0]->node];
	local_irq_disable();
	lock_take(lock);
	for (unsigned i = 0; i < b->nr; i++) {
		touch(PAGE_OBJECT(b->page[i], PAGE_F_FLAGS), ACCESS_WRITE);
		lru_move(m, LRU_ADD, 0, b->page[i]);
	}
	lock_release(lock);
	local_irq_enable();
	for (unsigned i = 0; i < b->nr; i++)
		put_page(b->page[i]);
}

void munlock_bundle(struct munlock_bundle *b)
{
	struct munlock_bundle back = {0};

	if (!b->nr)
		return;
	isolate_bundle(b);
	for (unsigned i = 0; i < b->nr; i++) {
		struct page *page = b->page[i];

		lock_page(page);
		if (goes_back_at_once(page)) {
			back.page[back.nr++] = page;
			unlock_page(page);
			continue;
		}
		get_page(page);
		munlock_isolated(page);
		unlock_page(page);
		put_page(page);
	}
	enlist_bundle(&back);
	b->nr = 0;
}

void munlock_bundle_add(struct munlock_bundle *b, struct page *page)
{
	if (b->nr == lru_batch_size() || (b->nr && b->page[0]->node != page->node))
		munlock_bundle(b);
	b->page[b->nr++] = page;
}
