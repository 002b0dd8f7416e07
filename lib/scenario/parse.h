/* SPDX-License-Identifier: BSD-2-Clause */
/* From the text of a scenario file to a struct scenario_ast. */
#ifndef SCENARIO_PARSE_H
#define SCENARIO_PARSE_H

#include "scenario/ast.h"

#include <numasim/error.h>

/**
 * Parse a scenario and resolve its names.
 *
 * @param[out] ast      the scenario; NULL after an error. Free it with scenario_ast_free()
 * @param      text     @p len bytes of UTF-8; need not end in a zero byte; is copied
 * @param      filename for messages only; is copied; NULL: "scenario"
 * @param[out] err      the place, the line with a caret under it, and how to mend it; may be NULL
 * @return 0, -EINVAL (not a scenario), -EFBIG (longer than SCENARIO_MAX_BYTES), -ENOMEM
 */
int scenario_parse(struct scenario_ast **ast, const char *text, size_t len, const char *filename,
		   struct numasim_error *err);

/* As scenario_parse(), and never use more than @memory bytes for the scenario (-ENOMEM). */
int scenario_parse_within(struct scenario_ast **ast, const char *text, size_t len,
			  const char *filename, size_t memory, struct numasim_error *err);

/* NULL is allowed. */
void scenario_ast_free(struct scenario_ast *ast);

#endif
