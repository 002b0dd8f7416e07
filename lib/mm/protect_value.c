/* SPDX-License-Identifier: BSD-2-Clause */
/* What a change of protections works out from a value: no points but where a page is looked at. */
#include "mm/protect.h"

#include "mm/page.h"
#include "mm/rmap.h"
#include "mm/zap.h"

/*
 * v3.8 to v6.12: a write migration entry becomes READ, from v5.19 on READ_EXCLUSIVE for an
 * anonymous page. Marks stay (soft-dirty since c3d16e16522f).
 */
uint64_t migration_entry_readable(uint64_t entry)
{
	const struct kernel *k = current_kernel();
	unsigned marks = kernel_migration_marks(k, entry);
	enum swap_kind kind = SWAP_MIGRATION_READ;

	if (kernel_swp_kind(k, entry) != SWAP_MIGRATION_WRITE)
		return entry;
	if (has(ROW_ANON_EXCLUSIVE) && page_is_anon(migration_entry_page(entry)))
		kind = SWAP_MIGRATION_READ_EXCLUSIVE;
	if (!has(ROW_H1_MIGRATION_SOFT_DIRTY))
		marks &= ~MIGRATION_SOFT_DIRTY;
	return kernel_mk_migration(k, kind, kernel_migration_pfn(k, entry), marks);
}

/* Somebody wants to know about the next write: v3.11+. */
static bool soft_dirty_wanted(const struct vm_area_struct *vma, uint64_t entry)
{
	const struct kernel *k = current_kernel();

	return kernel_option(k, OPTION_SOFT_DIRTY) && !(vma->vm_flags & VM_SOFTDIRTY) &&
	       !kernel_pte_soft_dirty(k, entry);
}

/* v5.19+: would a write fault do no more than set RW? */
static bool can_change_writable(const struct vm_area_struct *vma, uint64_t entry,
				const struct page *page, unsigned part)
{
	bool dirty = kernel_entry_dirty(current_kernel(), entry);

	if (!(vma->vm_flags & VM_WRITE) || pte_numa(entry))
		return false;
	if (!dirty && !has(ROW_MPROTECT_CLEAN_WRITABLE))
		return false;
	if (soft_dirty_wanted(vma, entry))
		return false;
	if (vma->vm_flags & VM_SHARED)
		return dirty;
	return page && page_is_anon(page) && page_anon_exclusive(page, part);
}

bool can_change_pte_writable(const struct vm_area_struct *vma, uint64_t address, pte_t pte)
{
	const struct page *page = vm_normal_page(vma, address, pte);

	return can_change_writable(vma, pte, page, page ? pte_part(page, pte) : 0);
}

bool can_change_pmd_writable(const struct vm_area_struct *vma, pmd_t pmd)
{
	const struct page *page = pmd_page(pmd);

	return can_change_writable(vma, pmd, is_huge_zero_page(page) ? NULL : page, 0);
}

#define SOFTWARE_BITS (UINT64_C(7) << 9 | UINT64_C(3) << 57)
#define ON_CLEAR      ((uint64_t)(X86_D | X86_P | X86_A))

/* arch/x86/include/asm/tlbflush.h, v5.19+ (c9fe66560bf2). */
bool entry_needs_flush(uint64_t old, uint64_t new, bool same_frame, bool ignore_accessed)
{
	uint64_t differ = (old ^ new) & ~(SOFTWARE_BITS | X86_PFN_MASK);

	if (!(old & X86_P))
		return false;
	if (!same_frame)
		return true;
	if (ignore_accessed)
		differ &= ~(uint64_t)X86_A;
	return (differ & ~ON_CLEAR) || (differ & old & ON_CLEAR);
}
