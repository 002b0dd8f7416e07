/* SPDX-License-Identifier: BSD-2-Clause */
/* NUMA balancing: hints that the scanner makes, and the faults that come of them. */
#include "case.h"

/* Memory on @node: that of a thread that ran there when it was touched. */
static void place_on(struct actor *a, uint64_t p, uint64_t length, unsigned node)
{
	bind(a, p, length, PREFERRED, 1ul << node, 0);
	write_pages(a, p, length);
	bind(a, p, length, DEFAULT_POLICY, 0, 0);
}

/* The only thread's own node is passed over; what lies elsewhere becomes a hint. */
static void made(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t local = map(a, 64 * PAGE, RW), none = map(a, 64 * PAGE, RW);
	uint64_t readable = map(a, 64 * PAGE, RW), far = map(a, 64 * PAGE, RW);

	write_pages(a, local, 64 * PAGE);
	place_on(a, none, 64 * PAGE, 1);
	place_on(a, readable, 64 * PAGE, 1);
	place_on(a, far, 64 * PAGE, 1);
	protect(a, none, 64 * PAGE, PROT_NONE);
	protect(a, readable, 64 * PAGE, R);
	settle(a);
	count();
	step("scanned");
	scan(a, far);
	counters();
	look(a, local);
	look(a, none);
	look(a, readable);
	look(a, far);
	look(a, far + 63 * PAGE);
	numa_maps(a, far);
}

/* With a second thread nothing is local to the process, and a fault at home moves nothing. */
static void local_fault(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *t = thread(a, "t", cpu_of(1, 0));
	uint64_t p = map(a, 64 * PAGE, RW);

	write_pages(a, p, 64 * PAGE);
	settle(a);
	count();
	step("scanned");
	scan(a, p + 63 * PAGE);
	counters();
	look(a, p);
	step("read at home");
	load(a, p);
	counters();
	look(a, p);
	look(a, p + PAGE);
	step("written at home");
	store(a, p + PAGE, 2);
	counters();
	look(a, p + PAGE);
	step("rights taken and given");
	protect(a, p, 64 * PAGE, R);
	look(a, p);
	look(a, p + 2 * PAGE);
	protect(a, p, 64 * PAGE, RW);
	look(a, p + 2 * PAGE);
	leave(t);
}

static void huge_local_fault(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *t = thread(a, "t", cpu_of(1, 0));
	uint64_t p = map_huge(a, HUGE_PAGE, RW);

	write_pages(a, p, HUGE_PAGE);
	settle(a);
	count();
	step("scanned");
	scan(a, p);
	counters();
	look(a, p);
	step("written at home");
	store(a, p + 5 * PAGE, 2);
	counters();
	look(a, p);
	leave(t);
}

static void far_fault(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 64 * PAGE, RW);

	place_on(a, p, 64 * PAGE, 1);
	settle(a);
	count();
	step("scanned");
	scan(a, p + 63 * PAGE);
	counters();
	step("written from afar");
	balancing(true);
	store(a, p, 2);
	balancing(false);
	counters();
	look(a, p);
	look(a, p + PAGE);
	numa_maps(a, p);
}

/* Pages of two processes are left alone: it would not be clear whose they are. */
static void shared_by_two(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t p = map(a, 64 * PAGE, RW), far;

	place_on(a, p, 64 * PAGE, 1);
	b = forked(a, "b");
	far = map(a, 64 * PAGE, RW);
	place_on(a, far, 64 * PAGE, 1);
	settle(a);
	count();
	step("scanned");
	scan(a, far);
	counters();
	look(a, p);
	look(b, p);
	look(a, far);
}

/* Each of two threads has its own pages, at home, and takes its own hints. */
static void two_threads(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *t = thread(a, "t", cpu_of(1, 0));
	uint64_t p = map(a, 64 * PAGE, RW);

	write_pages(a, p, 32 * PAGE);
	write_pages(t, p + 32 * PAGE, 32 * PAGE);
	settle(a);
	settle(t);
	nodes(a, p, 64 * PAGE);
	count();
	step("scanned");
	scan(a, p + 63 * PAGE);
	counters();
	look(a, p);
	look(a, p + 32 * PAGE);
	step("each at home");
	store(a, p, 2);
	load(t, p + 32 * PAGE);
	store(t, p + 33 * PAGE, 3);
	counters();
	look(a, p);
	look(t, p + 32 * PAGE);
	look(t, p + 33 * PAGE);
	numa_maps(a, p);
	leave(t);
}

/* Memory that two processes share becomes hints in the tables of the one that is scanned. */
static void shared_memory(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b, *t;
	uint64_t s = map_shared(a, 64 * PAGE, RW);

	write_pages(a, s, 64 * PAGE);
	b = forked(a, "b");
	write_pages(b, s, 64 * PAGE);
	t = thread(a, "t", cpu_of(1, 0));
	settle(a);
	count();
	step("scanned");
	scan(a, s + 63 * PAGE);
	counters();
	look(a, s);
	look(b, s);
	step("read and written at home");
	load(a, s);
	store(a, s + PAGE, 2);
	counters();
	look(a, s);
	look(a, s + PAGE);
	look(b, s + PAGE);
	step("written by the other");
	store(b, s + 2 * PAGE, 3);
	counters();
	look(a, s + 2 * PAGE);
	look(b, s + 2 * PAGE);
	leave(t);
}

/* Hints are taken away with the rights, the mapping or the page that they stand in. */
static void never_taken(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *t = thread(a, "t", cpu_of(1, 0));
	uint64_t p = map(a, 64 * PAGE, RW), h = map_huge(a, HUGE_PAGE, RW), to = place(PAGE);

	write_pages(a, p, 64 * PAGE);
	write_pages(a, h, HUGE_PAGE);
	settle(a);
	scan(a, h);
	count();
	step("rights taken and given");
	protect(a, p, PAGE, PROT_NONE);
	entries(a, p);
	protect(a, p, PAGE, RW);
	look(a, p);
	step("thrown away");
	advise(a, p + PAGE, PAGE, MADV_DONTNEED);
	look(a, p + PAGE);
	store(a, p + PAGE, 2);
	look(a, p + PAGE);
	step("moved");
	remap(a, p + 2 * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	look(a, to);
	load(a, to);
	look(a, to);
	step("a part of the huge one");
	protect(a, h + PAGE, PAGE, R);
	entries(a, h);
	entries(a, h + PAGE);
	entries(a, h + 2 * PAGE);
	counters();
	step("and written");
	store(a, h, 2);
	entries(a, h);
	counters();
	leave(t);
}

const struct conformance_case hints_cases[] = {
	{"made", made, ON_PLAIN},
	{"local-fault", local_fault, ON_PLAIN},
	{"huge-local-fault", huge_local_fault, ON_PLAIN},
	{"far-fault", far_fault, ON_PLAIN},
	{"shared-by-two", shared_by_two, ON_PLAIN},
	{"two-threads", two_threads, ON_PLAIN},
	{"shared-memory", shared_memory, ON_PLAIN},
	{"never-taken", never_taken, ON_PLAIN},
	{0},
};
