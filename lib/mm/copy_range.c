/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fork: the child's entries of one mapping (copy_page_range(), mm/memory.c of v3.8 to v6.12).
 *
 *	lock the child's table, then the parent's
 *	every entry:  a page of a private mapping: read-only on both sides, one reference and one
 *	              mapping more, the child's old (not accessed)
 *	              a swap entry: its slot is held once more
 *	              a migration entry: READ on both sides
 *	unlock; the parent's translations that may still write are flushed by the caller
 *
 * A page that may be pinned must stay the parent's own (70e806e4e645, v5.9): the child gets a copy
 * at once. Lockless GUP looks at a sequence counter meanwhile (57efa1fe5957, v5.11).
 */
#include "mm/copy.h"

#include "exec/var.h"
#include "mm/cow.h"
#include "mm/gfp.h"
#include "mm/hugetlb.h"
#include "mm/swap.h"
#include "mm/table.h"
#include "mm/walk.h"

#include <errno.h>

/* What a fault would bring back need not be copied. */
static bool vma_needs_copy(const struct vm_area_struct *vma)
{
	return vma->vm_flags & (VM_HUGETLB | VM_PFNMAP | VM_MIXEDMAP) || vma->anon_vma;
}

/* A copy of the page, or the part of one, that the parent keeps; -EAGAIN: @c->prealloc must be
 * there first. */
static int copy_present_page(struct copy *c, uint64_t address, pte_t *dst, struct page *page,
			     unsigned part)
{
	struct vm_area_struct *vma = c->dst;
	struct page *copy = c->prealloc;

	if (!copy)
		return -EAGAIN;
	c->prealloc = NULL;
	copy_page_part(copy, page, part);
	page_flags_set(copy, PAGE_UPTODATE);
	page_add_new_anon_rmap(copy, vma, address);
	c->rss[MM_ANONPAGES]++;
	set_pte_at(vma->vm_mm, address, dst,
		   maybe_mkwrite(pte_mkdirty(mk_pte(copy, vm_page_prot(vma))), vma));
	return 0;
}

/* One mapping and one reference more; false: the page must be copied instead. */
static bool share_page(struct copy *c, struct page *page, pte_t pte)
{
	unsigned part = pte_part(page, pte);

	if (page_is_anon(page) && c->cow && !page_try_share(page, part, c->src->vm_mm))
		return false;
	get_page(page);
	page_dup_rmap_pte(page, part);
	c->rss[mm_counter(page)]++;
	return true;
}

static int copy_present_pte(struct copy *c, uint64_t address, pte_t *dst, pte_t *src, pte_t pte)
{
	const struct kernel *k = current_kernel();
	struct page *page = vm_normal_page(c->src, address, pte);

	if (page && !share_page(c, page, pte))
		return copy_present_page(c, address, dst, page, pte_part(page, pte));
	if (c->cow && pte_write(pte)) {
		entry_wrprotect(c->src->vm_mm, address, src);
		pte = kernel_pte_wrprotect(k, pte);
	}
	if (c->src->vm_flags & VM_SHARED)
		pte = kernel_pte_mkclean(k, pte);
	set_pte_at(c->dst->vm_mm, address, dst, pte_mkold(pte));
	return 0;
}

/* The slot is held once more; it belongs to nobody alone any more (v5.19+). */
static int copy_swap_pte(struct copy *c, uint64_t address, pte_t *src, pte_t *pte)
{
	const struct kernel *k = current_kernel();
	uint64_t slot = pte_swap_slot(*pte);

	if (slot && !swap_duplicate(slot)) /* 0: "Bad swap file entry", and it is copied */
		return -ENOMEM;
	if (*pte & k->format.swp_exclusive) {
		*pte &= ~k->format.swp_exclusive;
		set_pte_at(c->src->vm_mm, address, src, *pte);
	}
	c->rss[MM_SWAPENTS]++;
	return 0;
}

static int copy_not_present(struct copy *c, uint64_t address, pte_t *dst, pte_t *src, pte_t pte)
{
	const struct kernel *k = current_kernel();
	enum swap_kind kind = kernel_swp_kind(k, pte);
	int ret = 0;

	if (kernel_pte_file(k, pte)) {
		; /* a place in a file, to v3.19: the same for the child */
	} else if (kind == SWAP_FILE) {
		ret = copy_swap_pte(c, address, src, &pte);
	} else if (swap_kind_is_migration(kind)) {
		c->rss[mm_counter(migration_entry_page(pte))]++;
		if (c->cow && kind != SWAP_MIGRATION_READ) {
			pte = migration_entry_shared(pte);
			set_pte_at(c->src->vm_mm, address, src, pte);
		}
	} else if (kind == SWAP_MARKER) {
		return 0;
	}
	if (!ret)
		set_pte_at(c->dst->vm_mm, address, dst, pte);
	return ret;
}

/* Copies up to an entry that needs memory first; *at says how far. */
static int copy_ptes(struct copy *c, pte_t *dst, pte_t *src, uint64_t *at, uint64_t end)
{
	int ret = 0;

	for (; *at < end; *at += FRAME_SIZE) {
		pte_t *from = &src[x86_slot(*at, 1)], *to = &dst[x86_slot(*at, 1)], pte;

		if (entry_unused(from))
			continue;
		pte = entry_read(from);
		if (pte_none(pte))
			continue;
		ret = pte_present(pte) ? copy_present_pte(c, *at, to, from, pte)
				       : copy_not_present(c, *at, to, from, pte);
		if (ret)
			break;
		if (c->prealloc) { /* for an entry that no longer needs it */
			put_page(c->prealloc);
			c->prealloc = NULL;
		}
	}
	return ret;
}

static int copy_locked(struct copy *c, pte_t *dst, pte_t *src, uint64_t *at, uint64_t end)
{
	struct lock *dst_ptl = pte_lockptr(c->dst->vm_mm, dst);
	struct lock *src_ptl = pte_lockptr(c->src->vm_mm, src);
	int ret;

	for (int i = 0; i < NR_MM_COUNTERS; i++)
		c->rss[i] = 0;
	lock_take(dst_ptl);
	lock_take(src_ptl);
	ret = copy_ptes(c, dst, src, at, end);
	lock_release(src_ptl);
	for (int i = 0; i < NR_MM_COUNTERS; i++)
		c->dst->vm_mm->rss[i] += c->rss[i];
	lock_release(dst_ptl);
	return ret;
}

static int copy_pte_range(struct copy *c, uint64_t at, uint64_t end, pmd_t src_pmd)
{
	struct mm_struct *mm = c->dst->vm_mm;
	pte_t *src = pmd_table(src_pmd), *dst;
	int ret;

	dst = entry_alloc(mm, at, 1);
	if (!dst)
		return -ENOMEM;
	dst -= x86_slot(at, 1);
	while (at < end) {
		ret = copy_locked(c, dst, src, &at, end);
		if (ret == -EAGAIN) {
			c->prealloc = alloc_page_vma(GFP_MOVABLE, 0, c->src, at);
			ret = c->prealloc ? 0 : -ENOMEM;
		}
		if (ret)
			return ret;
	}
	return 0;
}

static int copy_pmd(struct copy *c, pmd_t *src, uint64_t at, uint64_t end)
{
	pmd_t value = entry_read(src);
	int ret;

	if (pmd_is_huge(value)) {
		ret = copy_huge_pmd(c, src, at);
		if (ret != -EAGAIN)
			return ret;
	}
	value = entry_read(src);
	if (!pmd_is_table(value, "copy_pmd_range"))
		return 0;
	return copy_pte_range(c, at, end, value);
}

/* 57efa1fe5957: odd while entries lose RW. */
static void write_protect_seq(struct copy *c)
{
	struct mm_struct *mm = c->src->vm_mm;

	if (c->cow && has(ROW_C5_FORK_GUP))
		shared_add32(MM_OBJECT(mm, MM_WRITE_PROTECT_SEQ), &mm->write_protect_seq, 1);
}

/*
 * The child gets a table for every one that the parent has above the PTEs, before anybody looks
 * what is in it: pud_alloc(), pmd_alloc() of copy_pud_range(), copy_pmd_range(). From @upper on up
 * to @at, and with a @pmd of the parent the tables down to the child's; @upper moves on.
 */
static int copy_tables(struct copy *c, uint64_t *upper, uint64_t at, const pmd_t *pmd)
{
	const uint64_t size = x86_level_size(4);
	struct mm_struct *mm = c->dst->vm_mm;

	for (; *upper < at; *upper = (*upper & ~(size - 1)) + size)
		if (table_is_there(c->src->vm_mm, *upper, 3) && !table_make(mm, *upper, 3))
			return -ENOMEM;
	return !pmd || table_make(mm, at, 2) ? 0 : -ENOMEM;
}

int copy_page_range(struct vm_area_struct *dst_vma, struct vm_area_struct *src_vma)
{
	struct copy c = {.dst = dst_vma, .src = src_vma, .cow = is_cow_mapping(src_vma)};
	struct pmd_walk w = {.mm = src_vma->vm_mm, .next = src_vma->vm_start,
			     .end = src_vma->vm_end};
	uint64_t upper = src_vma->vm_start;
	int ret = 0;

	if (!vma_needs_copy(src_vma))
		return 0;
	if (src_vma->vm_flags & VM_HUGETLB)
		return hugetlb_copy_range(dst_vma, src_vma);
	write_protect_seq(&c);
	while (!ret && pmd_walk_next(&w)) {
		ret = copy_tables(&c, &upper, w.at, w.pmd);
		if (!ret)
			ret = copy_pmd(&c, w.pmd, w.at, w.next);
	}
	if (!ret)
		ret = copy_tables(&c, &upper, w.end, NULL);
	write_protect_seq(&c);
	if (c.prealloc)
		put_page(c.prealloc);
	return ret;
}
