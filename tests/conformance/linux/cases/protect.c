/* SPDX-License-Identifier: BSD-2-Clause */
/* mprotect(2): there and back again. */
#include "case.h"

/* The entry after a change of rights, and after a store, which may need a fault to be allowed. */
static void change(struct actor *a, uint64_t p, const char *name, int prot)
{
	step(name);
	protect(a, p, 4 * PAGE, prot);
	counters();
	look(a, p);
}

static void there_and_back(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW);

	write_pages(a, p, 4 * PAGE);
	count();
	change(a, p, "none", PROT_NONE);
	load(a, p);
	change(a, p, "back to read and write", RW);
	step("written");
	store(a, p, 2);
	counters();
	look(a, p);
	look(a, p + PAGE);
	change(a, p, "read only", R);
	store(a, p, 3);
	change(a, p, "read and write again", RW);
	step("written again");
	store(a, p, 4);
	counters();
	look(a, p);
	change(a, p, "read and execute", RX);
	change(a, p, "all rights", RWX);
	change(a, p, "none from all", PROT_NONE);
	change(a, p, "read only from none", R);
	step("contents");
	contents(a, p, 4 * PAGE);
	counters();
}

/* Entries that were only read are clean. */
static void clean_pages(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW);

	read_pages(a, p, 4 * PAGE);
	count();
	change(a, p, "zero page without rights", PROT_NONE);
	change(a, p, "zero page with rights", RW);
	step("written");
	store(a, p, 1);
	look(a, p);
	counters();
}

/* A change in the middle splits the mapping, and changing it back merges it again. */
static void split_and_merge(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 8 * PAGE, RW);

	write_pages(a, p, 8 * PAGE);
	step("split");
	protect(a, p + 2 * PAGE, 2 * PAGE, R);
	maps(a, p);
	maps(a, p + 2 * PAGE);
	maps(a, p + 4 * PAGE);
	numa_maps(a, p + 2 * PAGE);
	smaps(a, p + 2 * PAGE);
	entries(a, p + PAGE);
	entries(a, p + 2 * PAGE);
	entries(a, p + 4 * PAGE);
	step("merged");
	protect(a, p + 2 * PAGE, 2 * PAGE, RW);
	maps(a, p);
	entries(a, p + 2 * PAGE);
	step("over a hole");
	unmap(a, p + 5 * PAGE, PAGE);
	protect(a, p + 4 * PAGE, 4 * PAGE, R);
	maps(a, p);
	maps(a, p + 4 * PAGE);
	maps(a, p + 6 * PAGE);
	entries(a, p + 4 * PAGE);
	entries(a, p + 6 * PAGE);
}

static void without_access(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, PROT_NONE);

	count();
	step("no rights from the start");
	load(a, p);
	store(a, p, 1);
	look(a, p);
	counters();
	step("rights");
	protect(a, p, 2 * PAGE, RW);
	store(a, p, 1);
	load(a, p + 2 * PAGE);
	look(a, p);
	look(a, p + 2 * PAGE);
	counters();
}

/* Nobody copies what is shared, so a write needs no fault once rights are back. */
static void shared_memory(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t s = map_shared(a, 4 * PAGE, RW);

	write_pages(a, s, 2 * PAGE);
	read_pages(a, s + 2 * PAGE, PAGE);
	b = forked(a, "b");
	write_pages(b, s, PAGE);
	count();
	change(a, s, "read only", R);
	store(a, s, 2);
	entries(b, s);
	entries(a, s + 2 * PAGE);
	change(a, s, "read and write", RW);
	entries(a, s + 2 * PAGE);
	step("written");
	store(a, s, 3);
	store(a, s + 2 * PAGE, 4);
	counters();
	look(a, s);
	look(a, s + 2 * PAGE);
	change(a, s, "none", PROT_NONE);
	look(b, s);
	change(a, s, "read only from none", R);
	step("contents");
	contents(a, s, 4 * PAGE);
	contents(b, s, 4 * PAGE);
	counters();
}

const struct conformance_case protect_cases[] = {
	{"there-and-back", there_and_back, ON_PLAIN | ON_LA57},
	{"clean-pages", clean_pages, ON_PLAIN},
	{"split-and-merge", split_and_merge, ON_PLAIN},
	{"without-access", without_access, ON_PLAIN},
	{"shared-memory", shared_memory, ON_PLAIN},
	{0},
};
