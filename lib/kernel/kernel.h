/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which Linux this is: a release, the rows it has, the options it was built with, and the format
 * of page-table entries that follows from them. Plain data without pointers: it lives in the
 * machine's arena and is copied and hashed with it.
 *
 *	struct kernel k;
 *	const char *with[] = { "merged" };
 *
 *	if (!kernel_config(&k, "v3.13-rc4", with, 1, NULL, 0, NULL, 0, NULL) &&
 *	    kernel_has(&k, ROW_A1_TLB_FLUSH_PENDING))
 *		...
 */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include "kernel/format.h"
#include "kernel/options.h"
#include "kernel/rows.h"

#define ROW_SET_WORDS ((NR_KERNEL_ROWS + 63) / 64)

/* A set of rows. */
struct row_set {
	uint64_t word[ROW_SET_WORDS];
};

static inline bool row_set_has(const struct row_set *set, enum kernel_row row)
{
	return set->word[row / 64] >> (row % 64) & 1;
}

static inline void row_set_add(struct row_set *set, enum kernel_row row)
{
	set->word[row / 64] |= UINT64_C(1) << (row % 64);
}

static inline void row_set_remove(struct row_set *set, enum kernel_row row)
{
	set->word[row / 64] &= ~(UINT64_C(1) << (row % 64));
}

struct kernel {
	uint32_t release;	    /* index into the list of releases */
	uint32_t options;	    /* enum kernel_option */
	struct row_set rows;	    /* what it has */
	struct entry_format format; /* follows from the two above */
};

static inline bool kernel_has(const struct kernel *k, enum kernel_row row)
{
	return row_set_has(&k->rows, row);
}

static inline bool kernel_option(const struct kernel *k, enum kernel_option option)
{
	return k->options & option;
}

/* Bytes that hold the note of any sensible configuration; a longer one is cut. */
#define KERNEL_NOTE 1024

/*
 * Configure @k: a release, plus rows, minus rows.
 *
 * @release is the name of a release, which may be followed by "+ROW" and "~ROW" any number of
 * times (no "-", which is part of names of releases): "v3.13-rc4+20841405940e". Each of @with and
 * @without is a row as row_find() takes it, or a build option. A row that is asked for brings what
 * it requires, and takes away the code that it replaces. @note (may be NULL if @note_size is 0)
 * says what was added or taken away beyond what was asked, and what changed nothing; "" if there
 * is nothing to say.
 *
 * 0; -ENOENT: no such release, row or option (with near matches); -EINVAL: ambiguous, or asked for
 * both ways, or cannot be separated (the text names the row in the way). @k is untouched then.
 */
int kernel_config(struct kernel *k, const char *release, const char *const *with, size_t nr_with,
		  const char *const *without, size_t nr_without, char *note, size_t note_size,
		  struct numasim_error *err);

/* The release as it came: what @release had by itself. */
void kernel_config_release(struct kernel *k, size_t release);

/* Has @k a row that took away @row's code? */
bool kernel_replaced(const struct kernel *k, enum kernel_row row);

/*
 * A text that kernel_config() turns into @k again: "v3.13-rc4+20841405940e". Returns
 * its length as snprintf does.
 */
int kernel_describe(const struct kernel *k, char *buf, size_t size);

#endif
