/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From one LRU list to another (mm/swap.c of v3.8 to v6.12):
 *
 *	activate_page()		inactive -> active		used a second time
 *	deactivate_page()	active -> inactive		MADV_COLD; MADV_FREE to v4.11
 *	mark_page_lazyfree()	anonymous -> inactive, file	MADV_FREE from v4.12 on
 *
 * Whoever asks looks at the page at once, but it moves with its batch, and is looked at again then.
 */
#include "exec/var.h"
#include "mm/lru_batch.h"

/*
 * A page reaches a list: the unevictable one if somebody locked it. The generations keep by
 * themselves who is young, and take the marks that said so till then (seen on 6.12.117).
 * From v4.17 on (9c4e6b1a7027) what changes by it is counted here.
 */
static void add_fn(struct numasim_machine *m, struct page *page)
{
	bool was_unevictable = page->flags & PAGE_UNEVICTABLE;
	bool counted = kernel_has(m->kernel, ROW_MLOCK_BATCHED);
	unsigned nr = lru_nr_pages(m, page);

	page->flags &= ~(PAGE_UNEVICTABLE | PAGE_MLOCK_COUNT);
	if (page->flags & PAGE_MLOCKED) {
		page->flags = (page->flags & ~PAGE_ACTIVE) | PAGE_UNEVICTABLE;
		if (counted && !was_unevictable)
			m->mm->vm_event[VM_EVENT_UNEVICTABLE_PGCULLED] += nr;
	} else {
		if (counted && was_unevictable)
			m->mm->vm_event[VM_EVENT_UNEVICTABLE_PGRESCUED] += nr;
		if (lru_gen(m) && page->flags & PAGE_ACTIVE) /* lru_gen_add_folio() */
			page->flags &= ~(PAGE_ACTIVE | PAGE_REFERENCED);
	}
	page->flags |= PAGE_LRU;
}

static void deactivate_fn(const struct numasim_machine *m, struct page *page)
{
	if (!(page->flags & PAGE_UNEVICTABLE) && (page->flags & PAGE_ACTIVE || lru_gen(m)))
		page->flags &= ~(PAGE_ACTIVE | PAGE_REFERENCED);
}

static bool may_be_lazy(const struct page *page)
{
	const uint32_t mask = PAGE_ANON | PAGE_SWAPBACKED | PAGE_SWAPCACHE | PAGE_UNEVICTABLE;

	return (page->flags & mask) == (PAGE_ANON | PAGE_SWAPBACKED);
}

static void lazyfree_fn(struct numasim_machine *m, struct page *page)
{
	if (!may_be_lazy(page))
		return;
	page->flags &= ~(PAGE_ACTIVE | PAGE_REFERENCED | PAGE_SWAPBACKED);
	m->mm->vm_event[VM_EVENT_PGLAZYFREE] += page_nr_frames(page);
}

/* A page of a file that could not be dropped: whoever maps it uses it. */
static void deactivate_file_fn(struct page *page)
{
	if (!(page->flags & PAGE_UNEVICTABLE) && !page->mapcount)
		page->flags &= ~(PAGE_ACTIVE | PAGE_REFERENCED);
}

void lru_move(struct numasim_machine *m, enum lru_batch_kind kind, enum mlock_how how,
	      struct page *page)
{
	if (kind < LRU_DEACTIVATE_FILE)
		add_fn(m, page);
	else if (kind == LRU_DEACTIVATE_FILE)
		deactivate_file_fn(page);
	else if (kind == LRU_DEACTIVATE)
		deactivate_fn(m, page);
	else if (kind == LRU_LAZYFREE)
		lazyfree_fn(m, page);
	else if (kind == LRU_MLOCK)
		mlock_move(m, how, page);
	else if (!(page->flags & (PAGE_ACTIVE | PAGE_UNEVICTABLE)))
		page->flags |= PAGE_ACTIVE;
}

/* Are of @mask those flags @set that are wanted? The running step looks. */
static bool flags_are(const struct page *page, uint32_t mask, uint32_t set)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_READ);
	observe((page->flags & mask) == set);
	return (page->flags & mask) == set;
}

static void activate_page(struct page *page)
{
	if (flags_are(page, PAGE_LRU | PAGE_ACTIVE | PAGE_UNEVICTABLE, PAGE_LRU))
		lru_batch_put(LRU_ACTIVATE, page, 0);
}

void deactivate_page(struct page *page)
{
	uint32_t active = lru_gen(current_machine()) ? 0 : PAGE_ACTIVE;

	if (flags_are(page, PAGE_LRU | PAGE_UNEVICTABLE | active, PAGE_LRU | active))
		lru_batch_put(LRU_DEACTIVATE, page, 0);
}

void mark_page_lazyfree(struct page *page)
{
	bool wanted;

	if (!has(ROW_LAZYFREE_LRU)) {
		deactivate_page(page);
		return;
	}
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_READ);
	wanted = page->flags & PAGE_LRU && may_be_lazy(page);
	observe(wanted);
	if (wanted)
		lru_batch_put(LRU_LAZYFREE, page, 0);
}

void deactivate_file_page(struct page *page)
{
	if (flags_are(page, PAGE_UNEVICTABLE, 0))
		lru_batch_put(LRU_DEACTIVATE_FILE, page, 0);
}

/* v3.11+: a page that is still in this CPU's batch of new ones gets its list changed there. */
static void activate_in_batch(struct page *page)
{
	const struct lru_batch *batch = lru_batch_own(LRU_ADD, false);
	uint64_t pfn = page_to_pfn(current_machine(), page);
	bool found = false;

	touch(BATCH_OBJECT(this_cpu()->index), ACCESS_READ);
	for (unsigned i = 0; batch && i < batch->nr; i++)
		found |= batch->pfn[i] == pfn;
	observe(found);
	if (found)
		page_flags_set(page, PAGE_ACTIVE);
}

/* With generations a use raises the page's tier (of which two are told apart here). */
static void raise_tier(struct page *page)
{
	if (page->flags & PAGE_UNEVICTABLE)
		return;
	page_flags_set(page, page->flags & PAGE_REFERENCED ? PAGE_WORKINGSET : PAGE_REFERENCED);
}

/*
 *	inactive  ->  inactive, referenced  ->  active  ->  active, referenced
 *
 * Unevictable pages only become referenced.
 */
void mark_page_accessed(struct page *page)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	if (lru_gen(current_machine())) {
		raise_tier(page);
		return;
	}
	observe(page->flags & (PAGE_REFERENCED | PAGE_ACTIVE | PAGE_UNEVICTABLE | PAGE_LRU));
	if (!(page->flags & PAGE_REFERENCED)) {
		page->flags |= PAGE_REFERENCED;
		return;
	}
	if (page->flags & (PAGE_ACTIVE | PAGE_UNEVICTABLE))
		return;
	if (page->flags & PAGE_LRU)
		activate_page(page);
	else if (has(ROW_PAGEVEC_ONE))
		activate_in_batch(page);
	else
		return;
	page_flags_clear(page, PAGE_REFERENCED);
}
