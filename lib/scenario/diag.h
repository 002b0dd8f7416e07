/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors that point at the place in a scenario file:
 *
 *   race.nsim:7:22: no column is called `scaner`
 *     load P:x by scaner;
 *                 ^~~~~~
 *     help: did you mean `scanner`?
 */
#ifndef SCENARIO_DIAG_H
#define SCENARIO_DIAG_H

#include "base/error.h"
#include "scenario/ast.h"

#include <stdarg.h>

/*
 * Fill @err (may be NULL) and return @code. The formatted text is the message; what follows its
 * first line feed, if it has one, is the help line. Neither ends in a full stop. A @pos of all
 * zeros means no place: only the file is named.
 *
 * Of a long line the part around the caret is shown; overlong messages are cut.
 */
int scenario_error_at(struct numasim_error *err, int code, const struct scenario_ast *ast,
		      struct srcpos pos, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

int scenario_error_va(struct numasim_error *err, int code, const struct scenario_ast *ast,
		      struct srcpos pos, const char *format, va_list args)
	__attribute__((format(printf, 5, 0)));

/* From the start of @first to the end of @last; only @first if they stand on different lines. */
struct srcpos srcpos_join(struct srcpos first, struct srcpos last);

#endif
