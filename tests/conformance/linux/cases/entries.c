/* SPDX-License-Identifier: BSD-2-Clause */
/* One entry of each kind: docs/conformance.md has them as a table. */
#include "case.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

static void base_pages(struct actor *a)
{
	uint64_t p = map(a, 4 * PAGE, RW);

	step("touched");
	store(a, p, 1);
	entries(a, p);
	step("zero page");
	load(a, p + PAGE);
	entries(a, p + PAGE);
	step("no rights");
	protect(a, p, PAGE, PROT_NONE);
	entries(a, p);
	step("read only");
	protect(a, p, PAGE, R);
	entries(a, p);
	protect(a, p, PAGE, RW);
}

static void huge_pages(struct actor *a)
{
	uint64_t p = map_huge(a, 2 * HUGE_PAGE, RW);

	step("huge page");
	store(a, p, 1);
	entries(a, p);
	step("huge zero page");
	load(a, p + HUGE_PAGE);
	entries(a, p + HUGE_PAGE);
	step("huge zero page written");
	store(a, p + HUGE_PAGE, 1);
	entries(a, p + HUGE_PAGE);
	entries(a, p + HUGE_PAGE + PAGE);
	step("huge page without rights");
	protect(a, p, HUGE_PAGE, PROT_NONE);
	entries(a, p);
	step("huge page with rights again");
	protect(a, p, HUGE_PAGE, RW);
	entries(a, p);
}

static void seen(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t p;

	base_pages(a);
	huge_pages(a);
	p = map(a, PAGE, RW);
	store(a, p, 1);
	step("forked");
	b = forked(a, "b");
	entries(a, p);
	entries(b, p);
	leave(b);
	swap_on();
	p = map(a, PAGE, RW);
	store(a, p, 1);
	settle(a);
	step("swapped out");
	advise(a, p, PAGE, MADV_PAGEOUT);
	entries(a, p);
	step("soft-dirty cleared");
	store(a, p, 2);
	clear_refs(a, 4);
	entries(a, p);
}

static void hinted(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *t = thread(a, "t", cpu_of(1, 0));
	uint64_t p = map(a, PAGE, RW), h = map_huge(a, HUGE_PAGE, RW);

	store(a, p, 1);
	store(a, h, 1);
	settle(a);
	scan(a, h);
	step("base page");
	entries(a, p);
	step("huge page");
	entries(a, h);
	step("after the fault");
	store(a, p, 2);
	store(a, h, 2);
	entries(a, p);
	entries(a, h);
	leave(t);
}

const struct conformance_case entries_cases[] = {
	{"seen", seen, ON_PLAIN | ON_LA57},
	{"hinted", hinted, ON_PLAIN},
	{0},
};
