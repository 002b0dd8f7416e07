/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Swap entries and their relatives: a type, an offset, and up to three marks. What a type stands
 * for depends on the release and on the options it was built with; all of it is data of the
 * kernel's format. For PTEs, and for PMDs where the kernel has migration entries there.
 */
#ifndef KERNEL_SWAP_H
#define KERNEL_SWAP_H

#include "kernel/entry.h"

/* The entry of @type (0 to 31) and @offset, without marks. The offset loses what has no room. */
static inline uint64_t kernel_swp_entry(const struct kernel *k, unsigned type, uint64_t offset)
{
	const struct entry_format *f = &k->format;
	uint64_t mask = ~UINT64_C(0) >> (64 - f->swap_offset_bits);

	if (f->swap_inverted)
		offset = ~offset;
	return (offset & mask) << f->swap_offset_shift | (uint64_t)type << f->swap_type_shift;
}

static inline unsigned kernel_swp_type(const struct kernel *k, uint64_t entry)
{
	return entry >> k->format.swap_type_shift & (SWAP_TYPES - 1);
}

static inline uint64_t kernel_swp_offset(const struct kernel *k, uint64_t entry)
{
	const struct entry_format *f = &k->format;
	uint64_t mask = ~UINT64_C(0) >> (64 - f->swap_offset_bits);
	uint64_t offset = entry >> f->swap_offset_shift;

	return (f->swap_inverted ? ~offset : offset) & mask;
}

/* All bits of type and offset; what is left are marks. */
static inline uint64_t kernel_swp_entry_mask(const struct kernel *k)
{
	const struct entry_format *f = &k->format;

	return (~UINT64_C(0) >> (64 - f->swap_offset_bits)) << f->swap_offset_shift |
	       (uint64_t)(SWAP_TYPES - 1) << f->swap_type_shift;
}

/* Where the offset of a migration entry has young and dirty (they are neighbours); 0: nowhere. */
static inline uint64_t kernel_migration_ad_bits(const struct kernel *k)
{
	return k->format.migration_ad ? UINT64_C(3) << k->format.migration_pfn_bits : 0;
}

/* What a swap-like entry stands for. */
static inline enum swap_kind kernel_swp_kind(const struct kernel *k, uint64_t entry)
{
	return k->format.kind_of[kernel_swp_type(k, entry)];
}

static inline bool swap_kind_is_migration(enum swap_kind kind)
{
	return kind >= SWAP_MIGRATION_READ && kind <= SWAP_MIGRATION_WRITE;
}

/* The processor's bits and marks that a migration entry remembers. */
enum migration_marks {
	MIGRATION_YOUNG = 1,	  /* v6.1 on */
	MIGRATION_DIRTY = 2,	  /* v6.1 on */
	MIGRATION_SOFT_DIRTY = 4, /* v3.11 on */
	MIGRATION_UFFD_WP = 8,	  /* v5.7 on */
};

/*
 * The migration entry for page number @pfn: @kind is SWAP_MIGRATION_READ, _READ_EXCLUSIVE (which
 * is READ before v5.19) or _WRITE; @marks are enum migration_marks, those that this kernel has no
 * place for are dropped. 0 (the empty entry) if the kernel was built without migration.
 */
uint64_t kernel_mk_migration(const struct kernel *k, enum swap_kind kind, uint64_t pfn,
			     unsigned marks);

/* Page number of a migration entry (or of device memory). */
uint64_t kernel_migration_pfn(const struct kernel *k, uint64_t entry);

/* The marks of a migration entry: enum migration_marks. */
unsigned kernel_migration_marks(const struct kernel *k, uint64_t entry);

static inline bool kernel_pte_migration(const struct kernel *k, uint64_t pte)
{
	return kernel_pte_swap(k, pte) && swap_kind_is_migration(kernel_swp_kind(k, pte));
}

static inline bool kernel_pmd_migration(const struct kernel *k, uint64_t pmd)
{
	return kernel_pmd_swap(k, pmd) && swap_kind_is_migration(kernel_swp_kind(k, pmd));
}

#endif
