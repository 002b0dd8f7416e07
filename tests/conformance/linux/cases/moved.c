/* SPDX-License-Identifier: BSD-2-Clause */
/* mremap(2). */
#include "case.h"

static void grown_and_shrunk(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW);

	write_pages(a, p, 4 * PAGE);
	step("grown in place");
	remap(a, p, 4 * PAGE, 8 * PAGE, 0, 0);
	maps(a, p);
	store(a, p + 7 * PAGE, 7);
	nodes(a, p, 8 * PAGE);
	step("shrunk");
	remap(a, p, 8 * PAGE, 2 * PAGE, 0, 0);
	maps(a, p);
	look(a, p);
	look(a, p + 7 * PAGE);
	step("no room");
	map_at(a, p + 2 * PAGE, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	protect(a, p + 2 * PAGE, PAGE, R);
	remap(a, p, 2 * PAGE, 4 * PAGE, 0, 0);
	maps(a, p);
}

static void moved_to(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW), to = place(8 * PAGE);

	for (unsigned i = 0; i < 4; i++)
		store(a, p + i * PAGE, i + 1);
	protect(a, p, 4 * PAGE, R);
	protect(a, p, 4 * PAGE, RW);
	clear_refs(a, 4);
	count();
	step("moved");
	look(a, p);
	remap(a, p, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	counters();
	look(a, p);
	look(a, to);
	look(a, to + 4 * PAGE);
	maps(a, p);
	maps(a, to);
	contents(a, to, 5 * PAGE);
	step("moved, but not unmapped");
	remap(a, to, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, p);
	counters();
	maps(a, to);
	look(a, to);
	look(a, p);
	contents(a, to, 4 * PAGE);
	contents(a, p, 4 * PAGE);
}

static void huge_moved(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map_huge(a, HUGE_PAGE, RW), to = place(HUGE_PAGE), off;

	store(a, p, 1);
	count();
	step("to a place that fits");
	remap(a, p, HUGE_PAGE, HUGE_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	counters();
	entries(a, p);
	look(a, to);
	step("to one that does not");
	off = place(2 * HUGE_PAGE) + PAGE;
	remap(a, to, HUGE_PAGE, HUGE_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, off);
	counters();
	entries(a, to);
	look(a, off);
	look(a, off + PAGE);
	smaps(a, off);
}

static void refused(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW), q = map(a, 4 * PAGE, RW);

	step("nothing mapped");
	remap(a, p + HUGE_PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0);
	step("beyond the mapping");
	remap(a, p, 8 * PAGE, 8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place(8 * PAGE));
	step("to nothing");
	remap(a, p, PAGE, 0, MREMAP_MAYMOVE, 0);
	step("from nothing");
	remap(a, p, 0, PAGE, MREMAP_MAYMOVE, 0);
	step("over itself");
	remap(a, p, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + PAGE);
	step("fixed but not moved");
	remap(a, p, PAGE, PAGE, MREMAP_FIXED, q);
	step("not at a page");
	remap(a, p + 8, PAGE, PAGE, 0, 0);
	step("kept, but shorter");
	remap(a, p, 4 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
	maps(a, p);
	maps(a, q);
}

const struct conformance_case moved_cases[] = {
	{"grown-and-shrunk", grown_and_shrunk, ON_PLAIN},
	{"moved-to", moved_to, ON_PLAIN},
	{"huge-moved", huge_moved, ON_PLAIN},
	{"refused", refused, ON_PLAIN},
	{0},
};
