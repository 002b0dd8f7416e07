/* SPDX-License-Identifier: BSD-2-Clause */
/* Loads and stores. */
#include "words.h"

#include <stdio.h>
#include <string.h>

static void print_signal(const struct actor *a, const char *what, uint64_t p, int number)
{
	char text[TEXT_SIZE];

	line("%s %s %s: %s", what, a->name, address_text(text, p), signal_name(number));
}

uint64_t load(struct actor *a, uint64_t p)
{
	char text[TEXT_SIZE];
	uint64_t value = 0;
	int number = side_load(a->side, p, &value);

	masks_forget();
	if (number)
		print_signal(a, "load", p, number);
	else
		line("load %s %s: %llx", a->name, address_text(text, p),
		     (unsigned long long)value);
	return value;
}

void store(struct actor *a, uint64_t p, uint64_t value)
{
	int number = side_store(a->side, p, value);

	masks_forget();
	if (number)
		print_signal(a, "store", p, number);
}

static void touch(struct actor *a, const char *what, uint64_t p, uint64_t length, bool write)
{
	uint64_t at = p;
	int number = side_touch(a->side, &at, p + length, write);

	masks_forget();
	if (number)
		print_signal(a, what, at, number);
}

void read_pages(struct actor *a, uint64_t p, uint64_t length)
{
	touch(a, "read", p, length, false);
}

void write_pages(struct actor *a, uint64_t p, uint64_t length)
{
	touch(a, "write", p, length, true);
}

/* One word as it stands in the line: a value or a signal. */
static size_t print_word(struct actor *a, uint64_t p, char *text, size_t size)
{
	uint64_t value;
	int number = side_load(a->side, p, &value);

	return (size_t)(number ? snprintf(text, size, " %s", signal_name(number))
			       : snprintf(text, size, " %llx", (unsigned long long)value));
}

void contents(struct actor *a, uint64_t p, uint64_t length)
{
	char text[4096] = "", name[TEXT_SIZE];
	size_t used = 0;

	for (uint64_t at = p; at < p + length; at += PAGE) {
		used += print_word(a, at, text + used, sizeof(text) - used);
		if (used >= sizeof(text))
			side_fail("contents() of too many pages");
	}
	line("contents %s %s:%s", a->name, address_text(name, p), text);
}
