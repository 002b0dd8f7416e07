/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LRU lists, as far as one can tell whether a page is on one: PAGE_LRU, changed under the node's
 * LRU lock. Pages get there by a CPU's batch (lru_batch.c).
 */
#include "exec/var.h"
#include "mm/lru_batch.h"
#include "mm/mlock.h"

static struct lock *lru_lock_of(const struct page *page)
{
	return &current_machine()->mm->lru_lock[page->node];
}

void lru_remove(struct page *page)
{
	local_irq_disable();
	lock_take(lru_lock_of(page));
	page_flags_clear(page, PAGE_LRU);
	lock_release(lru_lock_of(page));
	local_irq_enable();
}

/* To v5.10, mm/vmscan.c: the flag is tested before and under the LRU lock. */
static bool isolate_under_lock(struct page *page)
{
	bool isolated;

	point(POINT_READ, PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_READ);
	page_check_alive(page, "tests the LRU flag");
	observe(page->flags & PAGE_LRU);
	if (!(page->flags & PAGE_LRU))
		return false;
	local_irq_disable();
	lock_take(lru_lock_of(page));
	isolated = page->flags & PAGE_LRU;
	observe(isolated);
	if (isolated) {
		get_page(page);
		touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
		page->flags &= ~PAGE_LRU;
		note("isolate the page from the LRU");
	}
	lock_release(lru_lock_of(page));
	local_irq_enable();
	return isolated;
}

/* v5.11+: who clears the flag has it; the lock only guards the list. */
static bool isolate_by_flag(struct page *page)
{
	bool isolated;

	point(POINT_UPDATE, PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	page_check_alive(page, "tests the LRU flag");
	isolated = page->flags & PAGE_LRU;
	page->flags &= ~PAGE_LRU;
	observe(isolated);
	if (!isolated)
		return false;
	note("isolate the page from the LRU");
	get_page(page);
	local_irq_disable();
	lock_take(lru_lock_of(page));
	lock_release(lru_lock_of(page));
	local_irq_enable();
	return true;
}

bool isolate_lru_page(struct page *page)
{
	return has(ROW_LRU_BY_FLAG) ? isolate_by_flag(page) : isolate_under_lock(page);
}

/* To v4.16 a page that somebody locked goes back by itself, and what changed is counted at once. */
static void putback_by_itself(struct page *page)
{
	bool was = page_flags_test(page, PAGE_UNEVICTABLE);
	unsigned nr = lru_nr_pages(current_machine(), page);

	if (page_flags_test(page, PAGE_MLOCKED)) {
		add_unevictable(page);
		count_vm_events(VM_EVENT_UNEVICTABLE_PGCULLED, was ? 0 : nr);
		return;
	}
	if (was)
		page_flags_clear(page, PAGE_UNEVICTABLE);
	lru_cache_add(page);
	count_vm_events(VM_EVENT_UNEVICTABLE_PGRESCUED, was ? nr : 0);
}

void putback_lru_page(struct page *page)
{
	if (has(ROW_MLOCK_BATCHED))
		lru_cache_add(page);
	else
		putback_by_itself(page);
	put_page(page);
}
