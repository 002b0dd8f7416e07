/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/print_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void print_bytes(struct printer *out, const char *bytes, size_t len)
{
	if (!out->code && len > SCENARIO_MAX_BYTES - out->len)
		out->code = -EFBIG;
	if (!out->code && len >= out->room - out->len) {
		size_t room = (out->len + len) * 2 + 512;
		char *text = realloc(out->text, room);

		if (text) {
			out->text = text;
			out->room = room;
		} else {
			out->code = -ENOMEM;
		}
	}
	if (out->code)
		return;
	memcpy(out->text + out->len, bytes, len);
	out->len += len;
	out->text[out->len] = '\0';
}

void print_text(struct printer *out, const char *text)
{
	print_bytes(out, text, strlen(text));
}

void print_blanks(struct printer *out, size_t number)
{
	while (number--)
		print_bytes(out, " ", 1);
}

void print_number(struct printer *out, uint64_t number, const struct number_unit *units)
{
	char text[NUMBER_TEXT];

	number_print(text, number, units);
	print_text(out, text);
}

void print_string(struct printer *out, const char *string)
{
	print_text(out, "\"");
	for (; *string; string++) {
		if (*string == '"' || *string == '\\')
			print_text(out, "\\");
		print_bytes(out, string, 1);
	}
	print_text(out, "\"");
}

void print_location(struct printer *out, const struct scenario_location *location)
{
	print_text(out, location->process_name.text);
	print_text(out, ":");
	print_text(out, location->variable_name.text);
	if (!location->offset)
		return;
	print_text(out, "+");
	print_number(out, location->offset, number_sizes);
}

static bool word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* Would be read as one word or number: needs no quotes. */
static bool is_bare(const char *text)
{
	size_t i;

	if (!word_char(text[0]))
		return false;
	for (i = 1; text[i]; i++)
		if (!word_char(text[i]) &&
		    ((text[i] != '.' && text[i] != '-') || !word_char(text[i + 1])))
			return false;
	return i <= SCENARIO_MAX_NAME;
}

void print_release(struct printer *out, const struct scenario_release *release)
{
	print_text(out, release->name.text);
	for (unsigned i = 0; i < release->nr_changes; i++) {
		print_text(out, release->changes[i].with ? "+" : "~");
		if (is_bare(release->changes[i].row.text))
			print_text(out, release->changes[i].row.text);
		else
			print_string(out, release->changes[i].row.text);
	}
}

void print_value(struct printer *out, const struct scenario_value *value)
{
	switch (value->kind) {
	case SCENARIO_WORD:
		print_text(out, value->text);
		break;
	case SCENARIO_NUMBER:
		print_number(out, value->number, number_sizes);
		break;
	case SCENARIO_STRING:
		print_string(out, value->text);
		break;
	case SCENARIO_LOCATION:
		print_location(out, &value->location);
		break;
	case SCENARIO_RELEASE:
		print_release(out, &value->release);
		break;
	}
}

void print_call(struct printer *out, const struct scenario_call *call)
{
	print_text(out, call->name.text);
	print_text(out, "(");
	for (unsigned i = 0; i < call->nr_args; i++) {
		print_text(out, i ? ", " : "");
		print_value(out, &call->args[i]);
	}
	print_text(out, ")");
}

static void print_register(struct printer *out, uint32_t reg)
{
	char text[16];

	snprintf(text, sizeof(text), "r%u", reg);
	print_text(out, text);
}

static void print_load(struct printer *out, const struct scenario_stmt *stmt)
{
	if (stmt->reg == SCENARIO_NONE) {
		print_text(out, "load ");
	} else {
		print_register(out, stmt->reg);
		print_text(out, " = ");
	}
	print_location(out, &stmt->location);
}

void print_stmt(struct printer *out, const struct scenario_stmt *stmt)
{
	switch (stmt->kind) {
	case SCENARIO_STORE:
		print_location(out, &stmt->location);
		print_text(out, " = ");
		if (stmt->reg == SCENARIO_NONE)
			print_number(out, stmt->number, number_sizes);
		else
			print_register(out, stmt->reg);
		break;
	case SCENARIO_LOAD:
		print_load(out, stmt);
		break;
	case SCENARIO_CALL:
		if (stmt->reg != SCENARIO_NONE) {
			print_register(out, stmt->reg);
			print_text(out, " = ");
		}
		print_call(out, &stmt->call);
		break;
	case SCENARIO_TICK:
		print_text(out, "tick ");
		print_number(out, stmt->number, number_times);
		break;
	}
	if (!stmt->by.text)
		return;
	print_text(out, " by ");
	print_text(out, stmt->by.text);
}
