/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file release.h
 * Which Linux is simulated: releases, the fixes they have, and how they read page-table entries.
 *
 * A kernel is a release plus rows minus rows. A *row* is a fix, a rework or a draft that was never
 * merged; each release has those that were merged by then, and any other set can be asked for as
 * long as it can be had together:
 *
 * @code
 *	const char *with[] = { "20841405940e" };	// or its nickname, "merged"
 *	struct numasim_kernel *kernel;
 *
 *	if (!numasim_kernel_open(&kernel, "v3.13-rc4", with, 1, NULL, 0, NULL)) {
 *		puts(numasim_kernel_name(kernel));	// v3.13-rc4+20841405940e
 *		numasim_kernel_close(kernel);
 *	}
 * @endcode
 *
 * What is known of each row, and how well, is part of the row (see struct numasim_row).
 */
#ifndef NUMASIM_RELEASE_H
#define NUMASIM_RELEASE_H

#include <stddef.h>
#include <stdint.h>

#include <numasim/error.h>
#include <numasim/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A configured kernel. Constant once it is open: any number of threads may read it. */
struct numasim_kernel;

/** What a row is. */
enum numasim_row_kind {
	NUMASIM_ROW_FIX,    /**< closes a bug */
	NUMASIM_ROW_REWORK, /**< changes how something is done */
	NUMASIM_ROW_DRAFT,  /**< was posted, never merged */
};

/** Where a kernel stands to a row. */
enum numasim_row_state {
	NUMASIM_ROW_PRESENT,  /**< the kernel has it */
	NUMASIM_ROW_ABSENT,   /**< it has not: of a fix, the bug is there */
	NUMASIM_ROW_EARLY,    /**< a fix of a bug that this release does not have yet */
	NUMASIM_ROW_REPLACED, /**< it had it, and a later row took its code away */
};

/** A fix, rework or draft. All texts are static. */
struct numasim_row {
	const char *label;	 /**< commit id (12 digits) or nickname: what --with takes */
	const char *id;		 /**< commit id, or NULL */
	const char *name;	 /**< nickname, or NULL */
	const char *subject;	 /**< of the commit or mail, or NULL */
	const char *bugs;	 /**< catalogue numbers, "A22 A27", or NULL */
	const char *from_memory; /**< which of its facts are not verified, or NULL: all are */
	const char *shown_by;	 /**< file of the source tree that shows it, or NULL */
	const char *steps;	 /**< what it changes, in a sentence or two */
	enum numasim_row_kind kind;
	enum numasim_row_state state; /**< in the kernel that was asked about */
	int modelled;		 /**< 0: history only, nothing in the library asks about it */
	char opened[24];	 /**< "v3.8": first version with the bug; "" older or no fix */
	char closed[24];	 /**< "v3.13-rc5": first version with the row; "" for drafts */
};

/** A build option. */
struct numasim_option {
	const char *name; /**< as --with takes it */
	const char *text; /**< what it stands for */
	int on;		  /**< in the kernel that was asked about */
};

/** @return number of releases; they are numbered from 0, oldest first */
NUMASIM_API size_t numasim_release_count(void);

/**
 * The name of a release: "v3.13-rc4", "debian-6.1.192".
 *
 * @param index 0 to numasim_release_count() - 1
 * @return a static string; NULL for another index
 */
NUMASIM_API const char *numasim_release_name(size_t index);

/**
 * The mainline release that a distribution's kernel is based on.
 *
 * @param index 0 to numasim_release_count() - 1
 * @return a static string; NULL for mainline releases and for another index
 */
NUMASIM_API const char *numasim_release_base(size_t index);

/**
 * Configure a kernel.
 *
 * @param[out] kernel      the kernel, owned by the caller; untouched on error
 * @param      release     name of a release ("v3.13", "3.13"), to which "+ROW" and "~ROW" may be
 *                         added: "v3.13-rc4+20841405940e"
 * @param      with        rows or build options to add: each 7 or more digits of a commit id, a
 *                         nickname, or the start of a subject; not kept
 * @param      nr_with     number of them; @p with may be NULL if 0
 * @param      without     rows or build options to take out
 * @param      nr_without  number of them; @p without may be NULL if 0
 * @param[out] err         may be NULL
 * @return 0; -ENOENT (unknown release, row or option; the text has near matches), -EINVAL
 *         (ambiguous, contradictory, or cannot be separated: the text names the row in the way),
 *         -ENOMEM
 *
 * A row brings what it requires and takes away what it replaces; numasim_kernel_note() says so.
 */
NUMASIM_API int numasim_kernel_open(struct numasim_kernel **kernel, const char *release,
				    const char *const *with, size_t nr_with,
				    const char *const *without, size_t nr_without,
				    struct numasim_error *err);

/** Free @p kernel; NULL is allowed. */
NUMASIM_API void numasim_kernel_close(struct numasim_kernel *kernel);

/** @return what numasim_kernel_open() takes for @p release to make it again; lives as @p kernel */
NUMASIM_API const char *numasim_kernel_name(const struct numasim_kernel *kernel);

/**
 * What configuring did beyond what was asked, or found to be no change.
 *
 * @return a text for a person, "" if there is nothing to say; lives as long as @p kernel
 */
NUMASIM_API const char *numasim_kernel_note(const struct numasim_kernel *kernel);

/** @return number of rows that are known */
NUMASIM_API size_t numasim_row_count(void);

/**
 * One row, and where a kernel stands to it.
 *
 * @param[out] row    filled; its texts are static
 * @param      kernel the kernel
 * @param      index  0 to numasim_row_count() - 1
 * @return 0, -ERANGE (no such index)
 */
NUMASIM_API int numasim_kernel_row(struct numasim_row *row, const struct numasim_kernel *kernel,
				   size_t index);

/** @return number of build options */
NUMASIM_API size_t numasim_option_count(void);

/**
 * One build option, and whether a kernel has it.
 *
 * @param[out] option filled; its texts are static
 * @param      kernel the kernel
 * @param      index  0 to numasim_option_count() - 1
 * @return 0, -ERANGE (no such index)
 */
NUMASIM_API int numasim_kernel_option(struct numasim_option *option,
				      const struct numasim_kernel *kernel, size_t index);

/** Bytes that hold an entry's text, with the terminating zero. */
#define NUMASIM_ENTRY_TEXT 256

/** Most predicates that an entry can be asked. */
#define NUMASIM_ENTRY_PREDICATES 16

/** What a kernel makes of an entry. */
struct numasim_entry {
	char text[NUMASIM_ENTRY_TEXT]; /**< "P RW US A D pfn=0x12345", "swap type=0 offset=0x200" */
	uint64_t pfn;		       /**< its frame (4 KiB units), if @p has_pfn */
	int has_pfn;		       /**< it maps, leads to, or remembers a frame */
	int inverted;		       /**< the frame is stored as its complement */
	size_t nr_predicates;	       /**< used rows of the next two */
	const char *predicate[NUMASIM_ENTRY_PREDICATES]; /**< "pte_present"; static */
	int holds[NUMASIM_ENTRY_PREDICATES]; /**< 1, 0; -1: means nothing, as it is no page */
};

/**
 * Decode a raw page-table entry as a kernel reads it.
 *
 * @param[out] entry  filled
 * @param      kernel the kernel
 * @param      value  any 64 bits
 * @param      level  1 (page table) or 2 (page directory)
 * @return 0, -EINVAL (another level)
 *
 * Behaviour follows arch/x86/include/asm/pgtable*.h and include/linux/swapops.h of the release,
 * as far as its rows describe it.
 */
NUMASIM_API int numasim_entry_decode(struct numasim_entry *entry,
				     const struct numasim_kernel *kernel, uint64_t value,
				     unsigned level);

/**
 * The inverse: the value of an entry from its text, in the words of struct numasim_entry.
 *
 * @param[out] value  the entry; untouched on error
 * @param      kernel the kernel
 * @param      text   zero-terminated
 * @param      level  1 or 2
 * @param[out] err    may be NULL; the column of the word that is wrong
 * @return 0, -EINVAL
 */
NUMASIM_API int numasim_entry_encode(uint64_t *value, const struct numasim_kernel *kernel,
				     const char *text, unsigned level, struct numasim_error *err);

#ifdef __cplusplus
}
#endif
#endif
