/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults of mappings of files: __do_fault() of v3.8 to v3.14, do_read_fault(), do_cow_fault(),
 * do_shared_fault() since, mm/memory.c.
 *
 *   read     [v3.15+: the pages around that are in the cache]; get the page; map it
 *   private  a page of one's own first; get the page; copy; map the copy
 *   write    get the page; page_mkwrite, if the file wants to know; map it; dirty
 */
#include "exec/var.h"
#include "mm/anon.h"
#include "mm/bits.h"
#include "mm/file.h"
#include "mm/gfp.h"
#include "mm/hugetlb.h"
#include "mm/mlock.h"
#include "mm/page.h"
#include "mm/rmap.h"

#include <errno.h>

#define FAULT_AROUND_PAGES 16 /* fault_around_bytes = 65536 */
#define NOT_MAPPED	   1  /* somebody else was faster */

struct file_fault {
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	struct file *file;
	uint64_t address, index;
	pmd_t *pmd;
	struct page *page; /* locked, with a reference */
};

bool vma_wants_writenotify(const struct vm_area_struct *vma)
{
	if ((vma->vm_flags & (VM_WRITE | VM_SHARED)) != (VM_WRITE | VM_SHARED))
		return false;
	if (vma->vm_file && vma->vm_file->kind == FILE_REGULAR)
		return true;
	return has(ROW_SOFT_DIRTY_NOTIFY) && current_kernel()->format.soft_dirty &&
	       !(vma->vm_flags & (VM_SOFTDIRTY | VM_HUGETLB));
}

/* The entry for @page; under the page-table lock, in place of an empty one. */
static void set_new_pte(const struct file_fault *f, struct page *page, uint64_t address, pte_t *pte,
			bool write)
{
	struct vm_area_struct *vma = f->vma;
	pte_t entry = mk_pte(page, vm_page_prot(vma));

	if (write)
		entry = maybe_mkwrite(pte_mkdirty(entry), vma);
	if (write && !(vma->vm_flags & VM_SHARED)) {
		f->mm->rss[MM_ANONPAGES]++;
		page_add_new_anon_rmap(page, vma, address);
	} else {
		f->mm->rss[mm_counter(page)]++;
		page_add_file_rmap(page);
		mlock_vma_page(page, vma, false);
	}
	set_pte_at(f->mm, address, pte, entry);
}

/* Map @page at the address. 0, NOT_MAPPED or -ENOMEM. */
static int map_page(const struct file_fault *f, struct page *page, bool write)
{
	pte_t *pte = pte_alloc_or_retry(f->mm, f->address, f->pmd);
	struct lock *ptl;
	bool empty;

	if (!pte)
		return -ENOMEM;
	if (pte == PTE_RETRY)
		return NOT_MAPPED;
	ptl = pte_lockptr(f->mm, pte);
	lock_take(ptl);
	empty = pte_none(entry_read(pte));
	if (empty)
		set_new_pte(f, page, f->address, pte, write);
	lock_release(ptl);
	return empty ? 0 : NOT_MAPPED;
}

static int get_page_of_file(struct file_fault *f)
{
	bool major;
	int ret = file_get_page(&f->page, f->file, f->index, f->vma, f->address, &major);

	if (!ret && major)
		count_vm_events(VM_EVENT_PGMAJFAULT, 1);
	return ret;
}

/* A page near the address that may be mapped without waiting: locked, with a reference. */
static struct page *page_around(const struct file_fault *f, uint64_t index)
{
	struct page *page = find_get_page(&f->file->mapping, index);

	if (!page)
		return NULL;
	if (trylock_page(page)) {
		touch(PAGE_OBJECT(page, PAGE_F_MAPPING), ACCESS_READ);
		observe(page->mapping == mapping_id(&f->file->mapping));
		if (page->mapping == mapping_id(&f->file->mapping) &&
		    page->flags & PAGE_UPTODATE && index < file_size_pages(f->file))
			return page;
		unlock_page(page);
	}
	put_page(page);
	return NULL;
}

/*
 * v3.15+, do_fault_around(): 16 pages from an aligned one on, or from the start of the VMA; they
 * end with the VMA and with the table.
 *
 *	| table ........|. aligned ..........|.......
 *			   VMA |--- address --- 16 pages ---|---
 */
static void range_around(const struct file_fault *f, uint64_t *from, uint64_t *to)
{
	const uint64_t window = (uint64_t)FAULT_AROUND_PAGES << FRAME_SHIFT;
	uint64_t table_end = (f->address & HPAGE_MASK) + HPAGE_SIZE;

	*from = f->address & ~(window - 1);
	if (*from < f->vma->vm_start)
		*from = f->vma->vm_start;
	*to = *from + window;
	if (*to > f->vma->vm_end)
		*to = f->vma->vm_end;
	if (*to > table_end)
		*to = table_end;
}

/* v4.8+: if there is no table yet it comes with the first page to be mapped. */
static bool any_around(const struct file_fault *f)
{
	struct page *page = NULL;
	uint64_t from, to;

	range_around(f, &from, &to);
	for (uint64_t at = from; at < to && !page; at += FRAME_SIZE)
		page = page_around(f, linear_page_index(f->vma, at));
	if (!page)
		return false;
	unlock_page(page);
	put_page(page);
	return true;
}

/* filemap_map_pages() */
static void fault_around(const struct file_fault *f, pte_t *pte)
{
	struct lock *ptl = pte_lockptr(f->mm, pte);
	uint64_t from, to;

	range_around(f, &from, &to);
	lock_take(ptl);
	for (uint64_t at = from; at < to; at += FRAME_SIZE) {
		pte_t *entry = pte + (int64_t)(at - f->address) / FRAME_SIZE;
		struct page *page = page_around(f, linear_page_index(f->vma, at));

		if (!page)
			continue;
		if (pte_none(entry_read(entry))) {
			get_page(page);
			set_new_pte(f, page, at, entry, false);
		}
		unlock_page(page);
		put_page(page);
	}
	lock_release(ptl);
}

static bool looks_around(const struct file_fault *f)
{
	if (!has(f->file->kind == FILE_SHMEM ? ROW_FAULT_AROUND_SHMEM : ROW_FAULT_AROUND))
		return false;
	return !has(ROW_POSTPONE_PTE_TABLE) || !pmd_none(entry_read(f->pmd)) || any_around(f);
}

static int read_fault(struct file_fault *f)
{
	int ret;

	if (looks_around(f)) {
		pte_t *pte = pte_alloc_or_retry(f->mm, f->address, f->pmd);

		if (!pte || pte == PTE_RETRY)
			return pte ? 0 : -ENOMEM;
		fault_around(f, pte);
		if (!pte_none(entry_read(pte)))
			return 0;
	}
	ret = get_page_of_file(f);
	if (ret)
		return ret;
	ret = map_page(f, f->page, false);
	unlock_page(f->page);
	if (ret)
		put_page(f->page);
	return ret;
}

static int cow_fault(struct file_fault *f)
{
	struct page *copy;
	int ret;

	if (anon_vma_prepare(f->vma))
		return -ENOMEM;
	copy = alloc_page_vma(GFP_MOVABLE, 0, f->vma, f->address);
	if (!copy)
		return -ENOMEM;
	ret = get_page_of_file(f);
	if (!ret) {
		copy_page_contents(copy, f->page);
		page_flags_set(copy, PAGE_UPTODATE);
		ret = map_page(f, copy, true);
		if (!ret)
			event(EVENT_COPIED, f->address);
		unlock_page(f->page);
		put_page(f->page);
	}
	if (ret)
		put_page(copy);
	return ret;
}

/*
 * filemap_page_mkwrite(): the page becomes dirty before its first writable entry. The page comes
 * unlocked; 0: it is locked, and still the file's.
 */
int page_mkwrite(struct page *page, struct address_space *mapping)
{
	lock_page(page);
	touch(PAGE_OBJECT(page, PAGE_F_MAPPING), ACCESS_READ);
	observe(page->mapping == mapping_id(mapping));
	if (page->mapping != mapping_id(mapping)) {
		unlock_page(page);
		return NOT_MAPPED;
	}
	set_page_dirty(page);
	return 0;
}

static int shared_fault(struct file_fault *f)
{
	int ret = get_page_of_file(f);

	if (ret)
		return ret;
	if (f->file->kind == FILE_REGULAR) {
		unlock_page(f->page);
		ret = page_mkwrite(f->page, &f->file->mapping);
		if (ret) {
			put_page(f->page);
			return ret;
		}
	}
	ret = map_page(f, f->page, true);
	if (!ret)
		set_page_dirty(f->page);
	unlock_page(f->page);
	if (ret)
		put_page(f->page);
	return ret;
}

int do_file_fault(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address, pmd_t *pmd,
		  bool write)
{
	struct file_fault f = {.mm = mm, .vma = vma, .file = vma->vm_file,
			       .address = address & PAGE_MASK_4K, .pmd = pmd};
	int ret;

	f.index = linear_page_index(vma, f.address);
	if (f.file->kind == FILE_HUGETLB)
		return hugetlb_fault(mm, vma, address, write);
	if (f.file->kind == FILE_DEVICE) /* what the driver has not put in is not there */
		return -EFAULT;
	if (!write)
		ret = read_fault(&f);
	else if (vma->vm_flags & VM_SHARED)
		ret = shared_fault(&f);
	else
		ret = cow_fault(&f);
	return ret == NOT_MAPPED ? 0 : ret;
}
