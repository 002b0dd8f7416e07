/* SPDX-License-Identifier: BSD-2-Clause */
/* madvise(2). */
#include "case.h"

#ifndef MADV_COLD
#define MADV_COLD 20
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif

static void thrown_away(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 8 * PAGE, RW);

	write_pages(a, p, 8 * PAGE);
	count();
	step("some pages");
	advise(a, p + 2 * PAGE, 3 * PAGE, MADV_DONTNEED);
	look(a, p + PAGE);
	look(a, p + 2 * PAGE);
	look(a, p + 5 * PAGE);
	nodes(a, p, 8 * PAGE);
	counters();
	step("contents");
	contents(a, p, 8 * PAGE);
	counters();
	step("over a hole");
	unmap(a, p + 6 * PAGE, PAGE);
	advise(a, p + 5 * PAGE, 3 * PAGE, MADV_DONTNEED);
	nodes(a, p, 8 * PAGE);
}

static void lazily_freed(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW);

	write_pages(a, p, 4 * PAGE);
	settle(a);
	count();
	step("freed");
	advise(a, p, 4 * PAGE, MADV_FREE);
	counters();
	look(a, p);
	smaps(a, p);
	step("read");
	load(a, p);
	look(a, p);
	step("written");
	store(a, p + PAGE, 2);
	counters();
	look(a, p + PAGE);
	contents(a, p, 4 * PAGE);
}

static void cold(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW);

	write_pages(a, p, 4 * PAGE);
	settle(a);
	count();
	step("cold");
	advise(a, p, 4 * PAGE, MADV_COLD);
	counters();
	look(a, p);
	step("accessed");
	load(a, p);
	look(a, p);
	counters();
}

static void populated(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW), q = map(a, 4 * PAGE, R);

	count();
	step("for reading");
	advise(a, p, 4 * PAGE, MADV_POPULATE_READ);
	counters();
	look(a, p);
	step("for writing");
	advise(a, p, 4 * PAGE, MADV_POPULATE_WRITE);
	counters();
	look(a, p);
	step("for writing, read only");
	advise(a, q, 4 * PAGE, MADV_POPULATE_WRITE);
	look(a, q);
	step("when mapped");
	p = place(4 * PAGE);
	map_at(a, p, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE, -1, 0);
	counters();
	look(a, p);
}

static void refused(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW), s = map_shared(a, 4 * PAGE, RW);

	step("no such advice");
	advise(a, p, 4 * PAGE, 99);
	step("not at a page");
	advise(a, p + 8, PAGE, MADV_DONTNEED);
	step("nothing mapped");
	advise(a, p + HUGE_PAGE, PAGE, MADV_DONTNEED);
	step("free of shared memory");
	advise(a, s, PAGE, MADV_FREE);
	step("wipe of shared memory");
	advise(a, s, PAGE, MADV_WIPEONFORK);
	step("locked");
	lock(a, p, 2 * PAGE);
	advise(a, p, 4 * PAGE, MADV_DONTNEED);
	advise(a, p, 4 * PAGE, MADV_FREE);
	advise(a, p, 4 * PAGE, MADV_COLD);
	advise(a, p, 4 * PAGE, MADV_DONTNEED_LOCKED);
	look(a, p);
	look(a, p + 2 * PAGE);
}

const struct conformance_case advice_cases[] = {
	{"thrown-away", thrown_away, ON_PLAIN},
	{"lazily-freed", lazily_freed, ON_PLAIN},
	{"cold", cold, ON_PLAIN},
	{"populated", populated, ON_PLAIN},
	{"refused", refused, ON_PLAIN},
	{0},
};
