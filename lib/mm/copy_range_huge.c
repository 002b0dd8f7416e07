/* SPDX-License-Identifier: BSD-2-Clause */
/* Fork of a huge entry (copy_huge_pmd(), mm/huge_memory.c of v3.8 to v6.12), and what huge and base
 * entries share. */
#include "mm/copy.h"

#include "exec/var.h"
#include "mm/huge_zero.h"
#include "mm/table.h"

#include <errno.h>

static bool pinned(struct page *page, struct mm_struct *src_mm)
{
	return shared_read32(MM_OBJECT(src_mm, MM_HAS_PINNED), &src_mm->has_pinned) &&
	       page_maybe_dma_pinned(page);
}

/* v5.9: a page that may be pinned; v5.19: and only if it is the parent's alone. */
bool page_try_share(struct page *page, unsigned part, struct mm_struct *src_mm)
{
	if (!has(ROW_FORK_COPIES_PINNED))
		return true;
	if (!has(ROW_ANON_EXCLUSIVE))
		return !pinned(page, src_mm);
	if (!page_anon_exclusive(page, part))
		return true;
	if (pinned(page, src_mm))
		return false;
	page_set_anon_exclusive(page, part, false);
	return true;
}

uint64_t migration_entry_shared(uint64_t entry)
{
	const struct kernel *k = current_kernel();
	unsigned marks = kernel_migration_marks(k, entry);

	if (!has(ROW_H1_MIGRATION_SOFT_DIRTY))
		marks &= ~MIGRATION_SOFT_DIRTY;
	return kernel_mk_migration(k, SWAP_MIGRATION_READ, kernel_migration_pfn(k, entry), marks);
}

/* From v6.6 on a compare-and-swap that also moves D; one step here as there. */
void entry_wrprotect(struct mm_struct *mm, uint64_t address, uint64_t *entry)
{
	if (!direct())
		point(POINT_UPDATE, entry_object(current_machine(), entry), ACCESS_WRITE);
	*entry = kernel_pte_wrprotect(current_kernel(), *entry);
	note("write-protect the entry");
}

/* The child's entry for huge @pmd of the parent; the parent's is changed as it must. */
static pmd_t share_migration(struct copy *c, pmd_t *src, pmd_t pmd, uint64_t address)
{
	if (kernel_swp_kind(current_kernel(), pmd) == SWAP_MIGRATION_READ)
		return pmd;
	pmd = migration_entry_shared(pmd);
	set_pmd_at(c->src->vm_mm, address, src, pmd);
	return pmd;
}

static pmd_t share_present(struct copy *c, pmd_t *src, pmd_t pmd, uint64_t address)
{
	entry_wrprotect(c->src->vm_mm, address, src);
	return kernel_pmd_mkold(current_kernel(), kernel_pmd_wrprotect(current_kernel(), pmd));
}

/* True: the page has one mapping more. False: it may be pinned. */
static bool share_page(struct copy *c, pmd_t pmd)
{
	struct page *page = pmd_page(pmd);

	if (is_huge_zero_page(page)) { /* it is there, so this takes no memory */
		mm_get_huge_zero_page(c->dst->vm_mm);
		return true;
	}
	if (has(ROW_FORK_SPLITS_PINNED) && !page_try_share(page, 0, c->src->vm_mm))
		return false;
	get_page(page);
	page_dup_rmap(page);
	c->dst->vm_mm->rss[MM_ANONPAGES] += BLOCK_FRAMES;
	return true;
}

/* Both locks held. 0; -EAGAIN: not huge any more; -EINPROGRESS: being split; -EBUSY: pinned. */
static int copy_locked(struct copy *c, pmd_t *dst, pmd_t *src, uint64_t address,
		       struct page *table)
{
	struct mm_struct *mm = c->dst->vm_mm;
	pmd_t pmd = entry_read(src);

	if (!pmd_is_huge(pmd))
		return -EAGAIN;
	if (kernel_pmd_splitting(current_kernel(), pmd))
		return -EINPROGRESS;
	if (!pmd_present(pmd)) {
		pmd = share_migration(c, src, pmd, address);
		mm->rss[MM_ANONPAGES] += BLOCK_FRAMES;
	} else if (share_page(c, pmd)) {
		pmd = share_present(c, src, pmd, address);
	} else {
		return -EBUSY;
	}
	pgtable_trans_huge_deposit(mm, dst, table);
	set_pmd_at(mm, address, dst, pmd);
	return 0;
}

int copy_huge_pmd(struct copy *c, pmd_t *src, uint64_t address)
{
	struct mm_struct *mm = c->dst->vm_mm;
	struct lock *dst_ptl, *src_ptl;
	struct page *table;
	pmd_t *dst;
	int ret;

	if (!vma_is_anonymous(c->dst))
		return 0; /* comes back by a fault */
	dst = entry_alloc(mm, address, 2);
	table = dst ? pte_alloc_one(mm) : NULL;
	if (!table)
		return -ENOMEM;
	dst_ptl = pmd_lockptr(mm, dst);
	src_ptl = pmd_lockptr(c->src->vm_mm, src);
	lock_take(dst_ptl);
	lock_take(src_ptl);
	ret = copy_locked(c, dst, src, address, table);
	lock_release(src_ptl);
	lock_release(dst_ptl);
	if (ret)
		pte_free(mm, table);
	if (ret == -EINPROGRESS)
		wait_split_huge_page(c->src->anon_vma);
	if (ret == -EBUSY)
		split_huge_pmd(c->src, src, address);
	return ret == -EINPROGRESS || ret == -EBUSY ? -EAGAIN : ret;
}
