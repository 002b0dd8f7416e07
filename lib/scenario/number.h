/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers with units, both ways: 4096, 0x1000 and 4K are one number. */
#ifndef SCENARIO_NUMBER_H
#define SCENARIO_NUMBER_H

#include <stddef.h>
#include <stdint.h>

struct number_unit {
	const char *suffix;
	uint64_t factor;	/* 0 ends the list */
};

/* K M G T, powers of 1024: for every number but times. */
extern const struct number_unit number_sizes[];

/* ms and s, in milliseconds. */
extern const struct number_unit number_times[];

/*
 * Decimal digits or 0x and hexadecimal ones, then perhaps a unit. A leading zero is refused: in C
 * it would mean octal. On failure *@why says what is wrong and, after a line feed, how to mend it.
 *
 * Returns 0, -EINVAL (not a number) or -ERANGE (above UINT64_MAX).
 */
int number_parse(uint64_t *value, const char *text, size_t len, const struct number_unit *units,
		 const char **why);

#define NUMBER_TEXT 24 /* bytes that any number needs, with the terminating zero */

/* Decimal, with the largest unit of which @value is a multiple. */
void number_print(char text[NUMBER_TEXT], uint64_t value, const struct number_unit *units);

#endif
