/* SPDX-License-Identifier: BSD-2-Clause */
/* Transparent huge pages. */
#include "case.h"

static void fault_and_zero(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map_huge(a, 2 * HUGE_PAGE, RW), q = p + HUGE_PAGE;

	count();
	step("written");
	store(a, p, 1);
	counters();
	look(a, p);
	look(a, p + PAGE);
	numa_maps(a, p);
	smaps(a, p);
	step("read");
	load(a, q);
	counters();
	look(a, q);
	step("the huge zero page written");
	store(a, q + 3 * PAGE, 2);
	counters();
	look(a, q);
	look(a, q + 3 * PAGE);
	contents(a, q, 4 * PAGE);
	smaps(a, p);
}

static void protected(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map_huge(a, HUGE_PAGE, RW);

	store(a, p, 1);
	count();
	step("no rights");
	protect(a, p, HUGE_PAGE, PROT_NONE);
	counters();
	look(a, p);
	step("rights again");
	protect(a, p, HUGE_PAGE, RW);
	counters();
	look(a, p);
	step("written");
	store(a, p, 2);
	counters();
	look(a, p);
	step("one part read only");
	protect(a, p + PAGE, PAGE, R);
	counters();
	look(a, p);
	look(a, p + PAGE);
	look(a, p + 2 * PAGE);
	step("all read and write");
	protect(a, p, HUGE_PAGE, RW);
	counters();
	entries(a, p);
	entries(a, p + PAGE);
}

static void unmapped_in_part(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map_huge(a, 2 * HUGE_PAGE, RW), q = p + HUGE_PAGE;

	store(a, p, 1);
	store(a, q, 1);
	count();
	step("a part thrown away");
	advise(a, p + 4 * PAGE, PAGE, MADV_DONTNEED);
	counters();
	look(a, p);
	look(a, p + 4 * PAGE);
	step("written again");
	store(a, p + 4 * PAGE, 2);
	counters();
	look(a, p + 4 * PAGE);
	step("a part unmapped");
	unmap(a, q + 16 * PAGE, 496 * PAGE);
	counters();
	look(a, q);
	look(a, q + 15 * PAGE);
	look(a, q + 16 * PAGE);
	smaps(a, p);
	step("all thrown away");
	advise(a, p, HUGE_PAGE, MADV_DONTNEED);
	counters();
	look(a, p);
}

static void forked_and_written(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t p = map_huge(a, HUGE_PAGE, RW);

	store(a, p, 1);
	count();
	step("forked");
	b = forked(a, "b");
	counters();
	look(a, p);
	look(b, p);
	step("the child writes");
	store(b, p, 2);
	counters();
	look(a, p);
	look(b, p);
	look(b, p + PAGE);
	step("the parent writes");
	store(a, p + PAGE, 3);
	counters();
	look(a, p);
	look(a, p + PAGE);
	step("contents");
	contents(a, p, 2 * PAGE);
	contents(b, p, 2 * PAGE);
}

static void too_small(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map_huge(a, HUGE_PAGE - PAGE, RW), q = map_huge(a, 2 * HUGE_PAGE, RW);

	count();
	step("a mapping that is too small");
	store(a, p, 1);
	counters();
	look(a, p);
	step("no huge pages wanted");
	advise(a, q, HUGE_PAGE, MADV_NOHUGEPAGE);
	store(a, q, 1);
	store(a, q + HUGE_PAGE, 1);
	counters();
	look(a, q);
	look(a, q + HUGE_PAGE);
	smaps(a, q);
}

/* The huge page of zeroes in two processes, and a child that takes its half apart. */
static void zero_page_forked(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t p = map_huge(a, HUGE_PAGE, RW);

	load(a, p);
	count();
	step("forked");
	b = forked(a, "b");
	counters();
	look(a, p);
	look(b, p);
	step("the child throws a page away");
	advise(b, p + PAGE, PAGE, MADV_DONTNEED);
	counters();
	entries(b, p);
	entries(b, p + PAGE);
	entries(a, p);
	step("the child reads it");
	load(b, p + PAGE);
	counters();
	look(b, p + PAGE);
	step("both write");
	store(a, p, 2);
	store(b, p, 3);
	counters();
	look(a, p);
	look(b, p);
	smaps(a, p);
	smaps(b, p);
	step("thrown away whole");
	advise(a, p, HUGE_PAGE, MADV_DONTNEED);
	counters();
	look(a, p);
}

/* The entry after a change of rights of the first pages. */
static void rights(struct actor *a, uint64_t p, const char *name, int prot)
{
	step(name);
	protect(a, p, 4 * PAGE, prot);
	counters();
	look(a, p);
}

/* Rights of a part of a huge page of zeroes. */
static void zero_page_protected(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map_huge(a, HUGE_PAGE, RW);

	load(a, p);
	count();
	rights(a, p, "a part read only", R);
	look(a, p + 4 * PAGE);
	rights(a, p, "a part without rights", PROT_NONE);
	load(a, p + PAGE);
	rights(a, p, "all rights", RW);
	step("written");
	store(a, p, 1);
	store(a, p + 4 * PAGE, 2);
	counters();
	look(a, p);
	look(a, p + PAGE);
	look(a, p + 4 * PAGE);
	smaps(a, p);
}

const struct conformance_case huge_cases[] = {
	{"fault-and-zero", fault_and_zero, ON_PLAIN},
	{"protected", protected, ON_PLAIN},
	{"unmapped-in-part", unmapped_in_part, ON_PLAIN},
	{"forked-and-written", forked_and_written, ON_PLAIN},
	{"too-small", too_small, ON_PLAIN},
	{"zero-page-forked", zero_page_forked, ON_PLAIN},
	{"zero-page-protected", zero_page_protected, ON_PLAIN},
	{0},
};
