/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of rows, made from rows.def, and finding a row by what a person wrote. */
#include "kernel/rows.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Where six of the seven L1TF fixes went in August 2018. */
#define L1TF_STABLE "4.18.1 4.17.15 4.14.63 4.9.120 4.4.148"

static const struct row rows[NR_KERNEL_ROWS] = {
#define ROW(ident_, id_, subject_, ...)                                                            \
	[ROW_##ident_] = { .ident = #ident_, .id = id_, .subject = subject_, __VA_ARGS__ },
#include "kernel/rows.def"
#undef ROW
};

const struct row *row_get(enum kernel_row row)
{
	return &rows[row];
}

const char *row_label(enum kernel_row row)
{
	return rows[row].id ? rows[row].id : rows[row].name;
}

bool row_steps_built(enum kernel_row row)
{
	const uint16_t *replaced = rows[row].replaces;
	bool built = *replaced;

	if (rows[row].asked != BY_NOBODY)
		return true;
	for (; *replaced; replaced++)
		built &= rows[*replaced].asked == BY_STEPS;
	return built;
}

static bool is_hex(const char *text)
{
	return text[0] && strspn(text, "0123456789abcdefABCDEF") == strlen(text);
}

static bool id_matches(const struct row *row, const char *text)
{
	size_t len = strlen(text);

	if (!row->id || len < 7 || !is_hex(text))
		return false;
	if (len > strlen(row->id))
		len = strlen(row->id);
	return !strncasecmp(row->id, text, len);
}

static bool matches(const struct row *row, const char *text)
{
	if (id_matches(row, text) || (row->name && !strcasecmp(row->name, text)))
		return true;
	return row->subject && strlen(text) >= 4 &&
	       !strncasecmp(row->subject, text, strlen(text));
}

/* The subject or name itself, not only its start: decides between rows that start alike. */
static bool matches_exactly(const struct row *row, const char *text)
{
	return (row->name && !strcasecmp(row->name, text)) ||
	       (row->subject && !strcasecmp(row->subject, text));
}

/* How many single-letter edits lead from @a to @b; anything above 3 is "many". */
static unsigned distance(const char *a, const char *b)
{
	enum { LONGEST = 24 };
	unsigned line[LONGEST + 1];
	size_t len = strlen(b);

	if (strlen(a) > LONGEST || len > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= len; j++)
		line[j] = (unsigned)j;
	for (size_t i = 0; a[i]; i++) {
		unsigned diagonal = line[0];

		line[0] = (unsigned)i + 1;
		for (size_t j = 0; j < len; j++) {
			bool same = tolower((unsigned char)a[i]) == tolower((unsigned char)b[j]);
			unsigned best = diagonal + !same;

			diagonal = line[j + 1];
			if (line[j] + 1 < best)
				best = line[j] + 1;
			if (diagonal + 1 < best)
				best = diagonal + 1;
			line[j + 1] = best;
		}
	}
	return line[len];
}

static bool contains(const char *text, const char *part)
{
	size_t len = strlen(part);

	for (; len >= 4 && *text; text++)
		if (!strncasecmp(text, part, len))
			return true;
	return false;
}

static bool looks_like(const struct row *row, const char *text)
{
	char start[13];

	if (row->name && (distance(text, row->name) <= 2 || contains(row->name, text)))
		return true;
	if (row->subject && contains(row->subject, text))
		return true;
	if (!row->id || !is_hex(text) || strlen(text) < 4)
		return false;
	snprintf(start, sizeof(start), "%.*s", (int)strlen(text), row->id);
	return distance(text, start) <= 2;
}

/* "; did you mean 20841405940e (mm: fix …), …", at most four of them; "" if there is none. */
static void near_matches(char *buf, size_t size, const char *text)
{
	size_t used = 0;
	int found = 0;

	buf[0] = '\0';
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS && found < 4 && used < size; i++) {
		const char *subject = rows[i].subject ? rows[i].subject : rows[i].steps;

		if (!looks_like(&rows[i], text))
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%s (%s)",
					 found++ ? ", " : "; did you mean ", row_label(i), subject);
	}
}

static int unknown(const char *text, struct numasim_error *err)
{
	char near[512];

	near_matches(near, sizeof(near), text);
	return error_set(err, -ENOENT,
			 "no fix, draft or rework is called \"%.80s\"%s%s", text, near,
			 near[0] ? "?" : "; `numasim releases v6.16` lists them with their ids");
}

int row_find(enum kernel_row *row, const char *text, struct numasim_error *err)
{
	enum kernel_row found = ROW_NONE;

	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		if (!matches(&rows[i], text))
			continue;
		if (matches_exactly(&rows[i], text)) {
			found = i;
			break;
		}
		if (found != ROW_NONE)
			return error_set(err, -EINVAL,
					 "\"%.80s\" may mean %s (%s) or %s (%s): write more of it",
					 text, row_label(found), rows[found].subject, row_label(i),
					 rows[i].subject);
		found = i;
	}
	if (found == ROW_NONE)
		return unknown(text, err);
	*row = found;
	return 0;
}
