/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a kernel reads and writes page-table entries, as data. The processor's bits are those of
 * x86/entry.h; here is what Linux makes of the others, and of all of them when P is clear:
 *
 *           63 62  59 58 57    52 51           12 11 10 9  8  7  6 5  4   3   2  1 0
 *          +--+------+--+--+-----+---------------+--+--+--+-+---+-+-+---+---+--+--+-+
 *   page   |NX| pkey |SD|DM|     | frame         |sd|uw|sp|G|PSE|D|A|PCD|PWT|US|RW|1|  v6.6 on
 *          +--+------+--+--+-----+---------------+--+--+--+-+---+-+-+---+---+--+--+-+
 *   no     |NX|  0   |SD|DM|     | frame; from   |sd|uw|sp|1|PSE|D|A|PCD|PWT|US|RW|0|  a hint too,
 *   access |  |      |  |  |     | v4.19 on its  |  |  |  | |   | | |   |   |  |  | |  but v3.16 to
 *          |  |      |  |  |     | complement    |  |  |  | |   | | |   |   |  |  | |  v3.19: bit 9
 *          +--+------+--+--+-----+---------------+--+--+--+-+---+-+-+---+---+--+--+-+
 *   swap   | type    | offset, complemented             | 0 | 0 |0|0| 0 |ex|uw|sd|0|  v5.19 on
 *          | 63   59 | 58                             9 |   |   | | |   |  |  |  | |
 *          +---------+----------------------------------+---+---+-+-+---+---+--+--+-+
 *
 *   SD saved dirty, DM device memory (bit 58 before 6.6), sd soft-dirty, uw userfaultfd
 *   write-protected, sp special, ex exclusive.
 *
 * Facts: arch/x86/include/asm/pgtable.h, pgtable_types.h, pgtable_64.h, pgtable-invert.h and
 * include/linux/swap.h, swapops.h of v3.8 to v6.14, each release's difference being a row.
 */
#ifndef KERNEL_FORMAT_H
#define KERNEL_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

/* Where a flag has its name. */
enum flag_where {
	FLAG_PTE = 1,	  /* in an entry of a page table */
	FLAG_PMD = 2,	  /* in a huge entry */
	FLAG_NOT_P = 4,	  /* only while P is clear */
	FLAG_HINT = 8,	  /* only if the entry is a hint */
	FLAG_SWAP = 16,	  /* in swap entries and their relatives */
};

#define FLAG_LEAF (FLAG_PTE | FLAG_PMD)

/*
 * The flags that are Linux's own: X(field of struct entry_format, "word", where, "meaning"). The
 * field holds the mask in this kernel, 0 if it has no such flag. The printer takes the first row
 * that fits.
 */
#define ENTRY_FLAGS(X)                                                                             \
	X(numa, "NUMA", FLAG_LEAF | FLAG_NOT_P | FLAG_HINT, "a hint, nothing else (3.16-3.19)") \
	X(protnone, "PROTNONE", FLAG_LEAF | FLAG_NOT_P, "no access: mprotect, or a hint")          \
	X(special, "SPECIAL", FLAG_PTE, "a frame that is no ordinary page")                        \
	X(splitting, "SPLITTING", FLAG_PMD, "a huge page that is being split (to 4.4)")            \
	X(uffd_wp, "UFFD_WP", FLAG_LEAF, "write-protected by userfaultfd")                         \
	X(soft_dirty, "SOFT_DIRTY", FLAG_LEAF, "written since the mark was cleared")               \
	X(saved_dirty, "SAVED_DIRTY", FLAG_LEAF, "D of an entry without RW")                       \
	X(devmap, "DEVMAP", FLAG_LEAF, "device memory")                                            \
	X(swp_soft_dirty, "SOFT_DIRTY", FLAG_SWAP, "written since the mark was cleared")           \
	X(swp_uffd_wp, "UFFD_WP", FLAG_SWAP, "write-protected by userfaultfd")                     \
	X(swp_exclusive, "EXCLUSIVE", FLAG_SWAP, "the page belonged to one process alone")

/*
 * What a swap type stands for: X(NAME, "words", "payload of the offset"). The order is that of
 * the kernel's type numbers where both exist, but for the read and write kinds of each group.
 */
#define SWAP_KINDS(X)                                                                              \
	X(FILE, "swap", "offset")                                                                  \
	X(HWPOISON, "hwpoison", "pfn")                                                             \
	X(MIGRATION_READ, "migration entry READ", "pfn")                                           \
	X(MIGRATION_READ_EXCLUSIVE, "migration entry READ_EXCLUSIVE", "pfn")                       \
	X(MIGRATION_WRITE, "migration entry WRITE", "pfn")                                         \
	X(DEVICE_WRITE, "device-private WRITE", "pfn")                                             \
	X(DEVICE_READ, "device-private READ", "pfn")                                               \
	X(EXCLUSIVE_WRITE, "device-exclusive WRITE", "pfn")                                        \
	X(EXCLUSIVE_READ, "device-exclusive READ", "pfn")                                          \
	X(MARKER, "marker", "bits")                                                                \
	X(SWAPIN_ERROR, "swapin-error", "offset")

enum swap_kind {
#define SWAP_KIND_(name, words, payload) SWAP_##name,
	SWAP_KINDS(SWAP_KIND_)
#undef SWAP_KIND_
	NR_SWAP_KINDS
};

#define SWAP_TYPES   32 /* five bits */
#define SWAP_NO_TYPE 0xff

/* Which entries store the complement of their frame. Each rule is a fix of L1TF. */
enum invert_rule {
	INVERT_NEVER,
	INVERT_PROTNONE,	     /* P clear, bit 8 set */
	INVERT_NOT_PRESENT,	     /* P clear, the empty entry too */
	INVERT_NOT_PRESENT_NOT_ZERO, /* P clear, but not the empty entry */
};

struct entry_format {
#define ENTRY_FIELD_(field, word, where, text) uint64_t field;
	ENTRY_FLAGS(ENTRY_FIELD_)
#undef ENTRY_FIELD_
	uint64_t pfn_mask;	/* the frame of a 4K entry */
	uint64_t none_ignore;	/* bits that an empty entry may have */
	uint64_t pte_present;	/* any of these */
	uint64_t pmd_present;	/* any of these */
	uint64_t hint_mask;	/* a hint, or what looks like one: entry & mask == value */
	uint64_t hint_value;
	uint64_t arm_bit;	/* to 3.19: arming sets this and clears P; 0: pte_modify does it */
	uint64_t special_all;	/* special: all of these … */
	uint64_t special_any;	/* … and any of these, unless 0 */
	uint64_t huge_mask;	/* transparent huge: entry & mask == value */
	uint64_t huge_value;
	uint64_t bad_ignore;	/* flags in which a good table entry may differ */
	uint64_t pending_bits;	/* accessible while a flush is pending: any of these */
	uint64_t pte_keep;	/* what pte_modify keeps */
	uint64_t pmd_keep;	/* what pmd_modify keeps */
	uint64_t invalid_clear; /* what invalidating a PMD clears */
	uint64_t file;		/* to 3.19: a non-linear file mapping, if not present; else 0 */
	uint8_t invert;		/* enum invert_rule */
	uint8_t hint_keeps_write;   /* arming leaves RW, and the fault takes it from there */
	uint8_t invalid_inverts;    /* invalidating a PMD complements the frame when due */
	uint8_t invalid_clears_hint; /* 3.17-3.19: invalidating turns a hint back first */
	uint8_t shadow_stack;	/* an entry with D and without RW is writable by shadow stacks */
	uint8_t pmd_swap;	/* a PMD can be a swap-like (migration) entry */
	uint8_t swap_type_shift;    /* lowest bit of the type */
	uint8_t swap_offset_shift;  /* lowest bit of the offset */
	uint8_t swap_offset_bits;
	uint8_t swap_inverted;	/* the complement of the offset is stored */
	uint8_t migration_pfn_bits; /* 0: the whole offset is the frame */
	uint8_t migration_ad;	/* young and dirty are kept, above the frame */
	uint8_t swap_files;	/* types below are swap files */
	uint8_t type_of[NR_SWAP_KINDS]; /* SWAP_NO_TYPE: this kernel has none */
	uint8_t kind_of[SWAP_TYPES];	/* enum swap_kind */
};

struct kernel;

/* Work out @k->format from its rows and options. */
void kernel_format(struct kernel *k);

#endif
