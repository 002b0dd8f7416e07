/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/entry.h"

#include "exec/var.h"
#include "kernel/text.h"
#include "mm/bits.h"
#include "mm/page.h"
#include "mm/tlb.h"

#include <string.h>

/* The frame that @entry names, whether or not it is present. */
static uint64_t entry_pfn(const struct kernel *k, uint64_t entry, unsigned level)
{
	bool table = level > 2 || (level == 2 && !(entry & X86_PSE));

	if (level == 2 ? kernel_pmd_migration(k, entry)
		       : level == 1 && kernel_pte_migration(k, entry))
		return kernel_migration_pfn(k, entry);
	if (table)
		return (entry & X86_PFN_MASK) >> FRAME_SHIFT;
	if (level == 1 && !kernel_pte_present(k, entry))
		return NO_FRAME;
	return level == 2 ? kernel_pmd_pfn(k, entry) : kernel_pte_pfn(k, entry);
}

const struct page *entry_frame_page(const struct numasim_machine *m, uint64_t entry,
				    unsigned level)
{
	uint64_t pfn = entry_pfn(m->kernel, entry, level);

	return pfn == NO_FRAME ? NULL : pfn_to_page(m, pfn);
}

uint64_t entry_bits(const struct kernel *k, uint64_t entry, const struct page *page)
{
	if (!page)
		return entry;
	if (kernel_pte_migration(k, entry))
		return UINT64_C(1) << 63 | (uint64_t)kernel_swp_kind(k, entry) << 8 |
		       kernel_migration_marks(k, entry);
	return entry & ~X86_PFN_MASK;
}

/* What the code learns from reading @value: flags, and the frame by its name. */
static void observe_entry(const uint64_t *entry, uint64_t value)
{
	const struct numasim_machine *m = current_machine();
	const struct table *table = entry_table(current_machine(), entry);
	const struct page *page = value && table ? entry_frame_page(m, value, table->level) : NULL;

	observe(page ? page->name : 0);
	if (page)
		birth_known(page->name);
	observe(entry_bits(m->kernel, value, page));
}

uint64_t entry_read_announced(const uint64_t *entry)
{
	uint64_t value;

	point(POINT_READ, entry_object(current_machine(), entry), ACCESS_READ);
	value = *entry;
	observe_entry(entry, value);
	return value;
}

/* What the entries of a level are called. */
static const char *level_name(const struct table *table)
{
	static const char *const name[] = {"entry", "PTE", "PMD", "PUD", "PGD", "PGD"};

	return name[table && table->level < 6 ? table->level : 0];
}

/* For the table of a witness: what an entry becomes, in the words of the entry table. */
static void note_entry(const char *verb, uint64_t *entry, uint64_t value)
{
	const struct table *table;
	char text[160];

	if (!note_wanted())
		return;
	table = entry_table(current_machine(), entry);
	kernel_entry_print(current_kernel(), value, table && table->level == 1 ? 1 : 2, text,
			   sizeof(text));
	note("%s %s = %s", verb, level_name(table), text);
}

static void store(uint64_t *entry, uint64_t value)
{
	struct numasim_machine *m = current_machine();

	*entry = value;
	if (m->observer.entry_stored)
		m->observer.entry_stored(m, entry, value);
}

void set_entry_at(struct mm_struct *mm, uint64_t address, uint64_t *entry, uint64_t value)
{
	if (direct()) {
		store(entry, value);
		return;
	}
	point(POINT_WRITE, entry_object(current_machine(), entry), ACCESS_WRITE);
	store(entry, value);
	note_entry("set", entry, value);
}

uint64_t entry_get_and_clear_announced(uint64_t *entry)
{
	uint64_t value;

	point(POINT_UPDATE, entry_object(current_machine(), entry), ACCESS_WRITE);
	value = *entry;
	*entry = 0;
	observe_entry(entry, value);
	note("clear %s", level_name(entry_table(current_machine(), entry)));
	return value;
}

uint64_t entry_exchange(struct mm_struct *mm, uint64_t address, uint64_t *entry, uint64_t value)
{
	uint64_t old;

	if (!direct())
		point(POINT_UPDATE, entry_object(current_machine(), entry), ACCESS_WRITE);
	old = *entry;
	store(entry, value);
	if (direct())
		return old;
	observe_entry(entry, old);
	note_entry("exchange", entry, value);
	return old;
}

pmd_t pmdp_clear_flush(struct vm_area_struct *vma, uint64_t address, pmd_t *pmd)
{
	pmd_t value = entry_get_and_clear(vma->vm_mm, address, pmd);

	flush_tlb_range(vma, address, address + HPAGE_SIZE);
	return value;
}

/*
 * v3.8 to v3.12, mm/pgtable-generic.c: no flush for an entry that no processor can have cached,
 * which is to say that has P = 0. From 20841405940e on an entry without access counts as
 * accessible while the mm has a flush pending.
 */
static bool pte_accessible(struct mm_struct *mm, pte_t pte)
{
	if (kernel_pte_accessible(current_kernel(), pte, false))
		return true;
	if (!kernel_pte_accessible(current_kernel(), pte, true))
		return false;
	return mm_tlb_flush_pending(mm);
}

pte_t ptep_clear_flush(struct vm_area_struct *vma, uint64_t address, pte_t *pte)
{
	pte_t value = entry_get_and_clear(vma->vm_mm, address, pte);

	if (pte_accessible(vma->vm_mm, value))
		flush_tlb_page(vma, address);
	return value;
}

struct page *pmd_page(pmd_t pmd)
{
	return pfn_to_page(current_machine(), kernel_pmd_pfn(current_kernel(), pmd));
}

struct page *pte_page(pte_t pte)
{
	return pfn_to_page(current_machine(), kernel_pte_pfn(current_kernel(), pte));
}

struct table *entry_table(struct numasim_machine *m, const uint64_t *entry)
{
	uint64_t pfn = host_to_pfn(m, entry);
	struct page *page = pfn == NO_FRAME ? NULL : pfn_to_page(m, pfn);

	return page && page->flags & PAGE_TABLE ? arena_at(m->arena, page->index) : NULL;
}

struct lock *pmd_lockptr(struct mm_struct *mm, const pmd_t *pmd)
{
	struct table *table = entry_table(current_machine(), pmd);

	return has(ROW_SPLIT_PMD_LOCK) && table ? &table->ptl : &mm->page_table_lock;
}

struct lock *pte_lockptr(struct mm_struct *mm, const pte_t *pte)
{
	return &entry_table(current_machine(), pte)->ptl;
}

static uint64_t *entry_in(struct numasim_machine *m, uint64_t table_pa, uint64_t address,
			  unsigned level)
{
	uint64_t *entries = phys_to_host(&m->phys, table_pa);

	return entries ? &entries[x86_slot(address, level)] : NULL;
}

uint64_t *entry_find(struct numasim_machine *m, struct mm_struct *mm, uint64_t address,
		     unsigned level)
{
	uint64_t pa = mm->pgd;

	for (unsigned at = 4; pa; at--) {
		uint64_t *entry = entry_in(m, pa, address, at);

		if (!entry || at == level)
			return entry;
		if ((*entry & (X86_P | X86_PSE)) != X86_P &&
		    !(at == 2 && kernel_pmd_hint(m->kernel, *entry) && !(*entry & X86_PSE)))
			return NULL;
		pa = *entry & X86_PFN_MASK;
	}
	return NULL;
}
