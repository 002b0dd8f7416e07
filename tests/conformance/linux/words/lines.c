/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines, and the names of what can go wrong. */
#include "words.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 8192

static void (*sink)(const char *text, size_t length) = side_print;

void lines_to(void (*to)(const char *text, size_t length))
{
	sink = to ? to : side_print;
}

void line(const char *format, ...)
{
	char text[LINE_MAX_BYTES];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text) - 1, format, arguments);
	va_end(arguments);
	if (length < 0 || (size_t)length >= sizeof(text) - 1)
		side_fail("a line is longer than %d bytes", LINE_MAX_BYTES);
	text[length++] = '\n';
	sink(text, (size_t)length);
}

void step(const char *name)
{
	events_end_step();
	line("-- %s", name);
	events_begin_step();
}

const char *error_name(long error)
{
	const char *name = strerrorname_np((int)-error);

	return name ? name : "an unknown error";
}

const char *signal_name(int number)
{
	return number == SIGSEGV ? "SIGSEGV" : number == SIGBUS ? "SIGBUS" : "another signal";
}

static bool failed(long result)
{
	return result < 0 && result > -4096;
}

long call(struct actor *a, const char *what, long number, uint64_t a0, uint64_t a1, uint64_t a2,
	  uint64_t a3, uint64_t a4, uint64_t a5)
{
	long result;

	if (!a->side)
		side_fail("%s has left and cannot %s", a->name, what);
	result = side_call(a->side, number, (const uint64_t[6]){a0, a1, a2, a3, a4, a5});
	masks_forget();
	if (failed(result))
		line("%s %s: %s", a->name, what, error_name(result));
	return result;
}
