/* SPDX-License-Identifier: BSD-2-Clause */
/* Promises: which pages of the pool mappings and files may count on (reservations). */
#include "mm/hugetlb.h"

#include "exec/var.h"
#include "mm/gfp.h"
#include "mm/page.h"

#include <errno.h>

static struct hugetlb_pool *pool(void)
{
	return current_machine()->mm->hugetlb;
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

struct hugetlb_promise *hugetlb_promise_of(const struct file *file, const struct mm_struct *mm,
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
			promise->mm || !hugetlb_promise_of(file, NULL, promise->first + i);
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
	if (!hugetlb_pool_make())
		return -ENOMEM;
	if (vma->vm_mm != current_task()->mm || vma->vm_flags & VM_NORESERVE)
		return 0; /* a child's; or it takes its chances */
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
