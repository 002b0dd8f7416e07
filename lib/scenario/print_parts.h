/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that grows, and how the parts of a scenario are written to it. */
#ifndef SCENARIO_PRINT_PARTS_H
#define SCENARIO_PRINT_PARTS_H

#include "scenario/ast.h"
#include "scenario/number.h"

struct printer {
	char *text;
	size_t len, room;
	int code;	/* 0, or the first -ENOMEM or -EFBIG: nothing grows any more */
};

void print_bytes(struct printer *out, const char *bytes, size_t len);
void print_text(struct printer *out, const char *text);
void print_blanks(struct printer *out, size_t number);

void print_number(struct printer *out, uint64_t number, const struct number_unit *units);
void print_string(struct printer *out, const char *string);
void print_location(struct printer *out, const struct scenario_location *location);
void print_release(struct printer *out, const struct scenario_release *release);
void print_value(struct printer *out, const struct scenario_value *value);
void print_call(struct printer *out, const struct scenario_call *call);
void print_stmt(struct printer *out, const struct scenario_stmt *stmt);
void print_table(struct printer *out, const struct scenario_ast *ast);
void print_condition(struct printer *out, const struct scenario_ast *ast);

#endif
