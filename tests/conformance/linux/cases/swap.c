/* SPDX-License-Identifier: BSD-2-Clause */
/* Out to a swap device and in again. */
#include "case.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

static void out_and_in(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW);

	swap_on();
	for (unsigned i = 0; i < 4; i++)
		store(a, p + i * PAGE, i + 1);
	settle(a);
	count();
	step("out");
	advise(a, p, 4 * PAGE, MADV_PAGEOUT);
	counters();
	look(a, p);
	look(a, p + PAGE);
	numa_maps(a, p);
	smaps(a, p);
	step("read in");
	load(a, p);
	counters();
	look(a, p);
	look(a, p + PAGE);
	step("written");
	store(a, p, 9);
	store(a, p + PAGE, 8);
	counters();
	look(a, p);
	look(a, p + PAGE);
	step("thrown away while out");
	advise(a, p + 3 * PAGE, PAGE, MADV_DONTNEED);
	look(a, p + 3 * PAGE);
	contents(a, p, 4 * PAGE);
}

static void forked_while_out(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t p = map(a, 2 * PAGE, RW);

	swap_on();
	write_pages(a, p, 2 * PAGE);
	settle(a);
	advise(a, p, 2 * PAGE, MADV_PAGEOUT);
	count();
	step("forked");
	b = forked(a, "b");
	entries(a, p);
	entries(b, p);
	step("the child reads");
	load(b, p);
	counters();
	look(a, p);
	look(b, p);
	step("the parent writes");
	store(a, p, 2);
	counters();
	look(a, p);
	look(b, p);
	step("the child writes");
	store(b, p, 3);
	counters();
	look(a, p);
	look(b, p);
	step("contents");
	contents(a, p, 2 * PAGE);
	contents(b, p, 2 * PAGE);
}

const struct conformance_case swap_cases[] = {
	{"out-and-in", out_and_in, ON_PLAIN},
	{"forked-while-out", forked_while_out, ON_PLAIN},
	{0},
};
