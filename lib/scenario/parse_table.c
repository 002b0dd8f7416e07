/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns and what they do, one statement per cell, from top to bottom:
 *
 *   scanner @node0     | reader:P @node1 ;
 *   task_numa_work(P)  | r0 = P:x        ;
 *                      | r1 = P:x+8      ;
 */
#include "scenario/parser.h"
#include "scenario/diag.h"

#include <string.h>

/* nodeN or cpuN, in one word */
static int parse_place(struct parser *p, struct scenario_column *column)
{
	struct scenario_name word;
	const char *digits, *why;
	uint64_t number;
	int ret = parse_any_word(p, &word, "nodeN or cpuN", "as in @node0 or @cpu3");

	if (ret)
		return ret;
	column->place_pos = word.pos;
	digits = word.text + strcspn(word.text, "0123456789");
	if (digits == word.text + 4 && !memcmp(word.text, "node", 4))
		column->place = SCENARIO_ON_NODE;
	else if (digits == word.text + 3 && !memcmp(word.text, "cpu", 3))
		column->place = SCENARIO_ON_CPU;
	if (column->place == SCENARIO_ANYWHERE || strspn(digits, "0123456789") != strlen(digits) ||
	    number_parse(&number, digits, strlen(digits), number_sizes, &why) ||
	    number >= UINT32_MAX)
		return parse_error(p, word.pos, "`%s` is neither a node nor a CPU\n"
				   "a column stands on @node0 (its lowest free CPU) or @cpu3",
				   word.text);
	column->number = number;
	return 0;
}

/* NAME[:PROCESS] [@PLACE] */
static int parse_column(struct parser *p)
{
	struct scenario_column *column;
	int ret = PARSE_PUSH(p, &column, p->ast->columns, p->ast->nr_columns, SCENARIO_MAX_COLUMNS,
			     "columns");

	if (ret)
		return ret;
	column->process = SCENARIO_NONE;
	ret = parse_new_name(p, &column->name, "the name of a column");
	if (!ret && p->tok.kind == TOK_COLON) {
		ret = parse_advance(p);
		if (!ret)
			ret = parse_any_word(p, &column->process_name, "a process", NULL);
	}
	if (!ret && p->tok.kind == TOK_AT) {
		ret = parse_advance(p);
		if (!ret)
			ret = parse_place(p, column);
	}
	return ret;
}

static int parse_columns(struct parser *p)
{
	const struct scenario_column *last;
	int ret = parse_column(p);

	while (!ret && p->tok.kind == TOK_BAR) {
		ret = parse_advance(p);
		if (!ret)
			ret = parse_column(p);
	}
	if (ret || p->tok.kind == TOK_SEMICOLON)
		return ret ? ret : parse_advance(p);
	last = &p->ast->columns[p->ast->nr_columns - 1];
	return parse_wrong(p, last->place != SCENARIO_ANYWHERE ? "`|` or `;`" :
			   last->process_name.text	       ? "`@`, `|` or `;`" :
								 "`:`, `@`, `|` or `;`",
			   "columns are name @node0 | name:P @cpu3 ; and so on");
}

/* One cell, up to its `|` or `;`. */
static int parse_cell(struct parser *p, struct scenario_stmt **cell, unsigned column)
{
	int ret;

	if (p->tok.kind == TOK_BAR || p->tok.kind == TOK_SEMICOLON)
		return 0;
	if (column >= p->ast->nr_columns)
		return parse_error(p, p->tok.pos, "a cell too many: there are %u columns\n"
				   "give it a column, or leave it out", p->ast->nr_columns);
	*cell = bump_alloc(&p->ast->bump, sizeof(**cell));
	if (!*cell)
		return parse_no_memory(p);
	ret = parse_stmt(p, *cell);
	(*cell)->column = column;
	if (!ret && parse_at_word(p, "by"))
		ret = parse_error(p, p->tok.pos, "`by` in the table\na column does what stands in "
				  "it; `by` belongs to the initial state");
	return ret;
}

static int parse_cells(struct parser *p, struct scenario_stmt **cells)
{
	unsigned column = 0;
	int ret = parse_cell(p, &cells[0], 0);

	while (!ret && p->tok.kind == TOK_BAR) {
		column++;
		if (column == p->ast->nr_columns)
			return parse_error(p, p->tok.pos, "a cell too many: there are %u columns\n"
					   "leave out this `|`, or add a column",
					   p->ast->nr_columns);
		ret = parse_advance(p);
		if (!ret)
			ret = parse_cell(p, &cells[column], column);
	}
	if (!ret && p->tok.kind == TOK_SEMICOLON && column + 1 < p->ast->nr_columns)
		return parse_error(p, p->tok.pos, "%u cells for %u columns\nan empty cell has its "
				   "`|` too", column + 1, p->ast->nr_columns);
	return ret ? ret : parse_expect(p, TOK_SEMICOLON, "`|` or `;`",
					"a cell holds one statement; a row ends with `;`");
}

static int parse_row(struct parser *p)
{
	struct scenario_row *row;
	int ret = PARSE_PUSH(p, &row, p->ast->rows, p->ast->nr_rows, SCENARIO_MAX_ROWS, "rows");

	if (ret)
		return ret;
	row->cells = bump_alloc(&p->ast->bump, p->ast->nr_columns * sizeof(*row->cells));
	return row->cells ? parse_cells(p, row->cells) : parse_no_memory(p);
}

int parse_table(struct parser *p)
{
	int ret;

	if (parse_at_section(p) || p->tok.kind == TOK_SEMICOLON)
		return parse_wrong(p, "the first column",
				   "behind the initial state come the columns: writer @node0 | "
				   "reader @node1 ;");
	ret = parse_columns(p);
	while (!ret && !parse_at_section(p))
		ret = parse_row(p);
	if (!ret && !p->ast->nr_rows)
		ret = parse_wrong(p, "a row of statements",
				  "below the columns stands what they do: P:x = 1 | r0 = P:x ;");
	return ret;
}
