/* SPDX-License-Identifier: BSD-2-Clause */
/* fork(2), and writes on each side. */
#include "case.h"

static void look_at_both(struct actor *a, struct actor *b, uint64_t p)
{
	look(a, p);
	look(b, p);
}

static void each_side_writes(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t p = map(a, 4 * PAGE, RW);

	write_pages(a, p, 4 * PAGE);
	count();
	step("forked");
	b = forked(a, "b");
	counters();
	look_at_both(a, b, p);
	step("the child writes");
	store(b, p, 2);
	counters();
	look_at_both(a, b, p);
	step("the parent writes what it has alone now");
	store(a, p, 3);
	counters();
	look_at_both(a, b, p);
	step("the parent writes first");
	store(a, p + PAGE, 4);
	counters();
	look_at_both(a, b, p + PAGE);
	step("the child writes after it");
	store(b, p + PAGE, 5);
	counters();
	look_at_both(a, b, p + PAGE);
	step("contents");
	contents(a, p, 4 * PAGE);
	contents(b, p, 4 * PAGE);
}

static void grandchild(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b, *c;
	uint64_t p = map(a, 2 * PAGE, RW);

	write_pages(a, p, 2 * PAGE);
	b = forked(a, "b");
	c = forked(b, "c");
	count();
	step("three share");
	look(a, p);
	look(b, p);
	look(c, p);
	step("the middle one writes");
	store(b, p, 2);
	counters();
	look(a, p);
	look(b, p);
	look(c, p);
	step("the first leaves, the last writes");
	leave(a);
	store(c, p, 3);
	counters();
	look(b, p);
	look(c, p);
	step("the other page, two left");
	store(c, p + PAGE, 4);
	counters();
	look(b, p + PAGE);
	look(c, p + PAGE);
	step("contents");
	contents(b, p, 2 * PAGE);
	contents(c, p, 2 * PAGE);
}

static void child_leaves(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t p = map(a, 2 * PAGE, RW);

	write_pages(a, p, 2 * PAGE);
	b = forked(a, "b");
	leave(b);
	count();
	step("alone again");
	look(a, p);
	numa_maps(a, p);
	smaps(a, p);
	step("written");
	store(a, p, 2);
	counters();
	look(a, p);
	look(a, p + PAGE);
}

static void not_inherited(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t none = map(a, 2 * PAGE, RW), wiped = map(a, 2 * PAGE, RW), read = map(a, PAGE, RW);

	write_pages(a, none, 2 * PAGE);
	write_pages(a, wiped, 2 * PAGE);
	read_pages(a, read, PAGE);
	advise(a, none, 2 * PAGE, MADV_DONTFORK);
	advise(a, wiped, 2 * PAGE, MADV_WIPEONFORK);
	count();
	step("forked");
	b = forked(a, "b");
	counters();
	maps(b, none);
	maps(b, wiped);
	smaps(a, wiped);
	entries(a, none);
	look_at_both(a, b, wiped);
	look_at_both(a, b, read);
	step("accessed by the child");
	load(b, none);
	contents(b, wiped, 2 * PAGE);
	counters();
	step("accessed by the parent");
	store(a, none, 2);
	store(a, wiped, 2);
	counters();
	look(a, none);
	look(a, wiped);
}

static void protected_while_shared(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t p = map(a, 4 * PAGE, RW);

	write_pages(a, p, 4 * PAGE);
	b = forked(a, "b");
	count();
	step("no rights, and back");
	protect(a, p, 4 * PAGE, PROT_NONE);
	entries(a, p);
	protect(a, p, 4 * PAGE, RW);
	look_at_both(a, b, p);
	step("written");
	store(a, p, 2);
	counters();
	look_at_both(a, b, p);
	step("thrown away by one");
	advise(a, p + PAGE, PAGE, MADV_DONTNEED);
	look_at_both(a, b, p + PAGE);
	step("written by the other");
	store(b, p + PAGE, 3);
	counters();
	look_at_both(a, b, p + PAGE);
}

/* Whoever is left alone with a page may write to it in place, however the other gave it up. */
static void reused(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t p = map(a, 6 * PAGE, RW);

	write_pages(a, p, 6 * PAGE);
	settle(a);
	b = forked(a, "b");
	count();
	step("the child gives up all but the last");
	store(b, p, 2);
	advise(b, p + PAGE, PAGE, MADV_DONTNEED);
	unmap(b, p + 2 * PAGE, PAGE);
	map_at(b, p + 3 * PAGE, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	remap(b, p + 4 * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place(PAGE));
	counters();
	for (unsigned i = 0; i < 6; i++)
		look(a, p + i * PAGE);
	step("the parent writes to all");
	for (unsigned i = 0; i < 6; i++)
		store(a, p + i * PAGE, 10 + i);
	counters();
	for (unsigned i = 0; i < 6; i++)
		look(a, p + i * PAGE);
	step("contents");
	contents(a, p, 6 * PAGE);
	numa_maps(a, p);
}

/* Two children of one parent, which write in turn; then a child of a child that wrote. */
static void tree(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b, *c, *d;
	uint64_t p = map(a, 3 * PAGE, RW);

	write_pages(a, p, 3 * PAGE);
	b = forked(a, "b");
	c = forked(a, "c");
	count();
	step("each child writes one page");
	store(b, p, 2);
	store(c, p + PAGE, 3);
	counters();
	look_at_both(a, b, p);
	look_at_both(a, c, p + PAGE);
	step("the second child forks");
	d = forked(c, "d");
	look_at_both(c, d, p);
	look_at_both(c, d, p + PAGE);
	step("the grandchild writes");
	write_pages(d, p, 3 * PAGE);
	counters();
	look_at_both(c, d, p + PAGE);
	look_at_both(a, d, p + 2 * PAGE);
	step("the parent writes");
	write_pages(a, p, 3 * PAGE);
	counters();
	look_at_both(a, b, p + 2 * PAGE);
	step("the children write");
	write_pages(b, p, 3 * PAGE);
	write_pages(c, p, 3 * PAGE);
	counters();
	for (unsigned i = 0; i < 3; i++)
		look_at_both(b, c, p + i * PAGE);
	leave(d);
	leave(b);
	numa_maps(c, p);
}

const struct conformance_case fork_cases[] = {
	{"each-side-writes", each_side_writes, ON_PLAIN},
	{"grandchild", grandchild, ON_PLAIN},
	{"child-leaves", child_leaves, ON_PLAIN},
	{"not-inherited", not_inherited, ON_PLAIN},
	{"protected-while-shared", protected_while_shared, ON_PLAIN},
	{"reused", reused, ON_PLAIN},
	{"tree", tree, ON_PLAIN},
	{0},
};
