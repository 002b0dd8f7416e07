/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Before mbind() changes anything: does the range have holes, and are pages where the new policy
 * does not want them? queue_pages_range() of v3.8 to v6.12 mm/mempolicy.c, without queuing any.
 *
 *   holes	at the start	in the middle	at the end
 *   to v3.19	late (bind)	yes		if no mapping follows
 *   v4.0-v5.4	late (bind)	yes		no
 *   v5.5+	yes		yes		yes
 *
 * "Wanted" are the nodes of the mask as it was given, whatever the flags make of it.
 */
#include "mm/mempolicy.h"

#include "mm/mmap_lock.h"
#include "mm/page.h"
#include "mm/split.h"
#include "mm/walk.h"

#include <errno.h>

static bool moves(const struct mpol_check *c)
{
	return c->flags & (MPOL_MF_MOVE | MPOL_MF_MOVE_ALL);
}

static bool misplaced(const struct mpol_check *c, const struct page *page)
{
	uint32_t id = current_machine()->node[page->node].id;

	return id >= MPOL_MAX_NODES || !nodeset_has(c->ids, id);
}

/* One was found: -EIO ends the walk. v4.0 to v5.0 forget to say so. */
static int found(struct mpol_check *c)
{
	if (moves(c)) {
		c->to_move = true;
		return 0;
	}
	return has(ROW_MBIND_WALKS) && !has(ROW_MBIND_STRICT) ? 0 : -EIO;
}

static int check_pte(struct mpol_check *c, struct vm_area_struct *vma, uint64_t at, pte_t *pte)
{
	struct page *page;
	pte_t entry;

	if (entry_unused(pte))
		return 0;
	entry = entry_read(pte);
	if (!pte_present(entry))
		return kernel_pte_migration(current_kernel(), entry) && has(ROW_MBIND_COUNTS_FAILED)
			       ? found(c) : 0;
	page = vm_normal_page(vma, at, entry);
	if (!page || page->flags & PAGE_RESERVED || !misplaced(c, page))
		return 0;
	return found(c);
}

static int check_ptes(struct mpol_check *c, struct vm_area_struct *vma, pmd_t pmd, uint64_t at,
		      uint64_t end)
{
	pte_t *table = pmd_table(pmd);
	struct lock *ptl = pte_lockptr(vma->vm_mm, table);
	int ret = 0;

	lock_take(ptl);
	for (; at < end && !ret; at += FRAME_SIZE)
		ret = check_pte(c, vma, at, &table[x86_slot(at, 1)]);
	lock_release(ptl);
	return ret;
}

/* v4.5 to v4.13: the whole page falls apart. The PMD's lock is held, and is released. */
static void split_page_of(struct page *page, struct lock *ptl)
{
	get_page(page);
	lock_release(ptl);
	lock_page(page);
	split_huge_page(page);
	unlock_page(page);
	put_page(page);
}

/* To v4.13 huge pages are split first. */
static void split_first(struct vm_area_struct *vma, pmd_t *pmd, uint64_t at)
{
	struct lock *ptl;
	pmd_t seen;

	if (!has(ROW_NO_SPLITTING)) {
		split_huge_page_pmd(vma, pmd, at);
		return;
	}
	ptl = pmd_trans_huge_lock(vma, pmd, &seen);
	if (!ptl)
		return;
	if (pmd_present(seen) && !(pmd_page(seen)->flags & PAGE_ZERO)) {
		split_page_of(pmd_page(seen), ptl);
		return;
	}
	lock_release(ptl);
	split_huge_pmd(vma, pmd, at);
}

/* v4.14+: as one page. True: it was huge. */
static bool check_huge(struct mpol_check *c, struct vm_area_struct *vma, pmd_t *pmd, int *ret)
{
	struct lock *ptl;
	pmd_t seen;

	ptl = pmd_trans_huge_lock(vma, pmd, &seen);
	if (!ptl)
		return false;
	if (!pmd_present(seen))
		*ret = found(c);
	else if (!(pmd_page(seen)->flags & PAGE_ZERO) && misplaced(c, pmd_page(seen)))
		*ret = found(c);
	lock_release(ptl);
	return true;
}

/* To v5.15 hugetlb pages may be anywhere, unless they are to be moved. */
static int check_hugetlb(struct mpol_check *c, struct vm_area_struct *vma, pmd_t *pmd)
{
	struct lock *ptl = pmd_lockptr(vma->vm_mm, pmd);
	struct page *page;
	int ret = 0;

	if (!moves(c) && !has(ROW_MBIND_STRICT_HUGETLB))
		return 0;
	lock_take(ptl);
	page = pmd_page(entry_read(pmd));
	if (page && misplaced(c, page))
		ret = found(c);
	lock_release(ptl);
	return ret;
}

static int check_pmd(struct mpol_check *c, struct vm_area_struct *vma, const struct pmd_walk *w)
{
	int ret = 0;
	pmd_t pmd;

	if (entry_unused(w->pmd))
		return 0;
	if (vma->vm_flags & VM_HUGETLB)
		return check_hugetlb(c, vma, w->pmd);
	if (!has(ROW_MBIND_HUGE))
		split_first(vma, w->pmd, w->at);
	else if (check_huge(c, vma, w->pmd, &ret))
		return ret;
	pmd = entry_read(w->pmd);
	if (!pmd_is_table(pmd, "mbind()"))
		return 0;
	return check_ptes(c, vma, pmd, w->at, w->next);
}

static int check_vma(struct mpol_check *c, struct vm_area_struct *vma)
{
	struct pmd_walk w = {
		.mm = vma->vm_mm,
		.next = c->start > vma->vm_start ? c->start : vma->vm_start,
		.end = c->end < vma->vm_end ? c->end : vma->vm_end,
	};
	bool migratable = !(vma->vm_flags & (VM_IO | VM_PFNMAP));
	int ret = 0;

	if (!(c->flags & MPOL_MF_STRICT) && !(moves(c) && migratable))
		return 0;
	while (!ret && pmd_walk_next(&w))
		ret = check_pmd(c, vma, &w);
	return ret;
}

static bool hole_at(const struct mpol_check *c, const struct vm_area_struct *prev,
		    const struct vm_area_struct *vma, const struct vm_area_struct *next)
{
	if (c->holes_allowed)
		return false;
	if (has(ROW_MBIND_HOLES))
		return (!prev && c->start < vma->vm_start) ||
		       (vma->vm_end < c->end && (!next || vma->vm_end < next->vm_start));
	if (prev && prev->vm_end < vma->vm_start)
		return true;
	return !has(ROW_MBIND_WALKS) && !next && vma->vm_end < c->end;
}

int mpol_check_range(struct mm_struct *mm, struct mpol_check *c)
{
	struct vm_area_struct *vma = find_vma(mm, c->start), *prev = NULL, *next;
	bool in_hole = !vma || vma->vm_start >= c->end;

	if (in_hole && (has(ROW_MBIND_HOLES) || (!vma && !has(ROW_MBIND_WALKS))))
		return -EFAULT;
	for (; vma && vma->vm_start < c->end; prev = vma, vma = next) {
		int ret;

		next = vma_next(vma);
		vma_start_write(vma);
		if (hole_at(c, prev, vma, next))
			return -EFAULT;
		ret = check_vma(c, vma);
		if (ret)
			return ret;
	}
	return c->to_move;
}
