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

static struct hugetlb_pool *pool_make(void)
{
	struct hugetlb_pool *p = pool();

	if (p)
		return p;
	p = kmalloc(sizeof(*p));
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
	const struct numasim_machine *m = current_machine();
	struct pool_page *at = kmalloc(sizeof(*at));
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
	page->flags |= PAGE_HUGETLB;
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
	page->flags &= ~PAGE_HUGETLB;
	page->count = 1;
	put_page(page);
	return true;
}

long hugetlb_set_pool(uint64_t nr)
{
	struct hugetlb_pool *p = pool_make();

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

int hugetlb_file_init(struct file *file)
{
	file->hugetlb = kmalloc(sizeof(*file->hugetlb));
	if (!file->hugetlb)
		return -ENOMEM;
	lock_init(&file->hugetlb->fault_lock, file->name, LOCK_HUGETLB);
	TAILQ_INIT(&file->hugetlb->promises);
	return 0;
}

static size_t promise_size(uint64_t nr)
{
	return sizeof(struct hugetlb_promise) + nr * sizeof(bool);
}

/* Give back what of [from, to) is promised and not taken. */
static void promise_drop(struct hugetlb_promise *promise, uint64_t from, uint64_t to)
{
	struct hugetlb_pool *p = pool();

	lock_take(&p->lock);
	for (uint64_t i = 0; i < promise->nr; i++)
		if (promise->promised[i] && promise->first + i >= from && promise->first + i < to) {
			promise->promised[i] = false;
			p->resv_huge_pages--;
		}
	lock_release(&p->lock);
}

/* The pages that a shared file has in memory go with it. */
static void drop_pages(struct file *file)
{
	uint64_t index = 0;

	while (cache_next(&file->mapping, &index, index)) {
		struct page *page = find_lock_page(&file->mapping, index++);

		if (!page)
			continue;
		delete_from_page_cache(page);
		unlock_page(page);
		put_page(page);
	}
}

void hugetlb_file_destroy(struct file *file)
{
	struct hugetlb_promise *promise;

	drop_pages(file);
	while ((promise = TAILQ_FIRST(&file->hugetlb->promises))) {
		promise_drop(promise, 0, UINT64_MAX);
		TAILQ_REMOVE(&file->hugetlb->promises, promise, link);
		kfree(promise, promise_size(promise->nr));
	}
	kfree(file->hugetlb, sizeof(*file->hugetlb));
	file->hugetlb = NULL;
}

/* Has a promise been made for @index to @mm (NULL: to the sharers)? */
static struct hugetlb_promise *promise_of(const struct file *file, const struct mm_struct *mm,
					  uint64_t index)
{
	struct hugetlb_promise *promise;

	TAILQ_FOREACH(promise, &file->hugetlb->promises, link)
		if (promise->mm == mm && index >= promise->first &&
		    index - promise->first < promise->nr)
			return promise;
	return NULL;
}

/* hugetlb_acct_memory(): take @nr of the free pages for a promise. */
static int promise_pages(struct hugetlb_promise *promise, const struct file *file)
{
	struct hugetlb_pool *p = pool();
	uint64_t wanted = 0;
	int ret = -ENOMEM;

	lock_take(&p->lock);
	for (uint64_t i = 0; i < promise->nr; i++) {
		promise->promised[i] =
			promise->mm || !promise_of(file, NULL, promise->first + i);
		wanted += promise->promised[i];
	}
	if (p->free_huge_pages - p->resv_huge_pages >= wanted) {
		p->resv_huge_pages += wanted;
		ret = 0;
	}
	observe((uint32_t)ret);
	lock_release(&p->lock);
	return ret;
}

int hugetlb_vma_open(struct vm_area_struct *vma)
{
	struct file *file = vma->vm_file;
	struct hugetlb_promise *promise;
	uint64_t nr = (vma->vm_end - vma->vm_start) / HPAGE_SIZE;
	int ret;

	if ((vma->vm_start | vma->vm_end) & ~HPAGE_MASK || vma->vm_pgoff % BLOCK_FRAMES)
		return -EINVAL;
	if (vma->vm_mm != current_task()->mm || vma->vm_flags & VM_NORESERVE)
		return 0; /* a child's; or it takes its chances */
	if (!pool_make())
		return -ENOMEM;
	promise = kmalloc(promise_size(nr));
	if (!promise)
		return -ENOMEM;
	promise->mm = vma->vm_flags & VM_SHARED ? NULL : vma->vm_mm;
	promise->first = vma->vm_pgoff / BLOCK_FRAMES;
	promise->nr = nr;
	ret = promise_pages(promise, file);
	if (ret)
		kfree(promise, promise_size(nr));
	else
		TAILQ_INSERT_TAIL(&file->hugetlb->promises, promise, link);
	return ret;
}

void hugetlb_vma_close(struct vm_area_struct *vma)
{
	uint64_t first = vma->vm_pgoff / BLOCK_FRAMES;
	struct hugetlb_promise *promise;

	if (vma->vm_flags & VM_SHARED) /* stays with the file */
		return;
	TAILQ_FOREACH(promise, &vma->vm_file->hugetlb->promises, link)
		if (promise->mm == vma->vm_mm)
			promise_drop(promise, first, first + vma_pages(vma) / BLOCK_FRAMES);
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
	struct hugetlb_promise *promise = promise_of(
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
	page->count = 1;
	page->flags |= PAGE_UPTODATE;
	content_clear(m->content, page_to_pfn(m, page) << FRAME_SHIFT, 0, HPAGE_SIZE);
	return page;
}

void hugetlb_file_digest(const struct file *file, struct digest_sink *sink)
{
	const struct hugetlb_promise *promise;

	lock_digest(&file->hugetlb->fault_lock, sink);
	TAILQ_FOREACH(promise, &file->hugetlb->promises, link) {
		digest_put(sink, promise->mm ? promise->mm->name : 0);
		digest_put(sink, promise->first);
		for (uint64_t i = 0; i < promise->nr; i++)
			digest_put(sink, promise->promised[i]);
	}
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
