/* SPDX-License-Identifier: BSD-2-Clause */
/* Making page tables. */
#include "mm/table.h"

#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/gfp.h"
#include "mm/page.h"

#include <errno.h>
#include <string.h>

#define TOP_LEVEL 4

/* By level from the top, address, and birth: the same order in every equivalent state. */
static int compare_tables(const struct table *a, const struct table *b)
{
	if (a->level != b->level)
		return a->level > b->level ? -1 : 1;
	if (a->base != b->base)
		return a->base < b->base ? -1 : 1;
	return a->ptl.name < b->ptl.name ? -1 : a->ptl.name > b->ptl.name;
}

RB_GENERATE(table_tree, table, link, compare_tables)

/* Turn @page into an empty table that hangs nowhere yet. */
static struct table *table_init(struct numasim_machine *m, struct mm_struct *mm, struct page *page,
				unsigned level)
{
	struct table *table = kmalloc_nofail(m, sizeof(*table)); /* a part of the page's record */

	if (!table)
		return NULL;
	page->flags = PAGE_TABLE;
	page->index = arena_id(m->arena, table);
	page->mapping = 0;
	*table = (struct table){.mm = mm, .level = level,
				.pa = page_to_pfn(m, page) << FRAME_SHIFT};
	lock_init(&table->ptl, page->name, LOCK_TABLE);
	memset(phys_to_host(&m->phys, table->pa), 0, FRAME_SIZE);
	return table;
}

static void table_hang_at(struct table *table, uint64_t address)
{
	table->base = address & ~(x86_level_size(table->level) * 512 - 1);
	RB_INSERT(table_tree, &table->mm->tables, table);
}

static struct table *table_of(const struct page *page)
{
	return arena_at(current_machine()->arena, page->index);
}

static unsigned local_node(void)
{
	struct task_struct *task = current_task();

	return task && task->home_node >= 0 ? (unsigned)task->home_node : this_cpu()->node;
}

static struct table *table_alloc(struct mm_struct *mm, unsigned level, struct page **page)
{
	struct table *table;

	*page = alloc_page_near(local_node(), false, false);
	if (!*page)
		return NULL;
	table = table_init(current_machine(), mm, *page, level);
	if (!table)
		put_page(*page);
	return table;
}

/* The record goes, and the page with it. */
static void table_drop(struct page *page)
{
	kfree(table_of(page), sizeof(struct table));
	page->index = 0;
	put_page(page);
}

/*
 * To v3.19 PTE tables count (nr_ptes), then PMD tables too (nr_pmds), from v4.15 on all below the
 * top one, in bytes.
 */
void mm_account_table(struct mm_struct *mm, unsigned level, int delta)
{
	if (level == 1 || (level == 2 && has(ROW_ACCOUNT_PMD_TABLES)) ||
	    (level == 3 && has(ROW_ACCOUNT_PUD_TABLES)))
		mm->pgtables_bytes += (int64_t)delta * FRAME_SIZE;
}

/* The lock under which an entry of @level gets its table. */
static struct lock *populate_lock(struct mm_struct *mm, uint64_t *entry, unsigned level)
{
	return level == 2 ? pmd_lockptr(mm, entry) : &mm->page_table_lock;
}

/* The table below @entry (of @level), made if there is none. False: out of memory. */
bool table_populate(struct mm_struct *mm, uint64_t *entry, uint64_t address, unsigned level)
{
	struct page *page;
	struct table *table = table_alloc(mm, level - 1, &page);
	struct lock *lock;

	if (!table)
		return false;
	lock = populate_lock(mm, entry, level);
	lock_take(lock);
	if (entry_none(entry_read(entry))) {
		table_hang_at(table, address);
		mm_account_table(mm, level - 1, 1);
		set_entry_at(mm, address, entry,
			     kernel_mk_table(current_kernel(), table->pa >> FRAME_SHIFT));
	} else {
		table_drop(page);
	}
	lock_release(lock);
	return true;
}

struct page *pte_alloc_one(struct mm_struct *mm)
{
	struct page *page;

	return table_alloc(mm, 1, &page) ? page : NULL;
}

void pte_free(struct mm_struct *mm, struct page *page)
{
	table_drop(page);
}

pte_t *table_hang(struct mm_struct *mm, struct page *page, uint64_t haddr)
{
	struct table *table = table_of(page);

	table_hang_at(table, haddr);
	return phys_to_host(&current_machine()->phys, table->pa);
}

pmd_t pmd_of_table(const struct page *page)
{
	return kernel_mk_table(current_kernel(), page_to_pfn(current_machine(), page));
}

void table_free(struct page *page)
{
	struct table *table = table_of(page);

	RB_REMOVE(table_tree, &table->mm->tables, table);
	table_drop(page);
}

void table_move(struct table *table, uint64_t base)
{
	RB_REMOVE(table_tree, &table->mm->tables, table);
	table_hang_at(table, base);
}

struct table **table_deposit_list(struct mm_struct *mm, const pmd_t *pmd)
{
	struct table *table = entry_table(current_machine(), pmd);

	return has(ROW_SPLIT_PMD_LOCK) && table ? &table->deposit : &mm->deposit;
}

/*
 * mm/pgtable-generic.c, v3.8 to v6.12: one list per mm, and per PMD table where that has a lock of
 * its own. The kernel takes out what came in last but one; which of the empty tables is used
 * decides nothing, so here the list stands in the order of their names, the same in every
 * equivalent state.
 */
void pgtable_trans_huge_deposit(struct mm_struct *mm, pmd_t *pmd, struct page *page)
{
	struct table *table = table_of(page), **at = table_deposit_list(mm, pmd);

	while (*at && (*at)->ptl.name < table->ptl.name)
		at = &(*at)->next;
	table->next = *at;
	*at = table;
	mm_account_table(mm, 1, 1);
}

struct page *pgtable_trans_huge_withdraw(struct mm_struct *mm, pmd_t *pmd)
{
	struct table **list = table_deposit_list(mm, pmd), *table = *list;

	if (!table)
		kernel_oops("no table was put by for a huge PMD");
	*list = table->next;
	table->next = NULL;
	mm_account_table(mm, 1, -1);
	return pfn_to_page(current_machine(), table->pa >> FRAME_SHIFT);
}

/* A frame that set-up took and nobody has seen. */
static void give_back(struct numasim_machine *m, struct page *page)
{
	frame_release(m, frame_reborn(page));
}

int mm_alloc_pgd(struct numasim_machine *m, struct mm_struct *mm)
{
	struct page *page = NULL;
	struct table *top;

	for (unsigned i = 0; i < m->nr_nodes && !page; i++)
		page = frame_take(m, &m->node[i]);
	if (!page)
		return -ENOMEM;
	page->name = ++m->exec.setup_births;
	page->count = 1;
	top = table_init(m, mm, page, TOP_LEVEL);
	if (!top) {
		give_back(m, page);
		return -ENOSPC;
	}
	table_hang_at(top, 0);
	mm->pgd = page_to_pfn(m, page) << FRAME_SHIFT;
	return 0;
}

void mm_undo_pgd(struct numasim_machine *m, struct mm_struct *mm)
{
	struct page *page = pfn_to_page(m, mm->pgd >> FRAME_SHIFT);
	struct table *top = arena_at(m->arena, page->index);

	RB_REMOVE(table_tree, &mm->tables, top);
	kfree_of(m, top, sizeof(*top));
	give_back(m, page);
	mm->pgd = 0;
}

bool pgd_alloc(struct mm_struct *mm)
{
	struct page *page;
	struct table *top = table_alloc(mm, TOP_LEVEL, &page);

	if (!top)
		return false;
	table_hang_at(top, 0);
	mm->pgd = page_to_pfn(current_machine(), page) << FRAME_SHIFT;
	return true;
}

void pgd_free(struct mm_struct *mm)
{
	table_free(pfn_to_page(current_machine(), mm->pgd >> FRAME_SHIFT));
	mm->pgd = 0;
}

uint64_t *entry_alloc(struct mm_struct *mm, uint64_t address, unsigned level)
{
	struct numasim_machine *m = current_machine();
	uint64_t pa;

	pa = mm->pgd;
	for (unsigned at = TOP_LEVEL; ; at--) {
		uint64_t *entries = phys_to_host(&m->phys, pa);
		uint64_t *entry = &entries[x86_slot(address, at)];
		uint64_t value;

		if (at == level)
			return entry;
		value = entry_read(entry);
		if (entry_none(value)) {
			if (!table_populate(mm, entry, address, at))
				return NULL;
			value = entry_read(entry);
		}
		pa = value & X86_PFN_MASK;
	}
}
