/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A huge PMD becomes a table of PTEs (mm/huge_memory.c).
 *
 *	v3.8 to v4.4	the page itself falls apart, and with it every PMD that maps it
 *			(split_page.c)
 *	v4.5 on		only this PMD: the page stays whole, mapped by PTEs here
 *
 * Some processors do not like a small and a large translation of one address, so the PMD is
 * invalidated and flushed before the table hangs in it. Until then it can be used, and the
 * processor can set A and D in it:
 *
 *	to v4.15	read A, D | fill the table | invalidate, flush | hang it into the PMD
 *			         `----- what is set here is lost -----'  (A31)
 *	v4.16 on	invalidate: what was there? | flush | fill the table | hang it into the PMD
 */
#include "mm/split.h"

#include "exec/var.h"
#include "mm/huge_zero.h"
#include "mm/mlock.h"
#include "mm/table.h"
#include "mm/zap.h"

/* What the PTEs take over from the PMD. */
struct pmd_marks {
	bool write, young, dirty, soft_dirty;
};

static struct pmd_marks marks_of(pmd_t pmd)
{
	const struct kernel *k = current_kernel();

	return (struct pmd_marks){
		.write = pmd_write(pmd), .young = pmd & X86_A, .dirty = kernel_pmd_dirty(k, pmd),
		.soft_dirty = kernel_pmd_soft_dirty(k, pmd)};
}

/* Rights of the VMA, not of the PMD: that it was a hint is not handed down. */
static pte_t part_entry(const struct vm_area_struct *vma, uint64_t pfn, struct pmd_marks marks)
{
	const struct kernel *k = current_kernel();
	pte_t pte = kernel_mk_pte(k, pfn, vm_page_prot(vma));

	pte = marks.write ? maybe_mkwrite(pte, vma) : kernel_pte_wrprotect(k, pte);
	if (!marks.young)
		pte = pte_mkold(pte);
	if (marks.dirty && has(ROW_SPLIT_KEEPS_DIRTY))
		pte = pte_mkdirty(pte);
	return marks.soft_dirty ? kernel_pte_mksoft_dirty(k, pte) : pte;
}

static void fill_parts(const struct vm_area_struct *vma, pte_t *table, struct page *page,
		       pmd_t old)
{
	uint64_t pfn = page_to_pfn(current_machine(), page);
	struct pmd_marks marks = marks_of(old);

	for (unsigned i = 0; i < BLOCK_FRAMES; i++)
		table[i] = part_entry(vma, pfn + i, marks);
}

/* The same kind and marks, one frame after the other. */
static void fill_migration(pte_t *table, pmd_t old)
{
	const struct kernel *k = current_kernel();
	uint64_t pfn = kernel_migration_pfn(k, old);

	for (unsigned i = 0; i < BLOCK_FRAMES; i++)
		table[i] = kernel_mk_migration(k, kernel_swp_kind(k, old), pfn + i,
					       kernel_migration_marks(k, old));
}

/* Each of the 4 KiB reads as zero from the small zero page. */
static void fill_zero(const struct vm_area_struct *vma, pte_t *table)
{
	const struct kernel *k = current_kernel();
	uint64_t pfn = current_machine()->mm->zero_pfn;

	for (unsigned i = 0; i < BLOCK_FRAMES; i++)
		table[i] = kernel_pte_mkspecial(k, kernel_mk_pte(k, pfn, vm_page_prot(vma)));
}

/* The table that waited for this; nobody can reach its entries before it hangs in the PMD. */
static pte_t *withdraw(struct vm_area_struct *vma, pmd_t *pmd, uint64_t haddr, struct page **page)
{
	*page = pgtable_trans_huge_withdraw(vma->vm_mm, pmd);
	mm_account_table(vma->vm_mm, 1, 1);
	return table_hang(vma->vm_mm, *page, haddr);
}

static void hang_in(struct vm_area_struct *vma, pmd_t *pmd, uint64_t haddr,
		    const struct page *table)
{
	set_pmd_at(vma->vm_mm, haddr, pmd, pmd_of_table(table));
	event(EVENT_SPLIT, haddr);
}

void split_huge_zero_pmd(struct vm_area_struct *vma, pmd_t *pmd, uint64_t haddr)
{
	struct page *page;

	pmdp_clear_flush(vma, haddr, pmd);
	fill_zero(vma, withdraw(vma, pmd, haddr, &page));
	hang_in(vma, pmd, haddr, page);
	huge_zero_put(vma->vm_mm);
}

/* The table with what the PTEs inherit from @old; it does not hang in the PMD yet. */
static struct page *table_of_parts(struct vm_area_struct *vma, pmd_t *pmd, uint64_t haddr,
				   struct page *page, pmd_t old)
{
	struct page *table;

	if (kernel_pmd_dirty(current_kernel(), old))
		page_mark_dirty(page);
	fill_parts(vma, withdraw(vma, pmd, haddr, &table), page, old);
	page_map_parts(page);
	return table;
}

static void more_references(struct page *page)
{
	shared_add32(PAGE_OBJECT(page, PAGE_F_COUNT), &page->count, BLOCK_FRAMES - 1);
}

/* v4.5 to v4.15: A and D are read, and the PMD can be used on until it is invalidated. */
static void split_mapping_in_use(struct vm_area_struct *vma, pmd_t *pmd, uint64_t haddr,
				 struct page *page)
{
	struct page *table;
	pmd_t seen;

	more_references(page);
	seen = entry_read(pmd);
	note("look whether the huge page is dirty: %s",
	     kernel_pmd_dirty(current_kernel(), seen) ? "yes" : "no");
	table = table_of_parts(vma, pmd, haddr, page, seen);
	pmdp_invalidate(vma, haddr, pmd);
	hang_in(vma, pmd, haddr, table);
}

static void split_mapping(struct vm_area_struct *vma, pmd_t *pmd, uint64_t haddr,
			  struct page *page)
{
	pmd_t old;

	if (!has(ROW_A31_INVALIDATED_VALUE)) {
		split_mapping_in_use(vma, pmd, haddr, page);
		return;
	}
	old = pmdp_invalidate(vma, haddr, pmd);
	more_references(page);
	hang_in(vma, pmd, haddr, table_of_parts(vma, pmd, haddr, page, old));
}

static void split_migration(struct vm_area_struct *vma, pmd_t *pmd, uint64_t haddr, pmd_t old)
{
	struct page *table;

	fill_migration(withdraw(vma, pmd, haddr, &table), old);
	hang_in(vma, pmd, haddr, table);
}

/* The page of a file is not worth it: it is taken away, and comes back by faults. */
static void split_by_zapping(struct vm_area_struct *vma, pmd_t *pmd, uint64_t haddr)
{
	pmd_t old = pmdp_clear_flush(vma, haddr, pmd);
	struct page *page;

	event(EVENT_ZAPPED, haddr);
	if (!pmd_present(old)) {
		vma->vm_mm->rss[mm_counter(migration_entry_page(old))] -= BLOCK_FRAMES;
		return;
	}
	page = pmd_page(old);
	if (kernel_pmd_dirty(current_kernel(), old))
		page_mark_dirty(page);
	vma->vm_mm->rss[mm_counter(page)] -= BLOCK_FRAMES;
	page_remove_rmap(page);
	munlock_vma_page(page, vma, true);
	put_page(page);
}

/* v4.5 on: __split_huge_pmd_locked(). */
static void split_locked(struct vm_area_struct *vma, pmd_t *pmd, uint64_t haddr, pmd_t value)
{
	count_vm_events(VM_EVENT_THP_SPLIT_PMD, 1);
	if (!vma_is_anonymous(vma))
		split_by_zapping(vma, pmd, haddr);
	else if (!pmd_present(value))
		split_migration(vma, pmd, haddr, value);
	else if (is_huge_zero_page(pmd_page(value)))
		split_huge_zero_pmd(vma, pmd, haddr);
	else
		split_mapping(vma, pmd, haddr, pmd_page(value));
}

void split_huge_pmd(struct vm_area_struct *vma, pmd_t *pmd, uint64_t address)
{
	struct lock *ptl;
	pmd_t value;

	if (!has(ROW_NO_SPLITTING)) {
		split_huge_page_pmd(vma, pmd, address);
		return;
	}
	ptl = pmd_lockptr(vma->vm_mm, pmd);
	lock_take(ptl);
	value = entry_read(pmd);
	if (pmd_is_huge(value))
		split_locked(vma, pmd, address & HPAGE_MASK, value);
	lock_release(ptl);
}

static void split_if_cut(struct vm_area_struct *vma, uint64_t at)
{
	uint64_t haddr = at & HPAGE_MASK;
	pmd_t *pmd;

	if (at == haddr || haddr < vma->vm_start || haddr + HPAGE_SIZE > vma->vm_end)
		return;
	pmd = entry_find(current_machine(), vma->vm_mm, at, 2);
	if (pmd && pmd_is_huge(entry_read(pmd)))
		split_huge_pmd(vma, pmd, at);
}

void vma_adjust_trans_huge(struct vm_area_struct *vma, uint64_t start, uint64_t end)
{
	split_if_cut(vma, start);
	split_if_cut(vma, end);
}
