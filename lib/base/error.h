/* SPDX-License-Identifier: BSD-2-Clause */
/* Filling a struct numasim_error in one expression: return error_set(err, -EINVAL, "..."). */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <errno.h>
#include <numasim/error.h>

/** Fill @p err (may be NULL) and return @p code, so that a caller can return the call. */
int error_set(struct numasim_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** As error_set(), and remember where in an input file the trouble is. */
int error_at(struct numasim_error *err, int code, unsigned line, unsigned column,
	     const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
