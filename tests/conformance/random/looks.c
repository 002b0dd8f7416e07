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

/*
 * What is not compared, because the library does not have it (../linux/deviations.txt names the
 * cases that show it): who is on which LRU list when; mlock() of pages; readahead of swap; the
 * queue of huge pages mapped in part; MADV_FREE's batch, which marks pages later. The huge page of
 * zeroes is made once, for whichever sequence comes first.
 */
#define KPF(n)	   (UINT64_C(1) << (n))
#define LRU_MARKS  (KPF(2) | KPF(5) | KPF(6)) /* REFERENCED, LRU, ACTIVE */
#define MLOCK_MARKS (KPF(18) | KPF(33))	      /* UNEVICTABLE, MLOCKED */
#define LAZY_MARKS KPF(14)		      /* SWAPBACKED */

static const char *const not_counted[] = {
	"pglazyfree", "pglazyfreed", "pgmajfault", "pswpin", "pswpout", "swap_ra",
	"swap_ra_hit", "thp_deferred_split_page",
	"thp_zero_page_alloc", "unevictable_pgs_culled", "unevictable_pgs_rescued",
	"unevictable_pgs_mlocked", "unevictable_pgs_munlocked", "unevictable_pgs_cleared",
	"unevictable_pgs_stranded", NULL,
};

static void look_at(struct actor *a, unsigned page)
{
	entries(a, address_of(page));
	page_but(a, address_of(page), LRU_MARKS | MLOCK_MARKS | LAZY_MARKS);
}

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
			look_at(actor_in(i), page);
}

void look_after(const struct op *op)
{
	struct actor *a = actor_in(op->actor);

	look_by_all(op->page);
	if (a && op->n > 1)
		look_at(a, op->page + op->n - 1);
	if (a && op->n > 2)
		look_at(a, op->page + op->n / 2);
	if (op->other != op->page)
		look_by_all(op->other);
	counters_but(not_counted);
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
	counters_but(not_counted);
}
