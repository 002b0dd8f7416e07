/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/number.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct number_unit number_sizes[] = {
	{"T", UINT64_C(1) << 40}, {"G", UINT64_C(1) << 30}, {"M", UINT64_C(1) << 20},
	{"K", UINT64_C(1) << 10}, {"", 1}, {NULL, 0},
};

const struct number_unit number_times[] = {{"s", 1000}, {"", 1}, {"ms", 1}, {NULL, 0}};

static int fail(const char **why, const char *reason, int code)
{
	*why = reason;
	return code;
}

/* The value of a digit of that base, or -1. */
static int digit_value(char c, unsigned base)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (base == 16 && isxdigit((unsigned char)c))
		return tolower((unsigned char)c) - 'a' + 10;
	return -1;
}

static const char *unit_help(const struct number_unit *units)
{
	if (units == number_times)
		return "not a time\na time is 10, 10ms or 10s; without a unit it is milliseconds";
	return "not a number\na number is 42, 0x2a, or has one of the suffixes K, M, G and T";
}

static int scale(uint64_t *value, const char *suffix, size_t len, const struct number_unit *units,
		 const char **why)
{
	const struct number_unit *unit = units;

	while (unit->factor && (strlen(unit->suffix) != len || memcmp(unit->suffix, suffix, len)))
		unit++;
	if (!unit->factor)
		return fail(why, unit_help(units), -EINVAL);
	if (__builtin_mul_overflow(*value, unit->factor, value))
		return fail(why, "too large\na number has 64 bits", -ERANGE);
	return 0;
}

int number_parse(uint64_t *value, const char *text, size_t len, const struct number_unit *units,
		 const char **why)
{
	unsigned base = len > 1 && text[0] == '0' && text[1] == 'x' ? 16 : 10;
	size_t first = base == 16 ? 2 : 0, i;
	int digit;

	*value = 0;
	for (i = first; i < len && (digit = digit_value(text[i], base)) >= 0; i++)
		if (__builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, digit, value))
			return fail(why, "too large\na number has 64 bits", -ERANGE);
	if (i == first)
		return fail(why, unit_help(units), -EINVAL);
	if (base == 10 && text[0] == '0' && i > 1)
		return fail(why, "a number with a leading zero\n"
			    "leave the zeros out, or write 0x for hexadecimal; there is no octal",
			    -EINVAL);
	return scale(value, text + i, len - i, units, why);
}

void number_print(char text[NUMBER_TEXT], uint64_t value, const struct number_unit *units)
{
	while (value ? value % units->factor : *units->suffix)
		units++;
	snprintf(text, NUMBER_TEXT, "%" PRIu64 "%s", value / units->factor, units->suffix);
}
