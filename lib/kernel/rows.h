/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows: every fix, draft and rework that a kernel may have or lack. The table itself is
 * rows.def; code asks for a row by its name, people by commit id, subject or nickname.
 */
#ifndef KERNEL_ROWS_H
#define KERNEL_ROWS_H

#include "base/error.h"
#include "kernel/version.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ROW_NONE, then one constant per row of rows.def, in its order. */
enum kernel_row {
	ROW_NONE,
#define ROW(ident, ...) ROW_##ident,
#include "kernel/rows.def"
#undef ROW
	NR_KERNEL_ROWS
};

enum row_kind {
	ROW_FIX,    /* closes a bug */
	ROW_REWORK, /* changes how something is done */
	ROW_DRAFT,  /* was posted, never merged */
};

/* Who asks about a row; a test compares this with the code. */
enum row_asked {
	BY_NOBODY,  /* history: it changes nothing here */
	BY_FORMAT,  /* lib/kernel, for the format of entries */
	BY_STEPS,   /* the code that runs on simulated processors */
	BY_NO_STEP, /* nobody needs to: it changes nothing that this model can tell apart */
};

#define ROW_LINKS 4 /* other rows that a row may name, and a terminating ROW_NONE */

struct row {
	const char *ident;	  /* "A1_TLB_FLUSH_PENDING" */
	const char *id;		  /* first 12 digits of the commit, or NULL */
	const char *name;	  /* what people call it, or NULL; a row has an id or a name */
	const char *subject;	  /* of the commit or mail, or NULL */
	enum row_kind kind;
	uint32_t opened;	  /* fixes: first version with the bug; 0: older than the list */
	uint32_t closed;	  /* first version that has the row; NEVER for drafts */
	const char *backports;	  /* stable releases that have it too: "6.1.53 6.12.111"; or NULL */
	uint16_t requires[ROW_LINKS];  /* cannot be had without these */
	uint16_t conflicts[ROW_LINKS]; /* cannot be had with these (said on one side) */
	uint16_t replaces[ROW_LINKS];  /* whose code this row took away */
	const char *bugs;	  /* catalogue numbers, "A22 A27"; or NULL */
	const char *memory;	  /* what is not verified: "the candidate"; NULL: nothing */
	const char *shown_by;	  /* file that shows it, from the top of the source; or NULL */
	enum row_asked asked;
	const char *steps;	  /* what it changes, in a sentence or two */
};

/* The row @row; not ROW_NONE. */
const struct row *row_get(enum kernel_row row);

/* What to call @row: its commit id, or its name if it has none. */
const char *row_label(enum kernel_row row);

/*
 * Are there steps with and without @row, so that a kernel that runs may have it or lack it as it
 * likes? True also of a row that only takes away the code of such rows.
 */
bool row_steps_built(enum kernel_row row);

/*
 * Find a row by what a person wrote: seven or more digits of its commit id (or all 40), its name,
 * or how its subject starts, upper or lower case. -ENOENT says what looks like it, -EINVAL that
 * several match.
 */
int row_find(enum kernel_row *row, const char *text, struct numasim_error *err);

#endif
