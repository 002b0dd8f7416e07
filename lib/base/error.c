/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int fill(struct numasim_error *err, int code, unsigned line, unsigned column,
		const char *format, va_list args)
{
	if (err) {
		err->code = code;
		err->line = line;
		err->column = column;
		vsnprintf(err->text, sizeof(err->text), format, args);
	}
	return code;
}

int error_set(struct numasim_error *err, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, code, 0, 0, format, args);
	va_end(args);
	return code;
}

int error_at(struct numasim_error *err, int code, unsigned line, unsigned column,
	     const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, code, line, column, format, args);
	va_end(args);
	return code;
}

const char *numasim_strerror(int code)
{
	return strerrordesc_np(code < 0 ? -code : code) ?: "unknown error";
}
