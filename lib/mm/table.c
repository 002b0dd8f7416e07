/* SPDX-License-Identifier: BSD-2-Clause */
/* Making page tables. */
#include "mm/anon.h"
#include "mm/bits.h"
#include "mm/entry.h"
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

/* Turn @page into an empty table of @level that translates from @address on. */
static struct table *table_init(struct numasim_machine *m, struct mm_struct *mm,
				struct page *page, uint64_t address, unsigned level)
{
	uint64_t span = x86_level_size(level) * 512;
	struct table *table = arena_alloc(m->arena, sizeof(*table));

	if (!table)
		return NULL;
	page->flags = PAGE_TABLE;
	page->index = arena_id(m->arena, table);
	page->mapping = 0;
	*table = (struct table){.mm = mm, .base = address & ~(span - 1), .level = level,
				.pa = page_to_pfn(m, page) << FRAME_SHIFT};
	lock_init(&table->ptl, page->name, LOCK_TABLE);
	memset(phys_to_host(&m->phys, table->pa), 0, FRAME_SIZE);
	RB_INSERT(table_tree, &mm->tables, table);
	return table;
}

static unsigned local_node(void)
{
	struct task_struct *task = current_task();

	return task && task->home_node >= 0 ? (unsigned)task->home_node : this_cpu()->node;
}

/* Forget a table that lost the race to be installed. */
static void table_drop(struct table *table, struct page *page)
{
	RB_REMOVE(table_tree, &table->mm->tables, table);
	arena_free(current_machine()->arena, table, sizeof(*table));
	page->index = 0;
	put_page(page);
}

/* The lock under which an entry of @level gets its table. */
static struct lock *populate_lock(struct mm_struct *mm, uint64_t *entry, unsigned level)
{
	return level == 2 ? pmd_lockptr(mm, entry) : &mm->page_table_lock;
}

/* The table below @entry (of @level), made if there is none. False: out of memory. */
bool table_populate(struct mm_struct *mm, uint64_t *entry, uint64_t address, unsigned level)
{
	struct page *page = alloc_page_near(local_node(), false, false);
	struct table *table = page ? table_init(current_machine(), mm, page, address, level - 1)
				   : NULL;
	struct lock *lock;

	if (!table) {
		if (page)
			put_page(page);
		return false;
	}
	lock = populate_lock(mm, entry, level);
	lock_take(lock);
	if (entry_none(entry_read(entry)))
		set_entry_at(mm, address, entry,
			     kernel_mk_table(current_kernel(), table->pa >> FRAME_SHIFT));
	else {
		table_drop(table, page);
	}
	lock_release(lock);
	return true;
}

int mm_alloc_pgd(struct numasim_machine *m, struct mm_struct *mm)
{
	struct page *page = NULL;

	for (unsigned i = 0; i < m->nr_nodes && !page; i++)
		page = frame_take(m, &m->node[i]);
	if (!page)
		return -ENOMEM;
	page->name = ++m->exec.setup_births;
	page->count = 1;
	if (!table_init(m, mm, page, 0, TOP_LEVEL))
		return -ENOSPC;
	mm->pgd = page_to_pfn(m, page) << FRAME_SHIFT;
	return 0;
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

/* pgtable_trans_huge_deposit(), v3.8 mm/pgtable-generic.c: a table put by for a later split. */
void table_deposit(struct mm_struct *mm, struct page *page)
{
	page->flags = PAGE_TABLE;
	page->index = 0;
	page->mapping = 0;
	page->cpupid = mm->deposit;
	mm->deposit = page_to_pfn(current_machine(), page);
	mm->nr_deposited++;
}
