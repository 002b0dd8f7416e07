/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file x86.h
 * The entries of x86-64 page tables as the processor reads them.
 *
 * Every field is declared once, in NUMASIM_X86_FIELDS below; the constants, the printer, the parser
 * and the table that the manual prints are all made from it. What *Linux* puts into the bits that
 * the processor ignores differs by release and is no part of this header.
 *
 * An entry that maps or leads to something (bit 0 set) is one of four kinds:
 *
 *       63 62  59 58   52 51                           13 12 11  9 8 7 6 5  4   3   2  1 0
 *      +--+------+-------+-------------------------------+--+-----+-+-+-+-+---+---+--+--+-+
 *   4K |NX| pkey |ignored| frame, bits 51..12               | ign.|G|*|D|A|PCD|PWT|US|RW|1|
 *      +--+------+-------+---------------------+---------+--+-----+-+-+-+-+---+---+--+--+-+
 *   2M |NX| pkey |ignored| frame, bits 51..21  |  low 0  |* | ign.|G|1|D|A|PCD|PWT|US|RW|1|
 *      +--+------+-------+--------------+------+---------+--+-----+-+-+-+-+---+---+--+--+-+
 *   1G |NX| pkey |ignored| frame 51..30 |         low 0  |* | ign.|G|1|D|A|PCD|PWT|US|RW|1|
 *      +--+------+-------+--------------+----------------+--+-----+-+-+-+-+---+---+--+--+-+
 *   tbl|NX|   ignored    | table, bits 51..12               | ign.|i|0|i|A|PCD|PWT|US|RW|1|
 *      +--+--------------+----------------------------------+-----+-+-+-+-+---+---+--+--+-+
 *      * PAT          i ignored
 *
 * With bit 0 clear the processor looks at nothing else. Source: Intel SDM vol. 3A section 4.5, the
 * tables of entry formats; AMD APM vol. 2 sections 5.3.3 to 5.3.5 and 5.4.
 */
#ifndef NUMASIM_X86_H
#define NUMASIM_X86_H

#include <stddef.h>
#include <stdint.h>

#include <numasim/error.h>
#include <numasim/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where an entry stands in the tree. With four levels the top one is NUMASIM_X86_P4D. */
enum numasim_x86_level {
	NUMASIM_X86_PTE = 1, /**< page table: maps 4 KiB */
	NUMASIM_X86_PMD = 2, /**< page directory: 2 MiB or a page table */
	NUMASIM_X86_PUD = 3, /**< page-directory-pointer table: 1 GiB or a page directory */
	NUMASIM_X86_P4D = 4, /**< PML4: always a table */
	NUMASIM_X86_PGD = 5, /**< PML5, only with five levels: always a table */
};

/** Kinds of entry, as a mask: which fields have a name in it, and which the processor reads. */
enum numasim_x86_kind {
	NUMASIM_X86_LEAF_4K = 1, /**< a PTE */
	NUMASIM_X86_LEAF_2M = 2, /**< a PMD with PSE */
	NUMASIM_X86_LEAF_1G = 4, /**< a PUD with PSE */
	NUMASIM_X86_TABLE = 8,   /**< any other: the frame is that of the next table */
	NUMASIM_X86_HUGE = 6,    /**< LEAF_2M and LEAF_1G */
	NUMASIM_X86_LEAF = 7,    /**< all leaves */
	NUMASIM_X86_ANY = 15,    /**< all kinds */
};

/**
 * The fields, lowest bit first: X(name, first bit, last bit, shift, named in, read in, word, text).
 *
 * "shift" turns the masked entry into the number that is printed (0: printed where it stands, as
 * a bit pattern). "named in" is where the field has this name; "read in" is where the processor
 * gives it a meaning, elsewhere it ignores it. Bits 52 to 58 are free for the system; SW1 to SW5
 * are the five that Linux uses, under the numbers that Linux gives them.
 */
#define NUMASIM_X86_FIELDS(X)                                                                      \
	X(P, 0, 0, 0, ANY, ANY, "P", "present")                                                    \
	X(RW, 1, 1, 1, ANY, ANY, "RW", "writes allowed")                                           \
	X(US, 2, 2, 2, ANY, ANY, "US", "user-mode accesses allowed")                               \
	X(PWT, 3, 3, 3, ANY, ANY, "PWT", "memory type, index bit 0 into the PAT")                  \
	X(PCD, 4, 4, 4, ANY, ANY, "PCD", "memory type, index bit 1 into the PAT")                  \
	X(A, 5, 5, 5, ANY, ANY, "A", "accessed: set by the processor")                             \
	X(D, 6, 6, 6, ANY, LEAF, "D", "dirty: set by the processor")                               \
	X(PAT, 7, 7, 7, LEAF_4K, LEAF_4K, "PAT", "memory type of a 4K page, index bit 2")          \
	X(PSE, 7, 7, 7, HUGE | NUMASIM_X86_TABLE, HUGE, "PSE", "maps a page; reserved in PML4, 5") \
	X(G, 8, 8, 8, ANY, LEAF, "G", "global: kept when CR3 is loaded")                           \
	X(SW1, 9, 9, 9, ANY, NONE, "SW1", "ignored")                                               \
	X(SW2, 10, 10, 10, ANY, NONE, "SW2", "ignored")                                            \
	X(SW3, 11, 11, 11, ANY, NONE, "SW3", "ignored")                                            \
	X(PAT_LARGE, 12, 12, 12, HUGE, HUGE, "PAT_LARGE", "memory type of a huge page, bit 2")     \
	X(LOW_2M, 13, 20, 0, LEAF_2M, LEAF_2M, "low", "reserved: 2 MiB pages are aligned")         \
	X(LOW_1G, 13, 29, 0, LEAF_1G, LEAF_1G, "low", "reserved: 1 GiB pages are aligned")         \
	X(PFN, 12, 51, 12, LEAF_4K | NUMASIM_X86_TABLE, LEAF_4K | NUMASIM_X86_TABLE, "pfn",        \
	  "frame of the page or of the next table, in units of 4 KiB")                             \
	X(PFN_2M, 21, 51, 12, LEAF_2M, LEAF_2M, "pfn", "first frame, in units of 4 KiB")           \
	X(PFN_1G, 30, 51, 12, LEAF_1G, LEAF_1G, "pfn", "first frame, in units of 4 KiB")           \
	X(AV52, 52, 52, 52, ANY, NONE, "AV52", "ignored")                                          \
	X(AV53, 53, 53, 53, ANY, NONE, "AV53", "ignored")                                          \
	X(AV54, 54, 54, 54, ANY, NONE, "AV54", "ignored")                                          \
	X(AV55, 55, 55, 55, ANY, NONE, "AV55", "ignored")                                          \
	X(AV56, 56, 56, 56, ANY, NONE, "AV56", "ignored")                                          \
	X(SW4, 57, 57, 57, ANY, NONE, "SW4", "ignored")                                            \
	X(SW5, 58, 58, 58, ANY, NONE, "SW5", "ignored")                                            \
	X(PKEY, 59, 62, 59, ANY, LEAF, "pkey", "protection key, if CR4.PKE or CR4.PKS")            \
	X(NX, 63, 63, 63, ANY, ANY, "NX", "no instruction fetches; reserved if EFER.NXE is 0")

/** "read in" of the fields that the processor ignores everywhere. */
#define NUMASIM_X86_NONE 0

/** The mask of bits @p first to @p last, inclusive. */
#define NUMASIM_X86_BITS(first, last) ((~UINT64_C(0) >> (63 - (last))) & (~UINT64_C(0) << (first)))

/** NUMASIM_X86_BIT_P, …: each field's mask. */
__extension__ enum numasim_x86_bit {
#define NUMASIM_X86_MASK_(name, first, last, shift, named, read, word, text)                       \
	NUMASIM_X86_BIT_##name = NUMASIM_X86_BITS(first, last),
	NUMASIM_X86_FIELDS(NUMASIM_X86_MASK_)
#undef NUMASIM_X86_MASK_
};

/** One row of NUMASIM_X86_FIELDS, for programs that print the table. */
struct numasim_x86_field {
	const char *name; /**< as in the constants */
	const char *word; /**< as the printer writes it */
	const char *text; /**< what the processor does with it */
	uint64_t mask;    /**< its bits */
	uint8_t first;    /**< lowest bit, 0 to 63 */
	uint8_t last;     /**< highest bit, inclusive */
	uint8_t shift;    /**< from the masked entry to the printed number */
	uint8_t named_in; /**< mask of enum numasim_x86_kind */
	uint8_t read_in;  /**< mask of enum numasim_x86_kind; the rest ignore it */
};

/**
 * All fields, lowest bit first.
 *
 * @param[out] count number of rows; may not be NULL
 * @return a constant table that lives as long as the library
 */
NUMASIM_API const struct numasim_x86_field *numasim_x86_fields(size_t *count);

/** Bytes that hold the text of any entry, with the terminating zero. */
#define NUMASIM_X86_ENTRY_TEXT 160

/**
 * Print an entry field by field, lowest bit first: "P RW US A D pfn=0x12345 NX".
 *
 * A flag is its name. Numbers are "pfn=0x12345" (in frames of 4 KiB for every page size; always
 * printed when P is set), "pkey=3", and "low=0x2000" for bits that must be zero below the frame of
 * a huge page, as they stand. An entry with P clear starts with "!P" and is then printed by
 * position, though the processor reads nothing of it; the entry 0 is "none". Nothing is left out:
 * numasim_x86_parse_entry() gets the same value back.
 *
 * @param[out] buf   the text, always terminated; cut if too long; may be NULL if @p n is 0
 * @param      n     bytes in @p buf; NUMASIM_X86_ENTRY_TEXT is always enough
 * @param      value the entry
 * @param      level 1 to 5, see enum numasim_x86_level
 * @return length of the whole text without its zero (as snprintf), -EINVAL for another level
 */
NUMASIM_API int numasim_x86_print_entry(char *buf, size_t n, uint64_t value, unsigned level);

/**
 * Read the text of an entry: the inverse of numasim_x86_print_entry().
 *
 * Words are separated by spaces, in any order, each at most once; "P" is not implied. Numbers are
 * decimal or start with 0x.
 *
 * @param[out] value the entry; untouched on error
 * @param      text  zero-terminated
 * @param      level 1 to 5; with the word PSE it decides where a frame's bits are
 * @param[out] err   may be NULL; line 1 and the column of the word that is wrong
 * @return 0, -EINVAL (unknown or repeated word, or one that this kind of entry does not have),
 *         -ERANGE (a number that its field cannot hold)
 */
NUMASIM_API int numasim_x86_parse_entry(uint64_t *value, const char *text, unsigned level,
					struct numasim_error *err);

#ifdef __cplusplus
}
#endif
#endif
