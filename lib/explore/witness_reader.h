/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reader of witness files, in three files: lines, upper half, lower half. It works in its own
 * copy of the text: zero bytes cut lines and words off, and the scenario's text moves together over
 * the bars that stand before its lines.
 */
#ifndef EXPLORE_WITNESS_READER_H
#define EXPLORE_WITNESS_READER_H

#include "explore/witness.h"

struct reader {
	struct witness *w;
	char *at, *end;
	unsigned line; /* of what reader_line() gave last */
	struct numasim_error *err;
};

#define READER_NOT_EDITED "a witness is written by `numasim explore --witness`; search again"

/* ---- witness_lines.c ---- */

/* -EINVAL with a text: what is wrong at @line, and how to mend it. */
int reader_wrong(struct reader *r, unsigned line, const char *what, const char *help);

/* The next line, or NULL at the end of the file. */
char *reader_line(struct reader *r);

/* What stands behind "@word " in @line; NULL: it begins otherwise, or nothing does. */
const char *reader_behind(const char *line, const char *word);

/* Do the bytes that come next begin with @word? */
bool reader_starts_with(const struct reader *r, const char *word);

/* The next line must be "@word VALUE". */
int reader_need(struct reader *r, const char **value, const char *word);

/* A decimal number of at most @most, on the present line. */
int reader_number(struct reader *r, const char *text, unsigned most, unsigned *number);

/* ---- witness_read_steps.c: from `steps` to `end` ---- */

int reader_steps(struct reader *r);
int reader_end(struct reader *r);

#endif
