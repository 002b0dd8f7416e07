/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moving a base page, v3.8 to v3.13: lock, migration entries, check the count, copy, restore.
 *
 *   PTE   page A (hint or not) --> migration entry --> page B
 *                              ^ flush, but only if the entry counts as accessible
 */
#include "mm/migrate.h"

#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/page.h"
#include "mm/rmap.h"

/* The entry that maps @page in @vma, under its lock (still held), or NULL. */
static pte_t *page_check_address(struct page *page, struct vm_area_struct *vma, uint64_t address)
{
	struct numasim_machine *m = current_machine();
	pte_t *pte = entry_find(m, vma->vm_mm, address, 1);
	pte_t value;

	if (!pte || !pte_present(entry_read(pte)))
		return NULL;
	lock_take(pte_lockptr(vma->vm_mm, pte));
	value = entry_read(pte);
	if (pte_present(value) && pte_page(value) == page)
		return pte;
	lock_release(pte_lockptr(vma->vm_mm, pte));
	return NULL;
}

/* try_to_unmap_one() for migration, mm/rmap.c. */
static bool unmap_one(struct page *page, struct vm_area_struct *vma, uint64_t address, void *arg)
{
	uint64_t pfn = page_to_pfn(current_machine(), page);
	pte_t *pte = page_check_address(page, vma, address);
	struct lock *ptl;
	pte_t old;

	if (!pte)
		return true;
	ptl = pte_lockptr(vma->vm_mm, pte);
	old = ptep_clear_flush(vma, address, pte);
	if (pte_dirty(old)) { /* set_page_dirty() */
		touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
		page->flags |= PAGE_DIRTY;
	}
	set_pte_at(vma->vm_mm, address, pte,
		   kernel_mk_migration(current_kernel(),
				       pte_write(old) ? SWAP_MIGRATION_WRITE
						      : SWAP_MIGRATION_READ, pfn, 0));
	page_remove_rmap(page);
	put_page(page);
	lock_release(ptl);
	return true;
}

static void try_to_unmap(struct page *page, struct anon_vma **anon_vma)
{
	*anon_vma = page_lock_anon_vma_read(page);
	if (!*anon_vma)
		return;
	rmap_walk_locked(page, *anon_vma, unmap_one, NULL);
	page_unlock_anon_vma_read(*anon_vma);
}

/* remove_migration_pte(): the entry for @old becomes one for @new. */
static bool restore_one(struct page *new, struct vm_area_struct *vma, uint64_t address, void *arg)
{
	const struct page *old = arg;
	struct numasim_machine *m = current_machine();
	pte_t *pte = entry_find(m, vma->vm_mm, address, 1);
	struct lock *ptl;
	pte_t value, entry;

	if (!pte)
		return true;
	ptl = pte_lockptr(vma->vm_mm, pte);
	lock_take(ptl);
	value = entry_read(pte);
	if (kernel_pte_migration(m->kernel, value) &&
	    kernel_migration_pfn(m->kernel, value) == page_to_pfn(m, old)) {
		get_page(new);
		entry = pte_mkold(mk_pte(new, vm_page_prot(vma)));
		if (kernel_swp_kind(m->kernel, value) == SWAP_MIGRATION_WRITE)
			entry = pte_mkwrite(entry);
		set_pte_at(vma->vm_mm, address, pte, entry);
		page_add_anon_rmap(new, vma, address);
	}
	lock_release(ptl);
	return true;
}

static void remove_migration_ptes(struct page *old, struct page *new, struct anon_vma *anon_vma)
{
	rwlock_take_read(&anon_vma->root->lock);
	rmap_walk_locked(new, anon_vma, restore_one, old);
	rwlock_release_read(&anon_vma->root->lock);
}

/* move_to_new_page() of an anonymous page: only its isolation may hold it now. */
static bool move_to_new_page(struct page *new, struct page *page, struct anon_vma *anon_vma)
{
	bool moved = page_count(page) == 1;

	if (moved) {
		new->index = page->index;
		new->mapping = page->mapping;
		new->flags |= page->flags &
			      (PAGE_ANON | PAGE_SWAPBACKED | PAGE_DIRTY | PAGE_UPTODATE |
					     PAGE_ACTIVE | PAGE_REFERENCED);
		copy_page_contents(new, page);
	}
	remove_migration_ptes(page, moved ? new : page, anon_vma);
	return moved;
}

/* unmap_and_move(), asynchronous: whatever would block gives up. */
static bool unmap_and_move(struct page *page, unsigned nid)
{
	struct page *new = alloc_page_node(nid, false, false);
	struct anon_vma *anon_vma;
	bool moved = false;

	if (!new)
		return false;
	new->cpupid = page_cpupid_last(page);
	if (page_count(page) > 1 && trylock_page(page)) {
		note("start migrating page");
		try_to_unmap(page, &anon_vma);
		if (anon_vma && !page_mapcount(page)) {
			new->flags |= PAGE_LOCKED;
			moved = move_to_new_page(new, page, anon_vma);
			unlock_page(new);
		} else if (anon_vma) {
			remove_migration_ptes(page, page, anon_vma);
		}
		unlock_page(page);
	}
	if (moved) {
		lru_cache_add(new);
		put_page(page); /* the isolation's */
	}
	put_page(new);
	return moved;
}

bool migrate_misplaced_page(struct vm_area_struct *vma, struct page *page, uint64_t address,
			    unsigned nid)
{
	bool limited = !has(ROW_MAPCOUNT_NUMA_SHARED) && page_mapcount(page) != 1;

	if (limited || numamigrate_update_ratelimit(nid, 1) ||
	    !numamigrate_isolate_page(nid, vma, page, address & PAGE_MASK_4K)) {
		put_page(page);
		return false;
	}
	if (!unmap_and_move(page, nid)) {
		putback_lru_page(page);
		count_vm_events(VM_EVENT_PGMIGRATE_FAIL, 1);
		event(EVENT_MIGRATE_FAILED, address);
		return false;
	}
	count_vm_events(VM_EVENT_PGMIGRATE_SUCCESS, 1);
	count_vm_events(VM_EVENT_NUMA_PAGES_MIGRATED, 1);
	event(EVENT_MIGRATED, address);
	return true;
}
