/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of /proc/PID/maps and its kin. */
#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The line of @text that starts with @start; ends @text there. NULL: none. */
static char *find_line(char *text, const char *start)
{
	while (text && *text) {
		char *end = strchr(text, '\n');

		if (!strncmp(text, start, strlen(start))) {
			if (end)
				*end = '\0';
			return text;
		}
		text = end ? end + 1 : NULL;
	}
	return NULL;
}

/* What stands after the address, with one blank between words. */
static void print_words(struct actor *a, const char *look, uint64_t p, char *words)
{
	char text[1024] = "", where[TEXT_SIZE];
	size_t used = 0;

	for (char *word = strtok(words, " \t"); word; word = strtok(NULL, " \t"))
		if (used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, " %s", word);
	line("%s %s %s:%s", look, a->name, address_text(where, p), text);
}

void numa_maps(struct actor *a, uint64_t p)
{
	char *text = side_read_file(a->side, "/proc/self/numa_maps"), start[TEXT_SIZE], *found;

	snprintf(start, sizeof(start), "%08llx ", (unsigned long long)p);
	found = find_line(text, start);
	print_words(a, "numa_maps", p, found ? found + strlen(start) : strcpy(text, "nothing"));
	free(text);
}

/*
 * "100000000000-100000004000 rw-p 00000000 00:00 0 NAME": the end is told as a length, the device
 * and inode numbers are left out.
 */
static void print_map(struct actor *a, uint64_t p, const char *found)
{
	char rights[8] = "", offset[32] = "", name[256] = "", where[TEXT_SIZE];
	unsigned long long start, end;

	if (sscanf(found, "%llx-%llx %7s %31s %*s %*s %255[^\n]", &start, &end, rights, offset,
		   name) < 4)
		side_fail("maps has the line \"%s\"", found);
	line("maps %s %s: +%llx %s %s%s%s", a->name, address_text(where, p), end - start, rights,
	     offset, *name ? " " : "", name);
}

void maps(struct actor *a, uint64_t p)
{
	char *text = side_read_file(a->side, "/proc/self/maps"), start[TEXT_SIZE], *found;
	char where[TEXT_SIZE];

	snprintf(start, sizeof(start), "%llx-", (unsigned long long)p);
	found = find_line(text, start);
	if (found)
		print_map(a, p, found);
	else
		line("maps %s %s: nothing", a->name, address_text(where, p));
	free(text);
}

/* " Rss=4 ..." for each "Rss:   4 kB" until the next mapping; fields that are 0 are left out. */
static void print_fields(struct actor *a, uint64_t p, char *text)
{
	char fields[2048] = "", where[TEXT_SIZE];
	size_t used = 0;

	for (char *end; *text; text = end + 1) {
		char *colon;

		end = strchrnul(text, '\n');
		if (!*end)
			side_fail("smaps ends within a line");
		*end = '\0';
		colon = strchr(text, ':');
		if (!colon || strchr(text, '-'))
			break; /* the head of the next mapping */
		*colon = '\0';
		if (!strcmp(text, "VmFlags"))
			used += (size_t)snprintf(fields + used, sizeof(fields) - used, " %s=%s",
						 text, colon + 1 + strspn(colon + 1, " "));
		else if (strtoull(colon + 1, NULL, 10))
			used += (size_t)snprintf(fields + used, sizeof(fields) - used, " %s=%llu",
						 text, strtoull(colon + 1, NULL, 10));
	}
	while (used && fields[used - 1] == ' ')
		fields[--used] = '\0';
	line("smaps %s %s:%s", a->name, address_text(where, p), fields);
}

void smaps(struct actor *a, uint64_t p)
{
	char *text = side_read_file(a->side, "/proc/self/smaps"), start[TEXT_SIZE], *found;
	char where[TEXT_SIZE];

	snprintf(start, sizeof(start), "%llx-", (unsigned long long)p);
	found = find_line(text, start);
	if (found)
		print_fields(a, p, found + strlen(found) + 1);
	else
		line("smaps %s %s: nothing", a->name, address_text(where, p));
	free(text);
}
