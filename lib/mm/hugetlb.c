/* SPDX-License-Identifier: BSD-2-Clause */
/* The pool of huge pages. */
#include "mm/hugetlb.h"

#include "exec/var.h"
#include "mm/gfp.h"
#include "mm/page.h"

#include <errno.h>

static struct hugetlb_pool *pool(void)
{
	return current_machine()->mm->hugetlb;
}

struct hugetlb_pool *hugetlb_pool_make(void)
{
	struct hugetlb_pool *p = pool();

	if (p)
		return p;
	p = kmalloc_nofail(current_machine(), sizeof(*p)); /* the kernel's is static */
	if (!p)
		return NULL;
	TAILQ_INIT(&p->pages);
	lock_init(&p->lock, 1, LOCK_HUGETLB);
	lock_init(&p->fault_lock, 2, LOCK_HUGETLB);
	current_machine()->mm->hugetlb = p;
	return p;
}

struct hugetlb_counts hugetlb_counts(const struct numasim_machine *m)
{
	const struct hugetlb_pool *p = m->mm->hugetlb;

	if (!p)
		return (struct hugetlb_counts){0};
	return (struct hugetlb_counts){p->nr_huge_pages, p->free_huge_pages, p->resv_huge_pages};
}

/* The page is free; the pool's lock is held. */
static void enqueue(struct hugetlb_pool *p, struct pool_page *at)
{
	at->free = true;
	TAILQ_INSERT_HEAD(&p->pages, at, link);
	p->free_huge_pages++;
}

/* One page more, from the next node that has one. */
static bool pool_grow(struct hugetlb_pool *p)
{
	struct numasim_machine *m = current_machine();
	struct pool_page *at = kmalloc_nofail(m, sizeof(*at)); /* stands in the page's record */
	struct page *page = NULL;

	for (unsigned i = 0; at && i < m->nr_nodes && !page; i++) {
		page = alloc_pages_nodes(GFP_THISNODE | GFP_COMP | GFP_NOWARN, HPAGE_ORDER,
					 p->next_node, NULL);
		p->next_node = (p->next_node + 1) % m->nr_nodes;
	}
	if (!page) {
		kfree(at, sizeof(*at));
		return false;
	}
	at->page = page;
	page_flags_set(page, PAGE_HUGETLB);
	page->count = 0;
	lock_take(&p->lock);
	enqueue(p, at);
	p->nr_huge_pages++;
	lock_release(&p->lock);
	return true;
}

/* One page less; false: all that is left is in use or promised. */
static bool pool_shrink(struct hugetlb_pool *p)
{
	struct pool_page *at = NULL;
	struct page *page;

	lock_take(&p->lock);
	if (p->free_huge_pages > p->resv_huge_pages) {
		at = TAILQ_FIRST(&p->pages);
		TAILQ_REMOVE(&p->pages, at, link);
		p->free_huge_pages--;
		p->nr_huge_pages--;
	}
	observe(at != NULL);
	lock_release(&p->lock);
	if (!at)
		return false;
	page = at->page;
	kfree(at, sizeof(*at));
	page_flags_clear(page, PAGE_HUGETLB);
	page->count = 1;
	put_page(page);
	return true;
}

long hugetlb_set_pool(uint64_t nr)
{
	struct hugetlb_pool *p = hugetlb_pool_make();

	if (!p)
		return -ENOMEM;
	while (p->nr_huge_pages < nr && pool_grow(p))
		;
	while (p->nr_huge_pages > nr && pool_shrink(p))
		;
	return p->nr_huge_pages;
}

void hugetlb_free_page(struct page *page)
{
	struct hugetlb_pool *p = pool();
	struct pool_page *at;

	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	touch(PAGE_OBJECT(page, PAGE_F_MAPPING), ACCESS_WRITE);
	page->flags = PAGE_HEAD | PAGE_HUGETLB;
	page->mapping = 0;
	page->index = 0;
	lock_take(&p->lock);
	TAILQ_FOREACH(at, &p->pages, link)
		if (at->page == page)
			break;
	TAILQ_REMOVE(&p->pages, at, link);
	enqueue(p, at);
	lock_release(&p->lock);
}

uint64_t hugetlb_index(const struct vm_area_struct *vma, uint64_t address)
{
	return linear_page_index(vma, address & HPAGE_MASK) / BLOCK_FRAMES;
}

/* A free page, of the nearest node that has one. The lock is held. */
static struct pool_page *nearest(const struct hugetlb_pool *p)
{
	const struct numasim_machine *m = current_machine();
	struct pool_page *best = NULL, *at;

	TAILQ_FOREACH(at, &p->pages, link)
		if (at->free && (!best || machine_distance(m, this_cpu()->node, at->page->node) <
				     machine_distance(m, this_cpu()->node, best->page->node)))
			best = at;
	return best;
}

struct page *hugetlb_alloc(struct vm_area_struct *vma, uint64_t index)
{
	struct numasim_machine *m = current_machine();
	struct hugetlb_promise *promise = hugetlb_promise_of(
		vma->vm_file, vma->vm_flags & VM_SHARED ? NULL : vma->vm_mm, index);
	struct hugetlb_pool *p = pool();
	struct pool_page *at = NULL;
	struct page *page;
	bool promised;

	if (!p)
		return NULL;
	lock_take(&p->lock);
	promised = promise && promise->promised[index - promise->first];
	if (promised || p->free_huge_pages > p->resv_huge_pages)
		at = nearest(p);
	if (at) {
		at->free = false;
		TAILQ_REMOVE(&p->pages, at, link);
		TAILQ_INSERT_TAIL(&p->pages, at, link);
		p->free_huge_pages--;
	}
	if (at && promised) {
		promise->promised[index - promise->first] = false;
		p->resv_huge_pages--;
	}
	observe(at ? at->page->name : 0);
	lock_release(&p->lock);
	if (!at)
		return NULL;
	page = at->page;
	touch(PAGE_OBJECT(page, PAGE_F_COUNT), ACCESS_WRITE);
	page->count = 1;
	page_flags_set(page, PAGE_UPTODATE);
	content_clear(m->content, page_to_pfn(m, page) << FRAME_SHIFT, 0, HPAGE_SIZE);
	return page;
}

void hugetlb_digest(const struct numasim_machine *m, struct digest_sink *sink)
{
	const struct hugetlb_pool *p = m->mm->hugetlb;
	const struct pool_page *at;

	if (!p)
		return;
	lock_digest(&p->lock, sink);
	lock_digest(&p->fault_lock, sink);
	digest_put(sink, p->nr_huge_pages << 32 | p->resv_huge_pages);
	digest_put(sink, p->next_node);
	TAILQ_FOREACH(at, &p->pages, link)
		if (at->free)
			digest_put(sink, at->page->name);
}
