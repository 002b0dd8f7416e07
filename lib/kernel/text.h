/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries as text: the printer that people read, and the parser that reads it back. */
#ifndef KERNEL_TEXT_H
#define KERNEL_TEXT_H

#include "kernel/swap.h"

/* Bytes that hold the text of any entry, with the terminating zero. */
#define KERNEL_ENTRY_TEXT 256

/* One of Linux's own flags of an entry. */
struct entry_flag {
	const char *word;
	const char *text;
	uint16_t where; /* enum flag_where */
	uint16_t field; /* offset of its mask in struct entry_format */
};

/* Linux's flags, as ENTRY_FLAGS declares them. */
const struct entry_flag *entry_flags(size_t *count);

/* The mask of @flag in this kernel, 0 if it has none. */
uint64_t entry_flag_mask(const struct kernel *k, const struct entry_flag *flag);

/* "migration entry WRITE", "swap", … */
const char *swap_kind_words(enum swap_kind kind);

/* Name of the number that comes with it: "pfn", "offset" or "bits". */
const char *swap_kind_payload(enum swap_kind kind);

/* The processor's flag in bit number @bit of a leaf or table of @level, or NULL. */
const struct numasim_x86_field *kernel_field_of_bit(unsigned bit, unsigned level, bool leaf);

/*
 * Print @entry of @level (X86_PTE or X86_PMD) as this kernel reads it, lowest bit first:
 *
 *	none
 *	P RW US A D SOFT_DIRTY pfn=0x12345 NX
 *	table P RW US A D pfn=0x12345
 *	A D PROTNONE pfn=0x12345                     a hint, or no access: the frame as it is
 *	migration entry WRITE pfn=0x12345 young dirty
 *	swap type=0 offset=0x200 SOFT_DIRTY
 *	file 0x40                                    to v3.19: a non-linear mapping, raw
 *	bad 0x60                                     a PMD that is nothing known, raw
 *
 * Nothing is left out, and kernel_entry_parse() gets the same value back. An empty entry that has
 * bits which do not count is "none A D". Returns the length as snprintf does.
 */
int kernel_entry_print(const struct kernel *k, uint64_t entry, unsigned level, char *buf,
		       size_t size);

/*
 * The inverse. Words may come in any order after "table" or the words of a swap kind. -EINVAL: a
 * word that this kernel does not have at this level, twice the same, or a number that has no room;
 * @entry is untouched then.
 */
int kernel_entry_parse(const struct kernel *k, const char *text, unsigned level, uint64_t *entry,
		       struct numasim_error *err);

#endif
