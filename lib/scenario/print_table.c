/* SPDX-License-Identifier: BSD-2-Clause */
/* The table, its columns under one another, and the condition below it. */
#include "scenario/print_parts.h"
#include "scenario/utf8.h"

#include <stdio.h>
#include <string.h>

/* Wider than this in all, a table is not lined up: nobody could see it, and it would only grow. */
#define TABLE_WIDTH 200

static void print_column(struct printer *out, const struct scenario_column *column)
{
	char place[24];

	print_text(out, column->name.text);
	if (column->process_name.text) {
		print_text(out, ":");
		print_text(out, column->process_name.text);
	}
	if (column->place == SCENARIO_ANYWHERE)
		return;
	snprintf(place, sizeof(place), " @%s%u", column->place == SCENARIO_ON_NODE ? "node" : "cpu",
		 column->number);
	print_text(out, place);
}

/* Line 0 is the head, line i the row i - 1. */
static void print_cell(struct printer *out, const struct scenario_ast *ast, unsigned line,
		       unsigned column)
{
	if (!line)
		print_column(out, &ast->columns[column]);
	else if (ast->rows[line - 1].cells[column])
		print_stmt(out, ast->rows[line - 1].cells[column]);
}

static size_t text_width(const char *text, size_t len)
{
	size_t width = 0, i;
	unsigned bytes;

	for (i = 0; i < len; i += bytes) {
		uint32_t character;

		bytes = utf8_decode(&character, text + i, len - i);
		if (!bytes)
			return width;
		width += utf8_width(character);
	}
	return width;
}

/* Print a cell behind what there is, see how wide it is, and take it back. */
static size_t cell_width(struct printer *out, const struct scenario_ast *ast, unsigned line,
			 unsigned column)
{
	size_t start = out->len, width;

	print_cell(out, ast, line, column);
	if (out->code)
		return 0;
	width = out->len > start ? text_width(out->text + start, out->len - start) : 0;
	out->len = start;
	return width;
}

/* How wide each column must be; all 0 if the table would be too wide. */
static void measure(struct printer *out, const struct scenario_ast *ast, size_t *widths)
{
	size_t total = 0;

	for (unsigned column = 0; column < ast->nr_columns; column++) {
		widths[column] = 0;
		for (unsigned line = 0; line <= ast->nr_rows; line++) {
			size_t width = cell_width(out, ast, line, column);

			if (width > widths[column])
				widths[column] = width;
		}
		total += widths[column];
	}
	if (total > TABLE_WIDTH)
		memset(widths, 0, ast->nr_columns * sizeof(*widths));
}

void print_table(struct printer *out, const struct scenario_ast *ast)
{
	size_t widths[SCENARIO_MAX_COLUMNS];

	measure(out, ast, widths);
	for (unsigned line = 0; line <= ast->nr_rows; line++) {
		for (unsigned column = 0; column < ast->nr_columns; column++) {
			size_t width = cell_width(out, ast, line, column);

			print_text(out, column ? " | " : " ");
			print_cell(out, ast, line, column);
			if (width < widths[column])
				print_blanks(out, widths[column] - width);
		}
		print_text(out, " ;\n");
	}
}

/* How strongly a condition binds; an operand that binds less needs parentheses. */
static unsigned strength(const struct scenario_cond *cond)
{
	switch (cond->kind) {
	case SCENARIO_OR:
		return 0;
	case SCENARIO_AND:
		return 1;
	default:
		return 2;
	}
}

static void print_cond(struct printer *out, const struct scenario_cond *cond);

static void print_operand(struct printer *out, const struct scenario_cond *cond, unsigned at_least)
{
	bool parentheses = strength(cond) < at_least;

	print_text(out, parentheses ? "(" : "");
	print_cond(out, cond);
	print_text(out, parentheses ? ")" : "");
}

static void print_cond(struct printer *out, const struct scenario_cond *cond)
{
	switch (cond->kind) {
	case SCENARIO_LOCATION_IS:
	case SCENARIO_REGISTER_IS:
	case SCENARIO_CALL_IS:
		if (cond->kind == SCENARIO_CALL_IS)
			print_call(out, &cond->call);
		else
			print_location(out, &cond->location);
		print_text(out, cond->equal ? " = " : " != ");
		print_number(out, cond->number, number_sizes);
		break;
	case SCENARIO_NOT:
		print_text(out, "~");
		print_operand(out, cond->left, 2);
		break;
	case SCENARIO_AND:
	case SCENARIO_OR:
		/* Groups to the left: only a right operand of its own kind needs parentheses. */
		print_operand(out, cond->left, strength(cond));
		print_text(out, cond->kind == SCENARIO_AND ? " /\\ " : " \\/ ");
		print_operand(out, cond->right, strength(cond) + 1);
		break;
	}
}

void print_condition(struct printer *out, const struct scenario_ast *ast)
{
	static const char *const names[] = {
		[SCENARIO_FORALL] = "forall (",
		[SCENARIO_EXISTS] = "exists (",
		[SCENARIO_NOT_EXISTS] = "~exists (",
	};

	if (ast->quantifier == SCENARIO_NO_CONDITION)
		return;
	print_text(out, names[ast->quantifier]);
	print_cond(out, ast->condition);
	print_text(out, ")\n");
}
