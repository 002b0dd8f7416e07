/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a scenario. Findings: a crash, a leak, a hang; an error that does not say where; a
 * scenario that, printed and parsed again, is another one, or is printed in other bytes.
 *
 * Runs with tests/fuzz/scenario.dict as -dict.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_options.h"
#include "scenario/ast_equal.h" /* of tests/unit */
#include "scenario/parse.h"
#include "scenario/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(const struct numasim_error *err, int code)
{
	size_t len = strlen(err->text);

	must(err->code == code && len > 0 && len < NUMASIM_ERROR_TEXT - 1);
	must(!strncmp(err->text, "fuzz:", 5));
	if (code == -EINVAL)
		must(err->line && err->column);
	else
		must(code == -EFBIG || code == -ENOMEM);
}

/* What the parser promises whoever builds a machine. */
static void check_indexes(const struct scenario_ast *ast)
{
	must(ast->nr_columns && ast->nr_rows);
	must(!ast->condition == (ast->quantifier == SCENARIO_NO_CONDITION));
	for (unsigned i = 0; i < ast->nr_variables; i++)
		must(ast->variables[i].process < ast->nr_processes && ast->variables[i].size &&
		     (ast->variables[i].inherited == SCENARIO_NONE ||
		      ast->variables[i].inherited < i));
	for (unsigned i = 0; i < ast->nr_setup; i++) {
		const struct scenario_setup *setup = &ast->setup[i];

		if (setup->kind == SCENARIO_SETUP_MAPPING)
			must(setup->variable < ast->nr_variables);
		else if (setup->kind == SCENARIO_SETUP_FORK)
			must(setup->fork.child < ast->nr_processes &&
			     setup->fork.parent < setup->fork.child &&
			     setup->fork.first + setup->fork.nr <= ast->nr_variables &&
			     setup->fork.column < ast->nr_columns);
		else if (setup->stmt.kind != SCENARIO_TICK)
			must(setup->stmt.column < ast->nr_columns);
	}
	for (unsigned row = 0; row < ast->nr_rows; row++) {
		for (unsigned column = 0; column < ast->nr_columns; column++) {
			const struct scenario_stmt *stmt = ast->rows[row].cells[column];

			must(!stmt || stmt->column == column);
			if (stmt && stmt->kind <= SCENARIO_LOAD)
				must(stmt->location.variable < ast->nr_variables);
		}
	}
}

/* Printed and parsed again it is the same. */
static void check_round_trip(const struct scenario_ast *ast)
{
	struct numasim_error err;
	struct scenario_ast *again;
	char *text, *text_again;
	size_t len, len_again;
	int ret = scenario_print(&text, &len, ast, &err);

	if (ret) {
		must(ret == -EFBIG);
		check_error(&err, ret);
		return;
	}
	must(!scenario_parse(&again, text, len, "fuzz", &err));
	must(ast_equal(ast, again));
	must(!scenario_print(&text_again, &len_again, again, &err));
	must(len == len_again && !memcmp(text, text_again, len));
	free(text_again);
	free(text);
	scenario_ast_free(again);
}

/*
 * Writing the text of an error takes longer than finding it, so only one wrong input in eight has
 * its text written; which ones depends on nothing but the input.
 */
static int wants_text(const uint8_t *data, size_t size)
{
	return size && (data[size / 2] + data[size - 1] + size) % 8 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct numasim_error err = {0};
	struct scenario_ast *ast;
	int text = wants_text(data, size);
	int ret = scenario_parse(&ast, (const char *)data, size, "fuzz", text ? &err : NULL);

	if (ret) {
		must(!ast);
		if (text)
			check_error(&err, ret);
		return 0;
	}
	check_indexes(ast);
	check_round_trip(ast);
	scenario_ast_free(ast);
	return 0;
}
