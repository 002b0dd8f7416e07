/* SPDX-License-Identifier: BSD-2-Clause */
/* NUMA policies, and where memory comes from. */
#include "case.h"

#define STRICT 1 /* MPOL_MF_STRICT */
#define F_NODE 1 /* MPOL_F_NODE */
#define F_ADDR 2 /* MPOL_F_ADDR */
#define F_MEMS 4 /* MPOL_F_MEMS_ALLOWED */

static void bound(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	unsigned last = nr_nodes() - 1;
	uint64_t p = map(a, 8 * PAGE, RW);

	step("bound to the last node");
	bind(a, p, 8 * PAGE, BIND, 1ul << last, 0);
	write_pages(a, p, 8 * PAGE);
	numa_maps(a, p);
	look(a, p);
	show_policy(a, p, F_ADDR);
	show_policy(a, p, F_ADDR | F_NODE);
	step("half of it elsewhere");
	bind(a, p, 4 * PAGE, PREFERRED, 1, 0);
	numa_maps(a, p);
	numa_maps(a, p + 4 * PAGE);
	maps(a, p);
	maps(a, p + 4 * PAGE);
	step("strictly");
	bind(a, p, 4 * PAGE, BIND, 1, STRICT);
	step("default");
	bind(a, p, 8 * PAGE, DEFAULT_POLICY, 0, 0);
	numa_maps(a, p);
	maps(a, p);
	show_policy(a, p, F_ADDR);
}

static void interleaved(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	unsigned long all = (1ul << nr_nodes()) - 1;
	uint64_t p = map(a, 16 * PAGE, RW), q = map(a, 16 * PAGE, RW);

	step("a mapping");
	bind(a, p, 16 * PAGE, INTERLEAVE, all, 0);
	write_pages(a, p, 16 * PAGE);
	numa_maps(a, p);
	for (unsigned i = 0; i < 5; i++)
		page(a, p + i * PAGE);
	step("a thread");
	policy(a, INTERLEAVE, all);
	show_policy(a, 0, 0);
	write_pages(a, q, 16 * PAGE);
	numa_maps(a, q);
	for (unsigned i = 0; i < 5; i++)
		page(a, q + i * PAGE);
	step("a thread without policy");
	policy(a, DEFAULT_POLICY, 0);
	show_policy(a, 0, 0);
	numa_maps(a, q);
}

static void preferred(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	unsigned last = nr_nodes() - 1;
	uint64_t p = map(a, 4 * PAGE, RW), q = map(a, 4 * PAGE, RW), r = map(a, 4 * PAGE, RW);

	step("a thread prefers a node");
	policy(a, PREFERRED, 1ul << last);
	write_pages(a, p, 4 * PAGE);
	numa_maps(a, p);
	step("a mapping is local again");
	bind(a, q, 4 * PAGE, LOCAL, 0, 0);
	write_pages(a, q, 4 * PAGE);
	numa_maps(a, q);
	step("preferred, no nodes");
	bind(a, r, 4 * PAGE, PREFERRED, 0, 0);
	write_pages(a, r, 4 * PAGE);
	numa_maps(a, r);
	show_policy(a, r, F_ADDR);
	step("preferred, many nodes");
	r = map(a, 4 * PAGE, RW);
	bind(a, r, 4 * PAGE, PREFERRED_MANY, 3, 0);
	write_pages(a, r, 4 * PAGE);
	numa_maps(a, r);
	step("home node");
	bind(a, r, 4 * PAGE, BIND, 3, 0);
	home_node(a, r, 4 * PAGE, 1);
	numa_maps(a, r);
	write_pages(a, r, 4 * PAGE);
	numa_maps(a, r);
}

static void refused(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW);

	step("no such mode");
	bind(a, p, PAGE, 99, 1, 0);
	step("bind without nodes");
	bind(a, p, PAGE, BIND, 0, 0);
	step("default with nodes");
	bind(a, p, PAGE, DEFAULT_POLICY, 1, 0);
	step("local with nodes");
	bind(a, p, PAGE, LOCAL, 1, 0);
	step("a node that is not there");
	bind(a, p, PAGE, BIND, 1ul << 40, 0);
	bind(a, p, PAGE, BIND, 1ul << 40 | 1, 0);
	show_policy(a, p, F_ADDR);
	step("not at a page");
	bind(a, p + 8, PAGE, BIND, 1, 0);
	step("nothing mapped");
	bind(a, p + HUGE_PAGE, PAGE, BIND, 1, 0);
	bind(a, p, HUGE_PAGE, BIND, 1, 0);
	numa_maps(a, p);
	step("no such flags");
	bind(a, p, PAGE, BIND, 1, 1u << 8);
	bind(a, p, PAGE, BIND | STATIC_NODES | RELATIVE_NODES, 1, 0);
	step("balancing of another mode");
	bind(a, p, PAGE, INTERLEAVE | NUMA_BALANCING, 1, 0);
	bind(a, p, PAGE, BIND | NUMA_BALANCING, 1, 0);
	show_policy(a, p, F_ADDR);
	step("home node of another mode");
	bind(a, p, PAGE, INTERLEAVE, 1, 0);
	home_node(a, p, PAGE, 0);
	home_node(a, p, PAGE, 99);
	step("weighted");
	bind(a, p, PAGE, WEIGHTED_INTERLEAVE, 3, 0);
	show_policy(a, p, F_ADDR);
	show_policy(a, 0, F_MEMS);
}

static void static_and_relative(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW), q = map(a, 4 * PAGE, RW);

	step("static");
	bind(a, p, 4 * PAGE, INTERLEAVE | STATIC_NODES, 1ul << 40 | 2, 0);
	write_pages(a, p, 4 * PAGE);
	numa_maps(a, p);
	show_policy(a, p, F_ADDR);
	step("relative");
	bind(a, q, 4 * PAGE, BIND | RELATIVE_NODES, 1ul << 5, 0);
	write_pages(a, q, 4 * PAGE);
	numa_maps(a, q);
	show_policy(a, q, F_ADDR);
}

/* Children have the policies of their parent, and change only their own. */
static void inherited(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	unsigned last = nr_nodes() - 1;
	uint64_t p = map(a, 4 * PAGE, RW), q = map(a, 4 * PAGE, RW);

	bind(a, p, 4 * PAGE, BIND, 1ul << last, 0);
	policy(a, INTERLEAVE, 3);
	write_pages(a, p, PAGE);
	step("forked");
	b = forked(a, "b");
	show_policy(b, 0, 0);
	show_policy(b, p, F_ADDR);
	numa_maps(b, p);
	count();
	step("written by the child");
	write_pages(b, p, 4 * PAGE);
	write_pages(b, q, 4 * PAGE);
	counters();
	numa_maps(b, p);
	numa_maps(b, q);
	numa_maps(a, p);
	step("changed by the child");
	policy(b, DEFAULT_POLICY, 0);
	bind(b, p, 2 * PAGE, DEFAULT_POLICY, 0, 0);
	show_policy(b, 0, 0);
	maps(b, p);
	numa_maps(b, p);
	show_policy(a, 0, 0);
	show_policy(a, p, F_ADDR);
	maps(a, p);
	step("written by the parent");
	write_pages(a, p, 4 * PAGE);
	write_pages(a, q, 4 * PAGE);
	numa_maps(a, p);
	numa_maps(a, q);
}

/* A policy of shared memory is the memory's, whoever maps it. */
static void of_shared_memory(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	int fd = memory_file(a, "f");
	uint64_t s, t;

	resize(a, fd, 8 * PAGE);
	s = map_file(a, fd, 0, 8 * PAGE, RW, MAP_SHARED);
	b = forked(a, "b");
	step("bound by one, touched by the other");
	bind(a, s + 2 * PAGE, 4 * PAGE, BIND, 2, 0);
	write_pages(b, s, 8 * PAGE);
	nodes(b, s, 8 * PAGE);
	numa_maps(a, s);
	numa_maps(a, s + 2 * PAGE);
	numa_maps(b, s);
	maps(a, s);
	maps(b, s);
	show_policy(b, s + 2 * PAGE, F_ADDR);
	show_policy(b, s + 2 * PAGE, F_ADDR | F_NODE);
	step("mapped anew, from within");
	t = map_file(a, fd, 3 * PAGE, 4 * PAGE, RW, MAP_SHARED);
	show_policy(a, t, F_ADDR);
	numa_maps(a, t);
	step("default again");
	bind(b, s, 8 * PAGE, DEFAULT_POLICY, 0, 0);
	show_policy(a, s + 2 * PAGE, F_ADDR);
	show_policy(b, s + 2 * PAGE, F_ADDR);
	look(a, s + 2 * PAGE);
}

const struct conformance_case policies_cases[] = {
	{"bound", bound, ON_PLAIN | ON_CPULESS},
	{"interleaved", interleaved, ON_PLAIN | ON_CPULESS},
	{"preferred", preferred, ON_PLAIN | ON_CPULESS},
	{"refused", refused, ON_PLAIN},
	{"static-and-relative", static_and_relative, ON_PLAIN},
	{"inherited", inherited, ON_PLAIN},
	{"of-shared-memory", of_shared_memory, ON_PLAIN},
	{0},
};
