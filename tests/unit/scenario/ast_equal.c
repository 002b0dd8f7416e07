/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/ast_equal.h"

#include <string.h>

/* The elements of two lists, pair by pair. */
#define LISTS_EQUAL(a, b, list, nr, equal) lists_equal((a)->list, (a)->nr, (b)->list, (b)->nr,     \
						       sizeof(*(a)->list), equal)

static bool lists_equal(const void *a, unsigned nr_a, const void *b, unsigned nr_b, size_t size,
			bool (*equal)(const void *, const void *))
{
	if (nr_a != nr_b)
		return false;
	for (unsigned i = 0; i < nr_a; i++)
		if (!equal((const char *)a + i * size, (const char *)b + i * size))
			return false;
	return true;
}

static bool text_equal(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool name_equal(const struct scenario_name *a, const struct scenario_name *b)
{
	return text_equal(a->text, b->text);
}

static bool location_equal(const struct scenario_location *a, const struct scenario_location *b)
{
	return name_equal(&a->process_name, &b->process_name) &&
	       name_equal(&a->variable_name, &b->variable_name) && a->process == b->process &&
	       a->variable == b->variable && a->offset == b->offset;
}

static bool change_equal(const void *left, const void *right)
{
	const struct scenario_change *a = left, *b = right;

	return a->with == b->with && name_equal(&a->row, &b->row);
}

static bool release_equal(const struct scenario_release *a, const struct scenario_release *b)
{
	return name_equal(&a->name, &b->name) && LISTS_EQUAL(a, b, changes, nr_changes,
							     change_equal);
}

static bool value_equal(const void *left, const void *right)
{
	const struct scenario_value *a = left, *b = right;

	return a->kind == b->kind && text_equal(a->text, b->text) && a->number == b->number &&
	       a->process == b->process && location_equal(&a->location, &b->location) &&
	       release_equal(&a->release, &b->release);
}

static bool setting_equal(const void *left, const void *right)
{
	const struct scenario_setting *a = left, *b = right;

	return name_equal(&a->key, &b->key) && value_equal(&a->value, &b->value);
}

static bool process_equal(const void *left, const void *right)
{
	const struct scenario_process *a = left, *b = right;

	return name_equal(&a->name, &b->name);
}

static bool flag_equal(const void *left, const void *right)
{
	const struct scenario_flag *a = left, *b = right;

	return name_equal(&a->key, &b->key) && a->has_value == b->has_value &&
	       value_equal(&a->value, &b->value);
}

static bool variable_equal(const void *left, const void *right)
{
	const struct scenario_variable *a = left, *b = right;

	return name_equal(&a->process_name, &b->process_name) && name_equal(&a->name, &b->name) &&
	       a->process == b->process && a->size == b->size && a->inherited == b->inherited &&
	       LISTS_EQUAL(a, b, flags, nr_flags, flag_equal);
}

static bool call_equal(const void *left, const void *right)
{
	const struct scenario_call *a = left, *b = right;

	return name_equal(&a->name, &b->name) && LISTS_EQUAL(a, b, args, nr_args, value_equal);
}

static bool stmt_equal(const struct scenario_stmt *a, const struct scenario_stmt *b)
{
	return a->kind == b->kind && location_equal(&a->location, &b->location) &&
	       a->reg == b->reg && a->number == b->number && call_equal(&a->call, &b->call) &&
	       name_equal(&a->by, &b->by) && a->column == b->column;
}

static bool setup_equal(const void *left, const void *right)
{
	const struct scenario_setup *a = left, *b = right;

	if (a->kind != b->kind)
		return false;
	if (a->kind == SCENARIO_SETUP_FORK)
		return name_equal(&a->fork.child_name, &b->fork.child_name) &&
		       name_equal(&a->fork.parent_name, &b->fork.parent_name) &&
		       a->fork.child == b->fork.child && a->fork.parent == b->fork.parent &&
		       a->fork.column == b->fork.column && a->fork.first == b->fork.first &&
		       a->fork.nr == b->fork.nr;
	return a->variable == b->variable && stmt_equal(&a->stmt, &b->stmt);
}

static bool column_equal(const void *left, const void *right)
{
	const struct scenario_column *a = left, *b = right;

	return name_equal(&a->name, &b->name) && name_equal(&a->process_name, &b->process_name) &&
	       a->process == b->process && a->place == b->place && a->number == b->number &&
	       a->registers == b->registers;
}

static bool rows_equal(const struct scenario_ast *a, const struct scenario_ast *b)
{
	if (a->nr_rows != b->nr_rows || a->nr_columns != b->nr_columns)
		return false;
	for (unsigned row = 0; row < a->nr_rows; row++) {
		for (unsigned column = 0; column < a->nr_columns; column++) {
			const struct scenario_stmt *left = a->rows[row].cells[column];
			const struct scenario_stmt *right = b->rows[row].cells[column];

			if (!left != !right || (left && !stmt_equal(left, right)))
				return false;
		}
	}
	return true;
}

static bool cond_equal(const struct scenario_cond *a, const struct scenario_cond *b)
{
	if (!a || !b)
		return a == b;
	return a->kind == b->kind && a->equal == b->equal && a->number == b->number &&
	       location_equal(&a->location, &b->location) && a->column == b->column &&
	       a->reg == b->reg && call_equal(&a->call, &b->call) &&
	       cond_equal(a->left, b->left) && cond_equal(a->right, b->right);
}

static bool verdict_equal(const void *left, const void *right)
{
	const struct scenario_verdict *a = left, *b = right;

	return a->kind == b->kind && name_equal(&a->oracle, &b->oracle) &&
	       a->vacuously == b->vacuously;
}

static bool expect_equal(const void *left, const void *right)
{
	const struct scenario_expect *a = left, *b = right;

	return release_equal(&a->release, &b->release) &&
	       LISTS_EQUAL(a, b, verdicts, nr_verdicts, verdict_equal);
}

bool ast_equal(const struct scenario_ast *a, const struct scenario_ast *b)
{
	return name_equal(&a->name, &b->name) && name_equal(&a->sentence, &b->sentence) &&
	       LISTS_EQUAL(a, b, settings, nr_settings, setting_equal) &&
	       LISTS_EQUAL(a, b, processes, nr_processes, process_equal) &&
	       LISTS_EQUAL(a, b, variables, nr_variables, variable_equal) &&
	       LISTS_EQUAL(a, b, setup, nr_setup, setup_equal) &&
	       LISTS_EQUAL(a, b, columns, nr_columns, column_equal) && rows_equal(a, b) &&
	       a->quantifier == b->quantifier && cond_equal(a->condition, b->condition) &&
	       LISTS_EQUAL(a, b, events, nr_events, call_equal) &&
	       LISTS_EQUAL(a, b, expects, nr_expects, expect_equal);
}
