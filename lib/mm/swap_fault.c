/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults on swapped-out pages: do_swap_page(), mm/memory.c.
 *
 *   v3.8 to v5.17   map the page; if it is to be written and nobody else has it, writable and out
 *		     of the swap cache (reuse_swap_page()); then let the slot go
 *   v5.18 on	     let the slot go first; then the page is its only user's if nothing else refers
 *		     to it, or, v5.19 on, if the entry says so
 *   v6.11 on	     such a page is mapped writable for a read as well
 *
 * From v4.15 on a page that one entry alone holds, on a device without queues, does not pass
 * through the swap cache (0bcac06f27d7).
 */
#include "exec/var.h"
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/gfp.h"
#include "mm/page.h"
#include "mm/swap.h"

#include <errno.h>

struct swapin {
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	uint64_t address, slot;
	pte_t *pte;
	pte_t orig;
	bool write;
	bool prepared; /* we hold the slot's place in the swap cache against others */
	struct page *page;
	bool through_cache;
};

static bool still_there(const struct swapin *s)
{
	return entry_read(s->pte) == s->orig;
}

/* Past the swap cache: nobody else can know this page. */
static struct page *read_past_cache(struct swapin *s)
{
	struct page *page = alloc_page_vma(GFP_MOVABLE, 0, s->vma, s->address);

	if (!page)
		return NULL;
	page_flags_set(page, PAGE_SWAPBACKED);
	lock_page(page);
	lru_cache_add_fault(page);
	swap_readpage(page, s->slot);
	return page;
}

/* The page of the slot, locked, in s->page. 0; -EAGAIN: the entry is served, or changes: let the
 * instruction try again. */
static int swapin_page(struct swapin *s)
{
	s->through_cache = true;
	s->page = lookup_swap_cache(s->slot);
	if (!s->page && has(ROW_SWAP_SYNC_SKIP) && swap_count(s->slot) == 1) {
		if (has(ROW_H6_SWAPCACHE_PREPARE)) {
			if (swapcache_prepare(s->slot)) {
				swapcache_wait(s->slot); /* the kernel sleeps a tick */
				return -EAGAIN;
			}
			s->prepared = true;
		}
		s->through_cache = false;
		s->page = read_past_cache(s);
		if (s->page)
			count_vm_events(VM_EVENT_PGMAJFAULT, 1);
		return s->page ? 0 : -ENOMEM;
	}
	if (!s->page) {
		s->page = read_swap_cache(s->slot, s->vma, s->address);
		if (!s->page)
			return -ENOMEM;
		count_vm_events(VM_EVENT_PGMAJFAULT, 1);
	}
	lock_page(s->page);
	/* a batch's reference would look like somebody else's */
	if (has(ROW_SWAPIN_REFCOUNT) && s->write && !(s->page->flags & PAGE_LRU))
		lru_add_drain();
	return 0;
}

/* To v5.17: may the writer have this page for itself? Its own entry still counts for the slot. */
static bool reuse_swap_page(struct page *page)
{
	unsigned count = page_mapcount(page);

	page_flags_test(page, PAGE_SWAPCACHE);
	if (count <= 1 && page->flags & PAGE_SWAPCACHE) {
		count += page_swapcount(page);
		if (count == 1 && !(page->flags & PAGE_WRITEBACK)) {
			delete_from_swap_cache(page);
			page_flags_set(page, PAGE_DIRTY);
		}
	}
	return count <= 1;
}

static pte_t keep_soft_dirty(pte_t pte, pte_t orig)
{
	const struct kernel *k = current_kernel();

	return orig & k->format.swp_soft_dirty ? kernel_pte_mksoft_dirty(k, pte) : pte;
}

static void count_mapped(const struct swapin *s)
{
	s->mm->rss[MM_ANONPAGES]++;
	s->mm->rss[MM_SWAPENTS]--;
}

static bool locked_in_memory(const struct swapin *s)
{
	return s->vma->vm_flags & VM_LOCKED || s->page->flags & PAGE_MLOCKED;
}

/* v3.8 to v5.17; true: the write is still to be dealt with. */
static bool map_then_free(struct swapin *s)
{
	pte_t pte = mk_pte(s->page, vm_page_prot(s->vma));
	bool left = s->write;

	count_mapped(s);
	if (s->write && reuse_swap_page(s->page)) {
		pte = maybe_mkwrite(pte_mkdirty(pte), s->vma);
		left = false;
	}
	page_add_anon_rmap(s->page, s->vma, s->address);
	set_pte_at(s->mm, s->address, s->pte, keep_soft_dirty(pte, s->orig));
	swap_free(s->slot);
	if (vm_swap_full() || locked_in_memory(s))
		try_to_free_swap(s->page);
	return left;
}

/* v5.18 on: is it worth trying to have the page out of the swap cache? */
static bool should_free_swap(const struct swapin *s)
{
	if (!(s->page->flags & PAGE_SWAPCACHE))
		return false;
	if (vm_swap_full() || locked_in_memory(s))
		return true;
	return s->write && page_count(s->page) == 2;
}

static bool swapin_exclusive(const struct swapin *s)
{
	if (!s->through_cache)
		return true;
	return s->orig & current_kernel()->format.swp_exclusive;
}

/* v6.11 on: RW for whoever may have it, unless the first write is to be noticed. */
static pte_t writable_at_once(const struct swapin *s, pte_t pte, bool *left)
{
	const struct kernel *k = current_kernel();
	bool tracked = k->format.soft_dirty && !(s->vma->vm_flags & VM_SOFTDIRTY) &&
		       !kernel_pte_soft_dirty(k, pte);

	if (!(s->vma->vm_flags & VM_WRITE) || tracked)
		return pte;
	*left = false;
	return s->write ? pte_mkdirty(pte_mkwrite(pte)) : pte_mkwrite(pte);
}

/* v5.18 on; true: the write is still to be dealt with. */
static bool free_then_map(struct swapin *s)
{
	bool exclusive = swapin_exclusive(s), left = s->write;
	pte_t pte;

	swap_free(s->slot);
	if (should_free_swap(s))
		try_to_free_swap(s->page);
	count_mapped(s);
	pte = keep_soft_dirty(mk_pte(s->page, vm_page_prot(s->vma)), s->orig);
	if (exclusive || page_count(s->page) == 1) {
		if (has(ROW_SWAPIN_WRITABLE)) {
			pte = writable_at_once(s, pte, &left);
		} else if (s->write) {
			pte = maybe_mkwrite(pte_mkdirty(pte), s->vma);
			left = false;
		}
		if (has(ROW_ANON_EXCLUSIVE))
			page_set_anon_exclusive(s->page, 0, true);
	}
	page_add_anon_rmap(s->page, s->vma, s->address);
	set_pte_at(s->mm, s->address, s->pte, pte);
	return left;
}

/* Mapped, but somebody else has the page as well: the write is the next fault, under the same lock,
 * which is released. */
static int write_shared(const struct swapin *s, struct lock *ptl)
{
	struct vm_fault vmf = {.mm = s->mm, .vma = s->vma, .address = s->address,
			       .flags = FAULT_FLAG_WRITE, .pte = s->pte, .orig_pte = *s->pte,
			       .ptl = ptl};

	return vm_fault_to_errno(do_wp_page(&vmf));
}

/* The page is there and locked: map it, if the entry still is what it was. */
static int swapin_map(struct swapin *s)
{
	struct lock *ptl = pte_lockptr(s->mm, s->pte);
	bool left;

	lock_take(ptl);
	if (!still_there(s) || !(s->page->flags & PAGE_UPTODATE)) {
		int ret = still_there(s) ? -EFAULT : 0;

		lock_release(ptl);
		unlock_page(s->page);
		put_page(s->page);
		return ret;
	}
	left = has(ROW_SWAPIN_REFCOUNT) ? free_then_map(s) : map_then_free(s);
	event(EVENT_SWAPPED_IN, s->address);
	unlock_page(s->page);
	if (left)
		return write_shared(s, ptl);
	lock_release(ptl);
	return 0;
}

/*
 * No page: out of memory, unless somebody else has served the entry meanwhile. So is an entry of no
 * device ("Bad swap file entry", v3.8 to v5.13, from memory): nothing can be read for it, and the
 * OOM killer is called.
 */
static int swapin_failed(const struct swapin *s)
{
	struct lock *ptl = pte_lockptr(s->mm, s->pte);
	int ret;

	lock_take(ptl);
	ret = still_there(s) ? -ENOMEM : 0;
	lock_release(ptl);
	return ret;
}

int do_swap_fault(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t address, pte_t *pte,
		  pte_t orig, bool write)
{
	struct swapin s = {.mm = mm, .vma = vma, .address = address & PAGE_MASK_4K, .pte = pte,
			   .orig = orig, .write = write, .slot = pte_swap_slot(orig)};
	int ret;

	if (!s.slot)
		return swapin_failed(&s);
	ret = swapin_page(&s);
	if (ret == -EAGAIN)
		return 0;
	if (ret) {
		ret = swapin_failed(&s);
	} else if (s.through_cache && page_swap_slot(s.page) != s.slot) {
		unlock_page(s.page); /* it left the cache before it was locked */
		put_page(s.page);
	} else {
		ret = swapin_map(&s);
	}
	if (s.prepared)
		swapcache_free(s.slot);
	return ret;
}
