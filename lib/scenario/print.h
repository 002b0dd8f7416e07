/* SPDX-License-Identifier: BSD-2-Clause */
/* From a struct scenario_ast back to text. */
#ifndef SCENARIO_PRINT_H
#define SCENARIO_PRINT_H

#include "scenario/ast.h"

#include <numasim/error.h>

/**
 * Write a scenario in its canonical form: one setting, mapping or statement per line, the table's
 * columns under one another, numbers with the largest unit that divides them, no comments. Parsing
 * the result gives an equal scenario (places aside), and printing that gives the same bytes.
 *
 * @param[out] text ends in a zero byte; the caller frees it with free(); NULL after an error
 * @param[out] len  bytes without the zero byte; may be NULL
 * @param      ast  as scenario_parse() made it
 * @return 0, -ENOMEM, -EFBIG (longer than SCENARIO_MAX_BYTES: could not be read back)
 */
int scenario_print(char **text, size_t *len, const struct scenario_ast *ast,
		   struct numasim_error *err);

#endif
