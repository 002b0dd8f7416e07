/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A step says what it does in parts, each by another layer of the code:
 *
 *   set PMD = RW A D PSE PROTNONE pfn=0x40200; make entry PMD_NUMA; flush TLB; flush TLB
 *   `-- the raw entry: left out if ------------' what it means          `-- once is enough
 */
#include "report/table.h"

#include <stdbool.h>
#include <string.h>

struct part {
	const char *text;
	size_t len;
};

#define PARTS 16

static unsigned split(struct part part[PARTS], const char *text)
{
	unsigned nr = 0;

	while (*text && nr < PARTS) {
		const char *end = nr + 1 < PARTS ? strstr(text, "; ") : NULL;

		part[nr].text = text;
		part[nr].len = end ? (size_t)(end - text) : strlen(text);
		text += part[nr++].len + (end ? 2 : 0);
	}
	return nr;
}

static bool seen_before(const struct part *part, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (part[k].len == part[i].len && !memcmp(part[k].text, part[i].text, part[i].len))
			return true;
	return false;
}

/* A raw entry is for those who look at single steps; the next part says what it is for. */
static bool is_raw(const struct part *part, unsigned i, unsigned nr)
{
	return i + 1 < nr && part[i].len > 10 &&
	       (!memcmp(part[i].text, "set PMD = ", 10) || !memcmp(part[i].text, "set PTE = ", 10));
}

static void append(char text[TABLE_CELL], const char *more, size_t len)
{
	size_t used = strlen(text);

	if (len > TABLE_CELL - 1 - used)
		len = TABLE_CELL - 1 - used;
	memcpy(text + used, more, len);
	text[used + len] = '\0';
}

#define APPEND(text, more) append(text, more, strlen(more))

void table_cell(char text[TABLE_CELL], const struct numasim_result_step *step)
{
	struct part part[PARTS];
	unsigned nr = split(part, step->text);
	const char *beside = strchr(step->actor, '/');
	bool first = true;

	text[0] = '\0';
	if (beside)
		APPEND(text, !strcmp(beside, "/irq") ? "(interrupt) " : "(page walker) ");
	for (unsigned i = 0; i < nr; i++) {
		if (seen_before(part, i) || is_raw(part, i, nr))
			continue;
		if (!first)
			APPEND(text, "; ");
		append(text, part[i].text, part[i].len);
		first = false;
	}
	if (nr)
		return;
	APPEND(text, step->kind);
	APPEND(text, " ");
	APPEND(text, step->object);
}
