/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/stored.h"

#include "exec/point.h"
#include "kernel/sound.h"
#include "mm/entry.h"
#include "mm/page.h"

/*
 * The zero page has SPECIAL, pages that somebody counts the mappings of have not, and a driver's
 * may be put in either way.
 */
static uint64_t special_stray(const struct numasim_machine *m, uint64_t entry)
{
	uint64_t special = m->kernel->format.special;
	const struct page *page;

	if (!(entry & X86_P))
		return 0;
	page = pfn_to_page(m, kernel_pte_pfn(m->kernel, entry));
	if (!page || page->flags & PAGE_ZERO)
		return ~entry & special;
	return page->mapping ? entry & special : 0;
}

static void on_entry_stored(struct numasim_machine *m, const uint64_t *entry, uint64_t value)
{
	const struct table *table = entry_table(m, entry);
	uint64_t stray, object;

	if (!value || !table)
		return;
	stray = kernel_entry_stray(m->kernel, value, table->level);
	if (!stray && table->level == X86_PTE)
		stray = special_stray(m, value);
	if (!stray)
		return;
	object = entry_object(m, entry);
	violate(ORACLE_ASSERTION, &object, 1,
		"an entry of level %u became %#llx: no kernel makes one with bits %#llx like that",
		table->level, (unsigned long long)value, (unsigned long long)stray);
}

void check_stored_entries(struct numasim_machine *m)
{
	m->observer.entry_stored = on_entry_stored;
}
