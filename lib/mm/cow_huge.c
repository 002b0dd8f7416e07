/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A write to a huge PMD without RW: do_huge_pmd_wp_page(), mm/huge_memory.c.
 *
 *   v3.8 to v5.7    a page that nobody else maps is kept; else the whole is copied, or, without
 *		     a huge page to copy to, 512 base pages one by one (cow_huge_parts.c). The huge
 *		     zero page is replaced by a huge page of its own.
 *   v5.8 to v6.12   a page that nobody else has is kept; else the mapping is split and the PTE
 *		     fault goes on from there. The huge zero page is split, too.
 */
#include "mm/cow_huge.h"

#include "mm/huge_zero.h"
#include "mm/mlock.h"
#include "mm/tlb.h"

bool huge_cow_same(struct huge_cow *c)
{
	return entry_read(c->vmf->pmd) == c->vmf->orig_pmd;
}

/* RW, A and D where the page is. The lock is held. */
static void huge_reuse(struct huge_cow *c)
{
	struct vm_fault *vmf = c->vmf;
	pmd_t entry = maybe_pmd_mkwrite(pmd_mkdirty(pmd_mkyoung(vmf->orig_pmd)), vmf->vma);

	if (vmf->flags & FAULT_FLAG_UNSHARE)
		return;
	if (entry != vmf->orig_pmd)
		set_pmd_at(vmf->mm, c->haddr, vmf->pmd, entry);
	event(EVENT_REUSED, vmf->address);
}

/* With the page lock, for which the page-table lock may have been dropped. False: changed. */
static bool huge_lock_page(struct huge_cow *c)
{
	bool same;

	if (trylock_page(c->page))
		return true;
	get_page(c->page);
	lock_release(c->vmf->ptl);
	lock_page(c->page);
	lock_take(c->vmf->ptl);
	same = huge_cow_same(c);
	if (!same)
		unlock_page(c->page);
	put_page(c->page);
	return same;
}

static void huge_adopt(struct huge_cow *c)
{
	touch(PAGE_OBJECT(c->page, PAGE_F_MAPPING), ACCESS_WRITE);
	c->page->mapping = arena_id(current_machine()->arena, c->vmf->vma->anon_vma);
}

/* To v4.13 the map count decides, read under the page-table lock; then also under the page lock. */
static enum cow_verdict judge_by_mapcount(struct huge_cow *c)
{
	enum cow_verdict verdict = COW_COPY;

	if (!has(ROW_THP_REUSE_LOCKED)) {
		bool alone = has(ROW_NO_SPLITTING) ? reuse_swap_page(c->page, 0)
						   : page_mapcount(c->page) == 1;
		return alone ? COW_REUSE : COW_COPY;
	}
	if (!huge_lock_page(c))
		return COW_AGAIN;
	if (reuse_swap_page(c->page, 0))
		verdict = COW_REUSE;
	unlock_page(c->page);
	return verdict;
}

/* 3bff7e3f1f16, and PG_anon_exclusive from v5.19 on. */
static enum cow_verdict judge_by_references(struct huge_cow *c)
{
	bool marks = has(ROW_ANON_EXCLUSIVE);
	enum cow_verdict verdict = COW_COPY;

	if (marks && page_anon_exclusive(c->page, 0))
		return COW_REUSE;
	if (!huge_lock_page(c))
		return COW_AGAIN;
	if (marks && page_anon_exclusive(c->page, 0)) {
		verdict = COW_REUSE;
	} else if (page_count(c->page) == 1) {
		huge_adopt(c);
		if (marks)
			cow_set_exclusive(c->page, 0);
		verdict = COW_REUSE;
	}
	unlock_page(c->page);
	return verdict;
}

void huge_cow_unmap(const struct huge_cow *c)
{
	page_remove_rmap(c->page);
	munlock_vma_page(c->page, c->vmf->vma, true);
}

/* The copy stands where the page was. The lock is held. */
static void huge_install(struct huge_cow *c, struct page *copy)
{
	struct vm_fault *vmf = c->vmf;
	pmd_t entry = mk_huge_pmd(copy, vm_page_prot(vmf->vma));

	pmdp_clear_flush(vmf->vma, c->haddr, vmf->pmd);
	page_add_new_anon_rmap(copy, vmf->vma, c->haddr);
	set_pmd_at(vmf->mm, c->haddr, vmf->pmd, maybe_pmd_mkwrite(pmd_mkdirty(entry), vmf->vma));
	if (c->zero)
		vmf->mm->rss[MM_ANONPAGES] += BLOCK_FRAMES;
	else
		huge_cow_unmap(c);
	event(EVENT_COPIED, vmf->address);
}

/* The entry's use of the page is over; @mine: also the fault's reference. */
void huge_cow_put_old(struct huge_cow *c)
{
	if (c->zero)
		huge_zero_put(c->vmf->mm);
	else
		put_page(c->page);
}

/* v3.8 to v5.7: the fault has a reference of the page (not of the zero page), and no lock. */
static unsigned huge_copy(struct huge_cow *c)
{
	struct vm_fault *vmf = c->vmf;
	struct page *copy = fault_alloc_huge_page(vmf);
	bool same;

	if (!copy) {
		count_vm_events(VM_EVENT_THP_FAULT_FALLBACK, 1);
		return huge_copy_parts(c);
	}
	count_vm_events(VM_EVENT_THP_FAULT_ALLOC, 1);
	if (!c->zero)
		copy_page_contents(copy, c->page);
	page_mark(copy, PAGE_UPTODATE);
	lock_take(vmf->ptl);
	if (!c->zero)
		put_page(c->page);
	same = huge_cow_same(c);
	if (same)
		huge_install(c, copy);
	lock_release(vmf->ptl);
	if (same)
		huge_cow_put_old(c);
	else
		put_page(copy);
	return same ? VM_FAULT_WRITE : 0;
}

static unsigned huge_split(struct huge_cow *c)
{
	split_huge_pmd(c->vmf->vma, c->vmf->pmd, c->vmf->address);
	return VM_FAULT_FALLBACK;
}

static unsigned wp_huge_zero(struct huge_cow *c)
{
	return has(ROW_THP_COW_SPLITS) ? huge_split(c) : huge_copy(c);
}

unsigned do_huge_pmd_wp_page(struct vm_fault *vmf)
{
	struct huge_cow c = {.vmf = vmf, .haddr = vmf->address & HPAGE_MASK,
			     .page = pmd_page(vmf->orig_pmd)};
	enum cow_verdict verdict;

	vmf->ptl = pmd_lockptr(vmf->mm, vmf->pmd);
	c.zero = is_huge_zero_page(c.page);
	if (c.zero)
		return wp_huge_zero(&c);
	lock_take(vmf->ptl);
	if (!huge_cow_same(&c)) {
		lock_release(vmf->ptl);
		return 0;
	}
	verdict = has(ROW_THP_REUSE_COUNT) ? judge_by_references(&c) : judge_by_mapcount(&c);
	if (verdict == COW_REUSE)
		huge_reuse(&c);
	if (verdict == COW_COPY && !has(ROW_THP_COW_SPLITS))
		get_page(c.page);
	lock_release(vmf->ptl);
	if (verdict == COW_COPY)
		return has(ROW_THP_COW_SPLITS) ? huge_split(&c) : huge_copy(&c);
	return verdict == COW_REUSE ? VM_FAULT_WRITE : 0;
}
