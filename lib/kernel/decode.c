/* SPDX-License-Identifier: BSD-2-Clause */
/* Decoding raw entries for people: the text, the frame, and what every predicate says. */
#include "kernel/public.h"
#include "kernel/text.h"

#include <numasim/release.h>
#include <string.h>

static bool pte_accessible(const struct kernel *k, uint64_t pte)
{
	return kernel_pte_accessible(k, pte, false);
}

static bool pte_accessible_pending(const struct kernel *k, uint64_t pte)
{
	return kernel_pte_accessible(k, pte, true);
}

struct predicate {
	const char *name;
	bool (*holds)(const struct kernel *k, uint64_t entry);
	bool page; /* says nothing about an entry that is no page */
};

static const struct predicate pte_predicates[] = {
	{ "pte_none", kernel_pte_none, false },
	{ "pte_present", kernel_pte_present, false },
	{ "pte_accessible", pte_accessible, false },
	{ "pte_accessible (flush pending)", pte_accessible_pending, false },
	{ "hint or no access", kernel_pte_hint, false },
	{ "pte_special", kernel_pte_special, false },
	{ "pte_write", kernel_pte_write, true },
	{ "pte_dirty", kernel_pte_dirty, true },
	{ "pte_young", kernel_pte_young, true },
	{ "pte_soft_dirty", kernel_pte_soft_dirty, true },
	{ "pte_uffd_wp", kernel_pte_uffd_wp, true },
	{ "pte_devmap", kernel_pte_devmap, true },
	{ "is_swap_pte", kernel_pte_swap, false },
	{ "is_migration_entry", kernel_pte_migration, false },
};

static const struct predicate pmd_predicates[] = {
	{ "pmd_none", kernel_pmd_none, false },
	{ "pmd_present", kernel_pmd_present, false },
	{ "pmd_trans_huge", kernel_pmd_trans_huge, false },
	{ "pmd_leaf", kernel_pmd_leaf, false },
	{ "hint or no access", kernel_pmd_hint, false },
	{ "pmd_bad", kernel_pmd_bad, false },
	{ "pmd_trans_splitting", kernel_pmd_splitting, true },
	{ "pmd_write", kernel_pmd_write, true },
	{ "pmd_dirty", kernel_pmd_dirty, true },
	{ "pmd_young", kernel_pmd_young, true },
	{ "pmd_soft_dirty", kernel_pmd_soft_dirty, true },
	{ "pmd_uffd_wp", kernel_pmd_uffd_wp, true },
	{ "pmd_devmap", kernel_pmd_devmap, true },
	{ "is_swap_pmd", kernel_pmd_swap, false },
	{ "is_pmd_migration_entry", kernel_pmd_migration, false },
};

_Static_assert(sizeof(pmd_predicates) / sizeof(pmd_predicates[0]) <= NUMASIM_ENTRY_PREDICATES,
	       "all predicates have room");
_Static_assert(KERNEL_ENTRY_TEXT <= NUMASIM_ENTRY_TEXT, "every text has room");

static void ask(struct numasim_entry *entry, const struct predicate *predicates, size_t count,
		const struct kernel *k, uint64_t value, bool page)
{
	for (size_t i = 0; i < count; i++) {
		entry->predicate[i] = predicates[i].name;
		entry->holds[i] = predicates[i].page && !page ? -1 : predicates[i].holds(k, value);
	}
	entry->nr_predicates = count;
}

/* A page's or table's frame, or the one that a migration or device entry remembers. */
static void find_frame(struct numasim_entry *entry, const struct kernel *k, uint64_t value,
		       unsigned level)
{
	bool pmd = level == X86_PMD;
	bool page = pmd ? kernel_pmd_present(k, value) : kernel_pte_present(k, value);
	bool swap = pmd ? kernel_pmd_swap(k, value) : kernel_pte_swap(k, value);

	if (page) {
		entry->has_pfn = 1;
		entry->pfn = pmd ? kernel_pmd_pfn(k, value) : kernel_pte_pfn(k, value);
		entry->inverted = !!kernel_invert_mask(k, value);
	} else if (swap && !strcmp(swap_kind_payload(kernel_swp_kind(k, value)), "pfn")) {
		entry->has_pfn = 1;
		entry->pfn = kernel_migration_pfn(k, value);
		entry->inverted = k->format.swap_inverted;
	}
}

int numasim_entry_decode(struct numasim_entry *entry, const struct numasim_kernel *kernel,
			 uint64_t value, unsigned level)
{
	const struct kernel *k = &kernel->kernel;

	if (level != X86_PTE && level != X86_PMD)
		return -EINVAL;
	memset(entry, 0, sizeof(*entry));
	kernel_entry_print(k, value, level, entry->text, sizeof(entry->text));
	find_frame(entry, k, value, level);
	if (level == X86_PTE)
		ask(entry, pte_predicates, sizeof(pte_predicates) / sizeof(pte_predicates[0]), k,
		    value, kernel_pte_present(k, value));
	else
		ask(entry, pmd_predicates, sizeof(pmd_predicates) / sizeof(pmd_predicates[0]), k,
		    value, kernel_pmd_present(k, value));
	return 0;
}

int numasim_entry_encode(uint64_t *value, const struct numasim_kernel *kernel, const char *text,
			 unsigned level, struct numasim_error *err)
{
	if (level != X86_PTE && level != X86_PMD)
		return error_set(err, -EINVAL, "entries of level 1 and 2 have texts, not of %u",
				 level);
	return kernel_entry_parse(&kernel->kernel, text, level, value, err);
}
