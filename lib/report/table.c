/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2
#define LABEL_WIDTH 6 /* "start ", "  18* " */

struct table {
	FILE *out;
	const struct numasim_result *result;
	size_t nr_columns;
	size_t widest; /* that a column may be */
	size_t *width;
};

/* How much of @text goes on a line of @width: whole words if there is a blank to break at. */
static size_t line_length(const char *text, size_t width)
{
	size_t len = strlen(text), at;

	if (len <= width)
		return len;
	for (at = width; at > width / 3; at--)
		if (text[at] == ' ')
			return at;
	for (at = width; at > 1 && ((unsigned char)text[at] & 0xc0) == 0x80; at--)
		; /* not within a character */
	return at;
}

static void blanks(FILE *out, size_t nr)
{
	while (nr--)
		fputc(' ', out);
}

/* Columns that a text takes up: a character of UTF-8 is one. */
static size_t columns_of(const char *text, size_t len)
{
	size_t nr = 0;

	for (size_t i = 0; i < len; i++)
		nr += ((unsigned char)text[i] & 0xc0) != 0x80;
	return nr;
}

/* A row of which all cells are given; NULL: an empty one. Cells go over several lines. */
static void print_row(const struct table *t, const char *label, const char **cell)
{
	bool more = true;

	for (const char *first = label; more; first = "") {
		size_t pending = 0;

		more = false;
		fprintf(t->out, "%-*s", LABEL_WIDTH, first);
		for (size_t i = 0; i < t->nr_columns; i++) {
			size_t len = cell[i] ? line_length(cell[i], t->width[i]) : 0;

			if (len) {
				blanks(t->out, pending);
				fwrite(cell[i], 1, len, t->out);
				pending = 0;
			}
			pending += t->width[i] + GAP - (len ? columns_of(cell[i], len) : 0);
			if (len) {
				cell[i] += len;
				cell[i] += *cell[i] == ' ';
				more |= *cell[i] != '\0';
			}
		}
		fputc('\n', t->out);
	}
}

static void fit(struct table *t, size_t column, const char *text)
{
	size_t len = columns_of(text, strlen(text));

	if (len > t->widest)
		len = t->widest;
	if (t->width[column] < len)
		t->width[column] = len;
}

static void place(char *text, size_t size, const struct numasim_result_column *c)
{
	snprintf(text, size, "CPU %u, node %u", c->cpu, c->node);
}

static void measure(struct table *t, size_t nr_steps)
{
	struct numasim_result_column column;
	struct numasim_result_step step;
	char text[TABLE_CELL];

	for (size_t i = 0; i < t->nr_columns; i++) {
		numasim_result_column(&column, t->result, i);
		place(text, sizeof(text), &column);
		fit(t, i, text);
		fit(t, i, column.name);
		fit(t, i, column.before);
	}
	for (size_t i = 0; i < nr_steps; i++) {
		numasim_result_step(&step, t->result, i);
		if (!step.shown)
			continue;
		table_cell(text, &step);
		fit(t, step.column, text);
	}
}

static void print_head(const struct table *t, const char **cell)
{
	struct numasim_result_column column;
	bool before = false;

	for (size_t i = 0; i < t->nr_columns; i++) {
		numasim_result_column(&column, t->result, i);
		cell[i] = column.name;
		before |= *column.before != '\0';
	}
	print_row(t, "step", cell);
	fprintf(t->out, "%-*s", LABEL_WIDTH, "");
	for (size_t i = 0; i < t->nr_columns; i++) {
		char text[64];

		numasim_result_column(&column, t->result, i);
		place(text, sizeof(text), &column);
		fputs(text, t->out);
		if (i + 1 < t->nr_columns)
			blanks(t->out, t->width[i] + GAP - strlen(text));
	}
	fputc('\n', t->out);
	for (size_t i = 0; before && i < t->nr_columns; i++) {
		numasim_result_column(&column, t->result, i);
		cell[i] = column.before;
	}
	if (before)
		print_row(t, "start", cell);
}

static void print_steps(const struct table *t, const char **cell, size_t nr_steps)
{
	struct numasim_result_step step;
	char text[TABLE_CELL], label[32];

	for (size_t i = 0; i < nr_steps; i++) {
		numasim_result_step(&step, t->result, i);
		if (!step.shown)
			continue;
		table_cell(text, &step);
		memset(cell, 0, t->nr_columns * sizeof(*cell));
		cell[step.column] = text;
		snprintf(label, sizeof(label), "%4zu%s ", i + 1, step.preempts ? "*" : " ");
		print_row(t, label, cell);
	}
}

int table_print(FILE *out, const struct numasim_result *result)
{
	struct table t = {.out = out, .result = result};
	struct numasim_result_info info;
	const char **cell;
	int ret = -ENOMEM;

	numasim_result_info(&info, result);
	if (!info.nr_columns)
		return 0;
	t.nr_columns = info.nr_columns;
	t.widest = t.nr_columns <= 3 ? 34 : t.nr_columns == 4 ? 24 : 20;
	t.width = calloc(t.nr_columns, sizeof(*t.width));
	cell = calloc(t.nr_columns, sizeof(*cell));
	if (t.width && cell) {
		measure(&t, info.nr_steps);
		print_head(&t, cell);
		print_steps(&t, cell, info.nr_steps);
		ret = 0;
	}
	free(t.width);
	free(cell);
	return ret;
}
