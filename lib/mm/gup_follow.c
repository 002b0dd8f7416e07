/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * follow_page(), v3.8 to v6.12: from the address to a page that may be used as asked, and its
 * reference, under the lock of the entry. Everything else is a fault's to mend.
 */
#include "mm/bits.h"
#include "mm/file.h"
#include "mm/gup.h"
#include "mm/page.h"
#include "mm/pmd.h"
#include "mm/ranges.h"
#include "mm/rmap.h"

#include <errno.h>

/*
 * Must a hint be faulted first, as the access would? To v6.4 unless the access is forced (so that
 * it can get at PROT_NONE memory, which looks the same); in v6.5 if the VMA may be accessed; later
 * only for virtual machines.
 */
static bool honors_hints(const struct gup *g)
{
	if (has(ROW_GUP_NO_HINTS))
		return false;
	if (has(ROW_GUP_HINTS_BY_VMA))
		return vma_is_accessible(g->vma);
	return !(g->flags & FOLL_FORCE);
}

static bool wants_soft_dirty(const struct gup *g, uint64_t entry)
{
	const struct kernel *k = current_kernel();

	return k->format.soft_dirty && !(g->vma->vm_flags & VM_SOFTDIRTY) &&
	       !kernel_entry_soft_dirty(k, entry);
}

/* v6.0+: the entry could have RW, would the VMA let it (can_follow_write_pte()). */
static bool is_exclusive(const struct gup *g, const struct page *page, unsigned part,
			 uint64_t entry)
{
	if (!(g->flags & FOLL_FORCE) || g->vma->vm_flags & (VM_SHARED | VM_MAYSHARE | VM_WRITE) ||
	    !(g->vma->vm_flags & VM_MAYWRITE))
		return false;
	return page && page_is_anon(page) && page_anon_exclusive(page, part) &&
	       !wants_soft_dirty(g, entry);
}

/* Is an entry without RW good enough for a write? By era, see gup.c; FOLL_COW was set for a VMA
 * that may not be written. In v4.9 huge entries were forgotten (8310d48b125d). */
static bool may_write_without_rw(const struct gup *g, const struct page *page, unsigned part,
				 uint64_t entry, bool huge)
{
	if (has(ROW_C6_FORCE_EXCLUSIVE))
		return is_exclusive(g, page, part, entry);
	if (huge && !has(ROW_GUP_COW_HUGE))
		return false;
	return g->flags & FOLL_COW && kernel_entry_dirty(current_kernel(), entry);
}

/* v5.19+, gup_must_unshare(): who pins a page only to read it must still see what this process
 * writes later, so the page must not be left to another by copy-on-write. */
static bool must_unshare(const struct gup *g, const struct page *page, unsigned part)
{
	return has(ROW_GUP_UNSHARES) && (g->flags & (FOLL_PIN | FOLL_WRITE)) == FOLL_PIN &&
	       page_is_anon(page) && !page_anon_exclusive(page, part);
}

static void grab(struct gup *g, struct page *page, uint64_t pfn)
{
	g->pfn = pfn;
	if (page->flags & PAGE_ZERO) /* nobody counts who uses it */
		return;
	if (g->flags & FOLL_PIN)
		page_pin(page);
	else
		get_page(page);
	note("get page %s by its entry", BIRTH_TEXT(page->name));
}

/* ---- base entries ---- */

/*
 * A frame without a descriptor. To v5.17 an error; from 65462462ffb2 on "it is there, but there is
 * nothing to give", after the entry was touched.
 */
static int follow_frame(const struct gup *g, pte_t *pte, pte_t value)
{
	pte_t touched = pte_mkyoung(g->flags & FOLL_WRITE ? pte_mkdirty(value) : value);

	if (!has(ROW_GUP_FRAME_EXISTS))
		return -EFAULT;
	if (g->flags & FOLL_TOUCH && touched != value)
		set_pte_at(g->vma->vm_mm, g->address, pte, touched);
	return -EEXIST;
}

/* A itself is left alone: setting it could lose a D that a processor sets. */
static void touch_page(const struct gup *g, struct page *page, pte_t value)
{
	if (!(g->flags & FOLL_TOUCH) || page->flags & PAGE_ZERO)
		return;
	if (g->flags & FOLL_WRITE && !pte_dirty(value) && !page_flags_test(page, PAGE_DIRTY))
		set_page_dirty(page);
	mark_page_accessed(page);
}

static int follow_present_pte(struct gup *g, pte_t *pte, pte_t value)
{
	uint64_t pfn = kernel_pte_pfn(current_kernel(), value);
	struct page *normal = vm_normal_page(g->vma, g->address, value);
	struct page *page = pte_page(value);
	unsigned part = page ? page_part(page, pfn) : 0;

	if (g->flags & FOLL_WRITE && !pte_write(value) &&
	    !may_write_without_rw(g, normal, part, value, false))
		return GUP_FAULT;
	if (!normal && !(page && page->flags & PAGE_ZERO))
		return follow_frame(g, pte, value);
	if (!pte_write(value) && must_unshare(g, page, part))
		return GUP_UNSHARE;
	grab(g, page, pfn);
	touch_page(g, page, value);
	return GUP_FOUND;
}

/* follow_page_pte() */
static int follow_pte(struct gup *g, pmd_t pmd)
{
	pte_t *pte = &pmd_table(pmd)[x86_slot(g->address, 1)], value;
	struct lock *ptl = pte_lockptr(g->vma->vm_mm, pte);
	int ret = GUP_FAULT;

	lock_take(ptl);
	value = entry_read(pte);
	if (pte_present(value) && !(pte_numa(value) && honors_hints(g)))
		ret = follow_present_pte(g, pte, value);
	lock_release(ptl);
	return ret;
}

/* ---- huge entries ---- */

/*
 * To v4.14 D is set whoever touches the entry: it means nothing there, until v4.10 takes it for a
 * sign of a broken share (C2). x86 stores the entry only where D is to be set.
 */
static void touch_pmd(const struct gup *g, pmd_t *pmd, pmd_t value)
{
	bool dirty = g->flags & FOLL_WRITE || !has(ROW_C2_HUGE_DIRTY_COW);
	pmd_t touched = pmd_mkyoung(pmd_mkdirty(value));

	if (g->flags & FOLL_TOUCH && dirty && touched != value)
		set_pmd_at(g->vma->vm_mm, g->address & HPAGE_MASK, pmd, touched);
}

/* follow_trans_huge_pmd() */
static int follow_present_pmd(struct gup *g, pmd_t *pmd, pmd_t value)
{
	struct page *page = pmd_page(value);

	if (g->flags & FOLL_WRITE && !pmd_write(value) &&
	    !may_write_without_rw(g, page, 0, value, true))
		return GUP_FAULT;
	if (pmd_numa(value) && honors_hints(g) && has(ROW_A12_GUP_SERIALISE))
		return GUP_FAULT;
	if (!pmd_write(value) && must_unshare(g, page, 0))
		return GUP_UNSHARE;
	grab(g, page, kernel_pmd_pfn(current_kernel(), value) + x86_slot(g->address, 1));
	touch_pmd(g, pmd, value);
	return GUP_FOUND;
}

/* False: the entry is not huge any more. */
static bool follow_huge(struct gup *g, pmd_t *pmd, int *ret)
{
	pmd_t value;
	struct lock *ptl = pmd_trans_huge_lock(g->vma, pmd, &value);

	if (!ptl)
		return false;
	*ret = pmd_present(value) ? follow_present_pmd(g, pmd, value) : GUP_FAULT;
	lock_release(ptl);
	return true;
}

/* A table, once there, stays: mmap_sem is held. */
int gup_follow(struct gup *g)
{
	pmd_t *pmd = entry_find(current_machine(), g->vma->vm_mm, g->address, 2);
	pmd_t value = pmd ? entry_read(pmd) : 0;
	int ret;

	if (pmd_none(value) || (pmd_numa(value) && honors_hints(g)))
		return GUP_FAULT;
	if (pmd_trans_huge(value)) {
		if (follow_huge(g, pmd, &ret))
			return ret;
		value = entry_read(pmd);
	}
	if (pmd_none(value) || pmd_is_huge(value) || pmd_bad(value))
		return GUP_FAULT;
	return follow_pte(g, value);
}
