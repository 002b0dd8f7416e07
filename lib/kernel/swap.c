/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Migration entries. From v6.1 on, with four levels (34 bits of frame; 40 with five):
 *
 *   49        36  35  34 33                               0
 *  +------------+---+---+----------------------------------+
 *  |  0         | D | A | frame                            |   the offset of the swap entry
 *  +------------+---+---+----------------------------------+
 */
#include "kernel/swap.h"

static uint64_t young_bit(const struct kernel *k)
{
	return UINT64_C(1) << k->format.migration_pfn_bits;
}

static uint64_t dirty_bit(const struct kernel *k)
{
	return young_bit(k) << 1;
}

uint64_t kernel_mk_migration(const struct kernel *k, enum swap_kind kind, uint64_t pfn,
			     unsigned marks)
{
	const struct entry_format *f = &k->format;
	uint64_t offset = pfn, entry;

	if (kind == SWAP_MIGRATION_READ_EXCLUSIVE && f->type_of[kind] == SWAP_NO_TYPE)
		kind = SWAP_MIGRATION_READ;
	if (f->type_of[kind] == SWAP_NO_TYPE)
		return 0;
	if (f->migration_ad && (marks & MIGRATION_YOUNG))
		offset |= young_bit(k);
	if (f->migration_ad && (marks & MIGRATION_DIRTY))
		offset |= dirty_bit(k);
	entry = kernel_swp_entry(k, f->type_of[kind], offset);
	if (marks & MIGRATION_SOFT_DIRTY)
		entry |= f->swp_soft_dirty;
	if (marks & MIGRATION_UFFD_WP)
		entry |= f->swp_uffd_wp;
	return entry;
}

uint64_t kernel_migration_pfn(const struct kernel *k, uint64_t entry)
{
	uint64_t offset = kernel_swp_offset(k, entry);

	return k->format.migration_pfn_bits ? offset & (young_bit(k) - 1) : offset;
}

unsigned kernel_migration_marks(const struct kernel *k, uint64_t entry)
{
	const struct entry_format *f = &k->format;
	uint64_t offset = kernel_swp_offset(k, entry);
	unsigned marks = 0;

	if (f->migration_ad && (offset & young_bit(k)))
		marks |= MIGRATION_YOUNG;
	if (f->migration_ad && (offset & dirty_bit(k)))
		marks |= MIGRATION_DIRTY;
	if (entry & f->swp_soft_dirty)
		marks |= MIGRATION_SOFT_DIRTY;
	if (entry & f->swp_uffd_wp)
		marks |= MIGRATION_UFFD_WP;
	return marks;
}
