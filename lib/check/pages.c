/* SPDX-License-Identifier: BSD-2-Clause */
/* refcount: the pages' books, compared with the tables when nobody is under way. */
#include "check/check.h"
#include "check/mapped.h"
#include "exec/point.h"
#include "kernel/swap.h"
#include "mm/bits.h"
#include "mm/gup.h"
#include "mm/page.h"

static void complain(const struct page *page, const char *format, long found, long expected)
{
	uint64_t objects[2] = {PAGE_OBJECT(page, PAGE_F_COUNT), PAGE_OBJECT(page, PAGE_F_MAPCOUNT)};

	violate(ORACLE_REFCOUNT, objects, 2, format, BIRTH_TEXT(page->name), found, expected);
}

/* How often the page says it is mapped: as a whole, and in parts. */
static long map_count(const struct page *page)
{
	return page->mapcount + (page->flags & PAGE_HEAD ? page_block(page)->part_maps : 0);
}

/* References that are no mappings: of batches, of a file's cache, the swap cache, a driver,
 * tasks that got the page by get_user_pages(). */
static long holders(const struct numasim_machine *m, const struct page *page)
{
	return lru_batch_holds(m, page) + (page->mapping && !(page->flags & PAGE_ANON)) +
	       !!(page->flags & PAGE_SWAPCACHE) + !!(page->flags & PAGE_RESERVED) +
	       gup_holds(m, page);
}

static bool never_on_lru(const struct page *page)
{
	return page->flags & (PAGE_RESERVED | PAGE_HUGETLB);
}

static void check_page(const struct numasim_machine *m, const struct mapped *count,
		       const struct page *page)
{
	long mapped, held, maps = map_count(page);

	if (page->flags & (PAGE_FREE | PAGE_TABLE | PAGE_ZERO | PAGE_MULTI | PAGE_TAIL))
		return;
	mapped = mapped_times(count, m, page);
	held = holders(m, page);
	if (maps != mapped)
		complain(page, "page %s has map count %ld, but %ld entries map it", maps, mapped);
	else if (page->count - held != maps)
		complain(page, maps ? "page %s has %ld references, %ld of them mappings"
				    : "page %s is mapped nowhere and has %ld references "
				      "(%ld of them mappings): it leaks", page->count - held, maps);
	else if (page->flags & PAGE_LOCKED)
		complain(page, "page %s is still locked (flags %#lx, %ld mappings)", page->flags,
			 mapped);
	else if (!(page->flags & PAGE_LRU) && !lru_batch_holds(m, page) && !never_on_lru(page))
		complain(page, "page %s is on no LRU list (flags %#lx, %ld mappings)", page->flags,
			 mapped);
}

static void check_entries(const struct numasim_machine *m, const struct table *table)
{
	const uint64_t *entry = phys_to_host(&m->phys, table->pa);

	for (unsigned i = 0; table->level == 1 && i < 512; i++) {
		uint64_t object;

		if (!entry[i] || !kernel_pte_migration(m->kernel, entry[i]))
			continue;
		object = entry_object(m, &entry[i]);
		violate(ORACLE_REFCOUNT, &object, 1,
			"a migration entry is left in the table of %#llx",
			(unsigned long long)table->base);
	}
}

static void check_block(const struct numasim_machine *m, const struct mapped *count,
			const struct node_space *space, uint32_t at)
{
	const struct block *block = &space->block[at];

	if (block->kind == BLOCK_HUGE)
		check_page(m, count, &block->head);
	for (unsigned k = 0; block->kind == BLOCK_BROKEN && k < block->used; k++)
		check_page(m, count, block_page(space, at, k));
}

static void check_counts(const struct numasim_machine *m)
{
	struct mapped count;

	if (mapped_count(&count, m)) {
		limit_reached("an audit's counts of all pages");
		return;
	}
	for (unsigned i = 0; i < m->nr_nodes; i++)
		for (uint32_t at = m->node[i].touched; at; at = m->space[i].block[at - 1].next)
			check_block(m, &count, &m->space[i], at - 1);
	mapped_forget(&count, m);
}

void check_pages(struct numasim_machine *m)
{
	struct mm_struct *mm;
	struct table *t;

	check_counts(m);
	TAILQ_FOREACH(mm, &m->mm->mms, link)
		RB_FOREACH(t, table_tree, &mm->tables)
			check_entries(m, t);
	check_backing(m);
}
