/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page and those who lock it, v5.18 to v6.12 mm/mlock.c: the mapping of a page in a locked VMA
 * locks it, the end of that mapping unlocks it. Both wait in one batch of the CPU:
 *
 *	mlock_page()      Mlocked at once | on its list, unevictable; one more who locks it
 *	mlock_new_page()  Mlocked at once | to the unevictable list
 *	munlock_page()                    | one less; the last: not Mlocked, back to its list
 *
 * A page that was off its list meanwhile is not counted: the next munlock then unlocks it for all.
 * Before v5.18: mlock_old.c.
 */
#include "mm/mlock.h"

#include "exec/var.h"
#include "mm/lru_batch.h"

static void count(struct numasim_machine *m, enum vm_event event, const struct page *page)
{
	m->mm->vm_event[event] += lru_nr_pages(m, page);
}

static void rescue(struct numasim_machine *m, struct page *page)
{
	page->flags &= ~(PAGE_UNEVICTABLE | PAGE_MLOCK_COUNT);
	count(m, VM_EVENT_UNEVICTABLE_PGRESCUED, page);
}

static void cull(struct numasim_machine *m, struct page *page)
{
	page->flags &= ~(PAGE_ACTIVE | PAGE_MLOCK_COUNT);
	page->flags |= PAGE_UNEVICTABLE | (page->flags & PAGE_MLOCKED ? PAGE_MLOCK_ONE : 0);
	count(m, VM_EVENT_UNEVICTABLE_PGCULLED, page);
}

static void mlock_listed(struct numasim_machine *m, struct page *page)
{
	if (!(page->flags & PAGE_MLOCKED)) { /* unlocked by somebody meanwhile */
		if (page->flags & PAGE_UNEVICTABLE)
			rescue(m, page);
	} else if (!(page->flags & PAGE_UNEVICTABLE)) {
		cull(m, page);
	} else if ((page->flags & PAGE_MLOCK_COUNT) != PAGE_MLOCK_COUNT) {
		page->flags += PAGE_MLOCK_ONE;
	}
}

static void mlock_new(struct numasim_machine *m, struct page *page)
{
	if (page->flags & PAGE_MLOCKED)
		cull(m, page);
	else if (lru_gen(m) && page->flags & PAGE_ACTIVE)
		page->flags &= ~(PAGE_ACTIVE | PAGE_REFERENCED);
	page->flags |= PAGE_LRU;
}

static void munlock_listed(struct numasim_machine *m, struct page *page)
{
	if (page->flags & PAGE_UNEVICTABLE) {
		if (page->flags & PAGE_MLOCK_COUNT)
			page->flags -= PAGE_MLOCK_ONE;
		if (page->flags & PAGE_MLOCK_COUNT)
			return;
	}
	if (page->flags & PAGE_MLOCKED) {
		page->flags &= ~PAGE_MLOCKED;
		count(m, VM_EVENT_UNEVICTABLE_PGMUNLOCKED, page);
	}
	if (page->flags & PAGE_UNEVICTABLE)
		rescue(m, page);
}

void munlock_off_lru(struct numasim_machine *m, struct page *page)
{
	if (!(page->flags & PAGE_MLOCKED))
		return;
	page->flags &= ~PAGE_MLOCKED;
	count(m, page->flags & PAGE_UNEVICTABLE ? VM_EVENT_UNEVICTABLE_PGSTRANDED
						 : VM_EVENT_UNEVICTABLE_PGMUNLOCKED, page);
}

void mlock_move(struct numasim_machine *m, enum mlock_how how, struct page *page)
{
	if (how == MLOCK_NEW_PAGE)
		mlock_new(m, page);
	else if (how == MLOCK_PAGE)
		mlock_listed(m, page);
	else
		munlock_listed(m, page);
}

/* The flag, and the count of pages that have it. True: it was not there. */
bool set_mlocked(struct page *page)
{
	bool new;

	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	new = !(page->flags & PAGE_MLOCKED);
	observe(new);
	page->flags |= PAGE_MLOCKED;
	if (new)
		count(current_machine(), VM_EVENT_UNEVICTABLE_PGMLOCKED, page);
	return new;
}

bool clear_mlocked(struct page *page)
{
	bool was;

	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	was = page->flags & PAGE_MLOCKED;
	observe(was);
	page->flags &= ~PAGE_MLOCKED;
	return was;
}

void mlock_page(struct page *page)
{
	set_mlocked(page);
	lru_batch_put(LRU_MLOCK, page, MLOCK_PAGE);
}

void munlock_page(struct page *page)
{
	lru_batch_put(LRU_MLOCK, page, MUNLOCK);
}

/* To v4.16 a page of a locked mapping goes on the unevictable list by itself. */
void add_unevictable(struct page *page)
{
	struct numasim_machine *m = current_machine();
	struct lock *lock = &m->mm->lru_lock[page->node];

	local_irq_disable();
	lock_take(lock);
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	lru_move(m, LRU_ADD, 0, page);
	lock_release(lock);
	local_irq_enable();
}

void mlock_new_page(struct page *page)
{
	if (!has(ROW_MLOCK_BY_RMAP))
		page_flags_clear(page, PAGE_ACTIVE);
	set_mlocked(page);
	if (has(ROW_MLOCK_BY_RMAP))
		lru_batch_put(LRU_MLOCK, page, MLOCK_NEW_PAGE);
	else if (has(ROW_MLOCK_BATCHED))
		lru_cache_add(page);
	else
		add_unevictable(page);
}

/*
 * v5.18+: the page has got a mapping in @vma, or lost one. @whole: by a huge entry; from v6.7 on
 * huge pages of locked mappings are left to mlock(2) and to reclaim.
 */
void mlock_vma_page(struct page *page, const struct vm_area_struct *vma, bool whole)
{
	bool huge = page->flags & PAGE_HEAD;

	if (!has(ROW_MLOCK_BY_RMAP) || (vma->vm_flags & (VM_LOCKED | VM_SPECIAL)) != VM_LOCKED)
		return;
	if (!huge || (whole && !has(ROW_MLOCK_HUGE_LATER)))
		mlock_page(page);
}

void munlock_vma_page(struct page *page, const struct vm_area_struct *vma, bool whole)
{
	if (!has(ROW_MLOCK_BY_RMAP) || !(vma->vm_flags & VM_LOCKED))
		return;
	if (whole || !(page->flags & PAGE_HEAD) || has(ROW_MLOCK_HUGE_LATER))
		munlock_page(page);
}
