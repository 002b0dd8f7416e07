/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking a page out of memory: shrink_page_list(), mm/vmscan.c, and
 * try_to_unmap_one(), mm/rmap.c.
 *
 *   swap-backed:  a slot -> the swap cache -> out of every mapping -> written, if dirty -> gone
 *   lazy (v4.12+: MADV_FREE took PAGE_SWAPBACKED away):  out of every mapping -> gone, unless an
 *		   entry or the page turns out dirty: then it is ordinary again
 *   shared memory, as where swap has no room for it:  out of every mapping -> gone, if nobody has
 *		   ever written it
 *
 * Huge pages stay: their caller splits them.
 *
 * To v4.11 a lazy page is a swap-backed one whose entries and flags are clean; it is given a slot
 * like any other.
 */
#include "exec/var.h"
#include "mm/bits.h"
#include "mm/file.h"
#include "mm/mlock.h"
#include "mm/rmap.h"
#include "mm/swap.h"
#include "mm/tlb.h"

#include <errno.h>

struct unmap {
	uint64_t slot;
	uint64_t address; /* where it was mapped last */
	bool honour_access; /* an entry that was used since stays */
	bool failed;
};

/* The swap entry that takes the place of @pte. */
static pte_t swap_entry_for(uint64_t slot, pte_t pte, bool exclusive)
{
	const struct kernel *k = current_kernel();
	pte_t entry = kernel_swp_entry(k, 0, slot);

	if (exclusive)
		entry |= k->format.swp_exclusive;
	if (kernel_pte_soft_dirty(k, pte))
		entry |= k->format.swp_soft_dirty;
	return entry;
}

/* A lazy page with an entry that was cleared: may its contents be forgotten? */
static bool may_discard(struct page *page, pte_t pte)
{
	int32_t count = page_count(page), mapcount = page_mapcount(page);

	page_flags_test(page, PAGE_DIRTY);
	return count == 1 + mapcount && !(page->flags & PAGE_DIRTY);
}

/*
 * v5.19+: from now on the entries may be shared, unless somebody has the page pinned
 * (page_try_share_anon_rmap()). Fails for a pinned page.
 */
static bool try_share(struct page *page)
{
	if (page_maybe_dma_pinned(page))
		return false;
	page_set_anon_exclusive(page, 0, false);
	return true;
}

/* What takes the place of @pte, which was cleared: true: stored, the mapping is gone. */
static bool replace_entry(struct page *page, struct mm_struct *mm, uint64_t address, pte_t *ptep,
			  pte_t pte, const struct unmap *u)
{
	bool exclusive;

	if (!page_is_anon(page)) { /* the cache has it: nothing needs to be stored */
		mm->rss[mm_counter(page)]--;
		return true;
	}
	exclusive = page_anon_exclusive(page, 0);
	if (!u->slot) {
		if (may_discard(page, pte)) {
			mm->rss[MM_ANONPAGES]--;
			return true;
		}
		set_pte_at(mm, address, ptep, pte);
		page_flags_set(page, PAGE_SWAPBACKED);
		return false;
	}
	if (!swap_duplicate(u->slot)) {
		set_pte_at(mm, address, ptep, pte);
		return false;
	}
	if (exclusive && !try_share(page)) {
		swap_free(u->slot);
		set_pte_at(mm, address, ptep, pte);
		return false;
	}
	mm->rss[MM_ANONPAGES]--;
	mm->rss[MM_SWAPENTS]++;
	set_pte_at(mm, address, ptep, swap_entry_for(u->slot, pte, exclusive));
	return true;
}

/* v4.3+: the flush is put off until the page is written or freed, if others must be asked. */
static pte_t clear_entry(struct vm_area_struct *vma, uint64_t address, pte_t *ptep)
{
	pte_t pte;

	if (!should_defer_flush(vma->vm_mm))
		return ptep_clear_flush(vma, address, ptep);
	pte = entry_get_and_clear(vma->vm_mm, address, ptep);
	set_tlb_ubc_flush_pending(vma->vm_mm, pte_dirty(pte));
	return pte;
}

/* The entry of @vma that maps @page is taken away. false: stop, it must stay. */
static bool unmap_one(struct page *page, struct vm_area_struct *vma, uint64_t address, void *arg)
{
	struct mm_struct *mm = vma->vm_mm;
	pte_t *ptep = entry_find(current_machine(), mm, address, 1), pte;
	struct unmap *u = arg;
	struct lock *ptl;

	if (!ptep)
		return true;
	ptl = pte_lockptr(mm, ptep);
	lock_take(ptl);
	pte = entry_read(ptep);
	if (!pte_present(pte) || pte_page(pte) != page) {
		lock_release(ptl);
		return true;
	}
	if (vma->vm_flags & VM_LOCKED ||
	    (u->honour_access && pte & X86_A && ptep_clear_flush_young(vma, address, ptep))) {
		lock_release(ptl);
		u->failed = true;
		return false;
	}
	u->address = address;
	pte = clear_entry(vma, address, ptep);
	if (pte_dirty(pte)) {
		touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
		page_flags_set(page, PAGE_DIRTY);
	}
	u->failed = !replace_entry(page, mm, address, ptep, pte, u);
	if (!u->failed) {
		page_remove_rmap(page);
		munlock_vma_page(page, vma, false);
		put_page(page);
	}
	lock_release(ptl);
	return !u->failed;
}

/* A slot and a place in the swap cache. Whatever the entries say, it is to be written. */
static bool add_to_swap(struct page *page)
{
	uint64_t slot = get_swap_slot();

	if (!slot)
		return false;
	if (add_to_swap_cache(page, slot)) {
		swapcache_free(slot);
		return false;
	}
	page_flags_set(page, PAGE_DIRTY);
	return true;
}

/*
 * Write the page out, if that is needed. true: clean, and locked again. The write lets go of the
 * lock: whoever comes meanwhile finds the page in the swap cache.
 */
static bool write_out(struct page *page)
{
	if (!page_flags_test(page, PAGE_DIRTY))
		return true;
	try_to_unmap_flush_dirty();
	page_flags_clear(page, PAGE_DIRTY);
	if (try_to_free_swap(page)) { /* nobody wants it: it is dirty again, and stays */
		unlock_page(page);
		return false;
	}
	if (swap_writepage(page))
		return false;
	if (!trylock_page(page))
		return false;
	if (page_flags_test(page, PAGE_DIRTY | PAGE_WRITEBACK)) {
		unlock_page(page);
		return false;
	}
	return true;
}

/*
 * Out of the swap cache, if nobody but it and the caller refers to the page, and it is clean
 * (__remove_mapping()). The test and the removal are one: the kernel freezes the count.
 */
static bool remove_mapping(struct page *page)
{
	int32_t count = page_count(page);

	page_flags_test(page, PAGE_DIRTY | PAGE_SWAPCACHE);
	if (count != 2 || page->flags & PAGE_DIRTY || !(page->flags & PAGE_SWAPCACHE))
		return false;
	delete_from_swap_cache(page);
	return true;
}

static bool unmap_everywhere(struct page *page, struct unmap *u)
{
	u->slot = page_swap_slot(page);
	if (page_mapcount(page))
		rmap_walk(page, unmap_one, u);
	return !u->failed && !page_mapcount(page);
}

static bool keep(struct page *page)
{
	unlock_page(page);
	return false;
}

/*
 * Shared memory, as where there is no room for it in swap (shmem_writepage(), mm/shmem.c): out of
 * every mapping, but dirty pages stay in the cache. Clean ones, which nobody has written, go. That
 * shared memory goes to swap is not modelled.
 */
static bool shrink_shared(struct page *page, struct unmap *u)
{
	if (page_mapcount(page))
		file_rmap_walk(page, unmap_one, u);
	if (u->failed || page_mapcount(page))
		return keep(page);
	page_flags_test(page, PAGE_DIRTY);
	if (page->flags & PAGE_DIRTY || page_count(page) != 2)
		return keep(page);
	delete_from_page_cache(page);
	return true;
}

static bool is_shared_memory(const struct page *page)
{
	const struct address_space *mapping = page_mapping(page);

	return mapping && mapping_file(mapping)->kind == FILE_SHMEM;
}

/* true: nobody but the caller refers to the page, and it is locked. */
static bool shrink_page(struct page *page, struct unmap *u)
{
	bool lazy;

	if (!page_is_anon(page) && is_shared_memory(page))
		return shrink_shared(page, u);
	/* pages of other files stay: their reclaim is not modelled */
	if (page->flags & PAGE_HEAD || !(page->flags & PAGE_ANON))
		return keep(page);
	page_flags_test(page, PAGE_SWAPBACKED | PAGE_SWAPCACHE);
	lazy = !(page->flags & PAGE_SWAPBACKED);
	if (!lazy && !(page->flags & PAGE_SWAPCACHE) &&
	    (page_maybe_dma_pinned(page) || !add_to_swap(page)))
		return keep(page);
	if (!unmap_everywhere(page, u))
		return keep(page);
	if (lazy) {
		if (page_count(page) != 1)
			return keep(page);
		count_vm_events(VM_EVENT_PGLAZYFREED, 1);
	} else {
		if (!write_out(page))
			return false;
		if (!remove_mapping(page))
			return keep(page);
	}
	return true;
}

static bool take_out(struct page *page, struct unmap *u)
{
	bool gone = shrink_page(page, u);

	if (gone)
		unlock_page(page);
	try_to_unmap_flush();
	if (!gone)
		return false;
	put_page(page);
	event(EVENT_RECLAIMED, u->address);
	return true;
}

bool pageout_anon(struct page *page)
{
	return take_out(page, &(struct unmap){0});
}

bool pageout_unused_anon(struct page *page)
{
	return take_out(page, &(struct unmap){.honour_access = !has(ROW_UNMAP_IGNORES_ACCESS)});
}
