/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is printed after each call, and at the end. Frames have names within one step only: there
 * pages that share a frame show it, and frames that the kernel has used again meanwhile do not.
 */
#include "case.h"
#include "sequence.h"
#include "side.h"
#include "words/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL_UP_TO 64u /* pages of a call; of more, at the end, a sample is looked at */
#define EDGE	  3u
#define STRIDE	  61u
#define AT_A_TIME 32u /* pages in a line of contents */

/* The first of the actors that share a memory speaks for all. */
static bool speaks(unsigned index)
{
	if (!actor_in(index))
		return false;
	for (unsigned i = 0; i < index; i++)
		if (actor_in(i) && same_memory(i, index))
			return false;
	return true;
}

static void look_by_all(unsigned page)
{
	for (unsigned i = 0; i < MAX_ACTORS; i++)
		if (speaks(i))
			look(actor_in(i), address_of(page));
}

void look_after(const struct op *op)
{
	struct actor *a = actor_in(op->actor);

	look_by_all(op->page);
	if (a && op->n > 1)
		look(a, address_of(op->page + op->n - 1));
	if (a && op->n > 2)
		look(a, address_of(op->page + op->n / 2));
	if (op->other != op->page)
		look_by_all(op->other);
	counters();
}

static void add_range(bool *wanted, unsigned page, unsigned n)
{
	unsigned end = page + n < WINDOW_PAGES ? page + n : WINDOW_PAGES;

	for (unsigned p = page; p < end; p++)
		if (n <= ALL_UP_TO || p < page + EDGE || p + EDGE >= end || !(p % STRIDE))
			wanted[p] = true;
}

static void all_contents(struct actor *a, const bool *wanted)
{
	for (unsigned from = 0; from < WINDOW_PAGES; from++) {
		unsigned n = 0;

		while (n < AT_A_TIME && from + n < WINDOW_PAGES && wanted[from + n])
			n++;
		if (!n)
			continue;
		contents(a, address_of(from), n * PAGE);
		from += n - 1;
	}
}

/* "START-END ..." of /proc/PID/maps, for those that begin in the window. */
static void all_maps(struct actor *a)
{
	char *text = side_read_file(a->side, "/proc/self/maps");

	for (char *line = text; line && *line; line = strchr(line, '\n') + 1) {
		uint64_t start = strtoull(line, NULL, 16);

		if (start - WINDOW_START < WINDOW_PAGES * PAGE)
			maps(a, start);
		if (!strchr(line, '\n'))
			break;
	}
	free(text);
}

void look_at_end(const struct sequence *s)
{
	bool wanted[WINDOW_PAGES] = {false};

	for (unsigned i = 0; i < s->nr; i++) {
		add_range(wanted, s->op[i].page, s->op[i].n);
		if (s->op[i].kind == OP_REMAP)
			add_range(wanted, s->op[i].other, s->op[i].n);
	}
	masks_begin();
	for (unsigned i = 0; i < MAX_ACTORS; i++)
		if (speaks(i))
			all_maps(actor_in(i));
	for (unsigned p = 0; p < WINDOW_PAGES; p++)
		if (wanted[p])
			look_by_all(p);
	masks_begin();
	for (unsigned i = 0; i < MAX_ACTORS; i++)
		if (speaks(i))
			all_contents(actor_in(i), wanted);
	counters();
}
