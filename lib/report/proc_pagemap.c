/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc/PID/pagemap, an entry of 8 bytes per page: pte_to_pagemap_entry() and pagemap_pmd_range()
  * of v3.8 to v6.12 fs/proc/task_mmu.c.
 *
 *   63       62     61          57       56       55           54                0
 *  +---------+------+-----------+--------+--------+------------+------------------+
 *  | present | swap | file or   | uffd   | mapped | soft dirty | frame; or slot   |
 *  |         |      | shared    | wp     | once   |            | and swap type    |
 *  +---------+------+-----------+--------+--------+------------+------------------+
 *
 * Bits 55 to 60 held 12, the size of a page as a power of two, to v4.1. "Mapped once" came with
  * v4.2 (77bb499bb60f), soft dirty here with v3.11, uffd wp with v5.14 (fb8e37f35a2f); the last two
   * only count as bits of their own since v4.2. (All releases from memory.)
 */
#include "report/proc.h"

#include "kernel/swap.h"
#include "mm/swap.h"

#define PM_FRAME_MASK ((UINT64_C(1) << 55) - 1)
#define PM_PAGE_SHIFT (UINT64_C(12) << 55) /* to v4.1 */
#define PM_SOFT_DIRTY (UINT64_C(1) << 55)
#define PM_EXCLUSIVE  (UINT64_C(1) << 56)
#define PM_UFFD_WP    (UINT64_C(1) << 57)
#define PM_FILE	      (UINT64_C(1) << 61)
#define PM_SWAP	      (UINT64_C(1) << 62)
#define PM_PRESENT    (UINT64_C(1) << 63)

struct look {
	const struct numasim_machine *m;
	const struct vm_area_struct *vma;
	const struct proc_entry *entry;
	struct page *page; /* NULL: none that counts */
};

/* Soft dirty and uffd wp of what is not present: a migration entry has its own, a swap entry the
 * bits of the format. */
static uint64_t swap_marks(const struct kernel *k, uint64_t value)
{
	unsigned marks = kernel_migration_marks(k, value);

	return (marks & MIGRATION_SOFT_DIRTY ? PM_SOFT_DIRTY : 0) |
	       (marks & MIGRATION_UFFD_WP ? PM_UFFD_WP : 0);
}

static uint64_t of_present(struct look *l)
{
	const struct kernel *k = l->m->kernel;
	uint64_t value = l->entry->value;

	/* the huge page of zeroes is a page here, that of 4 KiB is not */
	l->page = l->entry->huge ? pfn_to_page(l->m, proc_pfn(l->m, l->entry))
				 : proc_normal_page(l->m, l->vma, l->entry);
	return PM_PRESENT | proc_pfn(l->m, l->entry) |
	       (kernel_entry_soft_dirty(k, value) && !(l->vma->vm_flags & VM_HUGETLB)
			? PM_SOFT_DIRTY : 0) |
	       (kernel_entry_uffd_wp(k, value) ? PM_UFFD_WP : 0);
}

static uint64_t of_swap(struct look *l)
{
	const struct kernel *k = l->m->kernel;
	uint64_t value = l->entry->value, offset = kernel_swp_offset(k, value);

	l->page = proc_migrating_page(l->m, l->entry);
	if (l->page) /* only the frame, which is all that old ones had */
		offset = kernel_migration_pfn(k, value);
	if (l->entry->huge)
		offset += (l->entry->address >> FRAME_SHIFT) % BLOCK_FRAMES;
	return PM_SWAP | kernel_swp_type(k, value) | offset << 5 | swap_marks(k, value);
}

/* To v6.10 the first page of a huge one that is mapped as such speaks for all (2c1f057e5be6). */
static uint64_t counted_pfn(const struct look *l)
{
	uint64_t pfn = proc_pfn(l->m, l->entry);
	bool first = l->entry->huge && !proc_since(l->m, 6, 11);

	return first ? pfn & ~(uint64_t)(BLOCK_FRAMES - 1) : pfn;
}

/* What is there, with all that the latest release shows. */
static uint64_t describe(struct look *l)
{
	bool present = proc_present(l->m, l->entry);
	uint64_t flags = present ? of_present(l) : of_swap(l);

	if (!l->page)
		return flags;
	if (!(l->page->flags & PAGE_ANON))
		flags |= PM_FILE;
	if (present && proc_mapcount(l->m, l->page, counted_pfn(l)) == 1)
		flags |= PM_EXCLUSIVE;
	return flags;
}

/* v3.8 to v4.1: the page's size where the flags are now; nothing where nothing is. */
static uint64_t old_form(uint64_t entry)
{
	entry &= PM_FRAME_MASK | PM_FILE | PM_SWAP | PM_PRESENT;
	return entry | PM_PAGE_SHIFT;
}

uint64_t proc_pagemap(struct numasim_machine *m, struct mm_struct *mm, uint64_t address)
{
	struct vm_area_struct key = {.vm_start = address & PAGE_MASK_4K}, *vma;
	struct proc_entry entry;
	struct look l = {.m = m, .entry = &entry};
	uint64_t value = 0;

	address &= PAGE_MASK_4K;
	vma = RB_NFIND(vma_tree, &mm->vmas, &key);
	if (!vma || vma->vm_start > address)
		vma = vma ? RB_PREV(vma_tree, &mm->vmas, vma) : RB_MAX(vma_tree, &mm->vmas);
	while (vma && vma->vm_end <= address)
		vma = RB_NEXT(vma_tree, &mm->vmas, vma);
	if (!vma || vma->vm_start > address)
		return proc_since(m, 4, 2) ? 0 : PM_PAGE_SHIFT;
	l.vma = vma;
	if (proc_find(&entry, m, mm, address))
		value = describe(&l);
	if (vma->vm_flags & VM_SOFTDIRTY)
		value |= PM_SOFT_DIRTY;
	return proc_since(m, 4, 2) ? value : old_form(value);
}
