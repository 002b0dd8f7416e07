/* SPDX-License-Identifier: BSD-2-Clause */
/* Do two scenarios say the same? */
#ifndef SCENARIO_AST_EQUAL_H
#define SCENARIO_AST_EQUAL_H

#include "scenario/ast.h"

/* Everything but places in the file, file names and the text itself. */
bool ast_equal(const struct scenario_ast *a, const struct scenario_ast *b);

#endif
